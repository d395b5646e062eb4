"""Secrets of channels, sealed with keys that live outside the database and its backups."""

import os
from functools import lru_cache
from pathlib import Path

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(RuntimeError):
    """The sealed secrets cannot be opened with the keys of this installation."""


def seal(secrets: dict[str, str]) -> bytes:
    """Seals `secrets`; nothing to seal gives nothing."""
    return _box().encrypt(orjson.dumps(secrets)) if secrets else b""


def unseal(sealed: bytes) -> dict[str, str]:
    """Opens what `seal` made. Raises SealBroken when the key file is another one."""
    if not sealed:
        return {}
    try:
        opened: dict[str, str] = orjson.loads(_box().decrypt(bytes(sealed)))
    except InvalidToken as error:
        raise SealBroken("seal_broken") from error
    return opened


def reseal(sealed: bytes) -> bytes:
    """The same secrets under the newest key: after a rotation."""
    return _box().rotate(bytes(sealed)) if sealed else b""


def _box() -> MultiFernet:
    path: Path = settings.SECRET_KEYS_FILE
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
    return _box_of(path.read_bytes())


@lru_cache(maxsize=4)
def _box_of(keys: bytes) -> MultiFernet:
    """The first line is the key in use; the others still open what they sealed."""
    return MultiFernet([Fernet(line) for line in keys.split()])
