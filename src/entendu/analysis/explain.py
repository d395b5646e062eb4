"""The words that a signal has and the time before had not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from entendu.analysis.voices import heard
from entendu.reading.keyphrases import Background, key_phrases
from entendu.reading.summary import summary

BEFORE = timedelta(weeks=4)
ENOUGH = 1_000  # messages that say what is usual
FEWEST = 3  # messages that hold a word: fewer could tell who wrote them


def background_of(organisation: int, before: datetime, most: int = ENOUGH) -> Background:
    """What was usual: the last messages before a moment."""
    said = heard().filter(organisation_id=organisation, said_at__lt=before, said_at__gte=before - BEFORE)
    rows = said.order_by("-said_at").values_list("title", "text")[:most]
    known = Background()
    known.learn(f"{title}\n{text}" if title else text for title, text in rows)
    return known


def words_of(texts: Sequence[str], background: Background, most: int = 3) -> list[str]:
    """The phrases that tell `texts` best, none of them held by fewer than FEWEST messages."""
    return [one.text for one in key_phrases(texts, background, most=most, least=FEWEST)]


def quote_of(texts: Sequence[str], mentions: Sequence[int]) -> int | None:
    """The mention that says best what they all say."""
    lines = summary(texts)
    return mentions[lines[0].place] if lines else None
