"""One message held against one announcement: what speaks for a contradiction, in numbers and in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from entendu.reading.claims.amounts import Amount
from entendu.reading.claims.lexicon import State
from entendu.reading.claims.sense import WHEN, Sense

Span = tuple[int, int]
KINDS = ("price", "time", "availability", "quality", "service", "policy", "hours", "other")
# The respects in which an announcement of a kind is usually broken.
RESPECTS: dict[str, frozenset[str]] = {
    "price": frozenset({"paid", "price"}),
    "time": frozenset({"fast", "answer"}),
    "availability": frozenset({"there", "works", "allow"}),
    "quality": frozenset({"good", "works", "fast"}),
    "service": frozenset({"answer", "allow", "fast", "there", "paid"}),
    "policy": frozenset({"allow", "paid", "price", "answer"}),
    "hours": frozenset({"open", "allow", "there"}),
    "other": frozenset({"paid", "price", "fast", "answer", "there", "works", "good", "allow", "open"}),
}
FAR, SAME = 0.25, 0.5  # closeness of strangers, and of translations
NEAR = 0.36  # words whose vectors are this close speak of the same thing
NAMES = (
    "relevance",
    "exact",
    "nearest",
    "aligned",
    "same_bad",
    "same_good",
    "kind_bad",
    "kind_good",
    "any_bad",
    "any_good",
    "subject_denied",
    "denial_broken",
    "longer",
    "within",
    "waiting",
    "dearer",
    "charged",
    "amount_ok",
    "share_differs",
    "shut_within",
    "other_day",
    "same_day",
    "clock_outside",
    "asks",
    "asks_plain",
    "reminded",
    "kept",
    "glad",
    "sorry",
    "quoted",
    "own",
    "short",
    "negative",
    "positive",
    "complaint",
    "question",
    "praise",
    "relevance_bad",
    "relevance_kind",
    "far_bad",
    "good_only",
    "subject",
    "subject_top",
    "subject_exact",
    "no_subject",
    "same_number",
    "subject_bad",
    "subject_kind",
    "subject_amount",
    "top_bad",
    "subject_asks",
)


@dataclass(slots=True)
class Evidence:
    """`values` in the order of NAMES; `code`, `told` and `lived`: the strongest reason and its words on both sides."""

    values: npt.NDArray[np.float32]
    code: str = "words"
    told: list[Span] = field(default_factory=list)
    lived: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mood:
    """How a message was read, where that is known: its sentiment and its intent ("" unknown)."""

    sentiment: str = ""
    intent: str = ""


def weigh(claim: Sense, kind: str, said: Sense, near: npt.NDArray[np.float32], mood: Mood) -> Evidence:
    """The evidence between an announcement and a message. `near`: closeness of their words, (claim, message)."""
    f = dict.fromkeys(NAMES, 0.0)
    told: dict[str, list[Span]] = {}
    lived: dict[str, list[Span]] = {}
    _subject(f, claim, said, near, told, lived)
    _states(f, claim, kind, said, told, lived)
    _amounts(f, claim, kind, said, told, lived)
    _manner(f, claim, said, mood)
    bad = max(f["same_bad"], f["kind_bad"], f["subject_denied"])
    f["relevance_bad"] = f["relevance"] * bad
    f["relevance_kind"] = f["relevance"] * f["kind_bad"]
    f["far_bad"] = float(bad and f["subject_top"] < 0.5)
    f["subject_bad"] = f["subject"] * max(f["same_bad"], f["subject_denied"])
    f["subject_kind"] = f["subject"] * f["kind_bad"]
    f["top_bad"] = f["subject_top"] * bad
    f["subject_asks"] = f["subject"] * max(f["asks"], f["asks_plain"])
    f["subject_amount"] = f["subject"] * max(f["longer"], f["charged"], f["dearer"], f["share_differs"])
    f["good_only"] = float(f["any_good"] > 0 and not bad and not f["any_bad"])
    values = np.fromiter((f[name] for name in NAMES), np.float32, len(NAMES))
    code = next((code for code in ORDER if code in lived), "words")
    return Evidence(
        values,
        code,
        merged([*told.get("words", []), *told.get(code, [])]),
        merged([*lived.get("words", []), *lived.get(code, [])]),
    )


# The plainest reason first.
ORDER = ("longer", "charged", "dearer", "shut", "share", "denied", "broken", "state", "waiting")


def _subject(
    f: dict[str, float],
    claim: Sense,
    said: Sense,
    near: npt.NDArray[np.float32],
    told: dict[str, list[Span]],
    lived: dict[str, list[Span]],
) -> None:
    """Whether they speak of the same thing, and whether the one denies what the other says of it."""
    if not near.size:
        return
    best = near.max(axis=1)
    f["relevance"] = float(np.clip(best, 0, 1).mean())
    of_states = {at for state in claim.states for at in range(state.start, state.end)}
    forms = [claim.tokens[at].form for at in claim.words]
    subject = [
        row
        for row, at in enumerate(claim.words)
        if at not in of_states and forms[row] not in WHEN and not forms[row][0].isdigit()
    ]
    numbers = [row for row, form in enumerate(forms) if form[0].isdigit()]
    f["same_number"] = float(bool(numbers) and float(best[numbers].max()) > 0.99)
    f["no_subject"] = float(not subject)
    if subject:
        close = np.clip((best[subject] - FAR) / (SAME - FAR), 0, 1)
        f["subject"], f["subject_top"] = float(close.mean()), float(close.max())
        f["subject_exact"] = float((best[subject] > 0.99).mean())
    f["exact"] = float((best > 0.99).mean())
    f["nearest"] = float(best.max())
    for row, column in enumerate(near.argmax(axis=1).tolist()):
        if best[row] < NEAR:
            continue
        f["aligned"] += 1 / 3
        there, here = span(claim, claim.words[row]), span(said, said.words[column])
        told.setdefault("words", []).append(there)
        lived.setdefault("words", []).append(here)
        if claim.negated[row] and not said.negated[column]:
            f["denial_broken"] = 1.0
            told.setdefault("broken", []).append(there)
            lived.setdefault("broken", []).append(here)
        elif said.negated[column] and not claim.negated[row]:
            f["subject_denied"] = 1.0
            start = said.tokens[max(0, said.words[column] - 1)].start
            told.setdefault("denied", []).append(there)
            lived.setdefault("denied", []).append((start, here[1]))
    f["aligned"] = min(f["aligned"], 1.0)


def _states(
    f: dict[str, float],
    claim: Sense,
    kind: str,
    said: Sense,
    told: dict[str, list[Span]],
    lived: dict[str, list[Span]],
) -> None:
    """Open or closed, free or charged …: in the respect that was announced, in those of its kind, in any."""
    announced = {state.name: state for state in claim.states if state.name not in ("kept", "glad", "sorry")}
    usual = RESPECTS.get(kind, RESPECTS["other"])
    for state in said.states:
        if state.name in ("kept", "glad", "sorry"):
            f["glad" if state.name == "glad" else "sorry" if state.name == "sorry" else _kept(state)] = 1.0
            continue
        one = announced.get(state.name)
        good = state.good if one is None or one.good else not state.good
        f["any_good" if good else "any_bad"] += 0.34
        if one is not None:
            f["same_good" if good else "same_bad"] = 1.0
        if state.name in usual:
            f["kind_good" if good else "kind_bad"] = 1.0
        if not good and (one is not None or state.name in usual):
            lived.setdefault("state", []).append(state_span(said, state))
            if one is not None:
                told.setdefault("state", []).append(state_span(claim, one))
        if state.name == "fast" and not state.good:
            f["waiting"] = 1.0
            lived.setdefault("waiting", []).append(state_span(said, state))
    f["any_good"], f["any_bad"] = min(f["any_good"], 1.0), min(f["any_bad"], 1.0)


def _kept(state: State) -> str:
    return "kept" if state.good else "reminded"


def _amounts(
    f: dict[str, float],
    claim: Sense,
    kind: str,
    said: Sense,
    told: dict[str, list[Span]],
    lived: dict[str, list[Span]],
) -> None:
    """Longer than announced, dearer than announced, shut on a day that was announced …"""
    limits = claim.amounts.durations
    passed = [*said.amounts.durations, *said.amounts.elapsed]
    if limits and passed and kind in ("time", "service", "availability", "other"):
        most = max(passed, key=lambda amount: amount.value)
        if most.value > limits[0].value * 1.2:
            f["longer"] = 1.0
            told["longer"], lived["longer"] = [amount_span(claim, limits[0])], [amount_span(said, most)]
        else:
            f["within"] = 1.0
    _money(f, claim, said, told, lived)
    if claim.amounts.shares and said.amounts.shares:
        ours, theirs = claim.amounts.shares[0], said.amounts.shares[-1]
        f["share_differs"] = float(abs(ours.value - theirs.value) > 1)
        if f["share_differs"]:
            told["share"], lived["share"] = [amount_span(claim, ours)], [amount_span(said, theirs)]
    _hours(f, claim, said, told, lived)


def _money(
    f: dict[str, float],
    claim: Sense,
    said: Sense,
    told: dict[str, list[Span]],
    lived: dict[str, list[Span]],
) -> None:
    if not said.amounts.money:
        return
    most = max(said.amounts.money, key=lambda amount: amount.value)
    free = next((state for state in claim.states if state.name == "paid" and state.good), None)
    if claim.amounts.money:
        price = claim.amounts.money[0]
        if most.value > price.value * 1.02:
            f["dearer"] = 1.0
            told["dearer"], lived["dearer"] = [amount_span(claim, price)], [amount_span(said, most)]
        else:
            f["amount_ok"] = 1.0
    elif free is not None and most.value > 0:
        f["charged"] = 1.0
        told["charged"], lived["charged"] = [state_span(claim, free)], [amount_span(said, most)]


def _hours(
    f: dict[str, float],
    claim: Sense,
    said: Sense,
    told: dict[str, list[Span]],
    lived: dict[str, list[Span]],
) -> None:
    days = {amount.value for amount in claim.amounts.days}
    theirs = {amount.value for amount in said.amounts.days}
    if days and theirs:
        f["same_day"], f["other_day"] = float(bool(days & theirs)), float(not days & theirs)
    shut = next((state for state in said.states if state.name == "open" and not state.good), None)
    hours = sorted(amount.value for amount in claim.amounts.clocks)
    if shut is not None and not f["other_day"]:
        at = [amount.value for amount in said.amounts.clocks]
        if hours and at:
            low, high = (hours[0], hours[-1]) if len(hours) > 1 else _one_hour(hours[0])
            f["shut_within"] = float(any(low <= one < high for one in at))
            f["clock_outside"] = 1.0 - f["shut_within"]
        if f["same_day"] or f["shut_within"]:
            told["shut"] = [
                amount_span(claim, one) for one in [*claim.amounts.days[:1], *claim.amounts.clocks]
            ]
            lived["shut"] = [state_span(said, shut), *(amount_span(said, one) for one in said.amounts.clocks)]


def _one_hour(hour: float) -> tuple[float, float]:
    """One hour alone: from it when it is in the morning, until it when it is later."""
    return (hour, 24.0) if hour <= 10 else (0.0, hour)


def _manner(f: dict[str, float], claim: Sense, said: Sense, mood: Mood) -> None:
    f["asks"] = float(said.asks)
    f["asks_plain"] = float("?" in said.text and not f["any_bad"])
    f["own"] = float(said.own)
    f["short"] = float(len(said.tokens) < 6)
    # What they repeat of our own words between quotation marks, they doubt.
    stems = set(claim.stems.tolist())
    f["quoted"] = float(
        any(
            start <= said.tokens[at].start < end
            for start, end in said.quoted
            for at, stem in zip(said.words, said.stems.tolist(), strict=True)
            if stem in stems
        )
    )
    f["negative"], f["positive"] = float(mood.sentiment == "negative"), float(mood.sentiment == "positive")
    for intent in ("complaint", "question", "praise"):
        f[intent] = float(mood.intent == intent)


def span(sense: Sense, token: int) -> Span:
    """The characters of one token."""
    return sense.tokens[token].start, sense.tokens[token].end


def state_span(sense: Sense, state: State) -> Span:
    """The characters of a state."""
    return sense.tokens[state.start].start, sense.tokens[state.end - 1].end


def amount_span(sense: Sense, amount: Amount) -> Span:
    """The characters of an amount."""
    return sense.tokens[amount.start].start, sense.tokens[amount.end - 1].end


def merged(spans: Iterable[Span]) -> list[Span]:
    """In order, without overlap."""
    found: list[Span] = []
    for start, end in sorted(set(spans)):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
