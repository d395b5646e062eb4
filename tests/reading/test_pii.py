import pytest

from entendu.reading import pii

FOUND = [
    ("card", "ma carte 4111 1111 1111 1111 ne passe pas", "4111 1111 1111 1111"),
    ("card", "card 5500-0000-0000-0004 was charged twice", "5500-0000-0000-0004"),
    ("card", "378282246310005 refusée", "378282246310005"),
    ("iban", "mon IBAN FR76 3000 6000 0112 3456 7890 189 merci", "FR76 3000 6000 0112 3456 7890 189"),
    ("iban", "virez sur BE68539007547034 svp", "BE68539007547034"),
    ("iban", "gb29 nwbk 6016 1331 9268 19", "gb29 nwbk 6016 1331 9268 19"),
    ("nir", "n° sécu 2 55 08 14 168 025 38", "2 55 08 14 168 025 38"),
    ("nir", "255081416802538 c'est mon numéro", "255081416802538"),
    ("phone", "appelez-moi au 06 12 34 56 78", "06 12 34 56 78"),
    ("phone", "tel : 0612345678.", "0612345678"),
    ("phone", "+33 6 12 34 56 78 le soir", "+33 6 12 34 56 78"),
    ("phone", "call me on (514) 555-0199 eh", "(514) 555-0199"),
    ("phone", "ring 07700 900123 after 6", "07700 900123"),
    ("phone", "whatsapp +221 77 123 45 67", "+221 77 123 45 67"),
    ("email", "écrivez à marie.durand+test@exemple.fr, merci", "marie.durand+test@exemple.fr"),
    ("order", "commande n° 4402-118 toujours pas là", "4402-118"),
    ("order", "my booking reference: XK4721Q please", "XK4721Q"),
    ("order", "dossier 2024-00871B bloqué", "2024-00871B"),
]

CLEAN = [
    "4111 1111 1111 1112 n'est pas une carte",  # wrong last digit
    "0000 0000 0000 0000",
    "FR76 3000 6000 0112 3456 7890 188",  # wrong key
    "2 55 08 14 168 025 39",  # wrong key
    "je paie 1 250 000 euros sur 20 ans",
    "rendez-vous le 12/03/2024 à 14h30",
    "le score est 3-1 et 45 678 spectateurs",
    "@SociétéX répondez",
    "version 10.15.7.2 du logiciel",
    "en 2023 et 2024 j'ai attendu",
    "ma commande n'est jamais arrivée",
    "3,14159265358979 est pi",
]


@pytest.mark.parametrize("text", CLEAN)
def test_what_only_looks_like_personal_data_is_left_alone(text):
    assert pii.find(text) == []


@pytest.mark.parametrize(("kind", "text", "part"), FOUND)
def test_personal_data_is_found_where_it_stands(kind, text, part):
    [found] = pii.find(text)
    assert (found.kind, text[found.start : found.end]) == (kind, part)


def test_masking_keeps_the_rest_of_the_text():
    text = "Carte 4111 1111 1111 1111, mail a@b.fr, tel 06 12 34 56 78."
    assert pii.mask(text) == "Carte [card], mail [email], tel [phone]."


def test_only_the_kinds_asked_for_are_masked():
    assert pii.mask("a@b.fr 06 12 34 56 78", {"email"}) == "[email] 06 12 34 56 78"


def test_a_card_followed_by_its_expiry_is_still_found():
    assert "4111" not in pii.mask("4111 1111 1111 1111 12/27")
    assert "4111" not in pii.mask("4111 1111 1111 1111 123")


@pytest.mark.parametrize(
    "text",
    ["", "1" * 50_000, "@" * 20_000, "a@" * 10_000, "FR76" * 5_000, "0 " * 20_000, "commande " * 3_000],
)
def test_hostile_texts_are_searched_without_hanging(text):
    pii.find(text)


def test_arabic_and_fullwidth_digits_do_not_raise():
    pii.find("٠٦١٢٣٤٥٦٧٨ ４１１１１１１１１１１１１１１１")
