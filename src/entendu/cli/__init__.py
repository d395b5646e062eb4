"""The command `entendu`: one module a command."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from entendu.cli import claims, data, figures, install, queries, rereading, serving, signals, texts
from entendu.cli import sample as samples
from entendu.cli.terminal import Trouble, complain

app = typer.Typer(
    name="entendu",
    help="Listens wherever people speak of you, and takes care of each request until a promise is kept.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    home: Annotated[
        Path | None,
        typer.Option(help="Folder of the store, files and keys (else ENTENDU_HOME, else ~/.entendu)."),
    ] = None,
) -> None:
    """Options that stand before the command."""
    if home is not None:
        os.environ["ENTENDU_HOME"] = str(home)


for module in (install, serving, data, queries, figures, signals, claims, rereading, samples, texts):
    module.register(app)


def main() -> None:
    """Runs the command line. Known trouble is one clear line and exit status 1, never a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entendu.settings")
    try:
        app()
    except Trouble as trouble:
        complain(str(trouble))
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
