"""The measures of a period, as a table for people or JSON for programs."""

from rich.table import Table

from entendu.accounts.models import Organisation
from entendu.cli.days import day
from entendu.cli.terminal import Trouble, console, print_json
from entendu.measures.compute import BadPeriod, definition, last_days, report
from entendu.measures.rebuild import rebuild as count_again


def show(organisation: Organisation, *, since: str, until: str, rebuild: bool, as_json: bool) -> None:
    """Prints the measures. Raises Trouble when the period makes no sense."""
    from django.utils.translation import gettext as _

    usual_since, usual_until = last_days(organisation, 30)
    try:
        if rebuild:
            count_again(organisation)
        found = report(organisation, day(since) or usual_since, day(until) or usual_until)
    except BadPeriod as bad:
        raise Trouble(_("The period ends before it begins, or is longer than ten years.")) from bad
    if as_json:
        print_json(found)
        return
    titles = (_("measure"), _("value"), _("median"), _("p90"), _("n"), _("period before"))
    table = Table(*titles, title=f"{organisation.name}, {found['since']} – {found['until']}")
    for slug, one in found["measures"].items():
        cells = (one["value"], one["median"], one["p90"])
        table.add_row(
            str(definition(slug).name),
            *(shown(value, one["unit"]) for value in cells),
            str(one["n"]),
            shown(one["previous"]["value"], one["unit"]),
        )
    console.print(table)
    if found["read_by"]:
        console.print(
            _("Readings by %(versions)s.") % {"versions": ", ".join(found["read_by"])}, highlight=False
        )


def shown(value: float | None, unit: str) -> str:
    """A value with its unit, short; "–" where there is nothing to measure."""
    if value is None:
        return "–"
    if unit == "seconds":
        hours, rest = divmod(round(value), 3600)
        return f"{hours} h {rest // 60:02}" if hours else f"{rest // 60} min {rest % 60:02}"
    if unit == "percent":
        return f"{value:.1f} %"
    if unit == "rate":
        return f"{value:.1f} ‰"
    return f"{value:g}" if unit == "count" else f"{value:+.1f}"
