"""entendu read · match: the pure parts on standard input, for anyone who wants to hold them against others."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from entendu.cli.terminal import Trouble


def register(app: typer.Typer) -> None:
    """Adds these commands to `app`."""
    app.command("read")(read_texts)
    app.command("match")(match_posts)


def read_texts(
    model: Annotated[str, typer.Option(help="Which reader (else the one that the worker uses).")] = "",
) -> None:
    """Reads one JSON object with a `text` a line, prints it with what was read."""
    from entendu.reading.read import UnknownModelError
    from entendu.reading.stream import read_stream

    try:
        read_stream(sys.stdin.buffer, sys.stdout.buffer, model=model or None)
    except UnknownModelError as unknown:
        raise Trouble(str(unknown)) from unknown


def match_posts(
    queries: Annotated[Path, typer.Option(help='One JSON object a line: {"id", "query"}.')],
) -> None:
    """Reads one JSON object with an `id` and a `text` a line, prints which queries find it."""
    from entendu.reading.query.stream import QueriesRefused, match_stream

    if not queries.is_file():
        raise Trouble(f"no file {queries}")
    try:
        match_stream(queries, sys.stdin.buffer, sys.stdout.buffer)
    except QueriesRefused as refused:
        raise Trouble(str(refused)) from refused
