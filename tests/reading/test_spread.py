"""Spread: trees counted by hand, and the formula held against the plain definition."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entendu.reading.spread import Post, by_hour, spread, structural_virality

START = datetime(2026, 11, 1, 10, tzinfo=UTC)


def post(key: int, parent: int | None, who: str, minutes: float) -> Post:
    return Post(key, parent, who, START + timedelta(minutes=minutes))


def test_nothing_has_no_spread() -> None:
    with pytest.raises(ValueError, match="no posts"):
        spread([])


def test_one_post_spreads_not_at_all() -> None:
    alone = spread([post(1, None, "ana", 0)])
    assert (alone.posts, alone.people, alone.depth, alone.virality) == (1, 1, 0, None)
    assert (alone.half, alone.people_an_hour) == (timedelta(0), 1.0)


def test_a_broadcast_by_hand() -> None:
    # Four repeat the first: 4 pairs at distance 1, 6 at distance 2: 16 / 10.
    star = spread([post(1, None, "a", 0), *(post(n, 1, f"p{n}", 10 * n) for n in range(2, 6))])
    assert (star.depth, star.breadth) == (1, 4)
    assert star.virality == pytest.approx(1.6)


def test_a_rumour_by_hand() -> None:
    # A chain of four: distances 1,1,1,2,2,3 = 10 over 6 pairs.
    chain = spread([post(n, n - 1 or None, f"p{n}", n) for n in range(1, 5)])
    assert (chain.depth, chain.breadth) == (3, 1)
    assert chain.virality == pytest.approx(10 / 6)


def test_two_branches_by_hand() -> None:
    #      1
    #    2   3        pairs: 12 13 24 35 at 1; 14 15 23 at 2; 25 34 at 3; 45 at 4 → 4+6+6+4 = 20 over 10
    #    4   5
    posts = [
        post(1, None, "a", 0),
        post(2, 1, "b", 1),
        post(3, 1, "c", 2),
        post(4, 2, "d", 3),
        post(5, 3, "e", 4),
    ]
    both = spread(posts)
    assert (both.depth, both.breadth, both.virality) == (2, 2, pytest.approx(2.0))


def test_people_are_counted_once_and_the_fastest_hour_is_found() -> None:
    said = [("a", 0), ("a", 5), ("b", 50), ("c", 70), ("d", 80), ("e", 100), ("b", 119), ("f", 300)]
    found = spread([post(n, None, who, at) for n, (who, at) in enumerate(said, 1)])
    assert (found.posts, found.people) == (8, 6)
    assert found.half == timedelta(minutes=70)  # the third of six
    assert found.fastest == 4  # b, c, d, e between 50 and 100 minutes
    assert found.people_an_hour == pytest.approx(6 / 5)


def test_an_answer_to_what_was_not_heard_hangs_on_the_first() -> None:
    found = spread([post(1, None, "a", 0), post(2, 99, "b", 1), post(3, 4, "c", 2), post(4, 3, "d", 3)])
    assert found.depth == 2  # 3 claims to answer a later post: it hangs on 1, and 4 on 3


def test_hours_tell_who_is_new() -> None:
    posts = [post(1, None, "a", 0), post(2, None, "b", 59), post(3, None, "a", 61)]
    assert list(by_hour(posts).values()) == [(2, 2), (1, 0)]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=14))
def test_the_sum_over_edges_is_the_sum_over_pairs(draws: list[int]) -> None:
    parents = [-1, *(draw % place for place, draw in enumerate(draws, 1))]
    n = len(parents)

    def way(node: int) -> list[int]:
        return [node] if parents[node] < 0 else [node, *way(parents[node])]

    def distance(one: int, two: int) -> int:
        first, second = way(one), way(two)
        return len(set(first) ^ set(second))

    total = sum(distance(one, two) for one, two in combinations(range(n), 2))
    assert structural_virality(parents) == pytest.approx(2 * total / (n * (n - 1)))
