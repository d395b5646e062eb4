"""What people said in a period, in words: the questions asked most, what stands out against the period before, and the
sentences that say most. Read when the page asks for it: it takes longer than the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from entendu.analysis.models.analysis import Intent
from entendu.measures.sheet import Sheet
from entendu.mentions.models import Mention
from entendu.reading.keyphrases import Background, key_phrases
from entendu.reading.questions import most_asked
from entendu.reading.summary import summary
from entendu.web.access import Asked, page
from entendu.web.dashboard.asked import AskedFor, asked_of

QUESTIONS, MESSAGES, SUMMED = 300, 600, 200  # the newest that are read


@dataclass(frozen=True)
class Found:
    """A sentence or a phrase, in how many messages, and where they are."""

    text: str
    about: str
    n: int
    url: str


@require_GET
@page
def voices(request: Asked) -> HttpResponse:
    """The panel."""
    asked = asked_of(request.GET, request.actor)
    said = Sheet(asked.perimeter).mentions()
    before = Sheet(asked.perimeter.before()).mentions()
    texts = _texts(said, MESSAGES)
    context = {
        "asked": asked,
        "questions": questions(asked, said),
        "phrases": phrases(asked, texts, _texts(before, MESSAGES)),
        "lines": [one.text for one in summary(_bodies(said), most=3)],
        "read": len(texts),
    }
    return render(request, "dashboard/_voices.html", context)


def questions(asked: AskedFor, said: QuerySet[Mention]) -> list[Found]:
    """The questions asked most, each with one of them."""
    texts = _texts(said.filter(analysis__intent=Intent.QUESTION), QUESTIONS)
    return [
        Found(one.line, one.about, one.messages, _url(asked, one.about, intent="question"))
        for one in most_asked(texts)
    ]


def phrases(asked: AskedFor, texts: Sequence[str], before: Sequence[str]) -> list[Found]:
    """The phrases that stand out against the period before."""
    usual = Background()
    usual.learn(before)
    found = key_phrases(texts, usual, most=12, least=3)
    return [Found(one.text, "", one.messages, _url(asked, one.text)) for one in found]


def _texts(said: QuerySet[Mention], most: int) -> list[str]:
    rows = said.order_by("-said_at").values_list("title", "text")[:most]
    return [f"{title}\n{text}" if title else text for title, text in rows]


def _bodies(said: QuerySet[Mention]) -> list[str]:
    return list(said.order_by("-said_at").values_list("text", flat=True)[:SUMMED])


def _url(asked: AskedFor, phrase: str, **more: Any) -> str:
    words = f'"{phrase}"'
    return f"{reverse('listen')}?{asked.heard(q=words, **more)}"
