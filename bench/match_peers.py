"""Other engines on the matcher's task. All index the words that our analyser read (for nothing: the time of reading is
ours alone), tags, language and author among them as words, and run the same trees; each returns which post satisfies
which query, to be compared.
"""

import glob
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entendu.reading.analyser import FTS5_TOKENIZE
from entendu.reading.query import Query, Text, compile_fts5, compile_tsquery, tsvector_literal
from entendu.reading.query.tree import And, Node, Not, Or, Phrase, Term

Pairs = set[tuple[int, int]]  # (post, query)
clock = time.process_time
LUCENE = ("core", "memory", "analyzers-common")


class Absent(Exception):
    """The engine is not on this machine; the text says what to install."""


@dataclass(frozen=True, slots=True)
class Batch:
    """CPU seconds to index a batch of posts and to run `queries` queries on it, and what they found."""

    index: float
    run: float
    queries: int
    pairs: Pairs

    def rate(self, posts: int, queries: int) -> float:
        """Posts per CPU second with `queries` queries, the cost of one being the mean of those run."""
        return posts / (self.index + self.run / self.queries * queries)


Sampled = list[tuple[int, Node]]  # number of the query, its tree with fields as words
Engine = Callable[[list[str]], "Iterator[Callable[[Sampled], Batch]]"]


def _text(compiled: object) -> str:
    assert isinstance(compiled, Text)  # fields are words here, so one expression says all
    return compiled.expression


@contextmanager
def fts5(texts: list[str]) -> Iterator[Callable[[Sampled], Batch]]:
    """SQLite FTS5 in memory."""
    start = clock()
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE VIRTUAL TABLE f USING fts5(t, content='', tokenize=\"{FTS5_TOKENIZE}\")")
    database.executemany("INSERT INTO f(rowid, t) VALUES (?, ?)", enumerate(texts))
    database.execute("INSERT INTO f(f) VALUES ('optimize')")
    index = clock() - start

    def run(sampled: Sampled) -> Batch:
        expressions = [(number, _text(compile_fts5(Query(tree)))) for number, tree in sampled]
        begin = clock()
        found = [
            (number, database.execute("SELECT rowid FROM f WHERE f MATCH ?", (text,)).fetchall())
            for number, text in expressions
        ]
        spent = clock() - begin
        return Batch(
            index, spent, len(sampled), {(post, number) for number, rows in found for (post,) in rows}
        )

    yield run


