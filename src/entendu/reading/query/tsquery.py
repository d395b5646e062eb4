"""Terms, phrases and NEAR as PostgreSQL tsquery literals.

tsquery knows exact distances only, so NEAR becomes the alternatives of all distances, and where two phrases
may overlap, the phrase that both make together.
"""

from itertools import pairwise

from entendu.reading.query.tree import Near, Phrase, Term

_Constraint = tuple[str, bool]  # a word, or its beginning


def leaf(node: Term | Phrase | Near) -> str:
    """One leaf as an expression; suffix wildcards are not for tsquery."""
    if isinstance(node, Near):
        return _any([_near(left, right, node.distance) for left in node.left for right in node.right])
    if isinstance(node, Term):
        return _lexeme((node.text, bool(node.wild)))
    return _with_tags(_row(list(enumerate(_constraints(node)))), node)


def _lexeme(constraint: _Constraint) -> str:
    word, begins = constraint
    return f"'{word}'{':*' if begins else ''}"


def _constraints(node: Term | Phrase) -> list[_Constraint]:
    words = node.plain if isinstance(node, Phrase) else (node.text.lstrip("#@$"),)
    last = len(words) - 1
    return [(word, bool(node.wild) and at == last) for at, word in enumerate(words)]


def _row(placed: list[tuple[int, _Constraint]]) -> str:
    """Words at given places, joined by their exact distances."""
    parts = [_lexeme(placed[0][1])]
    for (before, _), (place, constraint) in pairwise(placed):
        step = place - before
        parts.append("<->" if step == 1 else f"<{step}>")
        parts.append(_lexeme(constraint))
    return parts[0] if len(parts) == 1 else f"({' '.join(parts)})"


def _near(left: Term | Phrase, right: Term | Phrase, distance: int) -> str:
    one, other = _constraints(left), _constraints(right)
    rows = []
    for step in range(-(len(other) - 1 + distance), len(one) + distance):
        row = _together(one, other, step)
        if row is not None:
            rows.append(_row(row))
    return _with_tags(_any(list(dict.fromkeys(rows))), left, right)


def _together(
    one: list[_Constraint], other: list[_Constraint], step: int
) -> list[tuple[int, _Constraint]] | None:
    """Both rows of words, the second starting `step` places after the first; None when they contradict each
    other."""
    placed: dict[int, _Constraint] = dict(enumerate(one))
    for at, constraint in enumerate(other, start=step):
        both = _both(placed[at], constraint) if at in placed else constraint
        if both is None:
            return None
        placed[at] = both
    return sorted(placed.items())


def _both(first: _Constraint, second: _Constraint) -> _Constraint | None:
    """What one word must be to satisfy both."""
    for (word, begins), (beside, open_ended) in ((first, second), (second, first)):
        if word == beside:
            return word, begins and open_ended
        if open_ended and word.startswith(beside):
            return word, begins
    return None


def _with_tags(expression: str, *nodes: Term | Phrase) -> str:
    keys: list[str] = []
    for node in nodes:
        keys += node.tags if isinstance(node, Phrase) else (node.key,) if node.text[0] in "#@$" else ()
    tags = [f"'{key[:-1]}':*" if key[-1] == "*" else f"'{key}'" for key in keys]
    return f"({' & '.join([expression, *tags])})" if tags else expression


def _any(expressions: list[str]) -> str:
    return expressions[0] if len(expressions) == 1 else f"({' | '.join(expressions)})"
