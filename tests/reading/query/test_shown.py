"""What the editor shows of a query: its colours, the words that it finds in a text, its clauses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entendu.reading.query import matches, parse, print_query
from entendu.reading.query.clauses import clauses
from entendu.reading.query.marks import marks
from entendu.reading.query.spans import spans
from reading.query.making import documents, queries


def sorts(text: str) -> list[tuple[str, str]]:
    return [(text[one.position : one.position + one.length], one.sort) for one in spans(text)]


def test_each_piece_has_its_colour() -> None:
    assert sorts('(pain OU "brioche") SAUF #sncf -boul* é NEAR/3 lang:fr channel:"La Boîte" @a') == [
        ("(", "paren"), ("pain", "word"), ("OU", "operator"), ('"brioche"', "phrase"), (")", "paren"),
        ("SAUF", "operator"), ("#sncf", "tag"), ("-", "operator"), ("boul*", "wild"), ("é", "word"), ("NEAR/3", "near"),
        ("lang:fr", "field"), ('channel:"La Boîte"', "field"), ("@a", "tag"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['pain "jamais fermé', "pain nom:x brioche", "pain lang: fr"])
def test_what_cannot_be_cut_ends_the_colours(text: str) -> None:
    assert sorts(text) == [("pain", "word")]


@given(st.text(max_size=60))
def test_colours_never_fail_nor_overlap(text: str) -> None:
    done = 0
    for one in spans(text):
        assert done <= one.position < one.position + one.length <= len(text)
        done = one.position + one.length


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("creme", "La Crème, l’Œuf", ["Crème"]),
        ("oeuf OR ss", "La Crème, l’Œuf, das Maß", ["Œuf"]),
        ("mass", "das Maß", ["Maß"]),
        ('"mille feuille*"', "un mille-feuilles raté", ["mille-feuilles"]),
        ("boul* *erie", "Boulangerie, la crêperie", ["Boulangerie", "crêperie"]),
        ("#sncf", "la sncf et #SNCF", ["#SNCF"]),
        ("sncf", "la sncf et #SNCF", ["sncf", "#SNCF"]),
        ("pain NEAR/2 cheveu", "un cheveu dans le pain", ["cheveu", "pain"]),
        ("pain NOT brioche", "pain, brioche", ["pain"]),
        ("面包", "我喜欢面包。", ["面包"]),
        ("خبز", "أحب الخبز، خبز طازج", ["خبز"]),
        ("🤢", "beurk 🤢!", ["🤢"]),
        ("lang:fr", "pain", []),
        ("pain", "", []),
    ],
)
def test_the_words_that_are_found_are_marked(query: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in marks(parse(query), text)] == found


@settings(max_examples=60)
@given(queries, documents)
def test_marks_lie_in_the_text_without_overlap(query, one) -> None:
    done = -1
    for start, end in marks(query, one.text):
        assert done < start < end <= len(one.text)
        done = end


def shown(text: str) -> list[tuple[str, str, list[str]]]:
    return [(one.source, one.role, [part.source for part in one.parts]) for one in clauses(parse(text))]


def test_the_clauses_are_told_as_they_were_written() -> None:
    assert shown("tourlevent (malade* OU vomi*) -moulin lang:fr") == [
        ("tourlevent", "all", []), ("malade* OU vomi*", "all", ["malade*", "vomi*"]), ("-moulin", "not", []),
        ("lang:fr", "all", []),
    ]  # fmt: skip
    assert shown("a OR (b c)") == [("a", "any", []), ("b c", "any", [])]
    assert shown("pain") == [("pain", "all", [])]
    assert shown("NOT (a OR b)") == [("NOT (a OR b)", "not", [])]


def test_a_clause_counts_alone_and_among_its_neighbours() -> None:
    top = clauses(parse("tourlevent (malade OU vomi) -moulin"))
    assert print_query(top[0].alone) == "tourlevent"
    assert print_query(top[1].parts[0].within) == "malade AND tourlevent AND NOT moulin"
    assert print_query(top[2].within) == "moulin AND tourlevent AND (malade OR vomi)"
    assert print_query(clauses(parse("a OR b"))[1].within) == "b"


@settings(max_examples=80)
@given(queries, documents)
def test_what_a_query_finds_is_what_its_clauses_find(query, one) -> None:
    parts = clauses(parse(print_query(query)))
    if all(part.role == "any" for part in parts):
        whole = any(matches(part.alone, one) for part in parts)
    else:
        whole = all(matches(part.alone, one) != (part.role == "not") for part in parts)
    assert whole == matches(query, one)
    for part in parts:
        if part.role == "not":
            assert not (matches(part.within, one) and matches(query, one))
        for inside in part.parts:
            assert not matches(inside.within, one) or matches(query, one)
