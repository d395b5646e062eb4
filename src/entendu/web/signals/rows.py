"""Signals as lines: the same number of queries for one and for fifty."""

from collections.abc import Sequence
from dataclasses import dataclass

from entendu.analysis.models import Signal
from entendu.analysis.moving import names_of, people_of
from entendu.reading.summary import sentence_with
from entendu.web.signals import words
from entendu.web.signals.curve import Curve, curve_of


@dataclass(frozen=True)
class Row:
    """A signal as a page shows it. `people`: distinct, over all its messages; `quote`: one sentence of one of them."""

    it: Signal
    headline: str
    where: str
    facts: str
    people: int
    quote: str
    curve: Curve | None
    icon: str
    tint: str
    state: str
    state_tint: str


def rows_of(signals: Sequence[Signal]) -> list[Row]:
    """The lines of signals whose `quote` is loaded."""
    names, people = names_of(signals), people_of(signals)
    return [_row(one, names.get((one.scope, one.key), ""), people.get(one.pk, 0)) for one in signals]


def _row(signal: Signal, where: str, people: int) -> Row:
    return Row(
        it=signal,
        headline=words.headline(signal, where),
        where=where,
        facts=words.facts(signal),
        people=people,
        quote=_quote(signal),
        curve=curve_of(signal.curve),
        icon=words.ICONS[signal.kind],  # type: ignore[index]  # the kinds are the choices
        tint=words.TINTS[signal.level],
        state=words.state_in_words(signal),
        state_tint=words.STATE_TINTS[signal.state],
    )


def _quote(signal: Signal) -> str:
    said = signal.quote
    if said is None or said.deleted_at:
        return ""
    text = said.text or said.title
    return sentence_with(text, signal.words[0] if signal.words else "") or text[:200]
