"""The folder of an installation: store, files and keys. Nothing is written anywhere else."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class BadAddress(ValueError):
    """An address in the settings cannot be used; the message says which and why."""


def folder(named: str) -> Path:
    """The home folder: the one named, else ~/.entendu. Made with mode 0700 when it is absent."""
    home = Path(named).expanduser().resolve() if named else Path.home() / ".entendu"
    # Of the folders that one mkdir makes, only the last gets the mode: one call for each.
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "keys").mkdir(exist_ok=True, mode=0o700)
    return home


def secret(home: Path, name: str) -> str:
    """The secret `name` of this installation, made at first use (64 url-safe characters, mode 0600)."""
    path = home / "keys" / f"{name}.key"
    if not path.exists():
        write_first(path, secrets.token_urlsafe(48).encode())
    return path.read_text().strip()


def write_first(path: Path, content: bytes) -> None:
    """Writes `path` (mode 0600) whole and durably, unless it is there: those who start together agree on what the
    first one wrote."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)


def database(home: Path, address: str) -> dict[str, Any]:
    """Django's settings of the store: embedded SQLite, or PostgreSQL by its address.

    SQLite runs with WAL, synchronous=FULL and BEGIN IMMEDIATE: an acknowledged row survives a power cut, and two
    writers wait instead of failing. Raises BadAddress.
    """
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "entendu.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA secure_delete=ON;"  # what is deleted is overwritten in the file, not only let go
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
            },
            "TEST": {"NAME": None},
        }
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadAddress(f"ENTENDU_DATABASE_URL must begin with postgresql://, not {parts.scheme!r}")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def mail(address: str) -> dict[str, Any]:
    """Django's settings for the product's own mail: smtp://user:password@host:port, or the console when empty."""
    if not address:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"}:
        raise BadAddress(
            f"ENTENDU_EMAIL_URL must begin with smtp://, smtp+tls:// or smtps://, not {parts.scheme!r}"
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }
