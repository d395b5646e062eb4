import pytest

from entendu.reading import INTENTS, SENTIMENTS, URGENCIES, read
from entendu.reading.read import UnknownModelError, models


def one(text, **more):
    return read([text], **more)[0]


def test_an_unknown_model_is_refused_by_name():
    with pytest.raises(UnknownModelError, match="gpt-9"):
        read(["bonjour"], model="gpt-9")


def test_languages_of_another_length_are_refused():
    with pytest.raises(ValueError, match="2 texts but 1 languages"):
        read(["a", "b"], languages=["fr"])


def test_no_text_gives_no_reading():
    assert read([]) == []


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b", "🙃", "\ud800", "\x00", "a" * 100_000, "ab " * 50_000, "!" * 30_000]
)
def test_hostile_texts_are_read_without_a_traceback(text):
    reading = one(text)
    assert reading.sentiment.label in SENTIMENTS
    assert reading.intent.label in INTENTS
    assert reading.urgency.label in URGENCIES


def test_an_empty_text_is_unsure_of_everything_that_matters():
    assert {"sentiment", "intent", "urgency"} <= one("  ").unsure


@pytest.mark.parametrize("model", models())
def test_answers_keep_the_order_and_do_not_depend_on_the_neighbours(model):
    texts = [
        "Merci, service au top !",
        "",
        "Colis jamais arrivé, c'est honteux",
        "Are you open on Sunday?",
        "never again " * 60,
        "hein ?",
    ]
    together = read(texts, model=model)
    assert together == read(texts, model=model)
    turned = read(texts[::-1], model=model)[::-1]
    for text, beside, other in zip(texts, together, turned, strict=True):
        alone = one(text, model=model)
        for again in (alone, other):
            assert (again.sentiment.label, again.intent.label) == (
                beside.sentiment.label,
                beside.intent.label,
            )
            assert (again.urgency.label, again.unsure) == (beside.urgency.label, beside.unsure)
            assert again.scores == pytest.approx(dict(beside.scores), abs=0.002)


def test_scores_are_shares_of_one():
    reading = one("Encore en panne, bravo")
    assert set(reading.scores) == set(SENTIMENTS)
    assert sum(reading.scores.values()) == pytest.approx(1.0, abs=0.001)
    assert reading.sentiment.score == max(reading.scores.values())


@pytest.mark.parametrize(
    ("text", "sentiment", "intent"),
    [
        ("Merci beaucoup, équipe formidable, je recommande !", "positive", "praise"),
        ("Thank you so much, great service!", "positive", "praise"),
        ("Service client nul, c'est une honte, jamais de réponse", "negative", "complaint"),
        ("Worst service ever, charged twice and no refund", "negative", "complaint"),
    ],
)
def test_plain_texts_are_read_as_a_person_would(text, sentiment, intent):
    reading = one(text)
    assert (reading.sentiment.label, reading.intent.label) == (sentiment, intent)


def test_every_reading_names_its_model():
    assert one("bonjour").model


def test_danger_raises_urgency_without_any_model():
    assert one("Forte odeur de gaz devant votre agence").urgency.label == "safety"
    assert one("I found a piece of glass in the soup").urgency.label == "safety"
