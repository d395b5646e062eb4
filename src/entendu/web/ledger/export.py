"""The lines of the ledger in a file: CSV for a spreadsheet, JSON for a program."""

import csv
import io

import orjson
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from entendu.mentions.ledger import Line
from entendu.mentions.models import End
from entendu.web.access import Asked, page
from entendu.web.ledger.asked import wanted_of
from entendu.web.ledger.pages import lines_of

COLUMNS = ("day", "channel", "received", *End.values, "waiting", "aside", "balanced", "reasons")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet compute a cell


@require_GET
@page
def export(request: Asked, form: str) -> HttpResponse:
    """What the page shows, whole."""
    if form not in ("csv", "json"):
        raise Http404
    wanted = wanted_of(request.GET)
    lines = lines_of(request, wanted)
    body = as_json(lines) if form == "json" else as_csv(lines)
    kind = "application/json" if form == "json" else "text/csv; charset=utf-8"
    response = HttpResponse(body, content_type=kind)
    name = f"ledger-{wanted.since}-{wanted.until}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def as_json(lines: list[Line]) -> bytes:
    """A list of objects, one a line of the ledger."""
    return orjson.dumps([{name: getattr(line, name) for name in COLUMNS} for line in lines])


def as_csv(lines: list[Line]) -> bytes:
    """Commas, UTF-8 with its mark, so that spreadsheets read the accents; no cell is a formula."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(COLUMNS)
    for line in lines:
        reasons = " ".join(f"{reason}={count}" for reason, count in sorted(line.reasons.items()))
        values = [getattr(line, name) for name in COLUMNS[:-1]] + [reasons]
        sheet.writerow([plain(str(value)) for value in values])
    return text.getvalue().encode("utf-8-sig")


def plain(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would compute."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
