"""Opens and changes doors."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership, Organisation, User
from entendu.channels.doors import follows_many, hears_all, is_pulled, kinds
from entendu.channels.endpoint import open_endpoint
from entendu.channels.folders import is_inside
from entendu.channels.follow import follow_found, live, look_at, wake
from entendu.channels.models import Channel
from entendu.channels.models.channel import State
from entendu.channels.seal import seal, unseal
from entendu.kit import clock
from entendu.wire import Address


class BadSettings(ValueError):
    """The settings of a channel do not do. `errors` maps a field's name to a code: required · number · kind · taken ·
    address · outside (of the folders of ENTENDU_IMPORT_FOLDERS)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in errors.items()))
        self.errors = dict(errors)


@transaction.atomic
def add_channel(
    organisation: Organisation,
    *,
    kind: str,
    name: str,
    settings: Mapping[str, str],
    by: Membership | None = None,
    own_handles: Sequence[str] = (),
    addressed: bool | None = None,
    pulls: bool = True,
    follows: Sequence[Address] = (),
) -> Channel:
    """A new door. `pulls`: the worker looks at it from now on. `follows`: its first addresses, where its kind holds
    many; else the one in the settings. Whoever has the command line (no `by`) may name any file of the server,
    members only those of the import folders. Raises BadSettings."""
    plain, secrets = sort_settings(kind, settings)
    if by is not None:
        check_paths(kind, plain)
    if organisation.channels.filter(name=name).exists():
        raise BadSettings({"name": "taken"})
    caps = kinds()[kind].caps
    first = plain.pop("url", "") if caps.many else ""
    channel = Channel(
        organisation=organisation,
        kind=kind,
        name=name,
        settings=plain,
        secrets=seal(secrets),
        addressed=caps.addressed if addressed is None else addressed,
        own_handles=list(own_handles),
        poll_seconds=caps.poll_seconds,
        owner=by.user if by else None,
        next_check_at=clock.now() if pulls and not caps.many and caps.poll_seconds else None,
        reconcile_at=clock.now() + timedelta(days=1),
        created_at=clock.now(),
    )
    channel.firehose = hears_all(channel)
    channel.save()
    if caps.many and (follows or first) and follow_found(channel, follows or [Address(first)]).refused:
        raise BadSettings({"url": "address"})
    if caps.inbound:
        open_endpoint(channel)
    audit(
        organisation, by, "add_channel", name,
        kind=kind, settings=plain, own_handles=channel.own_handles, addressed=channel.addressed,
    )  # fmt: skip
    return channel


@transaction.atomic
def change_channel(
    channel: Channel,
    *,
    by: Membership | None,
    name: str,
    settings: Mapping[str, str],
    own_handles: Sequence[str] | None = None,
    addressed: bool | None = None,
    owner: User | None = None,
) -> Channel:
    """New settings; a secret left empty keeps its old value, and so do `own_handles`, `addressed` and `owner` left out:
    they concern what comes from now on. The owner is a member. The door is tried again at once. A member may keep a
    path outside of the import folders that the command line gave, not name another. Raises BadSettings."""
    known = unseal(bytes(channel.secrets))
    plain, secrets = sort_settings(channel.kind, settings, known)
    if follows_many(channel):
        plain.pop("url", None)  # its addresses are followed one by one
    if by is not None:
        check_paths(channel.kind, plain, channel.settings)
    if channel.organisation.channels.filter(name=name).exclude(pk=channel.pk).exists():
        raise BadSettings({"name": "taken"})
    channel.name, channel.settings, channel.secrets = name, plain, seal(secrets)
    if own_handles is not None:
        channel.own_handles = list(own_handles)
    if addressed is not None:
        channel.addressed = addressed
    if owner is not None and owner.memberships.filter(organisation=channel.organisation_id).exists():
        channel.owner = owner
    channel.failures, channel.next_check_at = 0, clock.now() if is_pulled(channel) else None
    channel.kept = b""  # a session belongs to the settings that opened it
    channel.firehose = hears_all(channel)
    channel.save(
        update_fields=[
            "name", "settings", "secrets", "own_handles", "addressed", "owner", "failures", "next_check_at", "kept",
            "firehose",
        ]
    )  # fmt: skip
    audit(
        channel.organisation, by, "change_channel", name,
        settings=plain, secrets=sorted(secrets), own_handles=channel.own_handles, addressed=channel.addressed,
    )  # fmt: skip
    return channel


@transaction.atomic
def switch(channel: Channel, *, by: Membership, on: bool) -> Channel:
    """Switches a door on or off. Off: nothing is pulled, nothing is sent; what was heard stays."""
    channel.state = State.OK if on else State.OFF
    channel.state_code, channel.state_since = "", clock.now()
    channel.next_check_at = clock.now() if on and is_pulled(channel) else None
    channel.failures = 0
    channel.save(update_fields=["state", "state_code", "state_since", "next_check_at", "failures"])
    wake(Q(sources__channel=channel))
    audit(channel.organisation, by, "switch_channel", channel.name, on=on)
    return channel


def look_now(channel: Channel, *, by: Membership | None = None) -> None:
    """Asks the worker to look at this door at once."""
    if follows_many(channel):
        look_at(channel.sources.filter(live()))
    elif is_pulled(channel):
        Channel.objects.filter(pk=channel.pk).update(next_check_at=clock.now() - timedelta(seconds=1))


def sort_settings(
    kind: str, settings: Mapping[str, str], known: Mapping[str, str] | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """Checks `settings` against the connector's fields and parts plain values from secrets. Raises BadSettings."""
    if kind not in kinds():
        raise BadSettings({"kind": "kind"})
    plain: dict[str, str] = {}
    secrets: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in kinds()[kind].fields:
        value = (
            str(settings.get(field.name, "")).strip() or (known or {}).get(field.name, "") or field.default
        )
        if not value and field.required:
            errors[field.name] = "required"
        elif value and field.kind == "number" and not value.lstrip("-").isdigit():
            errors[field.name] = "number"
        elif value:
            (secrets if field.secret else plain)[field.name] = value
    if errors:
        raise BadSettings(errors)
    return plain, secrets


def check_paths(kind: str, plain: Mapping[str, str], known: Mapping[str, str] | None = None) -> None:
    """Raises BadSettings when a path among `plain` leads out of the import folders, unless it is as in `known`."""
    errors = {
        field.name: "outside"
        for field in kinds()[kind].fields
        if field.kind == "path"
        and (value := plain.get(field.name, ""))
        and value != (known or {}).get(field.name)
        and not is_inside(value)
    }
    if errors:
        raise BadSettings(errors)
