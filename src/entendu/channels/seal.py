"""Secrets of channels and second factors, sealed with keys that live outside the database and its backups."""

from functools import lru_cache
from pathlib import Path

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from entendu.kit.home import write_first


class SealBroken(RuntimeError):
    """The sealed secrets cannot be opened with the keys of this installation."""


def seal(secrets: dict[str, str]) -> bytes:
    """Seals `secrets`; nothing to seal gives nothing."""
    return seal_bytes(orjson.dumps(secrets)) if secrets else b""


def unseal(sealed: bytes) -> dict[str, str]:
    """Opens what `seal` made. Raises SealBroken when the key file is another one."""
    if not sealed:
        return {}
    opened: dict[str, str] = orjson.loads(unseal_bytes(bytes(sealed)))
    return opened


def seal_bytes(clear: bytes) -> bytes:
    """Seals one secret. The result is ASCII."""
    return _box().encrypt(clear)


def unseal_bytes(sealed: bytes) -> bytes:
    """Opens what `seal_bytes` made. Raises SealBroken when the key file is another one."""
    try:
        return _box().decrypt(sealed)
    except InvalidToken as error:
        raise SealBroken("seal_broken") from error


def reseal(sealed: bytes) -> bytes:
    """The same secrets under the newest key: after a rotation."""
    return _box().rotate(bytes(sealed)) if sealed else b""


def _box() -> MultiFernet:
    path: Path = settings.SECRET_KEYS_FILE
    if not path.exists():
        write_first(path, Fernet.generate_key() + b"\n")
    return _box_of(path.read_bytes())


@lru_cache(maxsize=4)
def _box_of(keys: bytes) -> MultiFernet:
    """The first line is the key in use; the others still open what they sealed."""
    return MultiFernet([Fernet(line) for line in keys.split()])
