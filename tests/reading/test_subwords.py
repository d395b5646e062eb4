import pytest

from entendu.reading.subwords import END, START, UNKNOWN, Subwords

PIECES = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("\u2581", -4.0),
    ("\u2581col", -6.0),
    ("is", -5.0),
    ("\u2581colis", -9.0),
    ("a", -3.0),
    ("b", -3.0),
    ("ab", -5.0),
]
NORMAL = {0x0A: " ", 0x09: " ", 0xA0: " ", 0x200B: ""}


def cut(text, limit=50):
    numbers = Subwords(PIECES, NORMAL).encode(text, limit)
    assert (numbers[0], numbers[-1]) == (START, END)
    return [PIECES[number][0] if number != UNKNOWN else "?" for number in numbers[1:-1]]


def test_nothing_is_cut_into_nothing():
    assert cut("") == []
    assert cut(" \n\t ") == []


def test_the_cut_with_the_best_sum_wins():
    assert cut("colis") == ["\u2581colis"]  # -9 against -11
    assert cut("ab") == ["\u2581", "ab"]  # -5 against -6


def test_unknown_signs_become_one_unknown():
    assert cut("a日本b") == ["\u2581", "a", "?", "b"]


def test_addresses_and_mentions_say_nothing():
    assert cut("@Marie_1 colis https://example.org/a?b") == ["\u2581colis"]


def test_spaces_of_all_kinds_separate_and_zero_width_ones_do_not():
    assert cut("a\u00a0b") == ["\u2581", "a", "\u2581", "b"]
    assert cut("a\u200bb") == ["\u2581", "ab"]


@pytest.mark.parametrize("limit", [3, 4, 10])
def test_long_texts_are_cut_at_the_limit(limit):
    assert len(Subwords(PIECES, NORMAL).encode("ab " * 1000, limit)) == limit


def test_a_word_without_end_does_not_hang():
    assert len(Subwords(PIECES, NORMAL).encode("a" * 5_000, 96)) <= 96


def grouped(text, limit=50):
    found = Subwords(PIECES, NORMAL).groups(text, limit)
    return [[PIECES[number][0] for number in group] for group in found]


def test_the_pieces_of_a_word_stand_together():
    assert grouped("ab colis @Marie_1") == [["\u2581", "ab"], ["\u2581colis"]]


def test_a_long_word_becomes_several_groups():
    assert [len(group) for group in grouped("abababab")] == [4, 1]


def test_a_text_without_pieces_is_one_start():
    assert grouped(" \n ") == [["<s>"]]


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_groups_hold_no_more_pieces_than_the_limit(limit):
    assert sum(len(group) for group in grouped("ab " * 1000, limit)) == limit
