"""Posts matched per CPU second, ours and others', on the same posts, queries and words: `python bench/bench_match.py`.

Prints a Markdown table. One analyser is forced on all and every engine's answers are compared with ours, query by
query; a difference ends the run with an error. Ours goes from Python strings to lists of ids in Python; the others
get words already read, and what they need not do for a match list (fetching) is not asked of them. Peers that index
(all but ours and Lucene's MemoryIndex) do so per batch, the best they can; with more than `--sample` queries they run
a sample and the cost of one query is multiplied. CPU time of one thread throughout.

    --posts FILE     real posts instead of made-up ones: JSON lines (text, lang, author) or plain text, may be .gz
    --sizes 100,...  how many queries
    --only NAMES     of tantivy, fts5, duckdb, postgresql, lucene, ours
    --articles       texts of 5 kB instead of short posts
"""

import argparse
import gc
import platform
import random
import sys
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import match_peers as peers
from corpus import QueryMaker, from_file, made_up
from entendu.reading.analyser import fold_document
from entendu.reading.query import Document, Query, Shares, parse
from entendu.reading.query.plan import anchor, normal_form
from entendu.reading.query.reference import PythonMatcher
from entendu.reading.query.tree import And, Field, Node, Not, Or, Term

try:
    from entendu.reading.query.native import KernelMatcher
except ImportError:
    KernelMatcher = None
clock = time.process_time
BATCH = 2_000
BATCH_PEERS = {
    "tantivy": peers.tantivy,
    "fts5": peers.fts5,
    "duckdb": peers.duckdb,
    "postgresql": peers.postgresql,
}
NAMES = {
    "tantivy": "tantivy, batch",
    "fts5": "SQLite FTS5, batch",
    "duckdb": "DuckDB, batch",
    "postgresql": "PostgreSQL GIN, batch",
}


def fields_as_words(node: Node) -> Node:
    """The tree for engines that get language and author as words of the text."""
    match node:
        case Field(name, _, value):
            return Term(f"${name}_{value}")
        case And(children) | Or(children):
            return replace(node, children=tuple(fields_as_words(child) for child in children))
        case Not(child):
            return Not(fields_as_words(child))
        case _:
            return node


def words_of(document: Document) -> str:
    """The words that all engines index."""
    folded = fold_document(document.text)
    return f"{folded} $lang_{document.lang} $author_{document.author}".strip()


def best_rate(matcher: PythonMatcher[int], posts: list[Document], rounds: int) -> float:
    """Posts per CPU second, in batches as a listener matches them; the best of some rounds."""
    gc.collect()
    gc.freeze()  # as the worker does: the queries are not to be walked by each collection
    best = float("inf")
    for _ in range(rounds):
        start = clock()
        for at in range(0, len(posts), BATCH):
            matcher.match_many(posts[at : at + BATCH])
        best = min(best, clock() - start)
    gc.unfreeze()
    return len(posts) / best


def filled(kind: type, queries: list[Query], shares: Shares) -> PythonMatcher[int]:
    """A matcher with all queries, numbered."""
    matcher = kind(shares)
    for number, query in enumerate(queries):
        matcher.add(number, query)
    return matcher


