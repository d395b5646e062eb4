"""The query language: parsed once, held against a stream by `Matcher`, against what is stored by the
compilers."""

from entendu.reading.query.compile import (
    Any,
    Compiled,
    Ending,
    Every,
    Text,
    Where,
    Without,
    compile_fts5,
    compile_tsquery,
    tsvector_literal,
    where_sql,
)
from entendu.reading.query.document import (
    Document,
    document,
    normal_author,
    normal_lang,
    normal_name,
    normal_site,
)
from entendu.reading.query.errors import QueryError, message, say
from entendu.reading.query.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_OPERANDS
from entendu.reading.query.matcher import Matcher
from entendu.reading.query.oracle import matches
from entendu.reading.query.parser import parse
from entendu.reading.query.printing import print_query
from entendu.reading.query.selectivity import Selectivity, selectivity
from entendu.reading.query.shares import Shares
from entendu.reading.query.tree import Notice, Query

__all__ = [
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_OPERANDS",
    "Any",
    "Compiled",
    "Document",
    "Ending",
    "Every",
    "Matcher",
    "Notice",
    "Query",
    "QueryError",
    "Selectivity",
    "Shares",
    "Text",
    "Where",
    "Without",
    "compile_fts5",
    "compile_tsquery",
    "document",
    "matches",
    "message",
    "normal_author",
    "normal_lang",
    "normal_name",
    "normal_site",
    "parse",
    "print_query",
    "say",
    "selectivity",
    "tsvector_literal",
    "where_sql",
]
