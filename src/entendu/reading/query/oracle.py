"""What a query means, said as plainly as possible. Slow; the matchers and the stored search are held against
it."""

from entendu.reading.analyser import analyse
from entendu.reading.query.document import Document
from entendu.reading.query.fields import holds
from entendu.reading.query.tree import And, Field, Near, Node, Not, Or, Phrase, Query, Term


def matches(query: Query, document: Document) -> bool:
    """Does the document satisfy the query?"""
    words, tags = analyse(document.text)
    return _matches(query.root, words, tags, document)


def _matches(node: Node, words: list[str], tags: list[str], document: Document) -> bool:
    match node:
        case Term() | Phrase():
            return bool(_starts(node, words)) and _has_tags(node, tags)
        case Near():
            return any(
                _has_tags(left, tags)
                and _has_tags(right, tags)
                and _are_near(left, right, node.distance, words)
                for left in node.left
                for right in node.right
            )
        case Field():
            return holds(node, document)
        case Not(child):
            return not _matches(child, words, tags, document)
        case And(children):
            return all(_matches(child, words, tags, document) for child in children)
        case Or(children):
            return any(_matches(child, words, tags, document) for child in children)


def _as_phrase(atom: Term | Phrase) -> Phrase:
    return atom if isinstance(atom, Phrase) else Phrase((atom.text,), atom.wild == "prefix")


def _starts(atom: Term | Phrase, words: list[str]) -> list[int]:
    """Where the words of the atom stand in a row in `words`, signs aside."""
    if isinstance(atom, Term) and atom.wild == "suffix":
        return [at for at, word in enumerate(words) if word.endswith(atom.text)]
    phrase = _as_phrase(atom)
    *firsts, last = phrase.plain
    found = []
    for at in range(len(words) - len(firsts)):
        here = words[at + len(firsts)]
        if words[at : at + len(firsts)] == firsts and (
            here.startswith(last) if phrase.wild else here == last
        ):
            found.append(at)
    return found


def _has_tags(atom: Term | Phrase, tags: list[str]) -> bool:
    """Does the text have every tag that the atom's signs ask for?"""
    if isinstance(atom, Term) and atom.wild == "suffix":
        return True
    return all(
        any(tag.startswith(key[:-1]) if key[-1] == "*" else tag == key for tag in tags)
        for key in _as_phrase(atom).tags
    )


def _are_near(left: Term | Phrase, right: Term | Phrase, distance: int, words: list[str]) -> bool:
    lengths = len(_as_phrase(left).words), len(_as_phrase(right).words)
    return any(
        (j >= i and j - (i + lengths[0] - 1) <= distance) or (i >= j and i - (j + lengths[1] - 1) <= distance)
        for i in _starts(left, words)
        for j in _starts(right, words)
    )
