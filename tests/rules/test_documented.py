"""What an operator or a program can touch is described in both languages; nothing else is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from entendu.cli import app
from entendu.measures.registry import MEASURES
from rules.tree import ROOT, SRC

PAGES = {
    "settings": ("docs/en/settings.md", "docs/fr/reglages.md"),
    "commands": ("docs/en/commands.md", "docs/fr/commandes.md"),
    "measures": ("docs/en/measures.md", "docs/fr/indicateurs.md"),
    "api": ("docs/en/api.md", "docs/fr/api.md"),
    "connectors": ("docs/en/channels.md", "docs/fr/canaux.md"),
}


def settings() -> set[str]:
    names = re.findall(
        r'env\.(?!prefixed)\w+\(\s*"([A-Z_]+)"', (SRC / "settings.py").read_text(encoding="utf-8")
    )
    return {f"ENTENDU_{name}" for name in names}


def commands() -> set[str]:
    return {f"entendu {name}" for name in typer.main.get_command(app).commands}  # type: ignore[attr-defined]


def measures() -> set[str]:
    return set(MEASURES)


def routes() -> set[str]:
    from entendu.api import api

    return {path.split("?")[0] for path in api.get_openapi_schema()["paths"]}


def connectors() -> set[str]:
    from entendu.channels.doors import kinds

    return set(kinds())


NAMED = {
    "settings": settings, "commands": commands, "measures": measures, "api": routes, "connectors": connectors,
}  # fmt: skip


def headings(text: str) -> set[str]:
    """The code words in the headings of a page: `## `ENTENDU_HOME``."""
    return {
        word for line in text.splitlines() if line.startswith("#") for word in re.findall(r"`([^`]+)`", line)
    }


def offences(names: set[str], page: Path) -> Iterator[str]:
    described = headings(page.read_text(encoding="utf-8")) if page.exists() else set()
    yield from (f"{page.name}: {name} is not described" for name in sorted(names - described))
    yield from (f"{page.name}: {name} is described but is not there" for name in sorted(described - names))


@pytest.mark.parametrize("kind", sorted(PAGES))
@pytest.mark.parametrize("language", [0, 1])
def test_everything_is_described(kind: str, language: int) -> None:
    assert list(offences(NAMED[kind](), ROOT / PAGES[kind][language])) == []


def test_planted_names_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("## `ENTENDU_HOME`\n\n## `ENTENDU_GONE`\n", encoding="utf-8")
    found = list(offences({"ENTENDU_HOME", "ENTENDU_NEW"}, page))
    assert found == [
        "page.md: ENTENDU_NEW is not described",
        "page.md: ENTENDU_GONE is described but is not there",
    ]
