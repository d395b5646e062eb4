"""The listener at work: posts per CPU-second from Jetstream frames to a durable store, through the product's own path.

    python bench/bench_ingest.py [POSTS]

The frames are made up (bench/corpus.py, seeded) in the documented form of Jetstream, padded to 771 bytes on average, as
measured of the real one. They come from memory instead of a socket; from there on everything is what `entendu listen`
does: a reader thread and its bounded inbox, decoding, matching against all queries, and one transaction for each 2,000
frames at most, with what somebody wants (the raw frame under its unique key), the count of the rest, and the position.
Parsing and reading what was stored are later stages and not in these figures. SQLite in WAL; `synchronous=FULL` is what
the product runs with, NORMAL is for comparison: it may lose the last seconds at a power cut.

CPU time is that of the whole process (all threads, user and system). The batch's time is what the writer takes for
it, by the wall clock, and in CPU time of the writing thread: on a machine that others use, the first says little.
`plain` is what one would write without Entendu: json.loads, an index of tantivy in memory for 20,000 posts that each
query is asked of, and the rows in SQLite.
"""

import json
import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson

import match_peers as peers
from bench_match import fields_as_words, words_of
from corpus import QueryMaker, made_up
from entendu.reading.query import Document, parse
from home import fresh_home

POSTS = 200_000
SIZE = 771  # bytes of a frame
PLAIN = 20_000  # posts given to the plain way
SAMPLE = 500  # queries asked there
QUERIES = (1_000, 10_000)
START = 1_795_600_000_000_000


def frames_of(posts: int) -> tuple[list[bytes], QueryMaker]:
    """Frames, and who makes queries that suit them."""
    dice = random.Random(3)
    documents = made_up(posts, 16)
    frames = []
    for number, one in enumerate(documents):
        did = f"did:plc:{one.author.rjust(24, 'x')}"
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "createdAt": "2026-11-25T09:00:00.000Z",
            "langs": [one.lang],
            "text": one.text,
        }
        if dice.random() < 0.4:
            uri = (
                f"at://did:plc:{dice.randrange(10**9):024}/app.bsky.feed.post/3l{dice.randrange(10**10):011}"
            )
            ref = {"cid": "bafyrei" + "c" * 52, "uri": uri}
            record["reply"] = {"parent": ref, "root": ref}
        commit = {
            "rev": f"3l{number:011}",
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": f"3k{number:011}",
            "record": record,
            "cid": f"bafyrei{number:052}",
        }
        event = {"did": did, "time_us": START + number * 211, "kind": "commit", "commit": commit}
        short = SIZE - len(orjson.dumps(event)) - 12
        if short > 0:  # what a decision does not need: labels, tags, a picture's description
            record["via"] = "v" * short
        frames.append(orjson.dumps(event))
    return frames, QueryMaker(documents)


