"""What the sources say that they hold, at the command line."""

import time
from dataclasses import dataclass

import typer
from django.utils.translation import gettext as _
from rich.table import Table

from entendu.accounts.models import Organisation
from entendu.channels.doors import follows_many
from entendu.channels.models import Channel
from entendu.channels.words import in_words
from entendu.cli.terminal import console, print_json
from entendu.mentions.models import Reconciliation, Verdict
from entendu.mentions.reconcile import CannotReconcile, can_reconcile, reconcile
from entendu.mentions.reconcile_addresses import ask_due, under_way, waiting

PATIENCE = 15.0  # seconds without any answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What one source said; `refused`: why it was not asked."""

    channel: str
    found: Reconciliation | None
    refused: str = ""

    def as_dict(self) -> dict[str, object]:
        """For --json."""
        found = self.found
        if found is None:
            return {"channel": self.channel, "verdict": "not_asked", "code": self.refused}
        names = (
            "verdict",
            "there",
            "here",
            "fetched",
            "missing",
            "extra",
            "keys",
            "code",
            "asked",
            "unanswered",
        )
        return {"channel": self.channel} | {name: getattr(found, name) for name in names}


def ask_sources(organisation: Organisation, *, as_json: bool) -> None:
    """Asks every source that can tell what it holds, and shows the answers. Exit status 1 when something is missing or
    a source did not answer."""
    answers = []
    for channel in organisation.channels.filter(retired_at__isnull=True).order_by("name"):
        if not can_reconcile(channel):
            continue
        try:
            answers.append(Answer(channel.name, ask_whole(channel)))
        except CannotReconcile as refused:
            answers.append(Answer(channel.name, None, refused.code))
    if as_json:
        print_json([one.as_dict() for one in answers])
    else:
        show(answers)
    if any(one.found and one.found.verdict in (Verdict.GAP, Verdict.FAILED) for one in answers):
        raise typer.Exit(1)


def ask_whole(channel: Channel) -> Reconciliation:
    """The comparison with one channel. Where it follows many addresses, all are asked, but for those whose hosts let
    nobody in for longer than PATIENCE. Raises CannotReconcile."""
    row = reconcile(channel)
    if not follows_many(channel):
        return row
    moved = time.monotonic()
    while waiting([channel]) or under_way():
        if ask_due(1):
            moved = time.monotonic()
        elif time.monotonic() - moved > PATIENCE:
            break
        else:
            time.sleep(0.05)
    row.refresh_from_db()
    return row


def show(answers: list[Answer]) -> None:
    """The answers as a table."""
    table = Table(_("channel"), _("it says"), _("we hold"), _("fetched"), _("missing"), _("result"))
    for one in answers:
        found = one.found
        if found is None:
            table.add_row(one.channel, "–", "–", "–", "–", one.refused)
        elif found.verdict == Verdict.FAILED:
            table.add_row(one.channel, "–", "–", "–", "–", in_words(found.code))
        else:
            counts = (found.there, found.here, found.fetched, found.missing)
            table.add_row(one.channel, *(str(count) for count in counts), str(found.get_verdict_display()))
    console.print(table)
