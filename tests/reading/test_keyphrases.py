from entendu.reading.keyphrases import Background, key_phrases, most_asked, new_phrases, one_line, phrases

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
    assert one_line([]) == ""
    assert one_line(["", "  "]) == ""


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


def test_the_line_is_one_of_the_messages_and_says_what_most_say():
    line = one_line([*STORM, "bonjour à tous", "mon chien aime la pluie"])
    assert "odeur de brûlé" in line
    assert len(one_line(["mot " * 200])) <= 200


def test_questions_come_back_grouped_by_what_they_ask():
    asked = most_asked(
        [
            "quels sont vos horaires d'ouverture ?",
            "c'est quoi les horaires le dimanche ?",
            "vos horaires svp",
            "le remboursement arrive quand ?",
            "remboursement sous combien de jours ?",
            "vous aimez la mer ?",
        ]
    )
    assert [(one.about, one.messages) for one in asked] == [("horaires", 3), ("remboursement", 2)]
    assert "horaires" in asked[0].line


def test_nothing_asked_twice_is_nothing_asked_most():
    assert most_asked([]) == []
    assert most_asked(["un chat", "deux chiens"]) == []
