"""`entendu match`: posts in, matches out, one JSON object a line, so that anyone can hold the matcher against another.

Queries: {"id": ..., "query": "..."}. Posts: {"id": ..., "text": "..."} and, where known, lang, author, site, channel,
kind, is_reply, has_image, has_link, followers. Out, in the order of the posts: {"id": ..., "matches": [ids in the
order of the queries]}, or {"line": number, "error": "..."} for a line that is no post: nothing is dropped in silence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from entendu.reading.query.document import Document, document
from entendu.reading.query.errors import QueryError, message, say
from entendu.reading.query.matcher import Matcher
from entendu.reading.query.parser import parse
from entendu.reading.query.selectivity import selectivity

Id = str | int
BATCH = 2_000  # posts matched and written at once


class _QueryLine(msgspec.Struct):
    id: Id
    query: str


class _PostLine(msgspec.Struct, gc=False):
    id: Id
    text: str
    lang: str | None = None
    author: str | None = None
    site: str | None = None
    channel: str | None = None
    kind: str | None = None
    is_reply: bool = False
    has_image: bool = False
    has_link: bool = False
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What went through: posts matched, (post, query) pairs found, lines that were no posts."""

    posts: int
    matches: int
    bad_lines: int


class QueriesRefused(ValueError):
    """The file of queries holds lines that cannot be used: `problems` are sentences, one a line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Loaded:
    """The queries, ready; `unselective`: ids of those that must look at every document or nearly."""

    matcher: Matcher[Id]
    unselective: list[Id]


def load_queries(lines: Iterable[bytes], language: str = "en") -> Loaded:
    """A matcher with the queries of a file; QueriesRefused says all that is wrong, in French or English."""
    matcher: Matcher[Id] = Matcher()
    unselective: list[Id] = []
    problems: list[str] = []
    decoder = msgspec.json.Decoder(_QueryLine)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            read = decoder.decode(line)
            query = parse(read.query)
        except QueryError as error:
            reason = message(error, language)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            reason = str(error)
        else:
            if read.id not in matcher:
                matcher.add(read.id, query)
                unselective.extend([] if selectivity(query).selective else [read.id])
                continue
            reason = say("id_twice", {"id": read.id}, language)
        problems.append(say("line_bad", {"line": number, "reason": reason}, language))
    if problems:
        raise QueriesRefused(problems)
    return Loaded(matcher, unselective)


def match_stream(queries: Path, posts: Iterable[bytes], out: BinaryIO, language: str = "en") -> Summary:
    """Matches every post against every query of the file `queries`; posts and out are open files of bytes, or alike.

    Raises QueriesRefused before a post is read when a query cannot be used.
    """
    with queries.open("rb") as lines:
        matcher = load_queries(lines, language).matcher
    encoder = msgspec.json.Encoder()
    counts = [0, 0, 0]
    for batch in _batches(posts):
        documents = [post for post in batch if isinstance(post, tuple)]
        found = iter(matcher.match_many([one for _, one in documents]))
        rows: list[dict[str, object]] = []
        for post in batch:
            if isinstance(post, tuple):
                ids = next(found)
                counts[0] += 1
                counts[1] += len(ids)
                rows.append({"id": post[0], "matches": ids})
            else:
                counts[2] += 1
                rows.append(post)
        out.write(encoder.encode_lines(rows))
        out.flush()
    return Summary(*counts)


_Post = tuple[Id, Document] | dict[str, object]


def _batches(lines: Iterable[bytes]) -> Iterator[list[_Post]]:
    """Posts, and an error in the place of each line that is none."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    decoder = msgspec.json.Decoder(_PostLine)
    while chunk := list(islice(numbered, BATCH)):
        yield [_post(decoder, number, line) for number, line in chunk]


def _post(decoder: "msgspec.json.Decoder[_PostLine]", number: int, line: bytes) -> _Post:
    try:
        read = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return {"line": number, "error": str(error)}
    return read.id, document(
        read.text,
        lang=read.lang or "",
        author=read.author or "",
        site=read.site or "",
        channel=read.channel or "",
        kind=read.kind or "",
        is_reply=read.is_reply,
        has_image=read.has_image,
        has_link=read.has_link,
        followers=read.followers,
    )
