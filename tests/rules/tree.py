"""What the laws look at: the package's files and their syntax trees."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "entendu"


def modules(folder: Path = SRC) -> Iterator[tuple[Path, ast.Module]]:
    """Each Python file below `folder`, migrations left out, with its tree."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"), str(path))


def layers() -> list[list[str]]:
    """The layers of the house, top first, as pyproject.toml says them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return [[name.strip(" ()") for name in layer.split("|")] for layer in contract["layers"]]


def plant(folder: Path, name: str, text: str) -> Path:
    """A file with a fault, for a law to find."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
