"""One door for outbound HTTP and websockets. Mail has its own protocols, in its connector alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.tree import SRC, modules, plant

HTTP = {"httpx", "requests", "urllib.request", "urllib3", "http.client", "aiohttp", "httpcore", "websockets"}
MAIL = {"smtplib", "imaplib", "imap_tools", "poplib"}
RAW = {"socket", "ftplib", "telnetlib"}
ALLOWED = {
    "kit/safe_http": HTTP | RAW,
    "connectors/mail": MAIL | RAW,
    # to know its errors: what Entendu writes leaves through Django's own mail
    "accounts/letters.py": {"smtplib"},
    "cli/checks.py": {"smtplib"},
}


def offences(folder: Path) -> Iterator[str]:
    for path, tree in modules(folder):
        place = path.relative_to(folder).as_posix()
        allowed = next((names for start, names in ALLOWED.items() if place.startswith(start)), set())
        for name, line in imported(tree):
            for door in (HTTP | MAIL | RAW) - allowed:
                if name == door or name.startswith(f"{door}."):
                    yield f"{place}:{line}: imports {name}"


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def test_one_outbound_door() -> None:
    assert sorted(set(offences(SRC))) == []


@pytest.mark.parametrize(
    "line",
    [
        "import httpx",
        "from urllib import request",
        "import http.client",
        "from smtplib import SMTP",
        "import socket",
        "from websockets.sync.client import connect",
    ],
)
def test_planted_client_is_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, "web/page.py", f"{line}\n")
    assert list(offences(tmp_path))
