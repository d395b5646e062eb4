"""How a thing said spreads: how many people, how fast, and by what shape of tree.

Structural virality is that of Goel, Anderson, Hofman and Watts, "The Structural Virality of Online Diffusion",
Management Science 62 (2016): the mean distance between all pairs of posts in the tree, ν = 1/(n(n−1)) Σ dᵢⱼ.
A broadcast (everybody repeats the first) tends to 2; a rumour that goes from hand to hand grows with its length.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a cascade. `parent`: the key of the post that it answers or repeats, None when the channel does not
    say; `who`: the person."""

    key: int
    parent: int | None
    who: Hashable
    at: datetime


@dataclass(frozen=True, slots=True)
class Spread:
    """`posts` and `people` are counts; `half`: from the first post until half of the people had spoken; `fastest`: the
    most new people within any hour; `depth`: the longest chain of answers and repetitions (the first post alone: 0);
    `breadth`: the most posts at one depth; `virality`: None below two posts."""

    posts: int
    people: int
    first: datetime
    last: datetime
    half: timedelta
    fastest: int
    depth: int
    breadth: int
    virality: float | None

    @property
    def lasted(self) -> timedelta:
        """From the first post to the last."""
        return self.last - self.first

    @property
    def people_an_hour(self) -> float:
        """People ÷ hours from the first post to the last; less than an hour counts as one."""
        return self.people / max(1.0, self.lasted / HOUR)


def spread(posts: Sequence[Post]) -> Spread:
    """What a cascade did. A post whose parent is unknown, absent or later than itself hangs on the first post.
    ValueError when there is no post."""
    if not posts:
        raise ValueError("no posts")
    ordered = sorted(posts, key=lambda one: (one.at, one.key))
    arrivals = _arrivals(ordered)
    parents = tree(ordered)
    depths = _depths(parents)
    levels = [0] * (max(depths) + 1)
    for depth in depths:
        levels[depth] += 1
    return Spread(
        posts=len(ordered),
        people=len(arrivals),
        first=ordered[0].at,
        last=ordered[-1].at,
        half=arrivals[(len(arrivals) - 1) // 2] - arrivals[0],
        fastest=_fastest(arrivals),
        depth=len(levels) - 1,
        breadth=max(levels),
        virality=structural_virality(parents),
    )


def tree(ordered: Sequence[Post]) -> list[int]:
    """For each post its parent's place in `ordered` (by time), which is smaller than its own; the first post has -1."""
    places = {one.key: place for place, one in enumerate(ordered)}
    parents = [-1]
    for place, one in enumerate(ordered[1:], 1):
        above = places.get(one.parent, 0) if one.parent is not None else 0
        parents.append(above if above < place else 0)
    return parents


def structural_virality(parents: Sequence[int]) -> float | None:
    """The mean distance between all pairs of nodes of a tree, given as in `tree`; None below two nodes.

    An edge lies on the way between the s nodes below it and the n − s others, so that the sum over ordered pairs is
    2 Σ s (n − s): one pass, not n².
    """
    n = len(parents)
    if n < 2:
        return None
    below = [1] * n
    total = 0
    for place in range(n - 1, 0, -1):
        total += below[place] * (n - below[place])
        below[parents[place]] += below[place]
    return 2 * total / (n * (n - 1))


def by_hour(posts: Sequence[Post]) -> Mapping[datetime, tuple[int, int]]:
    """(posts, people who speak for the first time) of each hour in which anybody spoke, in order."""
    found: dict[datetime, tuple[int, int]] = {}
    known: set[Hashable] = set()
    for one in sorted(posts, key=lambda one: (one.at, one.key)):
        hour = one.at.replace(minute=0, second=0, microsecond=0)
        said, new = found.get(hour, (0, 0))
        found[hour] = (said + 1, new + (one.who not in known))
        known.add(one.who)
    return found


def _arrivals(ordered: Sequence[Post]) -> list[datetime]:
    first: dict[Hashable, datetime] = {}
    for one in ordered:
        first.setdefault(one.who, one.at)
    return list(first.values())


def _fastest(arrivals: Sequence[datetime]) -> int:
    best = start = 0
    for end, moment in enumerate(arrivals):
        while moment - arrivals[start] >= HOUR:
            start += 1
        best = max(best, end - start + 1)
    return best


def _depths(parents: Sequence[int]) -> list[int]:
    depths = [0]
    for parent in parents[1:]:
        depths.append(depths[parent] + 1)
    return depths
