from entendu.reading.keyphrases import Background, by_chance, key_phrases, new_phrases, phrases

USUAL = [
    "le service client ne répond pas",
    "merci pour la livraison rapide",
    "j'attends une réponse du service client",
    "colis reçu, tout va bien",
    "quels sont vos horaires ?",
    "delivery was quick, thanks",
] * 20
STORM = [
    "Mon four dégage une odeur de brûlé depuis ce matin",
    "odeur de brûlé avec le four neuf, dangereux !",
    "Encore un four avec odeur de brûlé, que faire ? service client absent",
    "four neuf, odeur de brûlé",
]


def background(texts=USUAL):
    known = Background()
    known.learn(texts)
    return known


def test_no_messages_have_no_phrases():
    assert key_phrases([], background()) == []


def test_phrases_do_not_cross_marks_nor_begin_with_empty_words():
    found = phrases("Le four, la porte du four !")
    assert "four porte" not in found
    assert "le four" not in found
    assert {"four", "porte", "porte du four"} <= found


def test_what_stands_out_comes_first_and_whole():
    names = [phrase.text for phrase in key_phrases(STORM, background())]
    assert names[0] == "odeur de brûlé"
    assert "odeur" not in names
    assert "four" in names


def test_what_everybody_always_says_does_not_stand_out():
    assert "service client" not in [phrase.text for phrase in key_phrases(STORM, background(), least=1)]


def test_one_loud_message_counts_once():
    loud = ["arnaque " * 50, "four neuf", "four cassé"]
    assert "arnaque" not in [phrase.text for phrase in key_phrases(loud, background())]


def test_new_phrases_are_those_the_past_hardly_knows():
    assert "odeur de brûlé" in [phrase.text for phrase in new_phrases(STORM, background())]
    assert new_phrases(USUAL[:30], background()) == []


def test_a_lone_apostrophe_is_no_word():
    assert phrases("' ’ l' «'»") == set()


def test_new_phrases_that_may_be_an_accident_are_left_out():
    assert by_chance(3, 100, 0, 900) < 0.01 < by_chance(3, 500, 2, 500)
    assert by_chance(0, 0, 0, 0) == 1.0
    assert by_chance(600, 100, 0, 900) == 0.0
    doubtful = ["panne de moteur", "panne de moteur", "panne de moteur"]
    assert new_phrases(doubtful, background(["tout va bien"] * 3)) == []
