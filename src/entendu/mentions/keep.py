"""Keeps the bytes of attachments, by their hash, in the home folder."""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def keep(content: bytes) -> str:
    """Writes `content` once, durably, and returns its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{digest}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return digest


def make_sure(contents: Sequence[bytes]) -> None:
    """Writes again those of `contents` that were removed since they were kept. To be called once the rows that name
    them are committed: from then on `discard` spares them, but until then it could not see them."""
    with one_at_a_time():
        for content in contents:
            keep(content)


def path_of(digest: str) -> Path:
    """Where the bytes with this hash are. Raises ValueError when `digest` is not a hash (a path, say)."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a digest")
    folder: Path = settings.FILES_DIR
    return folder / digest[:2] / digest


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Held by one process at a time: between the question whether bytes are still named and their removal, nobody
    may rely on them."""
    folder: Path = settings.FILES_DIR
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
