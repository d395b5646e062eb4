"""Tables for spreadsheets: no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

RISKY = frozenset("=+-@\t\r\n＝＋－＠")


def safe_cell(value: object) -> str:
    """The text of a cell; one that a spreadsheet could run (OWASP, "CSV Injection") gets an apostrophe before it, which
    it shows as text. Characters that no table holds are left out."""
    text = "".join(sign for sign in str(value) if sign >= " " or sign in "\t\r\n")
    begins = text.lstrip()[:1] or text[:1]
    return f"'{text}" if begins and (begins in RISKY or text[0] in RISKY) else text


def csv_text(header: Sequence[object], rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> str:
    """A table as CSV (RFC 4180), with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([safe_cell(value) for value in row])
    return "\ufeff" + out.getvalue()
