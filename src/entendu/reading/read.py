"""The one door: texts in, readings out."""

from collections.abc import Sequence

from entendu.reading import language, linear, safety
from entendu.reading.linear import Floats, Head, LinearReader
from entendu.reading.result import Reading, Value

LINEAR = "linear"
MODELS = (LINEAR,)
SAFETY_RULE_SCORE = 0.9


class UnknownModelError(ValueError):
    """The asked model is not one of `MODELS`."""


def read(
    texts: Sequence[str],
    *,
    languages: Sequence[str | None] | None = None,
    usual_language: str | None = None,
    model: str | None = None,
) -> list[Reading]:
    """Read texts; answers come in the same order, and the same texts with the same model give the same
    readings.

    `languages` holds, per text, what is known beforehand of its language (or None); `usual_language` serves
    for the texts without. Both only weigh on very short texts. `model` names one of `MODELS`; None takes
    the default. Raises UnknownModelError, and ValueError when `languages` has another length than `texts`.
    """
    if model not in (None, *MODELS):
        raise UnknownModelError(f"unknown model {model!r}: choose one of {', '.join(MODELS)}")
    if languages is not None and len(languages) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(languages)} languages")
    batch = list(texts)
    if not batch:
        return []
    reader = linear.shipped()
    scores = reader.score(batch)
    return _readings(batch, language.detect(batch, languages, usual_language), reader, scores)


def _readings(batch: list[str], found: list[Value], reader: LinearReader, scores: Floats) -> list[Reading]:
    heads = reader.heads
    # Plain lists: element access on numpy arrays costs ten times as much.
    chances = {name: reader.probabilities(scores, head).tolist() for name, head in heads.items()}
    high_from = float(reader.meta["high_from"])
    safety_from = float(reader.meta["safety_from"])
    also_from = float(reader.meta["also_from"])
    readings = []
    for index, text in enumerate(batch):
        unsure: list[str] = []
        sentiment, shares = _best(heads["sentiment"], chances["sentiment"][index], unsure)
        intent, intents = _best(heads["intent"], chances["intent"][index], unsure)
        disappointed = _yes(heads["disappointed"], chances["disappointed"][index][0], unsure)
        offensive = _yes(heads["offensive"], chances["offensive"][index][0], unsure)
        dangerous = chances["safety"][index][0]
        if safety.danger(text) is not None:
            urgency = Value("safety", max(SAFETY_RULE_SCORE, round(dangerous, 4)))
        elif dangerous >= safety_from:
            urgency = Value("safety", round(dangerous, 4))
        else:
            urgency = _urgency(heads["urgency"], chances["urgency"][index], high_from, unsure)
        if not text.strip():
            unsure = ["sentiment", "intent", "urgency"]
        readings.append(
            Reading(
                language=found[index],
                sentiment=sentiment,
                intent=intent,
                urgency=urgency,
                disappointed=disappointed,
                offensive=offensive,
                scores={label: round(share, 4) for label, share in shares},
                also=tuple(
                    label
                    for label, share in intents
                    if share >= also_from and label not in (intent.label, "other")
                ),
                unsure=frozenset(unsure),
                model=reader.version,
            )
        )
    return readings


def _best(head: Head, chances: list[float], unsure: list[str]) -> tuple[Value, list[tuple[str, float]]]:
    top = max(chances)
    if top < head.unsure_below:
        unsure.append(head.name)
    return Value(head.labels[chances.index(top)], round(top, 4)), list(zip(head.labels, chances, strict=True))


def _yes(head: Head, chance: float, unsure: list[str]) -> Value:
    value = Value("yes", round(chance, 4)) if chance >= 0.5 else Value("no", round(1.0 - chance, 4))
    if value.score < head.unsure_below:
        unsure.append(head.name)
    return value


def _urgency(head: Head, chances: list[float], high_from: float, unsure: list[str]) -> Value:
    """ "high" from a threshold of its own: to miss one costs more than to look at one too many."""
    high = chances[head.labels.index("high")]
    if high >= high_from:
        if high < head.unsure_below:
            unsure.append(head.name)
        return Value("high", round(high, 4))
    return _best(head, chances, unsure)[0]
