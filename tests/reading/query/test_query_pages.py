"""The queries that the documentation shows are queries."""

import re
from pathlib import Path

import pytest

from entendu.reading.query import parse
from entendu.reading.query.fields import FIELDS

DOCS = Path(__file__).parents[3] / "docs"
PAGES = ("en/queries.md", "fr/requetes.md")


def examples(page: str) -> list[str]:
    """What the page tells to write: the block of examples, and the first columns of its tables."""
    text = (DOCS / page).read_text(encoding="utf-8")
    block = re.search(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert block
    cells = [
        cell for row in re.findall(r"^\|([^|]*\|[^|]*)\|", text, re.MULTILINE) for cell in row.split("|")
    ]
    written = [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]
    operators = {"AND", "ET", "OR", "OU", "NOT", "SAUF"}
    whole = [
        one
        for one in written
        if one not in operators and not re.fullmatch(r"\S+(:|/5)|abonnés|followers", one)
    ]
    return block[1].splitlines() + whole


@pytest.mark.parametrize("page", PAGES)
def test_every_example_is_a_query(page: str) -> None:
    found = examples(page)
    assert len(found) > 20
    for text in found:
        parse(text)


def test_both_languages_show_the_same_fields() -> None:
    for page in PAGES:
        text = (DOCS / page).read_text(encoding="utf-8")
        assert [name for name in FIELDS if not re.search(rf"`{name}[:>`]", text)] == [], page
