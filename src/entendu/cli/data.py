"""entendu import · ledger · backup · restore: what comes in, where it ended, and keeping it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entendu.cli.terminal import Trouble, choose_organisation, complain, console, good, print_json, ready

if TYPE_CHECKING:
    from entendu.mentions.ledger import Line


def register(app: typer.Typer) -> None:
    """Adds these commands to `app`."""
    app.command("import")(import_file)
    app.command("ledger")(show_ledger)
    app.command("backup")(make_backup)
    app.command("restore")(restore_backup)


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSONL or mbox; .gz too.")],
    mapping: Annotated[
        str, typer.Option("--map", help="id=COLUMN,text=COLUMN,… or a file that says so.")
    ] = "",
    name: Annotated[str, typer.Option(help="Name of the channel (else the file's).")] = "",
    network: Annotated[str, typer.Option(help="Where this was said: twitter, reviews …")] = "",
    own: Annotated[str, typer.Option(help="Our own accounts there, comma separated.")] = "",
    addressed: Annotated[str, typer.Option(help="Was all this said to us? yes, no or auto.")] = "auto",
    organisation: Annotated[str | None, typer.Option(help="Slug, when there are several.")] = None,
) -> None:
    """Takes in a file, as a channel. What is there already is left alone; a bad row is kept and told by number."""
    ready()
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from entendu.mentions.importing import FileRefused, import_rows, open_file_channel

    try:
        channel = open_file_channel(
            choose_organisation(organisation),
            file,
            mapping=mapping,
            name=name,
            network=network,
            own=own,
            addressed=addressed,
        )
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}"),
            TimeElapsedColumn(),
            console=console,
        ) as bars:
            task = bars.add_task(file.name, total=None)
            new = import_rows(channel, lambda count: bars.advance(task, count))
    except FileRefused as refused:
        raise Trouble(str(refused)) from refused
    from django.utils.translation import gettext as _

    good(
        _("%(n)d new rows from %(file)s; `entendu worker --once` treats them.")
        % {"n": new, "file": file.name}
    )


def show_ledger(
    since: Annotated[str, typer.Option(help="First day, 2026-01-31.")] = "",
    until: Annotated[str, typer.Option(help="Last day.")] = "",
    organisation: Annotated[str | None, typer.Option(help="Slug, when there are several.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Asks each source what it holds, and fetches what is missing.")
    ] = False,
) -> None:
    """Where everything ended that channels handed to us. Exit status 1 when the sums do not agree, or with --reconcile
    when something is missing."""
    ready()
    if reconcile:
        from entendu.cli.sources import ask_sources

        ask_sources(choose_organisation(organisation), as_json=as_json)
        return
    from entendu.cli.days import day
    from entendu.mentions.ledger import ledger
    from entendu.mentions.models import Forgotten, Receipt

    chosen = choose_organisation(organisation)
    lines = ledger(
        Receipt.objects.filter(organisation=chosen),
        Forgotten.objects.filter(organisation=chosen),
        since=day(since),
        until=day(until),
    )
    if as_json:
        from dataclasses import asdict

        print_json([asdict(line) | {"balanced": line.balanced} for line in lines])
    else:
        draw_ledger(lines)
        tell_unreadable(Receipt.objects.filter(organisation=chosen, reason="unreadable", end=""))
    if not all(line.balanced for line in lines):
        raise typer.Exit(1)


def draw_ledger(lines: "list[Line]") -> None:
    """The lines as a table."""
    from django.utils.translation import gettext as _
    from rich.table import Table

    titles = [
        _("day"),
        _("channel"),
        _("came"),
        _("forgotten at once"),
        _("conversation"),
        _("attached"),
        _("watched"),
        _("dropped"),
    ]
    table = Table(*titles, _("waiting"), _("set aside"), _("reasons"))
    for line in lines:
        counts = (line.came, line.forgotten, line.conversation, line.attached, line.watched, line.dropped)
        why = ", ".join(f"{reason} {n}" for reason, n in line.reasons.items())
        shown = (str(count) for count in (*counts, line.waiting, line.aside))
        table.add_row(str(line.day), line.channel, *shown, why)
    console.print(table)


def tell_unreadable(receipts: Any) -> None:
    """The rows and messages that could not be read, by their place: they are kept, and can be tried again."""
    from django.utils.translation import gettext as _

    count = receipts.count()
    if count:
        complain(
            _("%(n)d could not be read; they are kept and listed on the page of their channel:")
            % {"n": count}
        )
    for receipt in receipts.select_related("channel").order_by("-pk")[:10]:
        console.print(f"  {receipt.channel.name}: {receipt.detail}", highlight=False, soft_wrap=True)


def make_backup(
    file: Annotated[Path, typer.Argument(help="Where to write it, .tar.gz.")],
    with_keys: Annotated[
        bool, typer.Option(help="Includes the keys: then guard the file like a password.")
    ] = False,
) -> None:
    """Writes one file with the store and the attachments, while everything runs."""
    ready()
    from django.utils.translation import gettext as _

    from entendu.cli.keeping import BackupFailed, write_backup

    try:
        size = write_backup(file, with_keys=with_keys)
    except (BackupFailed, OSError) as error:
        raise Trouble(str(error)) from error
    good(_("%(file)s, %(size).1f MB") % {"file": file, "size": size / 1024**2})


def restore_backup(
    file: Annotated[Path, typer.Argument(help="What `entendu backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replaces what is in the home folder.")] = False,
) -> None:
    """Puts a backup in place. Replies that were on their way then are shown as uncertain, never sent again."""
    ready(store=False)
    from django.utils.translation import gettext as _

    from entendu.cli.keeping import BackupFailed, read_backup

    try:
        read_backup(file, replace=yes)
    except (BackupFailed, OSError) as error:
        raise Trouble(str(error)) from error
    good(_("Restored from %(file)s") % {"file": file})
