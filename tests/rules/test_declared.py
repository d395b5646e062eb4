"""What the package imports is declared: an installation without the developers' tools must start."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from rules.tree import SRC, modules, plant

OURS = {"entendu"}


def declared() -> set[str]:
    """The distributions of the core, without the extras."""
    found = (Requirement(line) for line in requires("entendu") or ())
    return {plain(one.name) for one in found if one.marker is None or one.marker.evaluate({"extra": ""})}


def plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def undeclared(folder: Path) -> Iterator[str]:
    owners = packages_distributions()
    allowed = declared()
    for path, tree in modules(folder):
        for name in sorted(top_level(tree) - OURS - set(sys.stdlib_module_names)):
            if not allowed & {plain(one) for one in owners.get(name, [])}:
                yield f"{path.name}: {name}"


def top_level(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_everything_imported_is_declared() -> None:
    assert list(undeclared(SRC)) == []


def test_lucide_brings_what_it_needs() -> None:
    assert "markupsafe" in declared(), "lucide.jinja imports it and does not declare it"


@pytest.mark.parametrize("line", ["import pytest", "from playwright import sync_api", "import nowhere"])
def test_planted_import_is_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, "page.py", f"{line}\n")
    assert list(undeclared(tmp_path))
