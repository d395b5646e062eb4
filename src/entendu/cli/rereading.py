"""entendu reread: history read again by today's reader."""

from datetime import datetime, time
from typing import Annotated

import typer

from entendu.cli.terminal import Trouble, choose_organisation, good, print_json, ready


def register(app: typer.Typer) -> None:
    """Adds this command to `app`."""
    app.command("reread")(reread)


def reread(
    since: Annotated[str, typer.Option(help="Only what was said since this day, 2026-01-31.")] = "",
    organisation: Annotated[str | None, typer.Option(help="Slug, when there are several.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Only says how far the last one came.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Asks the worker to read history again; what people corrected stays."""
    ready()
    from django.utils.translation import gettext as _

    from entendu.analysis.models import Rereading
    from entendu.analysis.reread import AlreadyRereading, start_rereading

    chosen = choose_organisation(organisation)
    if show:
        job = Rereading.objects.filter(organisation=chosen).order_by("-id").first()
    else:
        try:
            job = start_rereading(chosen, since=_moment(since, chosen.timezone))
        except AlreadyRereading as going:
            raise Trouble(_("A rereading goes on already.")) from going
    facts = {"total": job.total, "done": job.done, "changed": job.changed, "model": job.model} if job else {}
    if as_json:
        print_json(facts | ({"ended": job.ended_at is not None} if job else {}))
    elif job is None:
        good(_("Nothing was read again yet."))
    else:
        good(_("%(done)d of %(total)d messages read again by %(model)s, %(changed)d changed.") % facts)


def _moment(day: str, timezone: str) -> datetime | None:
    from zoneinfo import ZoneInfo

    from django.utils.dateparse import parse_date
    from django.utils.translation import gettext as _

    try:
        found = parse_date(day) if day else None
    except ValueError:
        found = None
    if day and found is None:
        raise Trouble(_("This is no date: 2026-01-31."))
    return datetime.combine(found, time(), ZoneInfo(timezone)) if found else None
