"""Throughput of the loop: mentions per CPU-second from a file to stored, read, recognised and gathered, on SQLite.

    python bench/bench_loop.py [ROWS]

The rows are made here, with a seed: threads of one to five messages, French and English, by a third as many authors,
four topics and three queries. Times are of this process's CPU (user + system), so that a busy machine counts less.
"""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from home import fresh_home

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

ROWS = 20_000
BATCH = 1000  # as the worker does
OPENINGS = (
    "Bonjour, ma commande {n} n'est toujours pas arrivée, que se passe-t-il ?",
    "Hello, my order {n} never arrived and nobody answers the phone",
    "La crème du mille-feuille était tournée, je suis vraiment déçue",
    "Best sourdough in town, thank you so much to the team this morning!",
    "Êtes-vous ouverts dimanche à la boutique de la gare ?",
    "Why is the price of the baguette up again? Third time this year",
    "Merci pour l'accueil, le vendeur a pris le temps de tout expliquer",
    "Could you please bring back the salted kouign-amann? We loved it",
)
ANSWERS = ("Bonjour, nous regardons tout de suite.", "Hello, we are looking into it right now.")
FOLLOWS = ("Toujours rien...", "Merci beaucoup !", "Still waiting.", "Great, thanks a lot", "Et donc ?")


def write_rows(path: Path, rows: int) -> None:
    """Canonical JSON lines."""
    dice = random.Random(1)
    lines = []
    while len(lines) < rows:
        parent, length = "", dice.randint(1, 5)
        author = f"author{dice.randrange(rows // 3)}"
        for n in range(length):
            ours = n % 2 == 1
            text = dice.choice(OPENINGS if not n else ANSWERS if ours else FOLLOWS).format(
                n=dice.randrange(10**6)
            )
            key = f"k{len(lines)}"
            row = {
                "key": key,
                "author": {"key": "levain" if ours else author, "handle": "levain" if ours else author},
                "at": f"2026-10-{1 + len(lines) * 28 // rows:02}T{n * 2 + 8:02}:{len(lines) % 60:02}:00+00:00",
                "text": text,
                "ours": ours,
                "addressed": not ours,
                "parent_key": parent,
            }
            lines.append(orjson.dumps(row))
            parent = key
    path.write_bytes(b"\n".join(lines[:rows]) + b"\n")


def drain(stage: Callable[[int], int]) -> int:
    """Runs a stage until it has no more; returns how many rows it treated."""
    total = 0
    while count := stage(BATCH):
        total += count
    return total


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with fresh_home() as home:
        from entendu import reading
        from entendu.accounts.members import make_organisation
        from entendu.analysis.stages import analyse
        from entendu.analysis.topics import add_topic
        from entendu.channels.add import add_channel
        from entendu.conversations.gather import gather
        from entendu.conversations.models import Conversation
        from entendu.mentions.importing import import_rows
        from entendu.mentions.stages import parse
        from entendu.people.stages import recognise
        from make import make_query

        write_rows(home / "rows.jsonl", rows)
        organisation = make_organisation("bench", "Bench")
        for slug, words in {
            "order": "commande* OR order*",
            "pastry": "crème OR mille*",
            "price": "prix OR price",
        }.items():
            add_topic(organisation, name_en=slug, name_fr=slug, words=words)
        for name, text in {"bread": "sourdough OR pain", "late": "arriv* NEAR/6 commande*"}.items():
            make_query(organisation, text, name=name)
        settings = {"path": str(home / "rows.jsonl"), "network": "bench"}
        channel = add_channel(organisation, kind="files", name="bench", settings=settings, pulls=False)
        reading.read(["bonjour"])  # loads the model once, as the worker does
        stages = {
            "import": lambda: import_rows(channel, lambda count: None),
            "parse": lambda: drain(parse),
            "analyse": lambda: drain(analyse),
            "recognise": lambda: drain(recognise),
            "gather": lambda: drain(gather),
        }
        print("| stage | rows | CPU s | rows per CPU-second |\n|---|---:|---:|---:|")
        whole = 0.0
        for name, run in stages.items():
            start = time.process_time()
            count = run()
            spent = time.process_time() - start
            whole += spent
            print(f"| {name} | {count:,} | {spent:.2f} | {count / spent:,.0f} |")
        print(f"| **whole loop** | {rows:,} | {whole:.2f} | **{rows / whole:,.0f}** |")
        print(f"\n{Conversation.objects.count():,} conversations")


if __name__ == "__main__":
    main()
