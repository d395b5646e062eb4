"""From one word or quoted piece of a query to a term or a phrase, read by the one analyser."""

import re

from entendu.reading.analyser import SIGNS, Token, tokens
from entendu.reading.query.errors import QueryError
from entendu.reading.query.lexer import Piece
from entendu.reading.query.limits import MAX_PHRASE, MIN_WILDCARD
from entendu.reading.query.tree import Notice, Phrase, Term

Atom = Term | Phrase
_REGEX = re.compile(r"^/\S*/?$")
_STRANGE = re.compile(r"(?<=\w)[~^](?=[\d\w])|(?<=\w)[~^]$|[{}\[\]\\]")
_QUESTION = re.compile(r"\w\?\w")
_DULL = re.compile(r"^[\s.,;:!?…'’\-–—*/&]*$")


def word_atom(piece: Piece) -> tuple[Atom, Notice | None]:
    """The term or phrase of an unquoted piece, and a notice when characters of it cannot be searched."""
    text = piece.text
    _refuse_foreign_syntax(piece)
    stars = text.count("*")
    if stars == 0:
        found = _tokens(text, piece)
        return _atom(found, False, piece), _left_out(text, found, piece)
    body = text.strip("*")
    if not body:
        raise QueryError("wildcard_alone", piece.position, piece.length)
    if "*" in body:
        raise QueryError("wildcard_inside", piece.position, piece.length)
    found = _tokens(body, piece)
    if text[0] == "*":
        return _suffix(text, body, found, piece), None
    return _prefix(body, found, piece), _left_out(body, found, piece)


def quoted_atom(piece: Piece) -> Atom:
    """The term or phrase between quotation marks; the last word may end with a star."""
    body = piece.text.rstrip()
    wild = body.endswith("*") and len(body) > 1
    if "*" in (body[:-1] if wild else body):
        raise QueryError("wildcard_phrase", piece.position, piece.length)
    found = tokens(body[:-1] if wild else body)
    if not found:
        raise QueryError("phrase_empty", piece.position, piece.length)
    return _prefix(body[:-1], found, piece) if wild else _atom(found, False, piece)


def _refuse_foreign_syntax(piece: Piece) -> None:
    """What other search engines understand and this one would silently take for punctuation."""
    if _REGEX.match(piece.text):
        raise QueryError("regex", piece.position, piece.length)
    strange = _STRANGE.search(piece.text)
    if strange:
        raise QueryError("operator_unknown", piece.position + strange.start(), 1, operator=strange[0])
    if _QUESTION.search(piece.text) and "://" not in piece.text:
        raise QueryError("question_mark", piece.position, piece.length)


def _tokens(text: str, piece: Piece) -> list[Token]:
    found = tokens(text)
    if not found:
        raise QueryError("no_word", piece.position, piece.length, text=piece.text)
    return found


def _prefix(body: str, found: list[Token], piece: Piece) -> Atom:
    last = found[-1]
    if last.end != len(body):
        raise QueryError("wildcard_place", piece.position, piece.length)
    if _is_single(last):
        return _atom(found, False, piece)
    if len(last.text) < MIN_WILDCARD:
        raise QueryError("wildcard_short", piece.position, piece.length, limit=MIN_WILDCARD)
    return _atom(found, True, piece)


def _suffix(text: str, body: str, found: list[Token], piece: Piece) -> Atom:
    if text[-1] == "*":
        raise QueryError("wildcard_both", piece.position, piece.length)
    first = found[0]
    if len(found) > 1 or first.start != 0 or first.sign:
        if first.start == 0 and not first.sign and _is_single(first):
            return _atom(found, False, piece)
        raise QueryError("wildcard_place", piece.position, piece.length)
    if _is_single(first):
        return _atom(found, False, piece)
    if len(first.text) < MIN_WILDCARD:
        raise QueryError("wildcard_short", piece.position, piece.length, limit=MIN_WILDCARD)
    return Term(first.text, "suffix", piece.position, piece.length)


def _is_single(token: Token) -> bool:
    """Is the token a character that is always a word by itself? Then a star beside it adds nothing."""
    return len(token.text) == 1 and len(tokens(f"{token.text}a")) == 2


def _atom(found: list[Token], wild: bool, piece: Piece) -> Atom:
    words = tuple(token.sign + token.text for token in found)
    if len(words) > MAX_PHRASE:
        raise QueryError("phrase_too_long", piece.position, piece.length, words=len(words), limit=MAX_PHRASE)
    if len(words) == 1:
        return Term(words[0], "prefix" if wild else "", piece.position, piece.length)
    return Phrase(words, wild, piece.position, piece.length)


def _left_out(text: str, found: list[Token], piece: Piece) -> Notice | None:
    """A notice when more than everyday punctuation around the words is not searched, as in `c++`."""
    rest = text[: found[0].start].rstrip(SIGNS) + text[found[-1].end :]
    if _DULL.match(rest):
        return None
    kept = " ".join(token.sign + token.text for token in found)
    return Notice("characters_ignored", piece.position, piece.length, (("text", text), ("kept", kept)))
