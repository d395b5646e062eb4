"""Which files of the server the administrators of channels may name."""

from pathlib import Path

from django.conf import settings


def is_inside(name: str) -> bool:
    """Whether the path `name` is absolute and, its links resolved, in one of the folders of ENTENDU_IMPORT_FOLDERS.
    It need not exist yet."""
    try:
        path = Path(name)
        real = path.resolve()
        folders = [Path(folder).resolve() for folder in settings.IMPORT_FOLDERS]
    except (OSError, RuntimeError, ValueError):  # links without end, a NUL, a name too long
        return False
    return path.is_absolute() and any(real != folder and real.is_relative_to(folder) for folder in folders)
