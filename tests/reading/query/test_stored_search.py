"""The stored search must find the same documents as the oracle, on SQLite and on PostgreSQL."""

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entendu.reading.analyser import FTS5_TOKENIZE, fold_document
from entendu.reading.query import (
    Compiled,
    Document,
    Query,
    compile_fts5,
    compile_tsquery,
    matches,
    parse,
    tsvector_literal,
    where_sql,
)
from reading.query.making import EDGES, EXAMPLES, HOSTILE, SENTENCES, documents, parsed_or_none, queries

FACTS = ("lang", "author", "site", "channel", "kind", "is_reply", "has_image", "has_link", "followers")
COLUMNS = {name: name for name in FACTS} | {"reply": "is_reply", "image": "has_image", "link": "has_link"}
HARD = [Document(text[:1_000]) for text in [*SENTENCES.values(), *EDGES, *HOSTILE, "a " * 300 + "ab abc"]]
HARD_QUERIES = [query for query in map(parsed_or_none, [*HOSTILE, *SENTENCES.values(), *EDGES]) if query]


def _row(number: int, one: Document) -> tuple[object, ...]:
    return (number, fold_document(one.text), *(getattr(one, name) for name in FACTS))


@cache
def _expected_of_hard() -> list[list[int]]:
    return [_expected(query, HARD) for query in HARD_QUERIES]


def _expected(query: Query, many: list[Document]) -> list[int]:
    return [number for number, one in enumerate(many) if matches(query, one)]


@pytest.fixture(scope="module")
def sqlite() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE mention (id INTEGER PRIMARY KEY, folded, {', '.join(FACTS)})")
    database.execute(
        "CREATE VIRTUAL TABLE mention_fts USING fts5(folded, content='mention', content_rowid='id', "
        f'tokenize="{FTS5_TOKENIZE}")'
    )
    return database


def _search_sqlite(database: sqlite3.Connection, query: Query) -> list[int]:
    text = "id IN (SELECT rowid FROM mention_fts WHERE mention_fts MATCH ?)"
    where, values = where_sql(compile_fts5(query), text=text, folded="folded", columns=COLUMNS, mark="?")
    return [
        number for (number,) in database.execute(f"SELECT id FROM mention WHERE {where} ORDER BY id", values)
    ]


def _store_sqlite(database: sqlite3.Connection, many: list[Document]) -> None:
    database.execute("DELETE FROM mention")
    rows = [_row(number, one) for number, one in enumerate(many)]
    database.executemany(f"INSERT INTO mention VALUES ({', '.join('?' * (len(FACTS) + 2))})", rows)
    database.execute("INSERT INTO mention_fts(mention_fts) VALUES ('rebuild')")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many=st.lists(queries, min_size=1, max_size=8), texts=st.lists(documents, min_size=1, max_size=8))
def test_sqlite_finds_what_the_oracle_says(
    sqlite: sqlite3.Connection, many: list[Query], texts: list[Document]
) -> None:
    _store_sqlite(sqlite, texts)
    for query in many:
        assert _search_sqlite(sqlite, query) == _expected(query, texts)


def test_sqlite_finds_the_same_in_hostile_texts(sqlite: sqlite3.Connection) -> None:
    _store_sqlite(sqlite, HARD)
    assert [_search_sqlite(sqlite, query) for query in HARD_QUERIES] == _expected_of_hard()


@pytest.mark.parametrize(("text", "query", "found"), EXAMPLES)
def test_sqlite_finds_what_a_person_means(
    sqlite: sqlite3.Connection, text: str, query: str, found: bool
) -> None:
    _store_sqlite(sqlite, [Document(text)])
    assert _search_sqlite(sqlite, parse(query)) == ([0] if found else [])


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection[tuple[int]]]:
    """A server of our own in a temporary folder, on a free port of this machine alone."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb") or (str(programs[-1] / "initdb") if programs else None)
    if found is None:
        reason = "PostgreSQL is not installed: its stored search was not held against the oracle"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    binaries = Path(found).parent
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        if as_user:
            shutil.chown(folder, "postgres")
        control = [*as_user, f"{binaries}/pg_ctl", "-D", f"{folder}/data", "-w"]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        setup = [*as_user, f"{binaries}/initdb", "-D", f"{folder}/data", "-A", "trust", "-E", "UTF8"]
        setup += ["--no-locale", "-U", "postgres"]
        start = [*control, "-o", options, "-l", f"{folder}/log", "start"]
        stop = [*control, "-m", "immediate", "stop"]
        subprocess.run(setup, check=True, capture_output=True, cwd=folder)
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        try:
            address = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(
                    "CREATE TABLE mention (id int, folded text, lang text, author text, site text, "
                    "channel text, kind text, is_reply bool, has_image bool, has_link bool, "
                    "followers bigint, search tsvector)"
                )
                connection.execute("CREATE INDEX ON mention USING gin(search)")
                yield connection
        finally:
            subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, cwd=folder)


def _search_postgres(connection: psycopg.Connection[tuple[int]], query: Query) -> list[int]:
    compiled: Compiled = compile_tsquery(query)
    where, values = where_sql(compiled, text="search @@ %s::tsquery", folded="folded", columns=COLUMNS)
    found = connection.execute(f"SELECT id FROM mention WHERE {where} ORDER BY id", values)  # type: ignore[arg-type]
    return [number for (number,) in found]


def _store_postgres(connection: psycopg.Connection[tuple[int]], many: list[Document]) -> None:
    connection.execute("TRUNCATE mention")
    marks = ", ".join(["%s"] * (len(FACTS) + 2))
    rows = [
        (*_row(number, one), tsvector_literal(fold_document(one.text))) for number, one in enumerate(many)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO mention VALUES ({marks}, %s::tsvector)", rows)  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many=st.lists(queries, min_size=1, max_size=8), texts=st.lists(documents, min_size=1, max_size=8))
def test_postgresql_finds_what_the_oracle_says(
    postgres: psycopg.Connection[tuple[int]], many: list[Query], texts: list[Document]
) -> None:
    _store_postgres(postgres, texts)
    for query in many:
        assert _search_postgres(postgres, query) == _expected(query, texts)


@pytest.mark.parametrize(("text", "query", "found"), EXAMPLES)
def test_postgresql_finds_what_a_person_means(
    postgres: psycopg.Connection[tuple[int]], text: str, query: str, found: bool
) -> None:
    _store_postgres(postgres, [Document(text)])
    assert _search_postgres(postgres, parse(query)) == ([0] if found else [])


@pytest.mark.parametrize("scan", ["on", "off"])
def test_postgresql_finds_the_same_in_hostile_texts(
    postgres: psycopg.Connection[tuple[int]], scan: str
) -> None:
    postgres.execute(f"SET enable_seqscan = {scan}")  # type: ignore[arg-type]
    _store_postgres(postgres, HARD)
    assert [_search_postgres(postgres, query) for query in HARD_QUERIES] == _expected_of_hard()
    postgres.execute("RESET enable_seqscan")
