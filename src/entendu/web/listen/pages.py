"""The stream as a page, as more rows, and the readings of one mention to be corrected."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from entendu.accounts.models import Membership
from entendu.accounts.paging import slice_of
from entendu.analysis.models import Copy, Site, Topic
from entendu.analysis.models.analysis import Intent, Sentiment, Urgency
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.models import Mention, Query, Receipt
from entendu.mentions.tally import tally
from entendu.web import words
from entendu.web.access import Asked, may, page
from entendu.web.inbox.readings import readings_of
from entendu.web.ledger.words import BY_HAND
from entendu.web.listen.filters import AUDIENCES, ENDS, FOLDS, HOLDS, WRITERS, Filters, filters_of
from entendu.web.listen.rows import came_since, loaded, rows_of, stream

SITES = 100  # that the filter names
LANGUAGES = ("fr", "en", "es", "de", "it", "pt", "nl", "ar")


@require_GET
@page
def listen(request: Asked) -> HttpResponse:
    """Everything that was heard, newest first."""
    asked = filters_of(request.GET)
    context = {
        **stream(request.actor, asked, cursor=request.GET.get("cursor", "")),
        **choices(request),
        **rights(request),
        "tally": ledger_line(request, asked),
    }
    return render(request, "listen/stream.html", context, status=422 if context.get("trouble") else 200)


@require_GET
@page
def rows(request: Asked) -> HttpResponse:
    """The rows after `cursor`, for “show more”."""
    cursor = request.GET.get("cursor", "")
    context = stream(request.actor, filters_of(request.GET), cursor=cursor, counting=False)
    return render(request, "listen/_rows.html", {**context, **rights(request)})


@require_GET
@page
def fresh(request: Asked) -> HttpResponse:
    """How many messages came that the filters let in, since the page was opened."""
    after = request.GET.get("after", "")
    known = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else 0
    asked = filters_of(request.GET)
    context = {"asked": asked, "newest": known, "came": came_since(request.actor, asked, known)}
    return render(request, "listen/_fresh.html", context)


@require_GET
@page
def copies(request: Asked, mention: int) -> HttpResponse:
    """The near-duplicates of a message, without itself, the newest first."""
    found = get_object_or_404(Mention.objects.visible_to(request.actor), pk=mention)
    clusters = Copy.objects.visible_to(request.actor).filter(mention=found).values("cluster")
    others = Mention.objects.visible_to(request.actor).filter(copy__cluster__in=clusters).exclude(pk=found.pk)
    part = slice_of(loaded(others, request.actor).order_by("-said_at"), request.GET.get("cursor", ""))
    context = {"rows": rows_of(part.rows, request.actor), "following": part.following, "of": found.pk}
    return render(request, "listen/_copies.html", {**context, **rights(request)})


@require_GET
@may("correct")
def readings(request: Asked, mention: int) -> HttpResponse:
    """What was read in one mention, each value with the others that it could have."""
    found = get_object_or_404(loaded(Mention.objects.visible_to(request.actor), request.actor), pk=mention)
    return render(request, "listen/_readings.html", {"it": found, "readings": readings_of(found)})


def ledger_line(request: Asked, asked: Filters) -> dict[str, Any]:
    """What was handed to us in the period of the filters, by its end, and the page of the ledger that tells more."""
    since, until = asked.period
    receipts = Receipt.objects.visible_to(request.actor)
    name = ""
    if asked.channel.isascii() and asked.channel.isdigit() and len(asked.channel) < 18:
        receipts = receipts.filter(channel=int(asked.channel))
        chosen = Channel.objects.visible_to(request.actor).filter(pk=int(asked.channel))
        name = chosen.values_list("name", flat=True).first() or ""
    first, last = timezone.localtime(since).date(), timezone.localtime(until - timedelta(seconds=1)).date()
    address = {"since": first.isoformat(), "until": last.isoformat()} | ({"channel": name} if name else {})
    return {
        "counts": tally(receipts, since, until),
        "url": f"{reverse('ledger')}?{urlencode(address)}",
        "since": first,
        "until": last,
        "today": first == last == timezone.localtime(clock.now()).date(),
    }


def rights(request: Asked) -> dict[str, Any]:
    """What the rows offer to the actor."""
    return {
        "can_triage": request.actor.may("triage"),
        "can_correct": request.actor.may("correct"),
        "can_listen": request.actor.may("listen"),
        "drop_reasons": BY_HAND.items(),
    }


def sites_of(actor: Membership) -> list[tuple[int, str]]:
    """The sites where most was said in the last 30 days, by name."""
    found = Site.objects.visible_to(actor).filter(said_30__gt=0).order_by("-said_30", "host")[:SITES]
    return sorted(found.values_list("pk", "host"), key=lambda pair: pair[1])


def choices(request: Asked) -> dict[str, Any]:
    """What the filters offer, each as (name, label, [(value, words)])."""
    actor = request.actor
    names = words.locale_of(get_language() or "en").languages
    channels = Channel.objects.visible_to(actor).order_by("name").values_list("pk", "name")
    queries = Query.objects.visible_to(actor).order_by("name").values_list("pk", "name")
    return {
        "options": {
            "end": ENDS,
            "wrote": WRITERS,
            "sentiment": Sentiment.choices,
            "intent": Intent.choices,
            "urgency": Urgency.choices,
            "has": HOLDS,
            "audience": AUDIENCES,
            "fold": FOLDS,
            "channel": [(str(pk), name) for pk, name in channels],
            "language": [(code, names.get(code, code)) for code in LANGUAGES],
            "site": [(str(pk), host) for pk, host in sites_of(actor)],
            "topic": [(one.slug, str(one)) for one in Topic.objects.visible_to(actor).order_by("slug")],
            "query": [(str(pk), name) for pk, name in queries],
        }
    }
