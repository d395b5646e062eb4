import pytest
from hypothesis import given
from hypothesis import strategies as st

from entendu.reading.query import MAX_CHARACTERS, Query, QueryError, message, parse, print_query, say
from entendu.reading.query.errors import MESSAGES
from entendu.reading.query.tree import Node
from reading.query.making import EDGES, HOSTILE, WORDS, trees


def _outcome(text: str) -> Query | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


REFUSED = [
    ("", "empty", 0, 0),
    (" \n", "empty", 0, 2),
    ("- ,", "empty", 0, 3),
    ("a OR", "operand_missing", 2, 2),
    ("a OR OR b", "operand_missing", 2, 2),
    ("ET a", "operand_missing_before", 0, 2),
    ("a NOT", "operand_missing", 2, 3),
    ("(a", "paren_open", 0, 1),
    ("a (", "paren_open", 2, 1),
    ("a) b", "paren_close", 1, 1),
    ("a ()", "paren_empty", 2, 2),
    ('a "b', "quote_open", 2, 2),
    ('""', "phrase_empty", 0, 2),
    ('"!?"', "phrase_empty", 0, 4),
    ("a #", "no_word", 2, 1),
    ("\x00", "no_word", 0, 1),
    ("**", "wildcard_alone", 0, 2),
    ("a*b", "wildcard_inside", 0, 3),
    ("*ab*", "wildcard_both", 0, 4),
    ("a*", "wildcard_short", 0, 2),
    ("*a", "wildcard_short", 0, 2),
    ('"a* b"', "wildcard_phrase", 0, 6),
    ("ab+*", "wildcard_place", 0, 4),
    ("*#ab", "wildcard_place", 0, 4),
    ("a NEAR/2 *ab", "wildcard_near", 9, 3),
    ("a?b", "question_mark", 0, 3),
    ("/a/", "regex", 0, 3),
    ("ab~2", "operator_unknown", 2, 1),
    ("ab^2", "operator_unknown", 2, 1),
    ("a [b TO c]", "operator_unknown", 2, 1),
    ("a NEAR b", "near_number", 2, 4),
    ("a NEAR/x b", "near_number", 2, 6),
    ("a NEAR/31 b", "near_range", 2, 7),
    ("a PRÈS/0 b", "near_range", 2, 6),
    ("a NEAR/2 lang:fr", "near_operand", 2, 6),
    ("a NEAR/2 (b c)", "near_operand", 2, 6),
    ("a NEAR/2 b NEAR/2 c", "near_chain", 11, 6),
    ("a titre:b", "field_unknown", 2, 5),
    ("lang:", "field_empty", 0, 5),
    ("author:@", "field_empty", 0, 8),
    ("lang:(fr OR en)", "field_group", 0, 5),
    ("is:blue", "field_value", 0, 7),
    ("lang:zz", "language_unknown", 0, 7),
    ("site:nowhere", "site_bad", 0, 12),
    ("followers>many", "number_bad", 0, 14),
    ("followers:>1e309", "number_bad", 0, 16),
    ("lang>fr", "comparison_bad", 0, 7),
    ("a" * (MAX_CHARACTERS + 1), "too_long", MAX_CHARACTERS, 1),
    (" ".join("a" * 1_001), "too_many_operands", 2_000, 1),
    ("(" * 31 + "a" + ")" * 31, "too_deep", 30, 1),
    ('"' + "a " * 51 + '"', "phrase_too_long", 0, 104),
]