@contextmanager
def tantivy(texts: list[str]) -> Iterator[Callable[[Sampled], Batch]]:
    """tantivy in memory, one thread. Timed without fetching the hits: it counts, which is less work."""
    try:
        import tantivy as engine
    except ImportError as error:
        raise Absent("pip install tantivy") from error
    builder = engine.SchemaBuilder()
    builder.add_text_field("t", tokenizer_name="words", index_option="position")
    builder.add_unsigned_field("id", stored=True)
    schema = builder.build()
    index = engine.Index(schema)
    tokenizer = engine.TextAnalyzerBuilder(engine.Tokenizer.whitespace()).build()
    index.register_tokenizer("words", tokenizer)
    start = clock()
    writer = index.writer(200_000_000, 1)
    for number, text in enumerate(texts):
        writer.add_document(engine.Document(t=text, id=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    spent_indexing = clock() - start
    searcher = index.searcher()

    def translated(node: Node) -> Any:
        match node:
            case Term(text, ""):
                return engine.Query.term_query(schema, "t", text)
            case Term(text):
                return engine.Query.regex_query(schema, "t", f"{text.replace('$', '[$]')}.*")
            case Phrase():
                return engine.Query.phrase_query(schema, "t", list(node.plain))
            case Or(children):
                return engine.Query.boolean_query(
                    [(engine.Occur.Should, translated(child)) for child in children]
                )
            case And(children):
                occurs = [
                    (engine.Occur.MustNot, translated(child.child))
                    if isinstance(child, Not)
                    else (engine.Occur.Must, translated(child))
                    for child in children
                ]
                return engine.Query.boolean_query(occurs)
        raise AssertionError(node)

    def run(sampled: Sampled) -> Batch:
        queries = [(number, translated(tree)) for number, tree in sampled]
        begin = clock()
        for _, query in queries:
            _ = searcher.search(query, 1, count=True).count
        spent = clock() - begin
        pairs = {
            (searcher.doc(address)["id"][0], number)
            for number, query in queries
            for _, address in searcher.search(query, len(texts), count=False).hits
        }
        return Batch(spent_indexing, spent, len(sampled), pairs)

    yield run


@contextmanager
def duckdb(texts: list[str]) -> Iterator[Callable[[Sampled], Batch]]:
    """DuckDB, one thread: posts and queries as tables of words, joined; all queries of the sample at once."""
    try:
        import duckdb as engine
        import pyarrow
    except ImportError as error:
        raise Absent("pip install duckdb pyarrow") from error
    connection = engine.connect()
    connection.execute("SET threads = 1")
    rows = [(p, at, w) for p, text in enumerate(texts) for at, w in enumerate(text.split(" "))]
    words = pyarrow.table(
        {"p": [r[0] for r in rows], "place": [r[1] for r in rows], "w": [r[2] for r in rows]}
    )
    connection.register("words_seen", words)
    start = clock()
    connection.execute("CREATE TABLE word AS SELECT p::INT AS p, place::INT AS place, w FROM words_seen")
    connection.execute("CREATE TABLE has AS SELECT DISTINCT p, w FROM word")
    index = clock() - start

    def run(sampled: Sampled) -> Batch:
        atoms: list[tuple[int, int, str, str, str, str]] = []
        sizes: list[tuple[int, int]] = []
        for number, tree in sampled:
            clauses = tree.children if isinstance(tree, And) else (tree,)
            wanted = [clause for clause in clauses if not isinstance(clause, Not)]
            sizes.append((number, len(wanted)))
            for at, clause in enumerate(wanted):
                atoms.extend((number, at, *_row(atom)) for atom in _atoms(clause))
            atoms.extend(
                (number, -1, *_row(atom))
                for clause in clauses
                if isinstance(clause, Not)
                for atom in _atoms(clause.child)
            )
        names = ("q", "c", "kind", "w", "w2", "w3")
        connection.register("atom", pyarrow.table({n: [a[i] for a in atoms] for i, n in enumerate(names)}))
        connection.register("size", pyarrow.table({"q": [s[0] for s in sizes], "n": [s[1] for s in sizes]}))
        begin = clock()
        found = connection.execute(_DUCKDB).fetchall()
        return Batch(index, clock() - begin, len(sampled), set(found))

    yield run


_DUCKDB = """
WITH lengths AS (SELECT DISTINCT length(w) AS l FROM atom WHERE kind = 'prefix'),
hit AS (
  SELECT p, q, c FROM has JOIN atom USING (w) WHERE kind = 'word'
  UNION SELECT p, q, c FROM (SELECT p, substr(has.w, 1, l) AS b FROM has JOIN lengths ON length(has.w) >= l)
    JOIN atom ON atom.w = b WHERE kind = 'prefix'
  UNION SELECT a.p, q, c FROM atom JOIN word a ON a.w = atom.w
    JOIN word b ON b.p = a.p AND b.place = a.place + 1 AND b.w = w2
    WHERE kind = 'phrase2'
  UNION SELECT a.p, q, c FROM atom JOIN word a ON a.w = atom.w
    JOIN word b ON b.p = a.p AND b.place = a.place + 1 AND b.w = w2
    JOIN word d ON d.p = a.p AND d.place = a.place + 2 AND d.w = w3 WHERE kind = 'phrase3')
SELECT p, q FROM (SELECT p, q, count(DISTINCT c) AS k FROM hit WHERE c >= 0 GROUP BY p, q) JOIN size USING (q)
WHERE k = n
EXCEPT SELECT p, q FROM hit WHERE c = -1
"""


def _atoms(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Or) else (node,)


def _row(atom: Node) -> tuple[str, str, str, str]:
    if isinstance(atom, Term):
        return ("prefix" if atom.wild else "word", atom.text, "", "")
    assert isinstance(atom, Phrase)
    words = (*atom.plain, "")
    return (f"phrase{len(atom.plain)}", words[0], words[1], words[2])


@contextmanager
def postgresql(texts: list[str]) -> Iterator[Callable[[Sampled], Batch]]:
    """PostgreSQL with a GIN index, a server of our own; CPU time of its process for our connection."""
    try:
        import psycopg
    except ImportError as error:
        raise Absent("pip install 'psycopg[binary]'") from error
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not programs:
        raise Absent("apt install postgresql")
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if as_user:
            shutil.chown(folder, "postgres")
        control = [*as_user, f"{programs[-1]}/pg_ctl", "-D", f"{folder}/data", "-w"]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=512MB -c jit=off"
        setup = [*as_user, f"{programs[-1]}/initdb", "-D", f"{folder}/data", "-A", "trust", "-E", "UTF8"]
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
        subprocess.run([*setup, "--no-locale", "-U", "postgres"], **quiet)
        subprocess.run([*control, "-o", options, "-l", f"{folder}/log", "start"], **quiet)
        try:
            address = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
            with psycopg.connect(address, autocommit=True) as connection:
                yield _postgresql(connection, texts)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)


def _postgresql(connection: Any, texts: list[str]) -> Callable[[Sampled], Batch]:
    process = connection.info.backend_pid

    def cpu() -> float:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def fill(table: str, rows: list[tuple[int, str]]) -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    connection.execute("SET max_parallel_workers_per_gather = 0; SET max_parallel_maintenance_workers = 0")
    connection.execute(
        "CREATE UNLOGGED TABLE post (id int, words tsvector); CREATE TABLE query (id int, words tsquery)"
    )
    start = cpu()
    fill("post", [(number, tsvector_literal(text)) for number, text in enumerate(texts)])
    connection.execute("CREATE INDEX ON post USING gin(words)")
    connection.execute("ANALYZE post")
    index = cpu() - start

    def run(sampled: Sampled) -> Batch:
        connection.execute("TRUNCATE query")
        fill("query", [(number, _text(compile_tsquery(Query(tree)))) for number, tree in sampled])
        connection.execute("SET enable_seqscan = off")
        begin = cpu()
        found = connection.execute(
            "SELECT post.id, query.id FROM query JOIN post ON post.words @@ query.words"
        ).fetchall()
        return Batch(index, cpu() - begin, len(sampled), set(found))

    return run


def written(node: Node) -> str:
    """A tree in postfix for LuceneMatch.java: T word, P prefix, H words, and A, O, N with how many they take."""
    match node:
        case Term(text, wild):
            return f"{'P' if wild else 'T'} {text}"
        case Phrase():
            return f"H {' '.join(node.plain)}"
        case Not(child):
            return f"{written(child)}\tN 1"
        case And(children) | Or(children):
            sign = "A" if isinstance(node, And) else "O"
            return "\t".join([*map(written, children), f"{sign} {len(children)}"])
    raise AssertionError(node)


@dataclass(frozen=True, slots=True)
class Lucene:
    """Posts per CPU second by MemoryIndex with our anchors in front; the batch way; what the batch found."""

    anchored: float
    batch: Batch


def lucene(texts: list[str], trees: list[Node], anchors: list[list[str]], sample: list[int]) -> Lucene:
    """Lucene 8 of Debian: the whole set of queries once by anchors, a sample by batch. CPU time of its thread."""
    jars = [jar for name in LUCENE for jar in glob.glob(f"/usr/share/java/lucene-{name}-8*.jar")]
    if len(jars) < len(LUCENE) or not shutil.which("java"):
        raise Absent("apt install liblucene8-java default-jdk-headless")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "posts").write_text("\n".join(texts), encoding="utf-8")
        rows = [f"{written(tree)}\x01{' '.join(keys)}" for tree, keys in zip(trees, anchors, strict=True)]
        (base / "queries").write_text("\n".join(rows), encoding="utf-8")
        (base / "sample").write_text(" ".join(map(str, sample)), encoding="utf-8")
        program = str(Path(__file__).with_name("LuceneMatch.java"))
        command = [
            "java",
            "-Xmx3g",
            "-XX:+UseSerialGC",
            "-Dfile.encoding=UTF-8",
            "-cp",
            ":".join(jars),
            program,
            folder,
        ]
        subprocess.run(command, check=True)
        lines = (base / "out").read_text().splitlines()
    anchored, index, run = (float(value) for value in lines[0].split())
    pairs = {(int(post), int(query)) for post, query in (line.split() for line in lines[1:])}
    return Lucene(anchored, Batch(index, run, len(sample), pairs))
