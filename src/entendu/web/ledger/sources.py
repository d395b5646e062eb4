"""What each source says that it holds, against what we hold."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.models import Membership
from entendu.accounts.paging import slice_of
from entendu.channels.doors import follows_many
from entendu.channels.models import Alarm, Channel
from entendu.channels.words import in_words
from entendu.mentions.models import Reconciliation, Verdict
from entendu.mentions.reconcile import CannotReconcile, can_reconcile, reconcile
from entendu.mentions.reconcile_addresses import waiting
from entendu.web.access import Asked, may, page
from entendu.web.alarms import in_words as told

TINTS = {Verdict.AGREES: "green", Verdict.MENDED: "orange", Verdict.GAP: "red", Verdict.FAILED: "grey"}
REFUSALS: dict[str, str | Promise] = {
    "busy": _("Somebody looks at this channel just now: try again in a minute."),
    "off": _("This channel is switched off."),
    "no_holdings": _("This kind of channel cannot say what it holds."),
}


@dataclass(frozen=True)
class Source:
    """A channel and its latest comparison, if there is one. `can`: it can be asked."""

    channel: Channel
    latest: Reconciliation | None
    can: bool

    @property
    def tint(self) -> str:
        """The colour of the verdict."""
        return TINTS[Verdict(self.latest.verdict)] if self.latest else "grey"


def sources_of(actor: Membership, name: str = "") -> list[Source]:
    """The channels that the actor may see, or the one of that name, each with its latest comparison. Two queries."""
    newest = (
        Reconciliation.objects.visible_to(actor)
        .filter(channel=OuterRef("pk"))
        .order_by("-at")
        .values("pk")[:1]
    )
    found = Channel.objects.visible_to(actor).filter(retired_at__isnull=True).order_by("name")
    if name:
        found = found.filter(name=name)
    channels = list(found.annotate(newest=Subquery(newest)))
    latest = Reconciliation.objects.visible_to(actor).in_bulk([one.newest for one in channels if one.newest])
    return [Source(one, latest.get(one.newest), can_reconcile(one)) for one in channels]


@require_GET
@page
def source(request: Asked, channel: int) -> HttpResponse:
    """One source: its comparisons and its alarms, the newest first."""
    found = get_object_or_404(Channel.objects.visible_to(request.actor), pk=channel)
    rows = Reconciliation.objects.visible_to(request.actor).filter(channel=found).select_related("by")
    part = slice_of(rows.order_by("-at"), request.GET.get("cursor", ""))
    alarms = Alarm.objects.visible_to(request.actor).filter(channel=found).select_related("channel")
    context = {
        "channel": found,
        "can": can_reconcile(found),
        "many": follows_many(found),
        "rows": [
            (one, TINTS[Verdict(one.verdict)], in_words(one.code) if one.code else "") for one in part.rows
        ],
        "following": part.following,
        "past_alarms": told(alarms.order_by("-noticed_at")[:50]),
        "can_listen": request.actor.may("listen"),
    }
    return render(request, "ledger/source.html", context)


@require_POST
@may("listen")
def compare(request: Asked, channel: int) -> HttpResponse:
    """Asks the source now what it holds."""
    found = get_object_or_404(
        Channel.objects.visible_to(request.actor).select_related("organisation"), pk=channel, retired_at=None
    )
    try:
        row = reconcile(found, by=request.actor)
    except CannotReconcile as refused:
        messages.error(request, str(REFUSALS.get(refused.code, refused.code)))
        return redirect("ledger_source", channel)
    if follows_many(found):
        messages.success(request, begun(waiting([found])))
        return redirect("ledger_source", channel)
    said = sentence_of(row)
    (messages.error if row.verdict in (Verdict.GAP, Verdict.FAILED) else messages.success)(request, said)
    return redirect("ledger_source", channel)


def begun(count: int) -> str:
    """How many addresses are going to be asked."""
    if not count:
        return gettext("Each address was asked within the last hour, or waits until it works.")
    words = ngettext(
        "%(n)d address is going to be asked. Its answer is added to the line of today.",
        "%(n)d addresses are going to be asked, each in its turn. Their answers are added to the line of today.",
        count,
    )
    return words % {"n": count}


def sentence_of(row: Reconciliation) -> str:
    """The result in one sentence."""
    if row.verdict == Verdict.FAILED:
        return gettext("The source did not answer: %(why)s") % {"why": in_words(row.code)}
    said = gettext("The channel says %(there)d, we hold %(here)d.") % {"there": row.there, "here": row.here}
    if row.fetched:
        words = ngettext(
            "%(n)d was missing and is here now.", "%(n)d were missing and are here now.", row.fetched
        )
        said += " " + words % {"n": row.fetched}
    if row.missing:
        words = ngettext("%(n)d is missing.", "%(n)d are missing.", row.missing)
        said += " " + words % {"n": row.missing}
    return said