class Bench:
    """Posts, queries, and the table as it grows."""

    def __init__(
        self, posts: list[Document], sizes: list[int], batch: int, sample: int, only: set[str]
    ) -> None:
        self.posts, self.sizes, self.sample, self.only = posts, sizes, sample, only
        self.batch = posts[:batch]
        self.texts = [words_of(post) for post in self.batch]
        maker = QueryMaker(posts, quiet=0.7)
        self.shares = maker.shares
        self.queries = [parse(text) for text in maker.many(max(sizes))]
        self.trees = [fields_as_words(query.root) for query in self.queries]
        self.rates: dict[str, dict[int, float]] = {}
        self.truth: dict[int, list[list[int]]] = {}
        self.notes: list[str] = []

    def _put(self, name: str, size: int, rate: float) -> None:
        self.rates.setdefault(name, {})[size] = rate
        print(f"  {name}, {size:,} queries: {rate:,.0f} posts/s", file=sys.stderr, flush=True)

    def ours(self, size: int) -> None:
        """Both matchers; their answers on the batch, which must be the same, are the truth for the others."""
        python = filled(PythonMatcher, self.queries[:size], self.shares)
        some = self.posts[: 20_000 if size < 100_000 else 6_000]
        checked = self.batch[: 4_000 if size < 100_000 else 1_000]
        expected = python.match_many(checked)
        self.truth[size] = expected
        if KernelMatcher is not None:
            kernel = filled(KernelMatcher, self.queries[:size], self.shares)
            self.truth[size] = kernel.match_many(self.batch)
            if self.truth[size][: len(checked)] != expected:
                sys.exit(f"the two matchers differ at {size} queries")
            self._put("**Entendu, C**", size, best_rate(kernel, self.posts, 5))
            self.notes.append(f"C, {size:,} queries: {kernel.bytes_used() / size:,.0f} bytes a query")
        self._put("**Entendu, Python**", size, best_rate(python, some, 2))
        found = sum(map(len, self.truth[size])) / len(self.truth[size])
        self.notes.append(f"{size:,} queries: {found:.3f} matches a post")

    def _sampled(self, size: int, most: int) -> list[int]:
        numbers = list(range(size))
        return numbers if size <= most else sorted(random.Random(3).sample(numbers, most))

    def _check(self, name: str, size: int, sampled: list[int], pairs: peers.Pairs) -> None:
        asked = set(sampled)
        mine = {
            (post, number) for post, ids in enumerate(self.truth[size]) for number in ids if number in asked
        }
        theirs = {pair for pair in pairs if pair[0] < len(self.truth[size])}
        if mine != theirs:
            sys.exit(f"{name} differs at {size} queries: {sorted(mine ^ theirs)[:5]} of {len(mine)}")

    def batch_peer(self, key: str) -> None:
        """One indexing engine: the batch once, then each size."""
        try:
            with BATCH_PEERS[key](self.texts) as run:
                for size in self.sizes:
                    sampled = self._sampled(size, 5 * self.sample if key == "duckdb" else self.sample)
                    found = run([(number, self.trees[number]) for number in sampled])
                    self._check(key, size, sampled, found.pairs)
                    self._put(NAMES[key], size, found.rate(len(self.texts), size))
        except peers.Absent as absent:
            self.notes.append(f"{NAMES[key]}: not run ({absent})")

    def lucene(self) -> None:
        """Lucene both ways."""
        for size in self.sizes:
            anchors = [self._anchors(query) for query in self.queries[:size]]
            sampled = self._sampled(size, self.sample)
            try:
                found = peers.lucene(self.texts, self.trees[:size], anchors, sampled)
            except peers.Absent as absent:
                self.notes.append(f"Lucene: not run ({absent})")
                return
            self._check("Lucene", size, sampled, found.batch.pairs)
            self._put("Lucene 8, MemoryIndex behind our anchors", size, found.anchored)
            self._put("Lucene 8, batch", size, found.batch.rate(len(self.texts), size))

    def _anchors(self, query: Query) -> list[str]:
        found = anchor(normal_form(query.root), self.shares)
        assert found is not None  # every query of the corpus has a clause that must hold
        return [f"${key.replace(':', '_')}" if ":" in key else key for key in found.keys]

    def table(self) -> str:
        """Markdown: posts per CPU second, and how many times ours."""
        head = ["posts per CPU second", *(f"{size:,} queries" for size in self.sizes)]
        lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * len(self.sizes) + "|"]
        ours = self.rates.get("**Entendu, C**", self.rates.get("**Entendu, Python**", {}))
        for name, rates in self.rates.items():
            cells = []
            for size in self.sizes:
                rate = rates.get(size)
                times = (
                    f" ({ours[size] / rate:,.1f} ×)"
                    if rate and size in ours and "Entendu" not in name
                    else ""
                )
                cells.append(f"{rate:,.0f}{times}" if rate else "-")
            lines.append("| " + " | ".join([name, *cells]) + " |")
        return "\n".join(lines)


def python_bytes(queries: list[Query], shares: Shares) -> float:
    """Memory a query of the Python matcher, by tracemalloc on a few."""
    tracemalloc.start()
    matcher = filled(PythonMatcher, queries, shares)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / len(matcher)


def main() -> None:
    """Reads the arguments, runs, prints."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--posts", type=Path)
    options.add_argument("--sizes", default="100,1000,10000,100000")
    options.add_argument("--sample", type=int, default=2_000)
    options.add_argument("--only", default="")
    options.add_argument("--articles", action="store_true")
    given = options.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    only = set(filter(None, given.only.split(",")))
    count, words, batch = (4_000, 700, 1_000) if given.articles else (60_000, 13, 20_000)
    posts = from_file(given.posts, 200_000) if given.posts else made_up(count, words)
    bench = Bench(posts, sizes, batch, given.sample, only)
    for size in sizes:
        bench.ours(size)
    for key in BATCH_PEERS:
        if not only or key in only:
            bench.batch_peer(key)
    if not only or "lucene" in only:
        bench.lucene()
    length = sum(len(post.text.encode()) for post in posts) / len(posts)
    print(bench.table())
    print(
        f"\n{len(posts):,} posts of {length:,.0f} bytes on average, batches of {len(bench.texts):,} for the peers."
    )
    print(
        f"Python {platform.python_version()}, {platform.machine()}. Python matcher: "
        f"{python_bytes(bench.queries[:500], bench.shares):,.0f} bytes a query."
    )
    for note in bench.notes:
        print(f"- {note}")


if __name__ == "__main__":
    main()
