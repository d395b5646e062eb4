import pytest

from entendu.reading import language


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


def test_the_fallback_agrees_on_plain_sentences():
    plain = language._plain()
    assert plain("Bonjour, je n'arrive pas à me connecter", False)[0] == "fr"
    assert plain("Hello, I cannot log in any more", False)[0] == "en"
    assert plain("123", True)[0] == "und"
