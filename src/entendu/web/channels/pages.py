"""The channels: the list with their health, one to be added or changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from entendu.accounts.models import Membership, User
from entendu.channels.add import BadSettings, add_channel, change_channel
from entendu.channels.discover import find_addresses, has_lists, with_scheme
from entendu.channels.doors import kinds
from entendu.channels.models import Channel, Source
from entendu.channels.words import FIELD_ERRORS, in_words
from entendu.mentions.models import Receipt
from entendu.web.access import Asked, may, page
from entendu.web.channels.address import endpoint_of
from entendu.web.channels.form import fields_of, label_of, typed_of
from entendu.wire import Address, Connector, TryLater, WireError

TINTS = {"ok": "green", "degraded": "orange", "needs_auth": "red", "blocked": "red", "off": "grey"}


@dataclass(frozen=True)
class Door:
    """A channel as the list shows it. `unread`: what could not be read there. `many`: it follows addresses,
    `followed` of them, `troubled` in difficulty."""

    it: Channel
    kind: str
    tint: str
    trouble: str
    unread: int
    many: bool
    followed: int
    troubled: int


@require_GET
@page
def channels(request: Asked) -> HttpResponse:
    """Every door, and how it is."""
    found = (
        Channel.objects.visible_to(request.actor)
        .filter(retired_at__isnull=True)
        .select_related("owner")
        .order_by("name")
    )
    unread = Receipt.objects.visible_to(request.actor).filter(reason="unreadable", end="")
    counts = dict(unread.values_list("channel").annotate(n=Count("pk")))
    known = kinds()
    rows = Source.objects.visible_to(request.actor).values_list("channel").order_by()
    followed = dict(rows.annotate(n=Count("pk")))
    troubled = dict(rows.exclude(state="ok").annotate(n=Count("pk")))
    doors = [
        Door(
            it=one,
            kind=label_of(known[one.kind]) if one.kind in known else one.kind,
            tint=TINTS.get(one.state, "grey"),
            trouble=in_words(one.state_code) if one.state_code else "",
            unread=counts.get(one.pk, 0),
            many=one.kind in known and known[one.kind].caps.many,
            followed=followed.get(one.pk, 0),
            troubled=troubled.get(one.pk, 0),
        )
        for one in found
    ]
    return render(request, "channels/channels.html", {"doors": doors, **rights(request)})


@require_GET
@may("administer")
def choose(request: Asked) -> HttpResponse:
    """Which kind of channel to add."""
    found = sorted((label_of(one), kind, one.caps) for kind, one in kinds().items())
    return render(request, "channels/choose.html", {"kinds": found})


@require_http_methods(["GET", "POST"])
@may("administer")
def add(request: Asked, kind: str) -> HttpResponse:
    """A new channel of a kind."""
    connector = kinds().get(kind)
    if connector is None:
        raise Http404
    if request.method == "GET":
        return _form(request, connector)
    typed = typed_of(connector, request.POST)
    name = request.POST.get("name", "").strip()[:120]
    choice: tuple[Address, ...] = ()
    try:
        if not name:
            raise BadSettings({"name": "required"})
        if connector.caps.many and typed.get("url"):
            typed["url"] = with_scheme(typed["url"])
            choice = addresses_of(request, kind, typed["url"])
            if len(choice) > 1 and not request.POST.getlist("pick"):
                return _form(request, connector, typed=typed, choice=choice)
        channel = add_channel(
            request.actor.organisation,
            kind=kind,
            name=name,
            settings=typed,
            own_handles=handles_of(request),
            addressed=request.POST.get("addressed") == "1",
            by=request.actor,
            follows=choice,
        )
    except BadSettings as bad:
        return _form(request, connector, typed=typed, bad=bad, choice=choice if len(choice) > 1 else ())
    return opened(request, channel)


def opened(request: Asked, channel: Channel) -> HttpResponse:
    """Where one goes once a channel is open: to the address that a source needs, to what is followed, to the list."""
    caps = kinds()[channel.kind].caps
    if caps.inbound:
        messages.success(
            request, _("“%(name)s” is open. Give its address to the source.") % {"name": channel.name}
        )
        return redirect("channel_change", channel.pk)
    messages.success(request, _("“%(name)s” is open. The first look comes at once.") % {"name": channel.name})
    return redirect("channel_sources", channel.pk) if caps.many else redirect("channels")


def picked_of(picked: Sequence[str]) -> tuple[Address, ...]:
    """The feeds that were ticked: each an address, a space, its title."""
    parted = (one.strip().partition(" ") for one in picked)
    return tuple(Address(url, title) for url, _space, title in parted if url)


def addresses_of(request: Asked, kind: str, address: str) -> tuple[Address, ...]:
    """The feeds that were picked; else those found at `address`. BadSettings when there is none."""
    picked = request.POST.getlist("pick")[:100]
    if picked:
        return picked_of(picked)
    if not has_lists(kind):
        return ()
    try:
        return find_addresses(kind, address)
    except TryLater:
        return (Address(address),)  # it does not answer now: the worker tries again
    except WireError as error:
        raise BadSettings({"url": error.code}) from None


@require_http_methods(["GET", "POST"])
@may("administer")
def change(request: Asked, channel: int) -> HttpResponse:
    """Other settings. A secret that is left empty stays."""
    found = find(request, channel)
    connector = kinds().get(found.kind)
    if connector is None:
        messages.error(request, in_words("connector_absent"))
        return redirect("channels")
    if request.method == "GET":
        return _form(request, connector, channel=found)
    typed = typed_of(connector, request.POST)
    name = request.POST.get("name", "").strip()[:120]
    try:
        if not name:
            raise BadSettings({"name": "required"})
        change_channel(
            found,
            by=request.actor,
            name=name,
            settings=typed,
            own_handles=handles_of(request),
            addressed=request.POST.get("addressed") == "1",
            owner=owner_of(request),
        )
    except BadSettings as bad:
        return _form(request, connector, channel=find(request, channel), typed=typed, bad=bad)
    messages.success(request, _("Kept. It is tried again at once."))
    return redirect("channels")


def find(request: Asked, channel: int) -> Channel:
    """The channel, if of the actor's organisation: 404 otherwise."""
    rows = Channel.objects.visible_to(request.actor).select_related("organisation")
    return get_object_or_404(rows, pk=channel, retired_at__isnull=True)