@pytest.mark.parametrize(("text", "code", "position", "length"), REFUSED)
def test_says_what_is_wrong_and_where(text: str, code: str, position: int, length: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert (error.code, error.position, error.length) == (code, position, length)
    french, english = message(error, "fr"), message(error, "en-GB")
    assert french
    assert english
    assert french != english


def test_a_near_with_too_many_combinations_is_refused() -> None:
    side = " OR ".join("abcdefghijk")
    with pytest.raises(QueryError) as caught:
        parse(f"({side}) NEAR/2 ({side})")
    assert caught.value.code == "near_wide"
    assert "121" in message(caught.value, "fr")


def test_the_two_languages_have_the_same_messages_with_the_same_parameters() -> None:
    french, english = MESSAGES["fr"], MESSAGES["en"]
    assert french.keys() == english.keys()
    names = {
        "characters": 1,
        "limit": 2,
        "words": 3,
        "operator": "o",
        "text": "t",
        "name": "n",
        "names": "ns",
    }
    names |= {"value": "v", "values": "vs", "pairs": 4, "kept": "k", "line": 5, "reason": "r", "id": 6}
    for code in english:
        shown = {name: f"<{name}>" for name in names}
        assert [f"<{n}>" in say(code, shown, "fr") for n in names] == [
            f"<{n}>" in say(code, shown, "en") for n in names
        ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_queries_are_understood_or_refused_with_a_message(text: str) -> None:
    found = _outcome(text)
    if isinstance(found, QueryError):
        assert 0 <= found.position <= len(text)
        assert found.position + found.length <= len(text)
        assert message(found, "fr").isprintable()
        assert message(found, "en")
    else:
        assert parse(print_query(found)) == found


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a b", "a AND b"),
        ("a ET b OU c", "(a AND b) OR c"),
        ("a SAUF b", "a AND NOT b"),
        ("a -b", "a AND NOT b"),
        ("NOT NOT a", "a"),
        ("((a) (b c))", "a AND b AND c"),
        ("L’Oréal", '"l oreal"'),
        ("« Bonjour monde* »", '"bonjour monde*"'),
        ("“bon JOUR”", '"bon jour"'),
        ('"Seul"', "seul"),
        ("and ou Et", '"and" AND "ou" AND "et"'),
        ("Trai* *Phone", "trai* AND *phone"),
        ("#SNCF* @User.bsky.social", '#sncf* AND "@user bsky social"'),
        ("東京*", '"東 京"'),
        ("a PRÈS/3 (b OU c)", "a NEAR/3 (b OR c)"),
        ("langue:FR-ca auteur:@Jean", "lang:fr AND author:jean"),
        ("site:https://www.Example.org/x?y", "site:example.org"),
        ("est:réponse avec:lien", "is:reply AND has:link"),
        ("followers:>10k abonnés<=2M", "followers>10000 AND followers<=2000000"),
        ('author:"Jean Dupont"', 'author:"jean dupont"'),
        ("https://ex.am/a", '"https ex am a"'),
        ("12:30", '"12 30"'),
    ],
)
def test_prints_the_canonical_query(text: str, canonical: str) -> None:
    assert print_query(parse(text)) == canonical
    assert print_query(parse(canonical)) == canonical


@given(trees)
def test_printing_and_parsing_lead_back(root: Node) -> None:
    once = parse(print_query(Query(root)))
    assert parse(print_query(once)) == once


@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(
            st.sampled_from(
                [
                    *WORDS,
                    *EDGES,
                    "(",
                    ")",
                    '"',
                    "*",
                    " ",
                    "OR",
                    "NOT ",
                    " NEAR/2 ",
                    "lang:",
                    "author:",
                    "site:",
                    "followers>",
                    "-",
                    "~",
                    ":",
                    "»",
                ]
            ),
            max_size=12,
        ).map("".join),
    )
)
def test_any_text_is_a_query_or_an_error_with_its_place(text: str) -> None:
    found = _outcome(text)
    if isinstance(found, QueryError):
        assert 0 <= found.position <= found.position + found.length <= len(text)
        assert message(found, "fr")
    else:
        assert parse(print_query(found)) == found


def test_positions_point_at_the_source() -> None:
    source = 'train  OU "en retard" NEAR/2 lent'
    root = parse(source).root
    spans = [source[child.position : child.position + child.length] for child in root.children]  # type: ignore[union-attr]
    assert spans == ["train", '"en retard" NEAR/2 lent']


def test_what_cannot_be_searched_is_said() -> None:
    notices = parse("c++ - d").notices
    assert [(notice.code, notice.position) for notice in notices] == [
        ("ignored", 4),
        ("characters_ignored", 0),
    ]
