"""entendu measures: the same numbers as on screen."""

from typing import Annotated

import typer

from entendu.cli.terminal import choose_organisation, ready


def register(app: typer.Typer) -> None:
    """Adds these commands to `app`."""
    app.command("measures")(show_measures)


def show_measures(
    since: Annotated[str, typer.Option(help="First day, 2026-01-31 (else 30 days ago).")] = "",
    until: Annotated[str, typer.Option(help="Last day (else today).")] = "",
    organisation: Annotated[str | None, typer.Option(help="Slug, when there are several.")] = None,
    rebuild: Annotated[bool, typer.Option(help="Computes every figure again first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """The measures of a period, with n, median and p90, and the period before."""
    ready()
    from entendu.cli.figure_table import show

    show(choose_organisation(organisation), since=since, until=until, rebuild=rebuild, as_json=as_json)
