"""Six fake sources over HTTP, each with its own trouble and its own truth. They live in the test's process: they
survive the worker that is killed.

`paged`     hands the last page over again, now and then, and pages that overlap
`holes`     leaves numbers out, and fills some of them late, below what was read already
`jumbled`   hands things over in no order
`failing`   answers one call in four with 500, 503 or 429
`renumbered` gives everything new keys and a new validity, twice (as a mailbox does)
`restless`  edits and deletes what it said, some before anybody read it; and says things that cannot be read
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

NAMES = ("paged", "holes", "jumbled", "failing", "renumbered", "restless")
Unit = dict[str, Any]


class Source:
    """One fake source: `units` in the order of their positions; `late` appear once so many calls were made."""

    def __init__(self, name: str, units: list[Unit], late: list[Unit], seed: int) -> None:
        self.name = name
        self.units = units
        self.late = late
        self.calls = 0
        self.validity = 1
        self.dice = random.Random(seed)
        self.handed: set[str] = set()
        self.given = 0
        self.again = 0
        self.errors = 0
        self.news = threading.Condition()

    def pull(self, cursor: str, limit: int) -> tuple[int, dict[str, Any]]:
        """An HTTP status and what is answered."""
        self.calls += 1
        if self.name == "failing" and self.dice.random() < 0.25:
            self.errors += 1
            return self.dice.choice([500, 503, 429]), {}
        if self.name == "renumbered" and self.calls in (9, 30):
            self.validity += 1
        self._fill_holes()
        validity, _, place = cursor.partition(":")
        after = int(place or 0) if validity == str(self.validity) else 0
        if self.name == "paged" and self.dice.random() < 0.3:
            after = max(0, after - self.dice.randint(1, 80))  # what was handed over comes again
        rest = [unit for unit in self.units if unit["position"] > after]
        page = rest[:limit]
        upto = page[-1]["position"] if page else after
        if self.name == "jumbled":
            self.dice.shuffle(page)
        return 200, {
            "units": self._given(page),
            "cursor": f"{self.validity}:{upto}",
            "more": len(rest) > len(page),
        }

    def holdings(self) -> dict[str, Any]:
        """The keys of all that it holds now."""
        self._fill_holes(all_of_them=True)
        return {"keys": [self.key_of(unit) for unit in self.units]}

    def fetch(self, keys: list[str]) -> dict[str, Any]:
        """The units with these keys."""
        return {"units": self._given([unit for unit in self.units if self.key_of(unit) in set(keys)])}

    def key_of(self, unit: Unit) -> str:
        """What this source calls the unit today."""
        return f"{self.validity}:{unit['position']}" if self.name == "renumbered" else str(unit["position"])

    def _given(self, page: list[Unit]) -> list[Unit]:
        keyed = [unit | {"raw": self.key_of(unit)} for unit in page]
        self.given += len(keyed)
        with self.news:
            self.news.notify_all()
        self.again += len([unit for unit in keyed if unit["raw"] in self.handed])
        self.handed |= {unit["raw"] for unit in keyed}
        return keyed

    def _fill_holes(self, *, all_of_them: bool = False) -> None:
        while self.late and (all_of_them or self.calls > 12):
            self.units.append(self.late.pop())
            self.units.sort(key=lambda unit: unit["position"])
            if not all_of_them and self.dice.random() < 0.5:
                return


def sources(count: int, seed: int = 11) -> dict[str, Source]:
    """Six sources with `count` units in all."""
    dice = random.Random(seed)
    found = {}
    for number, name in enumerate(NAMES):
        share = count // len(NAMES) + (number < count % len(NAMES))
        units = [unit_of(name, place, dice) for place in range(1, share + 1)]
        late: list[Unit] = []
        if name == "holes":
            late = [unit for unit in units if dice.random() < 0.05]
            units = [unit for unit in units if unit not in late]
        if name == "restless":
            units = restless(units, dice)
        found[name] = Source(name, units, late, seed + number)
    return found


def unit_of(name: str, place: int, dice: random.Random) -> Unit:
    """Something said: threads of four, some of it to us."""
    return {
        "position": place,
        "key": f"{name}-{place}",
        "kind": "created",
        "author": f"{name}-{place % 97}",
        "text": dice.choice(WORDS) + f" {place}",
        "parent": f"{name}-{place - 1}" if place % 4 else "",
        "addressed": dice.random() < 0.5,
    }


def restless(units: list[Unit], dice: random.Random) -> list[Unit]:
    """Of each twenty: one edits the one before, one deletes the one before that, one cannot be read; some change what
    comes only after them."""
    for at in range(20, len(units), 20):
        units[at - 1] |= {"kind": "edited", "key": units[at - 3]["key"], "text": f"corrigé {at}"}
        gone = units[at + 1] if at % 60 == 0 and at + 1 < len(units) else units[at - 5]
        units[at - 2] |= {"kind": "deleted", "key": gone["key"], "text": ""}
        units[at - 4] |= {"kind": "poison"}
    return units


def truth(found: dict[str, Source]) -> dict[str, Any]:
    """What the store must hold in the end."""
    units = [unit for source in found.values() for unit in [*source.units, *source.late]]
    deleted = {unit["key"] for unit in units if unit["kind"] == "deleted"}
    said = {unit["key"] for unit in units if unit["kind"] == "created"}
    place = {unit["key"]: unit["position"] for unit in units if unit["kind"] == "created"}
    early = [one for one in units if one["kind"] == "deleted" and place.get(one["key"], 0) > one["position"]]
    return {
        "units": len(units),
        "early": len(early),
        "keys": sorted(said | deleted),
        "deleted": sorted(deleted),
        "poison": sum(unit["kind"] == "poison" for unit in units),
        "edited": sum(unit["kind"] == "edited" for unit in units),
    }


@contextmanager
def served(found: dict[str, Source]) -> Iterator[str]:
    """The address under which the sources answer."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        """GET /name/pull, /name/holdings, /name/fetch."""

        def do_GET(self) -> None:
            """Answers in JSON."""
            url = urlsplit(self.path)
            name, _, verb = url.path.strip("/").partition("/")
            asked = {key: values[0] for key, values in parse_qs(url.query).items()}
            with lock:
                source, status = found[name], 200
                if verb == "pull":
                    status, answer = source.pull(asked.get("cursor", ""), int(asked["limit"]))
                elif verb == "holdings":
                    answer = source.holdings()
                else:
                    answer = source.fetch(asked["keys"].split(","))
            body = orjson.dumps(answer)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # whoever asked was killed

        def log_message(self, *words: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


WORDS = (
    "Bonjour, ma commande n’est pas arrivée", "Le pain était rassis", "Merci pour l’accueil",
    "À quelle heure ouvrez-vous ?", "Scandaleux, je n’y retournerai plus", "Une idée : des brioches sans sucre",
    "My order never came", "Lovely shop", "How late are you open?",
)  # fmt: skip
