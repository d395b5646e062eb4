"""CPU time to read a file: `python bench/files.py [FILE] [--map MAP] [--rows N]`. Without FILE, a table made here.

Prints microseconds of CPU a row for `pull` and for `parse`, and what could not be read.
"""

import argparse
import csv
import tempfile
import time
from pathlib import Path

from entendu.connectors.files import FilesConnector
from entendu.wire import Broken, Raw


def made(folder: Path, rows: int) -> Path:
    """A table of `rows` messages in the shape of a care export."""
    path = folder / "care.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["tweet_id", "author_id", "inbound", "created_at", "text", "in_response_to_tweet_id"])
        for number in range(rows):
            text = f"@bakery my order {number} is late, is there anybody who can tell me where it is? " * 2
            table.writerow(
                [number, number % 997, "True", "Tue Oct 31 22:10:47 +0000 2017", text, f"{number // 2}.0"]
            )
    return path


def measure(path: Path, mapping: str, limit: int = 500) -> None:
    """Reads the whole file page by page, as the worker does, and prints the figures."""
    connector = FilesConnector({"path": str(path), "map": mapping})
    raws: list[Raw] = []
    cursor, more = b"", True
    start = time.process_time()
    while more:
        page = connector.pull(cursor, limit)
        raws.extend(page.raws)
        cursor, more = page.cursor, page.more
    pulled = time.process_time()
    broken = []
    for raw in raws:
        try:
            connector.parse(raw)
        except Broken as error:
            broken.append(str(error))
    parsed = time.process_time()
    micro = 1e6 / max(1, len(raws))
    print(f"{path.name}: {len(raws)} rows, {len(broken)} that cannot be read {broken[:3]}")
    print(
        f"pull {(pulled - start) * micro:.1f} us a row, parse {(parsed - pulled) * micro:.1f} us a row (CPU)"
    )


def main() -> None:
    """Measures the file given, or one made for it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--map", default="")
    parser.add_argument("--rows", type=int, default=20_000)
    given = parser.parse_args()
    if given.file:
        measure(given.file, given.map)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(made(Path(folder), given.rows), given.map)


if __name__ == "__main__":
    main()
