"""Backup and restore: one .tar.gz with the store, the attachments and a manifest.

SQLite is copied by its own online backup; PostgreSQL by pg_dump and pg_restore. The keys stay out of it unless
asked for: a stolen backup then opens no channel.
"""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

import orjson
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _

from entendu import __version__
from entendu.conversations.models import Reply, ReplyState
from entendu.kit import clock


class BackupFailed(Exception):
    """The backup could not be written or read; the text says why."""


def write_backup(file: Path, *, with_keys: bool = False) -> int:
    """Writes a backup to `file`, whole or not at all; returns its size in bytes. Raises BackupFailed, OSError."""
    with tempfile.TemporaryDirectory(dir=settings.HOME) as folder:
        store = Path(folder) / store_name()
        copy_store(store)
        manifest = Path(folder) / "manifest.json"
        manifest.write_bytes(
            orjson.dumps(
                {"version": __version__, "store": store.name, "made_at": clock.now(), "keys": with_keys}
            )
        )
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            with tarfile.open(draft, "w:gz", compresslevel=6) as tar:
                tar.add(manifest, "manifest.json")
                tar.add(store, store.name)
                if settings.FILES_DIR.exists():
                    tar.add(settings.FILES_DIR, "files")
                if with_keys:
                    tar.add(settings.HOME / "keys", "keys")
            draft.chmod(0o600)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    return file.stat().st_size


def read_backup(file: Path, *, replace: bool) -> None:
    """Puts a backup in place of what is in the home folder. Raises BackupFailed, OSError."""
    with tempfile.TemporaryDirectory(dir=settings.HOME) as folder:
        unpacked = Path(folder)
        manifest = unpack(file, unpacked)
        if manifest["store"] != store_name():
            raise BackupFailed(
                _("This backup is of another kind of store (%(kind)s): set ENTENDU_DATABASE_URL accordingly.")
                % {"kind": manifest["store"]}
            )
        if not replace and not is_empty():
            raise BackupFailed(_("There is work in this installation already: --yes replaces it."))
        put_store(unpacked / str(manifest["store"]))
        for name in ("files", "keys"):
            if (unpacked / name).exists():
                shutil.copytree(unpacked / name, settings.HOME / name, dirs_exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    park_outbox()


def unpack(file: Path, into: Path) -> dict[str, object]:
    """Unpacks safely (no path leaves `into`) and returns the manifest."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            tar.extractall(into, filter="data")
        manifest: dict[str, object] = orjson.loads((into / "manifest.json").read_bytes())
    except (tarfile.TarError, EOFError, FileNotFoundError, orjson.JSONDecodeError) as error:
        raise BackupFailed(
            _("%(file)s is not a backup of Entendu: %(error)s") % {"file": file, "error": error}
        ) from error
    return manifest


def park_outbox() -> None:
    """What was on its way when the backup was made may have left since: a person decides, nothing goes twice."""
    moving = Reply.objects.filter(state__in=[ReplyState.QUEUED, ReplyState.SENDING])
    moving.update(state=ReplyState.UNCERTAIN, code="restored", lease=None, leased_until=None)


def store_name() -> str:
    """The name of the store's copy, which says its kind."""
    return "store.sqlite3" if connection.vendor == "sqlite" else "store.pgdump"


def copy_store(target: Path) -> None:
    """A consistent copy of the store, while others write."""
    if connection.vendor == "sqlite":
        with (
            sqlite3.connect(settings.DATABASES["default"]["NAME"]) as source,
            sqlite3.connect(target) as copy,
        ):
            source.backup(copy)
        return
    run_postgres(["pg_dump", "--format=custom", f"--file={target}", "--no-owner", *address()])


def put_store(copy: Path) -> None:
    """The copy becomes the store."""
    connection.close()
    if connection.vendor == "sqlite":
        with sqlite3.connect(copy) as source, sqlite3.connect(settings.DATABASES["default"]["NAME"]) as store:
            source.backup(store)
        return
    run_postgres(
        ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", *address(), str(copy)]
    )


def is_empty() -> bool:
    """Whether nobody works in this store yet."""
    if "accounts_organisation" not in connection.introspection.table_names():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_organisation")
        return not cursor.fetchone()[0]


def address() -> list[str]:
    """The PostgreSQL tools' options; the password goes by the environment."""
    store = settings.DATABASES["default"]
    pairs = (
        ("--host", store["HOST"]),
        ("--port", store["PORT"]),
        ("--username", store["USER"]),
        ("--dbname", store["NAME"]),
    )
    return [f"{name}={value}" for name, value in pairs if value]


def run_postgres(command: Sequence[str]) -> None:
    """Runs a PostgreSQL tool. Raises BackupFailed with what it said."""
    password = str(settings.DATABASES["default"]["PASSWORD"])
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603
    except FileNotFoundError as error:
        raise BackupFailed(
            _("%(tool)s is not installed: install postgresql-client.") % {"tool": command[0]}
        ) from error
    except subprocess.CalledProcessError as error:
        raise BackupFailed(error.stderr.strip() or str(error)) from error
