import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entendu.reading.query import Document, Query, Shares, document, matches, parse, selectivity
from entendu.reading.query.reference import PythonMatcher
from reading.query.making import EDGES, EXAMPLES, HOSTILE, SENTENCES, documents, parsed_or_none, queries

try:
    from entendu.reading.query.native import KernelMatcher
except ImportError:
    if os.environ.get("CI"):
        raise
    MATCHERS: list[type[PythonMatcher[int]]] = [PythonMatcher]
else:
    MATCHERS = [PythonMatcher, KernelMatcher]  # type: ignore[list-item]


@pytest.mark.parametrize(("text", "query", "found"), EXAMPLES)
def test_finds_what_a_person_means(text: str, query: str, found: bool) -> None:
    assert matches(parse(query), Document(text)) is found
    for kind in MATCHERS:
        matcher = kind[str]()
        matcher.add("q", parse(query))
        assert matcher.match(Document(text)) == (["q"] if found else [])


def test_reads_the_fields() -> None:
    one = document(
        "a", lang="FR-ca", author="@Jean", site="https://www.News.Example.org/x", channel="Feed", followers=10
    )
    for query, found in {
        "lang:fr": True,
        "author:jean": True,
        "site:example.org": True,
        "site:ample.org": False,
        "channel:feed": True,
        "is:reply": False,
        "NOT is:reply": True,
        "followers>=10": True,
        "followers>10": False,
    }.items():
        assert matches(parse(query), one) is found, query
    assert not matches(parse("followers<5"), document("a"))
    assert matches(parse("NOT followers<5"), document("a"))


@pytest.mark.parametrize("kind", MATCHERS)
def test_a_removed_query_is_silent_and_a_replaced_one_speaks_anew(kind: type[PythonMatcher[str]]) -> None:
    matcher = kind()
    matcher.add("a", parse("train"))
    matcher.add("b", parse("train"))
    matcher.remove("a")
    matcher.remove("never there")
    assert matcher.match(Document("train")) == ["b"]
    matcher.add("b", parse("avion*"))
    assert matcher.match(Document("train")) == []
    assert matcher.match(Document("avions")) == ["b"]
    assert len(matcher) == 1
    assert "b" in matcher
    assert "a" not in matcher


@pytest.mark.parametrize("kind", MATCHERS)
@settings(max_examples=300)
@given(st.lists(queries, min_size=1, max_size=12), st.lists(documents, min_size=1, max_size=6), st.data())
def test_the_matcher_says_what_the_oracle_says(
    kind: type[PythonMatcher[int]], many: list[Query], texts: list[Document], data: st.DataObject
) -> None:
    matcher = kind()
    for number, query in enumerate(many):
        matcher.add(number, query)
    kept = list(range(len(many)))
    assert matcher.match_many(texts) == [[n for n in kept if matches(many[n], one)] for one in texts]
    gone = data.draw(st.sets(st.sampled_from(kept)))
    for number in gone:
        matcher.remove(number)
    kept = [number for number in kept if number not in gone]
    assert matcher.match_many(texts) == [[n for n in kept if matches(many[n], one)] for one in texts]


@pytest.mark.parametrize("kind", MATCHERS)
def test_hostile_queries_against_hostile_texts(kind: type[PythonMatcher[int]]) -> None:
    matcher = kind()
    many = [query for query in map(parsed_or_none, [*HOSTILE, *SENTENCES.values(), *EDGES]) if query]
    for number, query in enumerate(many):
        matcher.add(number, query)
    for text in [*HOSTILE, *SENTENCES.values(), *EDGES, "a " * 20_000, "x" * 100_000]:
        one = Document(text[:50_000])
        assert matcher.match(one) == [n for n, query in enumerate(many) if matches(query, one)]


@pytest.mark.parametrize("kind", MATCHERS)
def test_long_repetitive_texts_are_read_in_one_walk(kind: type[PythonMatcher[int]]) -> None:
    matcher = kind()
    matcher.add(0, parse('ab NEAR/3 (cd OR "ef gh")'))
    matcher.add(1, parse('"' + "ab " * 49 + 'cd"'))
    matcher.add(2, parse("ab NEAR/5 cd"))
    assert matcher.match(Document("ab " * 8_000 + "x x x x " + "cd " * 7_990)) == [2]


@pytest.mark.parametrize(
    ("query", "selective"),
    [
        ("sncf", True),
        ("the", False),
        ("the AND sncf", True),
        ("the OR sncf", False),
        ("NOT sncf", False),
        ("sncf OR NOT ratp", False),
        ("lang:fr is:reply", False),
        ("author:jean", True),
        ("lang:fr sncf", True),
        ("*phone", True),
        ('"de la"', False),
    ],
)
def test_flags_queries_that_listen_to_the_whole_world(query: str, selective: bool) -> None:
    assert selectivity(parse(query)).selective is selective


def test_measured_shares_overrule_the_guess() -> None:
    assert not selectivity(parse("sncf"), {"sncf": 0.5}).selective


def test_shares_are_measured_and_wildcards_added_up() -> None:
    shares = Shares.measured(["train trains", "un train #train", "rien", "avion"])
    assert shares["train"] == 0.5
    assert shares["#train"] == 0.25
    assert shares["train*"] == 0.75
    assert shares["*ain"] == 0.5
    assert shares["jamais"] == 0.125
    assert shares.get("lang:fr") is None
