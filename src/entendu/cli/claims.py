"""entendu claims: what was announced, and how many people contradict it."""

from typing import Annotated, Any

import typer

from entendu.cli.terminal import Trouble, choose_organisation, console, good, print_json, ready


def register(app: typer.Typer) -> None:
    """Adds these commands to `app`."""
    app.command("claims")(claims)


def claims(
    add: Annotated[str, typer.Option(help="Announces this; in force at once.")] = "",
    kind: Annotated[
        str, typer.Option(help="price, time, availability, quality, service, policy, hours, other.")
    ] = "other",
    organisation: Annotated[str | None, typer.Option(help="Slug, when there are several.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """The register of announcements, with how many people contradict each; `entendu worker --once` looks back."""
    ready()
    from django.utils.translation import gettext as _
    from rich.table import Table

    from entendu.analysis.claims import BadClaim, ClaimTerms, add_claim
    from entendu.analysis.models import Claim

    found = choose_organisation(organisation)
    if add:
        try:
            good(_("Announced: %(text)s") % {"text": add_claim(found, ClaimTerms(text=add, kind=kind))})
        except BadClaim as bad:
            raise Trouble(_("This cannot be announced: %(why)s") % {"why": bad}) from bad
        return
    rows = told(list(Claim.objects.filter(organisation=found).select_related("topic").order_by("id")))
    if as_json:
        print_json(rows)
        return
    table = Table(_("announcement"), _("kind"), _("state"), _("people"), _("to judge"), title=found.name)
    for row in rows:
        table.add_row(row["text"], row["kind"], row["state"], str(row["people"]), str(row["unsure"]))
    console.print(table)


def told(claims: list[Any]) -> list[dict[str, Any]]:
    """The claims with their counts, as plain values."""
    from entendu.analysis.claim_counts import people_of, unsure_of

    keys = [claim.pk for claim in claims]
    people, unsure = people_of(keys), unsure_of(keys)
    return [
        {
            "id": one.pk,
            "text": one.text,
            "kind": one.kind,
            "state": one.state,
            "place": one.place,
            "topic": one.topic.slug if one.topic else None,
            "valid_from": one.valid_from.isoformat(),
            "valid_until": one.valid_until.isoformat() if one.valid_until else None,
            "people": people.get(one.pk, 0),
            "unsure": unsure.get(one.pk, 0),
        }
        for one in claims
    ]
