from entendu.reading.questions import most_asked


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


def test_the_question_stands_for_its_group_and_greetings_are_no_subject():
    asked = most_asked(
        [
            "Bonjour. Je viens à Laval. À quelle heure ouvrez-vous la boutique ?",
            "Bonjour, ouvrez-vous la boutique dimanche ? Merci",
            "Bonjour. Merci.",
        ]
    )
    assert [one.messages for one in asked] == [2]
    assert asked[0].line.endswith("?")
    assert "boutique" in asked[0].line
