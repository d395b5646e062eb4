from entendu.reading.summary import LONGEST, MOST_SENTENCES, sentence_with, summary

STORM = [
    "Bonjour. Mon four dégage une odeur de brûlé depuis ce matin.",
    "odeur de brûlé avec le four neuf, dangereux !",
    "Encore un four avec une odeur de brûlé, que faire ?",
    "bonjour à tous",
    "mon chien aime la pluie",
]


def test_nothing_said_has_no_line():
    assert summary([]) == []
    assert summary(["", "  ", "!!!", "https://a.example @x", "de la"]) == []


def test_the_line_is_a_sentence_of_a_message_and_says_what_most_say():
    (line,) = summary(STORM)
    assert "odeur de brûlé" in line.text
    assert line.text in STORM[line.place]


def test_a_greeting_is_not_the_summary():
    assert summary(["Bonjour.", "Bonjour. Mon colis est perdu depuis lundi.", "Bonjour. Colis perdu !"])[
        0
    ].text != ("Bonjour.")


def test_further_lines_say_something_else():
    texts = [*["la crème est tournée dans les choux"] * 4, *["la caisse refuse ma carte de fidélité"] * 3]
    lines = [one.text for one in summary(texts, most=3)]
    assert lines == ["la crème est tournée dans les choux", "la caisse refuse ma carte de fidélité"]


def test_a_long_line_is_cut_at_a_word():
    (line,) = summary(["mot très différent " * 40])
    assert len(line.text) <= LONGEST
    assert line.text.endswith("…")


def test_a_flood_is_bounded():
    assert summary([f"le colis numéro {number} est perdu" for number in range(3 * MOST_SENTENCES)])


def test_the_sentence_that_holds_a_word_is_found_whatever_its_accents():
    text = "Bonjour, contient-il du sésame ? Mon fils a les LÈVRES  qui gonflent. Merci"
    assert sentence_with(text, "levres qui gonflent") == "Mon fils a les LÈVRES qui gonflent."
    assert sentence_with(text, "absent") in text
    assert sentence_with("", "levres") == sentence_with("", "") == ""
