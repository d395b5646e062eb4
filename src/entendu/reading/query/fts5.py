"""Terms, phrases and NEAR as FTS5 MATCH expressions. Words hold neither quotes nor spaces, so quoting is
enough."""

from entendu.reading.query.tree import Near, Phrase, Term


def leaf(node: Term | Phrase | Near) -> str:
    """One leaf as an expression; suffix wildcards are not for FTS5."""
    if isinstance(node, Near):
        return _any([_near(left, right, node.distance) for left in node.left for right in node.right])
    return _with_tags(_words(node), node) if isinstance(node, Phrase) else _term(node)


def _term(node: Term) -> str:
    return f'"{node.text}"{" *" if node.wild else ""}'


def _words(node: Term | Phrase) -> str:
    """The words alone, without signs: what NEAR needs."""
    if isinstance(node, Term):
        return f'"{node.text.lstrip("#@$")}"{" *" if node.wild else ""}'
    return f'"{" ".join(node.plain)}"{" *" if node.wild else ""}'


def _tags(node: Term | Phrase) -> list[str]:
    keys = node.tags if isinstance(node, Phrase) else (node.key,) if node.text[0] in "#@$" else ()
    return [f'"{key[:-1]}" *' if key[-1] == "*" else f'"{key}"' for key in keys]


def _with_tags(expression: str, *nodes: Term | Phrase) -> str:
    tags = [tag for node in nodes for tag in _tags(node)]
    return f"({' AND '.join([expression, *tags])})" if tags else expression


def _near(left: Term | Phrase, right: Term | Phrase, distance: int) -> str:
    # FTS5 counts the words between, we count the steps.
    return _with_tags(f"NEAR({_words(left)} {_words(right)}, {distance - 1})", left, right)


def _any(expressions: list[str]) -> str:
    return expressions[0] if len(expressions) == 1 else f"({' OR '.join(expressions)})"
