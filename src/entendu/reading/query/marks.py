"""Where a text satisfies a query: the words to highlight in a message."""

from collections.abc import Iterator, Sequence

from entendu.reading.analyser import SIGNS, Token, tokens
from entendu.reading.query.tree import And, Near, Node, Or, Phrase, Query, Term


def marks(query: Query, text: str) -> list[tuple[int, int]]:
    """(start, end) of what `query` wants and `text` holds, in order, without overlap. What stands behind a NOT and the
    fields mark nothing; of a NEAR, its words are marked wherever they are."""
    words = tokens(text)
    found = {span for atom in _wanted(query.root) for span in _of(atom, words)}
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _wanted(node: Node) -> Iterator[Term | Phrase]:
    if isinstance(node, And | Or):
        for child in node.children:
            yield from _wanted(child)
    elif isinstance(node, Near):
        yield from (*node.left, *node.right)
    elif isinstance(node, Term | Phrase):
        yield node


def _of(atom: Term | Phrase, words: Sequence[Token]) -> Iterator[tuple[int, int]]:
    if isinstance(atom, Term):
        yield from (
            (word.start - len(word.sign), word.end) for word in words if _is(word, atom.text, atom.wild)
        )
        return
    row = atom.plain
    last = len(row) - 1
    for at in range(len(words) - last):
        if all(
            _is(words[at + step], word, "prefix" if atom.wild and step == last else "")
            for step, word in enumerate(row)
        ):
            yield words[at].start, words[at + last].end


def _is(word: Token, wanted: str, wild: str) -> bool:
    have = word.sign + word.text if wanted[0] in SIGNS else word.text
    if wild == "prefix":
        return have.startswith(wanted)
    return have.endswith(wanted) if wild == "suffix" else have == wanted
