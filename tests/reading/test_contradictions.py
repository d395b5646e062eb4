"""Announcements against what people live: refusals first."""

import pytest

from entendu.reading.claims import CONTRADICTS, SUPPORTS, Announced, Register, propose, reason

SUNDAY = Announced(1, "Nos boulangeries sont ouvertes le dimanche matin dès 7 h", "hours")
FREE = Announced(2, "Livraison gratuite en 24 h", "time")
RETURNS = Announced(3, "Free returns on all orders", "policy")
ALL = Register([SUNDAY, FREE, RETURNS])


def contradicted(text):
    return [one.claim for one in ALL.judge([text]) if one.verdict == CONTRADICTS]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙃",
        "Vous êtes ouverts dimanche pour Pâques ?",
        "Fermé le lundi, c'est normal",
        "Commandé hier soir, livré ce midi, impeccable",
        "Are returns free for sale items?",
        "Qui a vu le match hier soir ?",
        "Sent it back at no cost, dead easy",
    ],
)
def test_what_contradicts_nothing_is_matched_to_nothing(text):
    assert contradicted(text) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Boulangerie fermée ce dimanche matin à 8 h, personne", 1),
        ("Your bakery was closed on Sunday morning", 1),
        ("Livraison promise en 24 h, j'attends depuis 10 jours", 2),
        ("I had to pay £6 for the return, so much for free", 3),
    ],
)
def test_what_contradicts_an_announcement_is_matched_to_it(text, claim):
    assert contradicted(text) == [claim]


def test_the_words_of_both_sides_are_told():
    text = "Livraison promise en 24 h, j'attends depuis 10 jours"
    [found] = ALL.judge([text])
    assert "10 jours" in [text[start:end] for start, end in found.lived]
    assert "24 h" in [FREE.text[start:end] for start, end in found.told]
    english, french = reason(found.code, FREE.text, found.told, text, found.lived)
    assert "24 h" in english and "10 jours" in english
    assert french.startswith("annoncé")


def test_who_lives_what_was_announced_supports_it():
    [found] = [
        one for one in ALL.judge(["Free returns as advertised, refunded in two days"]) if one.claim == 3
    ]
    assert found.verdict == SUPPORTS


def test_a_message_is_judged_alike_alone_and_among_others():
    texts = ["Fermé dimanche à 9 h", "Livraison payante, 4,90 €", "rien à voir", ""]
    together = [(one.said, one.claim, one.confidence) for one in ALL.judge(texts)]
    alone = [(at, one.claim, one.confidence) for at, text in enumerate(texts) for one in ALL.judge([text])]
    assert [one[:2] for one in together] == [one[:2] for one in alone]
    assert [one[2] for one in together] == pytest.approx([one[2] for one in alone], abs=1e-3)


def test_a_stricter_threshold_matches_less():
    text = "Boulangerie fermée ce dimanche matin à 8 h, personne"
    assert all(one.verdict != CONTRADICTS for one in ALL.judge([text], sure=1.01))


def test_no_announcement_matches_nothing():
    assert Register([]).judge(["Fermé dimanche"]) == []
    assert Register([Announced(1, "…", "other")]).judge(["Fermé dimanche"]) == []


@pytest.mark.parametrize(
    "text", ["a" * 50_000, "24 h " * 10_000, '"' * 3_000, "« " * 3_000, "1.2.3.4 ٣ h", "9" * 5_000]
)
def test_hostile_texts_are_judged_without_trouble(text):
    ALL.judge([text])
    Register([Announced(1, text, "time")]).judge(["fermé depuis 3 jours"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ouvert le dimanche de 7 h à 13 h dans toutes nos boutiques.", "hours"),
        ("Livraison en 24 h garantie !", "time"),
        ("Free returns on all orders.", "policy"),
        ("La baguette à 1 €, toujours.", "price"),
    ],
)
def test_what_we_say_ourselves_is_proposed_as_an_announcement(text, kind):
    [found] = propose(f"Bonne nouvelle. {text}")
    assert found.text == text
    assert found.kind == kind


@pytest.mark.parametrize(
    "text",
    ["Désolé, votre commande est toujours en route.", "Ouvert dimanche ?", "Belle journée à tous.", ""],
)
def test_small_talk_and_excuses_are_not_proposed(text):
    assert propose(text) == []
