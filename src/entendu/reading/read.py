"""The one door: texts in, readings out."""

from collections.abc import Sequence

from entendu.reading import blend, encoder, language, linear, safety
from entendu.reading.heads import Floats, Head, Model, chances
from entendu.reading.result import Reading, Value

LINEAR = "linear"  # words and pieces of words, one sparse layer: for floods
STUDENT = "student"  # an encoder of few layers
TEACHER = "teacher"  # the encoder that the student was taught by: slow
CASCADE = "cascade"  # a cheaper one first, and the teacher where that one is not sure enough
MODELS = (LINEAR, STUDENT, TEACHER, CASCADE)
DEFAULT = STUDENT
# Sureness of sentiment under which the cascade asks the teacher: on validation texts, asking more gains nothing.
ASKED_BELOW = 0.7
SAFETY_RULE_SCORE = 0.9
SAFETY_SURE = 0.5  # below, the model alone does not speak of danger
HAPPY = 0.6  # a positive text this sure is no emergency


class UnknownModelError(ValueError):
    """The asked model is not one of `MODELS`, or its weights are not in this package."""


def models() -> tuple[str, ...]:
    """The models of `MODELS` whose weights are in this package."""
    teacher = encoder.available(TEACHER)
    there = {LINEAR: True, STUDENT: encoder.available(STUDENT), TEACHER: teacher, CASCADE: teacher}
    return tuple(name for name in MODELS if there[name])


def read(
    texts: Sequence[str],
    *,
    languages: Sequence[str | None] | None = None,
    usual_language: str | None = None,
    model: str | None = None,
) -> list[Reading]:
    """Read texts; answers come in the same order, and the same text with the same model gives the same reading.

    `languages` holds, per text, what is known beforehand of its language (or None); `usual_language` serves for the
    texts without. Both only weigh on very short texts. `model` names one of `models()`; None takes the default.
    Raises UnknownModelError, and ValueError when `languages` has another length than `texts`.
    """
    name = model or DEFAULT
    if name not in models():
        raise UnknownModelError(f"unknown model {name!r}: choose one of {', '.join(models())}")
    if languages is not None and len(languages) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(languages)} languages")
    batch = list(texts)
    if not batch:
        return []
    found = language.detect(batch, languages, usual_language)
    if name != CASCADE:
        return _by(_model(name), batch, found)
    readings = _by(_model(STUDENT if encoder.available(STUDENT) else LINEAR), batch, found)
    doubtful = [
        at
        for at, reading in enumerate(readings)
        if reading.sentiment.score < ASKED_BELOW or "intent" in reading.unsure
    ]
    again = _by(_model(TEACHER), [batch[at] for at in doubtful], [found[at] for at in doubtful])
    for at, reading in zip(doubtful, again, strict=True):
        readings[at] = reading
    return readings


def _model(name: str) -> Model:
    return linear.shipped() if name == LINEAR else blend.shipped(name)


def _by(model: Model, batch: list[str], found: list[Value]) -> list[Reading]:
    return _readings(batch, found, model, model.score(batch))


def _readings(batch: list[str], found: list[Value], model: Model, scores: Floats) -> list[Reading]:
    heads = model.heads
    # Plain lists: element access on numpy arrays costs ten times as much.
    shares = {name: chances(scores, head).tolist() for name, head in heads.items()}
    also_from = float(model.meta["also_from"])
    readings = []
    for index, text in enumerate(batch):
        unsure: list[str] = []
        sentiment, three = _best(heads["sentiment"], shares["sentiment"][index], unsure)
        intent, intents = _best(heads["intent"], shares["intent"][index], unsure)
        urgency = _urgency(
            model, text, shares["urgency"][index], shares["safety"][index][0], sentiment, unsure
        )
        disappointed = _yes(heads["disappointed"], shares["disappointed"][index][0], unsure)
        offensive = _yes(heads["offensive"], shares["offensive"][index][0], unsure)
        if not text.strip():
            unsure = ["sentiment", "intent", "urgency"]
        others = (
            label for label, share in intents if share >= also_from and label not in (intent.label, "other")
        )
        readings.append(
            Reading(
                language=found[index],
                sentiment=sentiment,
                intent=intent,
                urgency=urgency,
                disappointed=disappointed,
                offensive=offensive,
                scores={label: round(share, 4) for label, share in three},
                also=tuple(others),
                unsure=frozenset(unsure),
                model=model.version,
            )
        )
    return readings


def _best(head: Head, shares: list[float], unsure: list[str]) -> tuple[Value, list[tuple[str, float]]]:
    top = max(shares)
    if top < head.unsure_below:
        unsure.append(head.name)
    return Value(head.labels[shares.index(top)], round(top, 4)), list(zip(head.labels, shares, strict=True))


def _yes(head: Head, share: float, unsure: list[str]) -> Value:
    """ "yes" from the head's own threshold; the score is the chance of the label that is given."""
    value = Value("yes", round(share, 4)) if share >= head.yes_from else Value("no", round(1.0 - share, 4))
    if value.score < head.unsure_below:
        unsure.append(head.name)
    return value


def _urgency(
    model: Model, text: str, shares: list[float], dangerous: float, sentiment: Value, unsure: list[str]
) -> Value:
    """Danger by rule first. The model alone raises it only when it is sure; when it doubts, the text is "high" and
    unsure, and someone happy is left in peace. "High" has its own threshold: to miss one costs more than to look."""
    if safety.danger(text) is not None:
        return Value("safety", round(max(SAFETY_RULE_SCORE, dangerous), 4))
    head = model.heads["urgency"]
    if sentiment.label == "positive" and sentiment.score >= HAPPY:
        return _best(head, shares, unsure)[0]
    if dangerous >= max(SAFETY_SURE, model.heads["safety"].yes_from):
        return Value("safety", round(dangerous, 4))
    high = max(shares[head.labels.index("high")], dangerous)
    if dangerous >= model.heads["safety"].yes_from or high >= head.yes_from:
        if high < head.unsure_below:
            unsure.append(head.name)
        return Value("high", round(high, 4))
    return _best(head, shares, unsure)[0]
