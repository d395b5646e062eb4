"""entendu queries: what is listened for, on which grounds, and how much it finds; the register."""

import sys
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from entendu.cli.terminal import Trouble, choose_organisation, console, good, print_json, ready

app = typer.Typer(invoke_without_command=True, help="What is listened for, on which grounds; the register.")
FLAGS = ("opens_conversations", "wide")

Slug = Annotated[str | None, typer.Option("--organisation", help="Slug, when there are several.")]
Text = Annotated[str | None, typer.Option(help="The query, in the query language.")]
Purpose = Annotated[str | None, typer.Option(help="Why it is listened for.")]
Basis = Annotated[
    str | None,
    typer.Option(
        help="legitimate_interest, consent, contract, legal_obligation, vital_interest or public_task."
    ),
]
Balance = Annotated[str | None, typer.Option(help="Why a legitimate interest weighs more than theirs.")]
Reviewer = Annotated[str | None, typer.Option(help="E-mail address of the member who reviews it.")]
ReviewOn = Annotated[str | None, typer.Option(help="Day of the next review, 2026-01-31.")]
Takes = Annotated[str | None, typer.Option(help="both, public or addressed.")]
Opens = Annotated[bool | None, typer.Option(help="What it finds opens a conversation.")]
Wide = Annotated[bool | None, typer.Option(help="It has no rare word, on purpose.")]


class Format(StrEnum):
    """How the register is written."""

    CSV = "csv"
    JSON = "json"


def register(main: typer.Typer) -> None:
    """Adds these commands to `main`."""
    main.add_typer(app, name="queries")


@app.callback()
def list_queries(
    context: typer.Context,
    organisation: Slug = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    as_register: Annotated[
        Format | None, typer.Option("--register", help="Writes the register: csv or json.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit status 1 when a query is flagged or does not run.")
    ] = False,
) -> None:
    """Lists the queries with their volume, reviewer and next review."""
    if context.invoked_subcommand:
        return
    ready()
    from entendu.mentions.governance import FLAGGED
    from entendu.mentions.register import register_of

    chosen = choose_organisation(organisation)
    if as_register:
        made = register_of(chosen)
        print_json(made.as_json()) if as_register is Format.JSON else sys.stdout.write(made.as_csv())
        return
    rows = rows_of(chosen)
    print_json(rows) if as_json else show(rows)
    if check and any(row["standing"] in {one.value for one in FLAGGED} for row in rows):
        raise typer.Exit(1)


def rows_of(organisation: Any) -> list[dict[str, Any]]:
    """The queries as plain values, by name."""
    from entendu.mentions.governance import standing, with_reviewer_here
    from entendu.mentions.models import Query
    from entendu.mentions.queries import FIELDS
    from entendu.mentions.volume import with_found

    mine = Query.objects.filter(organisation=organisation).select_related("reviewer").order_by("name")
    return [
        {name: getattr(one, name) for name in FIELDS}
        | {
            "reviewer": one.reviewer.email if one.reviewer else None,
            "active": one.active,
            "standing": standing(one, reviewer_here=one.reviewer_here).value,  # type: ignore[attr-defined]
            "found": one.found,  # type: ignore[attr-defined]
        }
        for one in with_found(with_reviewer_here(mine))
    ]


def show(rows: list[dict[str, Any]]) -> None:
    """The queries as a table."""
    from django.utils.translation import gettext as _
    from rich.table import Table

    from entendu.mentions.governance import Standing

    titles = (_("Query"), _("State"), _("Found in 30 days"), _("Reviewed by"), _("Next review"))
    table = Table(*titles)
    table.add_column(_("What is looked for"), no_wrap=True, overflow="ellipsis", max_width=60)
    for row in rows:
        state = str(Standing(row["standing"]).label)
        table.add_row(
            row["name"],
            state,
            str(row["found"]),
            row["reviewer"] or "–",
            str(row["review_on"] or "–"),
            row["text"],
        )
    console.print(table)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Its name.")],
    text: Text = None,
    purpose: Purpose = None,
    basis: Basis = None,
    balance: Balance = None,
    reviewer: Reviewer = None,
    review_on: ReviewOn = None,
    takes: Takes = None,
    opens_conversations: Opens = None,
    wide: Wide = None,
    organisation: Slug = None,
) -> None:
    """Adds a query. The worker then looks for it in what is stored."""
    ready()
    from django.utils.translation import gettext as _

    from entendu.mentions.queries import BadQuery, Terms, add_query

    chosen = choose_organisation(organisation)
    given = values_of(chosen, locals())
    blank: dict[str, Any] = {"text": "", "purpose": "", "basis": ""}
    try:
        query = add_query(chosen, Terms(name=name, **(blank | given)))
    except BadQuery as bad:
        raise Trouble(told(bad)) from bad
    good(_("“%(name)s” listens from now on.") % {"name": query.name})


@app.command("change")
def change(
    name: Annotated[str, typer.Argument(help="The name of the query.")],
    rename: Annotated[str | None, typer.Option(help="Another name.")] = None,
    text: Text = None,
    purpose: Purpose = None,
    basis: Basis = None,
    balance: Balance = None,
    reviewer: Reviewer = None,
    review_on: ReviewOn = None,
    takes: Takes = None,
    opens_conversations: Opens = None,
    wide: Wide = None,
    active: Annotated[bool | None, typer.Option(help="Listens, or rests.")] = None,
    organisation: Slug = None,
) -> None:
    """Changes what is given of a query; the rest stays."""
    ready()
    from dataclasses import replace

    from django.utils.translation import gettext as _

    from entendu.mentions.models import Query
    from entendu.mentions.queries import BadQuery, change_query, switch_query, terms_of

    chosen = choose_organisation(organisation)
    query = Query.objects.filter(organisation=chosen, name=name).first()
    if query is None:
        raise Trouble(_("There is no query “%(name)s”.") % {"name": name})
    given = values_of(chosen, locals()) | ({"name": rename} if rename else {})
    try:
        if given:
            change_query(query, replace(terms_of(query), **given), by=None)
        if active is not None:
            switch_query(query, by=None, active=active)
    except BadQuery as bad:
        raise Trouble(told(bad)) from bad
    good(_("Kept. It holds for what comes from now on."))


def values_of(organisation: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The terms that were given on the command line. Raises Trouble."""
    from django.utils.translation import gettext as _

    names = ("text", "purpose", "basis", "balance", "takes", *FLAGS)
    values = {name: given[name] for name in names if given[name] is not None}
    if given["reviewer"] is not None:
        member = organisation.memberships.filter(user__email=given["reviewer"].strip().lower()).first()
        if member is None:
            raise Trouble(_("%(email)s does not work here.") % {"email": given["reviewer"]})
        values["reviewer"] = member.user
    if given["review_on"] is not None:
        try:
            values["review_on"] = date.fromisoformat(given["review_on"])
        except ValueError:
            raise Trouble(_("%(day)s is no day: write 2026-01-31.") % {"day": given["review_on"]}) from None
    return values


def told(bad: Any) -> str:
    """What is wrong with a query, field by field."""
    from django.utils.translation import get_language

    from entendu.reading.query import message
    from entendu.web.queries.words import ERRORS

    lines = [f"{field}: {ERRORS.get(code, code)}" for field, code in bad.errors.items()]
    if bad.syntax:
        where = bad.syntax.position + 1
        lines = [one for one in lines if not one.startswith("text: ")]
        lines.append(f"text ({where}): {message(bad.syntax, get_language() or 'en')}")
    return "\n  ".join(lines)
