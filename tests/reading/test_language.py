import pytest

from entendu.reading import language


@pytest.fixture(params=["eldc", "py3langid"], autouse=True)
def detector(request, monkeypatch):
    """Every test runs with the fast detector, and as on a platform that has no wheel of it."""
    if request.param == "py3langid":
        monkeypatch.setattr(language, "eldc", None)
    language._detector.cache_clear()
    yield request.param
    language._detector.cache_clear()


def of(text, hint=None, usual=None):
    return language.detect([text], [hint], usual)[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bonjour, je n'arrive pas à me connecter", "fr"),
        ("Hello, I cannot log in any more", "en"),
        ("c'est nul", "fr"),
        ("never again", "en"),
    ],
)
def test_french_and_english_are_told_apart(text, code):
    assert of(text).label == code


def test_a_text_without_words_is_of_no_language():
    assert of("12345 !!") == language.Value("und", 0.0)
    assert of("").label == "und"


def test_very_short_texts_lean_on_the_usual_language():
    assert of("ok", hint="fr").label == "fr"
    assert of("ok", usual="en-GB").label == "en"
    assert of("👍", usual="fr").label == "fr"


def test_a_hint_never_overrules_a_whole_sentence():
    assert of("I have been waiting for my parcel for three weeks now", hint="fr").label == "en"


def test_addresses_and_mentions_say_nothing():
    assert of("@the_best_service https://example.org/the/best merci pour votre aide rapide").label == "fr"


def test_the_answer_does_not_depend_on_the_neighbours():
    texts = ["merci", "Hello, I cannot log in any more", "", "\ud800", "c'est nul", "不明"]
    assert language.detect(texts) == [of(text) for text in texts]


def test_the_hint_may_name_a_region_and_may_be_nonsense():
    assert of("ok", hint="fr-CA").label == "fr"
    assert of("Bonjour, je n'arrive pas à me connecter", hint="  ").label == "fr"


def test_what_agrees_with_the_hint_is_surer():
    text = "Bonjour, je n'arrive pas à me connecter"
    assert of(text, hint="fr").score >= of(text).score
