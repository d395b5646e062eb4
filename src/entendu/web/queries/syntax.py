"""The text of a query as pages show it: coloured, and with what is wrong beside the field at the right place, in the
reader's language."""

from dataclasses import dataclass

from django.utils.translation import get_language

from entendu.reading.query import Query, QueryError, message, parse, say
from entendu.reading.query.marks import marks
from entendu.reading.query.spans import spans


@dataclass(frozen=True)
class Trouble:
    """The sentence, and the query cut around what is wrong. `place` counts characters from 1, `length` at least 1."""

    sentence: str
    place: int
    length: int
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
        message(error, get_language() or "en"),
        start + 1,
        max(1, end - start),
        text[:start],
        text[start:end],
        text[end:],
    )


@dataclass(frozen=True)
class Cut:
    """A piece of a text; `sort`: of its colour, or "" for none."""

    text: str
    sort: str = ""


def painted(text: str) -> list[Cut]:
    """The text of a query in pieces with the sort of each."""
    cuts: list[Cut] = []
    done = 0
    for span in spans(text):
        if span.position > done:
            cuts.append(Cut(text[done : span.position]))
        done = span.position + span.length
        cuts.append(Cut(text[span.position : done], span.sort))
    return [*cuts, Cut(text[done:])] if done < len(text) else cuts


def marked(query: Query, text: str, around: int = 220) -> list[Cut]:
    """About `around` characters of a message, cut at what `query` finds in it (sort "found"); it begins a little before
    the first of these."""
    found = marks(query, text)
    first = found[0][0] if found else 0
    start = 0 if first < around // 2 else text.rfind(" ", 0, first - around // 4) + 1
    end = min(len(text), start + around)
    cuts = [Cut("… ")] if start else []
    done = start
    for begin, stop in found:
        if begin >= end:
            break
        cuts += [Cut(text[done:begin]), Cut(text[begin:stop], "found")]
        done = stop
    cuts.append(Cut(text[done : max(done, end)] + ("…" if max(done, end) < len(text) else "")))
    return [cut for cut in cuts if cut.text]
