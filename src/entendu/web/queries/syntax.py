"""What is wrong with a query, shown beside the field at the right place, in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import get_language

from entendu.reading.query import Query, QueryError, message, parse, say


@dataclass(frozen=True)
class Trouble:
    """The sentence, and the query cut around what is wrong. `place` counts characters from 1."""

    sentence: str
    place: int
    before: str
    wrong: str
    after: str


@dataclass(frozen=True)
class Read:
    """A query as it was understood, with the notices to show; or what is wrong with it."""

    query: Query | None = None
    notices: tuple[str, ...] = ()
    trouble: Trouble | None = None


def read(text: str) -> Read:
    """Understands what somebody typed. An empty text is nothing, and no trouble."""
    if not text.strip():
        return Read()
    language = get_language() or "en"
    try:
        query = parse(text)
    except QueryError as error:
        return Read(trouble=trouble_of(text, error))
    return Read(query, tuple(say(one.code, dict(one.params), language) for one in query.notices))


def trouble_of(text: str, error: QueryError) -> Trouble:
    """`error` in words, with its place in `text`."""
    start = min(error.position, len(text))
    end = min(start + max(error.length, 1), len(text))
    return Trouble(
        message(error, get_language() or "en"), start + 1, text[:start], text[start:end], text[end:]
    )
