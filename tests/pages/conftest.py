"""A real browser on a real server: Debian's chromium, and granian over a store of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--no-first-run", "--disable-extensions",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.pages)


def _missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@dataclass
class Site:
    """Where the server is, and the sessions of who is signed in."""

    url: str
    sessions: dict[str, str]
    home: Path

    def tell(self, what: str) -> str:
        """Lets something happen behind the server's back (see seed.py); returns what it prints."""
        return _seed(self.home, what)


def _environment(home: Path, port: int = 0) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENTENDU_")}
    path = os.pathsep.join([str(HERE.parent), str(HERE)])
    return kept | {
        "ENTENDU_HOME": str(home), "ENTENDU_BASE_URL": f"http://127.0.0.1:{port}",
        "ENTENDU_UNDO_SECONDS": "5", "DJANGO_SETTINGS_MODULE": "entendu.settings", "PYTHONPATH": path,
    }  # fmt: skip


def _seed(home: Path, *what: str) -> str:
    done = subprocess.run(
        [sys.executable, str(HERE / "seed.py"), *what],
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("home")
    sessions = dict(line.split("=") for line in _seed(home, "begin").split())
    port = _free_port()
    command = ["--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--static-path-route",
        "/static",
        "--static-path-mount",
        str(home / "static"),
        "entendu.asgi:application",
    ]
    log = (home / "server.log").open("w")
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / "granian"), *command],
        env=_environment(home, port),
        stdout=log,
        stderr=log,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{url}/accounts/login/", timeout=5)
                break
            except httpx.TransportError:
                assert server.poll() is None, (home / "server.log").read_text()
                assert time.monotonic() < deadline, "the server did not start"
        yield Site(url, sessions, home)
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(
    scope="module"
)  # not longer: its event loop would be in the way of the tests without a browser
def chromium() -> Iterator[object]:
    if CHROMIUM is None:
        _missing("page tests need Debian's chromium: apt install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


def _complains(said) -> bool:
    """Errors of scripts and of the content policy; a status is the page's own business."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


@pytest.fixture
def browser(chromium, live_site: Site) -> Iterator[object]:
    """Opens pages as somebody: `browser("alice", language="fr", theme="dark")`. What a page complains about on
    its console, or asks elsewhere for, fails the test."""
    contexts, complaints = [], []

    def begin(
        who: str = "", *, language: str = "en", theme: str = "light", width: int = 1400, height: int = 850
    ):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale={"en": "en-GB", "fr": "fr-FR"}[language],
            base_url=live_site.url,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        if who:
            session = live_site.sessions[f"{who}_{language}"]
            context.add_cookies([{"name": "session", "value": session, "url": live_site.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _complains(said) else None)
        page.on(
            "request",
            lambda asked: (
                complaints.append(f"asked {asked.url}")
                if not asked.url.startswith((live_site.url, "data:"))
                else None
            ),
        )
        return page

    yield begin
    for context in contexts:
        context.close()
    assert complaints == []
