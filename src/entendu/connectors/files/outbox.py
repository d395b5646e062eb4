"""Replies of a channel that is a file: one canonical JSON line each, appended to another file, once."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from entendu.connectors.files.source import refusal
from entendu.wire import Draft, Sent


class Outbox:
    """A file of replies. A draft's key is looked for under the lock that appends: it is written once."""

    def __init__(self, path: Path, network: str, own: str) -> None:
        self._path = path
        self._network = network
        self._own = own or "us"

    def send(self, draft: Draft) -> Sent:
        """Appends the reply: on the disk before it is said to be sent. Refused when that cannot be."""
        try:
            with self._locked() as file:
                if not self._holds(file, draft.key):
                    self._append(file, draft)
        except OSError as error:
            failure = refusal(error)
            return Sent("refused", code=failure.code, detail=failure.detail)
        return Sent("sent", key=draft.key)

    def find(self, draft: Draft) -> Sent | None:
        """Whether the reply stands in the file."""
        try:
            with self._path.open("rb") as file:
                return Sent("sent", key=draft.key) if self._holds(file, draft.key) else None
        except OSError:
            return None

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    @staticmethod
    def _holds(file: BinaryIO, key: str) -> bool:
        # The key is looked for as bytes first: a long file is not parsed for every reply.
        wanted = orjson.dumps(key)
        file.seek(0)
        for line in file:
            if wanted in line:
                try:
                    found = orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue  # the line that a lost machine left half written
                if found.get("key") == key:
                    return True
        return False

    def _append(self, file: BinaryIO, draft: Draft) -> None:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
        whole = not size or file.read(1) == b"\n"
        line = orjson.dumps(
            {
                "key": draft.key,
                "network": self._network,
                "author": {"key": self._own, "handle": self._own},
                "at": draft.composed_at,
                "text": draft.text,
                "title": draft.title,
                "visibility": draft.visibility,
                "ours": True,
                "parent_key": draft.parent_key,
                "thread_key": draft.thread_key,
            }
        )
        file.write((b"" if whole else b"\n") + line + b"\n")
        file.flush()
        os.fsync(file.fileno())