def handles_of(request: Asked) -> list[str]:
    """Our own accounts, as they were typed."""
    return [one.strip() for one in request.POST.get("own", "").split(",") if one.strip()]


def members_of(request: Asked) -> QuerySet[Membership]:
    """Who may answer for a channel: whoever works here."""
    members = Membership.objects.visible_to(request.actor).select_related("user")
    return members.filter(user__is_active=True).order_by("user__name")


def owner_of(request: Asked) -> User | None:
    """The member that the form names, if it names one."""
    number = request.POST.get("owner", "")
    member = members_of(request).filter(user=int(number)).first() if number.isdigit() else None
    return member.user if member else None


def rights(request: Asked) -> dict[str, bool]:
    """What the pages offer to the actor."""
    return {
        "can_administer": request.actor.may("administer"),
        "can_listen": request.actor.may("listen"),
    }


def _form(
    request: Asked,
    connector: type[Connector],
    *,
    channel: Channel | None = None,
    typed: Mapping[str, str] | None = None,
    bad: BadSettings | None = None,
    choice: tuple[Address, ...] = (),
) -> HttpResponse:
    posted = request.method == "POST"
    if posted:
        own, addressed = request.POST.get("own", ""), request.POST.get("addressed") == "1"
    elif channel:
        own, addressed = ", ".join(channel.own_handles), channel.addressed
    else:
        own, addressed = "", connector.caps.addressed
    name_error = bad.errors.get("name", "") if bad else ""
    context = {
        "channel": channel,
        "kind": label_of(connector),
        "fields": fields_of(connector, channel=channel, typed=typed, bad=bad),
        "name": request.POST.get("name", "") if posted else channel.name if channel else "",
        "name_error": FIELD_ERRORS.get(name_error, name_error),
        "own": own,
        "addressed": addressed,
        "choice": choice,
        "picked": [one.url for one in picked_of(request.POST.getlist("pick"))],
        "many": connector.caps.many,
        "endpoint": endpoint_of(request, channel) if channel else None,
        "members": [one.user for one in members_of(request)] if channel else [],
    }
    response = render(request, "channels/channel.html", context, status=422 if bad else 200)
    response["Cache-Control"] = "no-store"
    return response
