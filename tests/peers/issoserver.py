"""A real Isso (https://isso-comments.de) on a free port of 127.0.0.1, its store in a folder of the test."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from entendu.kit.safe_http import HttpFailed, Response, fetch

SITE = "http://127.0.0.1:9"  # the site whose comments Isso keeps; nobody answers there
CONFIG = """[general]
dbpath = {folder}/comments.db
host = {site}/
[server]
listen = http://127.0.0.1:{port}/
[guard]
enabled = false
[rss]
base = {site}
limit = 100
"""


def require_isso() -> None:
    """Skips where Isso is not installed; on the machine of the project's checks it must be."""
    if importlib.util.find_spec("isso") is None:
        if os.environ.get("CI"):
            pytest.fail("Isso is not installed: pip install isso")
        pytest.skip("Isso is not installed: pip install isso")


class Isso:
    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"

    def call(self, method: str, path: str, cookie: str = "", **fields: object) -> Response:
        headers = {"Content-Type": "application/json", "Origin": SITE, "Cookie": cookie}
        body = orjson.dumps(fields) if fields else None
        return fetch(
            self.url + path, method=method, headers=headers, content=body, allow=(self.host,)
        ).checked()

    def comment(
        self, uri: str, text: str, author: str | None = None, parent: int | None = None
    ) -> tuple[int, str]:
        """Writes as a visitor does. Returns the comment's number and the cookie to change it."""
        answer = self.call("POST", f"/new?uri={uri}", text=text, author=author, parent=parent, title="Billet")
        cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return orjson.loads(answer.content)["id"], cookie


@contextmanager
def running_isso(folder: Path) -> Iterator[Isso]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "isso.cfg"
    config.write_text(CONFIG.format(folder=folder, site=SITE, port=port))
    command = [sys.executable, "-c", "from isso import main; main()", "-c", str(config), "run"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        site = Isso(port)
        for _ in range(200):
            assert process.poll() is None, (folder / "log").read_text()
            try:
                fetch(site.url, allow=(site.host,))
                break
            except HttpFailed:
                time.sleep(0.05)
        yield site
    finally:
        process.terminate()
        process.wait(timeout=10)
