"""A fresh installation in a temporary folder, for a benchmark that writes."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def fresh_home() -> Iterator[Path]:
    """Starts Django on an empty embedded store; the folder goes at the end."""
    with tempfile.TemporaryDirectory(prefix="entendu-bench-") as folder:
        os.environ |= {"ENTENDU_HOME": folder, "DJANGO_SETTINGS_MODULE": "entendu.settings"}
        os.environ.pop("ENTENDU_DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield Path(folder)
