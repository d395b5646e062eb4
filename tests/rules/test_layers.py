"""The loop flows one way, and only the connectors' entry points know the connectors."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rules.tree import ROOT, SRC

LINT = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [*LINT, "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_house_keeps_its_layers() -> None:
    result = lint(SRC.parent)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("mentions/planted.py", "import entendu.conversations"),
        ("connectors/feed/planted.py", "import entendu.connectors.mail"),
        ("channels/planted.py", "import entendu.connectors.mail"),
        ("reading/planted.py", "import django"),
        ("conversations/planted.py", "import entendu.measures"),
        ("stray/__init__.py", ""),
    ],
)
def test_planted_import_is_found(tmp_path: Path, place: str, line: str) -> None:
    copy = tmp_path / "entendu"
    shutil.copytree(
        SRC, copy, ignore=shutil.ignore_patterns("static", "templates", "locale", "__pycache__", "*.so")
    )
    planted = copy / place
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text(f"{line}\n")
    result = lint(tmp_path)
    assert result.returncode != 0, "the planted import was not found"
