"""A fake web of feeds for `bench_feeds.py`, in a process of its own: many hosts (addresses of this machine, 127.0.x.y)
that count how they are asked."""

import asyncio
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field

ENTRIES = 15
BUSY_EVERY = 50  # one host in so many asks for a rest, once
REST = 15  # seconds
SLOW_EVERY = 40  # one host in so many takes its time
SLOW = 2.0  # seconds
BAD_EVERY = 97  # one feed in so many is none


@dataclass
class Host:
    """What a host saw."""

    number: int
    under_way: int = 0
    most: int = 0
    last: float = 0.0
    shortest: float = 1e9
    rest_until: float = 0.0
    rested: bool = False
    too_soon: int = 0
    paths: dict[str, int] = field(default_factory=lambda: defaultdict(int))


counts: dict[str, int] = defaultdict(int)
hosts: dict[str, Host] = {}


def feed_of(number: int) -> bytes:
    """A feed of some 8 kB."""
    items = "".join(
        f"<item><title>Titre {number}-{n}</title><link>/p/{number}/{n}</link>"
        f"<guid isPermaLink='false'>urn:{number}:{n}</guid><pubDate>Thu, {10 + n % 10} Nov 2026 08:00:00 GMT</pubDate>"
        f"<description>{'Le pain du matin. ' * 20}</description></item>"
        for n in range(ENTRIES)
    )
    return f"<rss version='2.0'><channel><title>Flux {number}</title><link>/</link>{items}</channel></rss>".encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request, and the end of the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    host = hosts[writer.get_extra_info("sockname")[0]]
    now = time.monotonic()
    path = head.split(" ", 2)[1]
    number = int(path[1:]) if path[1:].isdecimal() else -1  # where a feed is looked for that is none
    counts["requests"] += 1
    host.paths[path] += number >= 0
    host.under_way += 1
    host.most = max(host.most, host.under_way)
    if host.last:
        host.shortest = min(host.shortest, now - host.last)
    host.too_soon += now < host.rest_until
    if host.number % SLOW_EVERY == 0:
        await asyncio.sleep(SLOW)
    host.last = time.monotonic()  # before the answer leaves: this process may be held up after it
    if host.number % BUSY_EVERY == 1 and not host.rested and len(host.paths) > 2:
        host.rested, host.rest_until = True, now + REST
        counts["429"] += 1
        writer.write(f"HTTP/1.1 429 Busy\r\nRetry-After: {REST}\r\nContent-Length: 0\r\n\r\n".encode())
    elif number < 0:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    elif f'if-none-match: "v{number}"' in head:
        counts["304"] += 1
        writer.write(f'HTTP/1.1 304 Not Modified\r\nETag: "v{number}"\r\n\r\n'.encode())
    else:
        body = b"<html><body>no feed</body></html>" if number % BAD_EVERY == 0 else feed_of(number)
        counts["200"] += 1
        lines = f'HTTP/1.1 200 OK\r\nETag: "v{number}"\r\nContent-Type: application/rss+xml\r\n'
        writer.write(f"{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    host.under_way -= 1
    await writer.drain()
    writer.close()


async def main() -> None:
    """Serves on so many addresses (first argument); a line on standard input gives a report and begins anew."""
    names = [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(int(sys.argv[1]))]
    hosts.update({name: Host(number) for number, name in enumerate(names)})
    server = await asyncio.start_server(answer, names[0], 0, backlog=1000)
    port = server.sockets[0].getsockname()[1]
    for name in names[1:]:
        await asyncio.start_server(answer, name, port, backlog=1000)
    print(json.dumps({"port": port, "names": names}), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(report()), flush=True)
        counts.clear()


def report() -> dict[str, object]:
    """What was counted since the last report; what hosts saw, since the start."""
    asked = [host for host in hosts.values() if host.paths]
    return {
        "counts": dict(counts),
        "hosts": len(asked),
        "most_at_once": max(host.most for host in asked),
        "shortest_gap": round(min(host.shortest for host in asked), 3),
        "during_a_rest": sum(host.too_soon for host in asked),
        "feeds": sum(len(times_of(host)) for host in asked),
        "fewest": min(min(times_of(host), default=0) for host in asked),
    }


def times_of(host: Host) -> list[int]:
    """How often each of its feeds was asked for."""
    return [times for times in host.paths.values() if times]


asyncio.run(main())
