import re

import pytest

from entendu import reading
from entendu.reading import safety


@pytest.mark.parametrize(
    "text",
    [
        "Forte odeur de gaz dans le hall",
        "la batterie a pris feu cette nuit",
        "j'ai trouvé des bouts de verre dans la compote",
        "On a vidé mon compte avec un faux conseiller",
        "je reçois le dossier d'une autre patiente",
        "Mon avocat vous contactera",
        "j’ai envie d’en finir",
        "I smell gas… strong smell of gas",
        "my son had a severe allergic reaction",
        "my account got hacked last night",
        "you will hear from my lawyer",
        "I can see another customer's data",
    ],
)
def test_danger_is_found(text):
    assert safety.danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "Super film, j'ai pleuré",
        "Le gaz a augmenté ce mois-ci",
        "this deal is fire",
        "feu vert pour le projet",
        "the law school is great",
        "une autre personne m'a dit que c'était bien",
        "",
    ],
)
def test_plain_talk_is_no_danger(text):
    assert safety.danger(text) is None


def test_the_words_are_given_back_as_they_stand():
    assert safety.danger("Bonjour, FUITE de  gaz rue Mozart") == "FUITE de  gaz"


def test_letters_that_grow_in_lower_case_hide_no_danger():
    assert safety.danger("İİİİ FUITE DE GAZ") == "fuite de gaz"
    assert safety.danger("ŒDÈME de la face") == "ŒDÈME"


@pytest.mark.parametrize(
    "text",
    [
        "Il est allergique, il a les lèvres qui gonflent",
        "My son's lips are swelling after your éclair",
        "Your quiche made my daughter sick, we are at the ER",
    ],
)
def test_a_reaction_of_the_body_is_danger(text):
    assert safety.danger(text) is not None


@pytest.mark.parametrize(
    "text", ["The smell of your bread at 6 am, best thing ever!", "Merci, vos croissants sont divins"]
)
def test_somebody_happy_is_no_emergency(text):
    assert reading.read([text])[0].urgency.label not in {"safety", "high"}


def test_no_phrase_of_danger_has_a_capital_for_texts_are_lowered_first():
    for phrase in (*safety._FRENCH, *safety._ENGLISH):
        bare = re.sub(r"\\.", "", phrase)
        assert bare == bare.lower(), phrase
