import pytest

from entendu.reading import own

PLACES = [
    "à Lyon",
    "hier soir",
    "ce matin",
    "dans ma rue",
    "depuis lundi",
    "pour la 3e fois",
    "encore",
    "sans prévenir",
]
DELIVERY = [f"mon colis n'est pas arrivé {place}" for place in PLACES] + [
    f"livraison en retard {place}" for place in PLACES
]
BILLING = [f"facture fausse {place}" for place in PLACES] + [f"prélevé deux fois {place}" for place in PLACES]
CHAT = [f"il fait beau {place}" for place in PLACES]
EXAMPLES = (
    [(text, ["livraison"]) for text in DELIVERY]
    + [(text, ["facturation"]) for text in BILLING]
    + [(text, []) for text in CHAT]
)


def test_nothing_to_learn_from_gives_a_model_that_says_nothing():
    model = own.learn([])
    assert model.labels == ()
    assert model.read(["bonjour"]) == [[]]


def test_a_label_with_too_few_examples_is_named_and_not_guessed():
    model = own.learn([*EXAMPLES, ("parking complet", ["parking"])])
    assert model.too_few == {"parking": 1}
    assert "parking" not in model.labels


def test_a_label_that_everything_has_cannot_be_learned():
    assert own.learn([(text, ["tout"]) for text in DELIVERY]).too_few == {"tout": 16}


def test_it_learns_what_people_said_and_measures_itself():
    model = own.learn(EXAMPLES)
    labels = [
        [value.label for value in found]
        for found in model.read(["où est mon colis", "facture trop chère", "quel soleil"])
    ]
    assert labels[:2] == [["livraison"], ["facturation"]]
    assert model.quality["livraison"].recall > 0.8
    assert model.quality["livraison"].examples == 16


def test_it_explains_itself_by_words():
    model = own.learn(EXAMPLES)
    words = [word for word, weight in model.reasons("mon colis est en retard", "livraison") if weight > 0]
    assert {"colis", "retard"} & set(words)


def test_the_same_examples_give_the_same_model_and_it_survives_storage():
    model = own.learn(EXAMPLES)
    again = own.from_json(own.learn(EXAMPLES).to_json())
    texts = ["colis perdu", "facture", ""]
    assert abs(again.chances(texts) - model.chances(texts)).max() < 0.01
    assert again.quality == model.quality


def test_what_is_no_model_is_refused():
    with pytest.raises(ValueError, match="not a model"):
        own.from_json('{"format": 99}')


def test_several_labels_may_hold_at_once():
    both = [(f"colis perdu et facture fausse {place}", ["livraison", "facturation"]) for place in PLACES]
    model = own.learn([*EXAMPLES, *both])
    assert {value.label for value in model.read(["colis perdu et facture fausse"])[0]} == {
        "livraison",
        "facturation",
    }
