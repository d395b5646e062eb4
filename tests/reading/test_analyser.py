import sqlite3

import pytest
from hypothesis import given

from entendu.reading.analyser import (
    FTS5_TOKENIZE,
    MAX_WORDS,
    analyse,
    fold_classes,
    fold_document,
    fold_targets,
    tokens,
)
from reading.query.making import EDGES, SENTENCES, texts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’Oréal, l'OREAL", "l oreal l oreal"),
        ("Straße STRASSE œuf Œuf æ ﬁn", "strasse strasse oeuf oeuf ae fin"),
        ("İstanbul istanbul ısı", "istanbul istanbul isi"),
        ("Ｃｏｃａ 𝓗𝓮𝓵𝓵𝓸 e\u0301té", "coca hello ete"),
        ("aujourd’hui week-end don't", "aujourd hui week end don t"),
        ("東京タワー 삼성은", "東 京 タ ワ ー 삼 성 은"),
        ("か\u3099 ガ ｶﾞ", "が ガ ガ"),
        ("مُحَمَّد أحمد ١٢٣ شَالוֹם", "محمد احمد 123 شالום"),
        ("हिन्दी क़लम", "हिन्दी कलम"),
        ("👍🏽 👨‍👩‍👧 🇫🇷", "👍 👨 👩 👧 🇫 🇷"),
        ("Nike® Marque™ 20°", "nike marque 20"),
        ("a\u200bb a\u00adb \x00 \ud800", "a b ab"),
    ],
)
def test_reads_words_as_people_search_them(text: str, words: str) -> None:
    assert analyse(text)[0] == words.split()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#SNCF @user.bsky.social $AAPL ＃Ｔag", ["#sncf", "@user", "$aapl", "#tag"]),
        ("user@example.com a#b", []),
        ("##a @#b # c", ["#a", "#b"]),
        ("#東京 東#駅", ["#東", "#駅"]),
    ],
)
def test_finds_tags(text: str, tags: list[str]) -> None:
    assert analyse(text)[1] == tags


def test_tokens_say_where_they_stand_in_the_original() -> None:
    text = "À l’Œuvre ! #Straße が か\u3099"
    found = tokens(text)
    assert [text[token.start : token.end] for token in found] == [
        "À",
        "l",
        "Œuvre",
        "Straße",
        "が",
        "か\u3099",
    ]
    assert [token.sign for token in found] == ["", "", "", "#", "", ""]


@given(texts)
def test_the_fast_and_the_placed_reading_agree(text: str) -> None:
    words, tags = analyse(text)
    placed = tokens(text)
    assert [token.text for token in placed] == words
    assert [token.sign + token.text for token in placed if token.sign] == tags


def test_both_readings_stop_at_the_same_word() -> None:
    text = "#a " * (MAX_WORDS + 5) + "#b"
    words, tags = analyse(text)
    assert len(words) == MAX_WORDS == len(tokens(text))
    assert set(tags) == {"#a"}


@given(texts)
def test_reading_what_was_read_changes_nothing(text: str) -> None:
    words, _ = analyse(text)
    assert analyse(" ".join(words))[0] == words


def test_every_fold_ends_at_a_character_that_stays() -> None:
    targets = fold_targets()
    kept = {code for first, last, _ in fold_classes() for code in range(first, last + 1)}
    assert all(
        ord(char) in kept and ord(char) not in targets for target in targets.values() for char in target
    )


def test_sqlite_indexes_exactly_our_tokens_for_every_character() -> None:
    every = "".join(f"{chr(code)}\n" for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)
    alphabet = {word for line in every.split("\n") for word in analyse(line)[0]}
    texts = [*alphabet, *SENTENCES.values(), *EDGES]
    database = sqlite3.connect(":memory:")
    database.execute(f'CREATE VIRTUAL TABLE found USING fts5(text, tokenize="{FTS5_TOKENIZE}")')
    database.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(found, 'row')")
    folded = [fold_document(text) for text in texts]
    database.executemany("INSERT INTO found(text) VALUES (?)", [(text,) for text in folded])
    indexed = {term for (term,) in database.execute("SELECT term FROM terms")}
    assert indexed == {word for text in folded for word in text.split()}