def listen(frames: list[bytes], queries: list[str], synchronous: str) -> dict[str, float]:
    """One run of the listener in a fresh installation of its own."""
    from django.db import connection

    from entendu.accounts.members import add_member, make_organisation
    from entendu.channels.add import add_channel
    from entendu.channels.doors import kinds
    from entendu.channels.models import Channel
    from entendu.connectors.bluesky import BlueskyConnector
    from entendu.kit import clock
    from entendu.mentions.models import Forgotten, Query, Receipt
    from entendu.worker import listener as listening

    class Replay(BlueskyConnector):
        """Bluesky's connector, its frames from memory."""

        def frames(self, position: int | None, stop: Callable[[], bool]) -> Iterator[bytes]:
            yield from frames
            while not stop():
                time.sleep(0.05)

    kinds()["bluesky"] = Replay
    organisation = make_organisation(f"bench-{len(queries)}-{synchronous}".lower(), "Bench")
    now = clock.now()
    email = f"{organisation.slug}@bench.example"
    reviewer = add_member(organisation, email=email, name="Bench", role="manager", language="en").user
    Query.objects.bulk_create(
        Query(
            organisation=organisation,
            name=f"q{n}",
            text=text,
            purpose="bench",
            basis="consent",
            reviewer=reviewer,
            review_on=now.date() + timedelta(days=90),
            created_at=now,
            changed_at=now,
        )
        for n, text in enumerate(queries)
    )
    channel = add_channel(
        organisation, kind="bluesky", name="Bluesky", settings={"firehose": "ws://127.0.0.1/subscribe"}
    )
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
    wall: list[float] = []
    cpu: list[float] = []

    class Timed(listening.Listener):
        def write(self, source: Any, batch: list[bytes]) -> bool:
            begun, busy = time.perf_counter(), time.thread_time()
            done = super().write(source, batch)
            if len(batch) == listening.BATCH:
                wall.append(time.perf_counter() - begun)
                cpu.append(time.thread_time() - busy)
            return done

    listener = Timed(lambda: False)
    listener.sieve.refresh({organisation.pk})  # once, at the start
    begun, started = time.process_time(), time.perf_counter()
    while listener.tally.frames < len(frames):
        listener.turn()
    spent, lasted = time.process_time() - begun, time.perf_counter() - started
    for source in list(listener.sources.values()):
        listener.close(source)
        if source.thread is not None:
            source.thread.join()
    Channel.objects.filter(pk=channel.pk).update(next_check_at=None)  # the next run is another's
    stored = Receipt.objects.filter(channel=channel).count()
    forgotten = sum(Forgotten.objects.filter(channel=channel).values_list("count", flat=True))
    if stored + forgotten != len(frames) or Channel.objects.get(pk=channel.pk).cursor == b"":
        raise SystemExit(f"{stored} stored and {forgotten} forgotten are not {len(frames)}")
    return {
        "rate": len(frames) / spent,
        "wall rate": len(frames) / lasted,
        "stored": stored / len(frames),
        "p99 wall": at_99(wall) * 1000,
        "p99 cpu": at_99(cpu) * 1000,
    }


def at_99(times: list[float]) -> float:
    """The time that 99 of 100 batches do not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]


def plain(frames: list[bytes], queries: list[str], folder: Path, synchronous: str) -> float:
    """Posts per CPU-second of a plain pipeline. Of the queries a sample runs, and the cost of one is multiplied; only
    what the sample finds is stored. Words are read by our analyser, for nothing."""
    sampled = [(n, fields_as_words(parse(text).root)) for n, text in enumerate(queries[:SAMPLE])]
    store = sqlite3.connect(folder / f"plain-{len(queries)}-{synchronous}.sqlite3", isolation_level=None)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute(f"PRAGMA synchronous={synchronous}")
    store.execute("CREATE TABLE receipt (id INTEGER PRIMARY KEY, key TEXT UNIQUE, content BLOB)")
    begun = time.process_time()
    events = [json.loads(frame) for frame in frames]
    spent = time.process_time() - begun
    posts = [
        Document(one["commit"]["record"]["text"], one["commit"]["record"]["langs"][0], one["did"])
        for one in events
    ]
    with peers.tantivy([words_of(one) for one in posts]) as run:
        batch = run(sampled)
    spent += batch.index + batch.run / batch.queries * len(queries)
    begun = time.process_time()
    rows = [
        (f"{events[place]['did']}/{events[place]['commit']['rkey']}", frames[place])
        for place in sorted({place for place, _query in batch.pairs})
    ]
    for at in range(0, len(rows), 2_000):
        store.execute("BEGIN")
        store.executemany("INSERT OR IGNORE INTO receipt (key, content) VALUES (?, ?)", rows[at : at + 2_000])
        store.execute("COMMIT")
    return len(frames) / (spent + time.process_time() - begun)


def main() -> None:
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else POSTS
    frames, maker = frames_of(posts)
    size = sum(map(len, frames)) / len(frames)
    print(f"{posts:,} frames of {size:.0f} bytes; load average {os.getloadavg()[0]:.1f}\n")
    print(
        "| queries | synchronous | stored | posts per CPU-second | p99 of a batch, CPU | p99, wall | plain |"
    )
    print("|---:|---|---:|---:|---:|---:|---:|")
    with fresh_home() as home:
        for count in QUERIES:
            queries = maker.many(count)
            for synchronous in ("FULL", "NORMAL"):
                found = listen(frames, queries, synchronous)
                other = plain(frames[:PLAIN], queries, home, synchronous)
                print(
                    f"| {count:,} | {synchronous} | {found['stored']:.1%} | **{found['rate']:,.0f}**"
                    f" | {found['p99 cpu']:.0f} ms | {found['p99 wall']:.0f} ms"
                    f" | {other:,.0f}, ours {found['rate'] / other:.1f} times that |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
