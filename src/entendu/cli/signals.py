"""entendu signals: what moves."""

from typing import Annotated

import typer

from entendu.cli.terminal import Trouble, choose_organisation, console, print_json, ready


def register(app: typer.Typer) -> None:
    """Adds this command to `app`."""
    app.command("signals")(show_signals)


def show_signals(
    state: Annotated[str, typer.Option(help="moving, new, decided, ended or all.")] = "moving",
    organisation: Annotated[str | None, typer.Option(help="Slug, when there are several.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """What moves: spikes, disappointment that rises, new words, words of danger. The fifty first."""
    ready()
    from django.utils.translation import gettext as _
    from rich.table import Table

    from entendu.analysis.models import Signal
    from entendu.analysis.moving import STATES, in_state, names_of, people_of
    from entendu.api.schemas.signals import LOADED, signal_out
    from entendu.web.signals.words import facts, headline, state_in_words

    if state not in STATES:
        raise Trouble(_("There is no such list: choose one of %(names)s.") % {"names": ", ".join(STATES)})
    mine = Signal.objects.filter(organisation=choose_organisation(organisation))
    rows = list(in_state(mine, state).select_related(*LOADED)[:50])
    names, people = names_of(rows), people_of(rows)
    if as_json:
        print_json([signal_out(one, names, people) for one in rows])
        return
    table = Table(_("signal"), _("what"), _("how many"), _("since"), _("words"), _("state"))
    for one in rows:
        title = headline(one, names.get((one.scope, one.key), ""))
        since = f"{one.started_at:%Y-%m-%d %H:%M}"
        table.add_row(
            str(one.get_kind_display()), title, facts(one), since, ", ".join(one.words), state_in_words(one)
        )
    console.print(table)
