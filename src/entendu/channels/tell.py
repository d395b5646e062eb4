"""Writes to whoever is responsible for a channel: what went wrong, once an incident, and that it works again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entendu.accounts.letters import write_letter
from entendu.accounts.models import Letter, Membership, Organisation, Role, User
from entendu.channels.models import Alarm, Channel
from entendu.channels.sentences import moment, sentences_of
from entendu.kit import clock

CALM = timedelta(minutes=15)  # so long must it work before we say that it works again
PAUSE = timedelta(minutes=5)  # between two letters to one person: what happens meanwhile goes into one


@dataclass(frozen=True, slots=True)
class News:
    """An alarm of which somebody is to be told: its beginning, its end, or both at once."""

    alarm: Alarm
    began: bool
    ended: bool


def tell_alarms(limit: int) -> int:
    """Writes the letters about what nobody was told yet, at most `limit` alarms; returns how many were told."""
    if not waiting().exists():
        return 0
    told = 0
    with transaction.atomic():
        rows = (
            waiting()
            .select_related("channel__organisation", "channel__owner")
            .select_for_update(of=("self",))
        )
        groups: dict[tuple[Organisation, tuple[User, ...]], list[News]] = defaultdict(list)
        for alarm in rows.order_by("id")[:limit]:
            news = News(alarm, alarm.told_at is None, alarm.ended_at is not None)
            groups[alarm.channel.organisation, readers_of(alarm.channel)].append(news)
        for (organisation, readers), found in groups.items():
            if not recently_told(readers):
                tell(organisation, readers, found)
                told += len(found)
    return told


def waiting() -> QuerySet[Alarm]:
    """Alarms that began, or ended long enough ago, and nobody was told."""
    ended = Q(end_told_at__isnull=True, ended_at__lte=clock.now() - CALM)
    return Alarm.objects.filter(Q(told_at__isnull=True) | ended)


def readers_of(channel: Channel) -> tuple[User, ...]:
    """Who is told: the channel's owner while he or she works here, else the administrators."""
    members = Membership.objects.filter(organisation=channel.organisation_id, user__is_active=True)
    owner = members.filter(user=channel.owner_id).select_related("user").first() if channel.owner_id else None
    if owner is not None:
        return (owner.user,)
    return tuple(one.user for one in members.filter(role=Role.ADMIN).select_related("user").order_by("id"))


def recently_told(readers: Sequence[User]) -> bool:
    """Whether one of them got such a letter within the pause."""
    return Letter.objects.filter(
        to__in=readers, key__startswith="alarms:", made_at__gt=clock.now() - PAUSE
    ).exists()


def tell(organisation: Organisation, readers: Sequence[User], found: Sequence[News]) -> None:
    """One letter to each reader, in his or her language, and the note that it was told."""
    now = clock.now()
    marks = "-".join(f"{one.alarm.pk}{'b' * one.began}{'e' * one.ended}" for one in found)
    for reader in readers:
        with translation.override(reader.language), timezone.override(organisation.zone):
            write_letter(
                organisation,
                reader,
                key=f"alarms:{reader.pk}:{now:%Y%m%d%H%M%S}:{marks}",
                subject=subject_of(organisation, found),
                text=text_of(organisation, reader, found),
            )
    ids = [one.alarm.pk for one in found]
    Alarm.objects.filter(pk__in=ids, told_at__isnull=True).update(told_at=now)
    Alarm.objects.filter(pk__in=ids, ended_at__isnull=False).update(end_told_at=now)


def subject_of(organisation: Organisation, found: Sequence[News]) -> str:
    """What it is about, in one line."""
    if len(found) == 1:
        alarm = found[0].alarm
        name = {"name": alarm.channel.name, "organisation": organisation.name}
        if found[0].ended:
            return _("[%(organisation)s] “%(name)s” works again") % name
        return _("[%(organisation)s] %(name)s: %(what)s") % (name | {"what": alarm.get_kind_display()})
    words = ngettext(
        "[%(organisation)s] news of %(n)d channel", "[%(organisation)s] news of %(n)d channels", len(found)
    )
    return words % {"n": len(found), "organisation": organisation.name}


def text_of(organisation: Organisation, reader: User, found: Sequence[News]) -> str:
    """What happened, since when, and where to look."""
    lines = [_("Hello %(name)s,") % {"name": reader.first_name}, ""]
    for one in found:
        alarm = one.alarm
        lines.append(f"• {alarm.channel.name}")
        if one.began:
            lines += [f"  {sentence}" for sentence in sentences_of(alarm)]
        if one.ended:
            at = {"at": moment(alarm.ended_at)}
            lines.append("  " + _("It is well again since %(at)s.") % at)
        lines.append("")
    lines += [
        _("Where to look: %(url)s") % {"url": f"{settings.BASE_URL}/channels/"},
        _("What was heard and where it ended: %(url)s") % {"url": f"{settings.BASE_URL}/ledger/"},
        "",
        _("You are told once for each incident, and when it has ended, because you are the owner of this channel or an "
          "administrator of %(organisation)s.") % {"organisation": organisation.name},
    ]  # fmt: skip
    return "\n".join(lines)
