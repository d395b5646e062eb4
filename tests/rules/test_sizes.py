"""Small rooms: a file of 400 lines, a function of 60, a template of 120 at most."""

import ast
from collections.abc import Iterator
from pathlib import Path

from rules.tree import SRC, modules, plant

FILE, FUNCTION, TEMPLATE = 400, 60, 120


def offences(folder: Path) -> Iterator[str]:
    for path, tree in modules(folder):
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > FILE:
            yield f"{path.name}: {length} lines"
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION:
                    yield f"{path.name}:{node.name}: {length} lines"
    for path in sorted(folder.rglob("templates/**/*.html")):
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > TEMPLATE:
            yield f"{path.name}: {length} lines"


def test_rooms_are_small() -> None:
    assert list(offences(SRC)) == []


def test_planted_giants_are_found(tmp_path: Path) -> None:
    plant(tmp_path, "long.py", "x = 1\n" * (FILE + 1))
    plant(tmp_path, "deep.py", "def f():\n" + "    x = 1\n" * FUNCTION)
    plant(tmp_path, "templates/page.html", "<p></p>\n" * (TEMPLATE + 1))
    assert len(list(offences(tmp_path))) == 3
