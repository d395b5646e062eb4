"""entendu read · match: the pure parts on standard input, for anyone who wants to hold them against others."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from entendu.cli.terminal import Trouble, complain, ready

MOST_TOLD = 20  # bad lines that are told one by one; the rest is counted


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

    told = 0

    def refused(line: int, code: str) -> None:
        nonlocal told
        told += 1
        if told <= MOST_TOLD:
            _refused(line, code)

    try:
        count = read_stream(sys.stdin.buffer, sys.stdout.buffer, model=model or None, refused=refused)
    except UnknownModelError as unknown:
        raise Trouble(str(unknown)) from unknown
    if count.refused:
        from django.utils.translation import gettext as _

        counts = {"refused": count.refused, "read": count.read}
        complain(_("%(refused)s lines could not be read, %(read)s were.") % counts)


def _refused(line: int, code: str) -> None:
    # Django is for the words alone: where every line is good, nothing waits for it.
    ready(store=False)
    from django.utils.translation import gettext as _

    why = {
        "not_utf8": _("it is not UTF-8"),
        "not_json": _("it is not JSON"),
        "not_an_object": _("it is not a JSON object"),
        "no_text": _("it has no “text” that is a string"),
        "bad_lang": _("its “lang” is not a string"),
        "too_long": _("it is longer than a line may be"),
    }[code]
    complain(_("line %(line)s: %(why)s") % {"line": line, "why": why})


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
