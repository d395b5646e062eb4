"""Groups of texts that speak of one thing, found without being told what to look for, and named by their phrases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entendu.reading.gist import unit, vectors
from entendu.reading.keyphrases import Background, key_phrases

NEAR = 0.3  # cosine from which two texts are neighbours
INSIDE = 0.5  # cosine with the centre of a group from which a text is of it
WIDE = 0.04  # share of all texts from which a group is held to INSIDE + STRICTER
STRICTER = 0.15
MANY = 30  # fewer are never too wide
FEWEST = 5
MOST_TEXTS = 3_000  # the neighbours of all pairs are looked at: the square of this


@dataclass(frozen=True, slots=True)
class Theme:
    """`members`: indices of the texts, the most typical first. `phrases`: what they say and the others do not."""

    members: tuple[int, ...]
    phrases: tuple[str, ...]


def themes(
    texts: Sequence[str], *, near: float = NEAR, inside: float = INSIDE, fewest: int = FEWEST, most: int = 12
) -> list[Theme]:
    """The largest groups first. The same texts, the same groups. Raises ValueError over MOST_TEXTS texts."""
    if len(texts) > MOST_TEXTS:
        raise ValueError(f"at most {MOST_TEXTS} texts")
    if len(texts) < fewest:
        return []
    found = []
    for members in groups(vectors(texts), near, inside, fewest)[: 2 * most]:
        mine = set(members)
        background = Background()
        background.learn(text for at, text in enumerate(texts) if at not in mine)
        phrases = key_phrases(
            [texts[at] for at in members], background, most=5, least=max(2, len(members) // 5)
        )
        if phrases:  # a group that no phrase tells from the others is no theme
            found.append(Theme(tuple(members), tuple(one.text for one in phrases)))
    return found[:most]


def groups(rows: npt.NDArray[np.float32], near: float, inside: float, fewest: int) -> list[list[int]]:
    """Indices of rows around a centre, the most typical first; a row is in one group at most.

    The row with most neighbours left is a seed (as in the "fast community detection" of sentence-transformers); what
    lies near the mean of its neighbours is the group, for a mean is steadier than any of them.
    """
    close = (rows @ rows.T) >= near
    np.fill_diagonal(close, np.linalg.norm(rows, axis=1) > 0)
    free = np.ones(len(rows), bool)
    tried = np.zeros(len(rows), bool)
    found: list[list[int]] = []
    while True:
        counts = (close & free).sum(axis=1) * (free & ~tried)
        seed = int(counts.argmax())
        if counts[seed] < fewest:
            return sorted(found, key=len, reverse=True)
        tried[seed] = True
        centre = unit(rows[close[seed] & free].mean(axis=0, keepdims=True))[0]
        alike = rows @ centre
        members = np.flatnonzero((alike >= inside) & free)
        if len(members) > max(
            MANY, WIDE * len(rows)
        ):  # what so many texts are near to is no theme: only its core may be
            members = np.flatnonzero((alike >= inside + STRICTER) & free)
        if len(members) >= fewest:
            found.append(sorted(members.tolist(), key=lambda at: (-float(alike[at]), at)))
            free[members] = False
