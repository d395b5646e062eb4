"""The stream as a page, as more rows, and the readings of one mention to be corrected."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from entendu.analysis.models import Topic
from entendu.analysis.models.analysis import Intent, Sentiment
from entendu.channels.models import Channel
from entendu.mentions.models import Mention, Query
from entendu.web import words
from entendu.web.access import Asked, may, page
from entendu.web.inbox.readings import readings_of
from entendu.web.ledger.words import BY_HAND
from entendu.web.listen.filters import ENDS, WRITERS, filters_of
from entendu.web.listen.rows import loaded, stream

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
@may("correct")
def readings(request: Asked, mention: int) -> HttpResponse:
    """What was read in one mention, each value with the others that it could have."""
    found = get_object_or_404(loaded(Mention.objects.visible_to(request.actor), request.actor), pk=mention)
    return render(request, "listen/_readings.html", {"it": found, "readings": readings_of(found)})


def rights(request: Asked) -> dict[str, Any]:
    """What the rows offer to the actor."""
    return {
        "can_triage": request.actor.may("triage"),
        "can_correct": request.actor.may("correct"),
        "can_listen": request.actor.may("listen"),
        "drop_reasons": BY_HAND.items(),
    }


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
            "channel": [(str(pk), name) for pk, name in channels],
            "language": [(code, names.get(code, code)) for code in LANGUAGES],
            "topic": [(one.slug, str(one)) for one in Topic.objects.visible_to(actor).order_by("slug")],
            "query": [(str(pk), name) for pk, name in queries],
        }
    }
