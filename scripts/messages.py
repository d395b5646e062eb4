"""Gathers the texts of the screens into the catalogues, and compiles them. Needs GNU gettext.

    python scripts/messages.py          # after a change of texts; then translate what it lists
    python scripts/messages.py --check  # says what is missing or stale, changes nothing

English is its own translation: its catalogue is filled by itself. French is written by people.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "src" / "entendu"
CATALOGUES = {
    language: PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po" for language in ("en", "fr")
}


def run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PACKAGE)  # noqa: S603 -- our own words
    return done.stdout


def gather() -> None:
    """Merges the texts of code and templates into both catalogues; those that no longer exist are dropped."""
    for catalogue in CATALOGUES.values():
        catalogue.parent.mkdir(parents=True, exist_ok=True)
    options = ("--no-location", "--no-obsolete", "--no-wrap", "-v", "0")
    run(sys.executable, "-m", "django", "makemessages", "-l", "en", "-l", "fr", *options)
    with tempfile.NamedTemporaryFile(suffix=".po") as filled:
        sure = run("msgattrib", "--clear-fuzzy", "--empty", "--no-wrap", str(CATALOGUES["en"]))
        CATALOGUES["en"].write_text(sure)
        run("msgen", "--no-wrap", "-o", filled.name, str(CATALOGUES["en"]))
        CATALOGUES["en"].write_bytes(Path(filled.name).read_bytes())
    for catalogue in CATALOGUES.values():  # a date in the header would make every gathering a change
        lines = [
            line for line in catalogue.read_text().splitlines() if not line.startswith('"POT-Creation-Date')
        ]
        catalogue.write_text("\n".join(lines) + "\n")


def compile_() -> None:
    for catalogue in CATALOGUES.values():
        run("msgfmt", "--check-format", "-o", str(catalogue.with_suffix(".mo")), str(catalogue))


def missing() -> list[str]:
    """The French texts that nobody wrote yet, or that a machine guessed ("fuzzy")."""
    found = run("msgattrib", "--untranslated", "--no-wrap", str(CATALOGUES["fr"]))
    found += run("msgattrib", "--only-fuzzy", "--no-wrap", str(CATALOGUES["fr"]))
    return [line for line in found.splitlines() if line.startswith("msgid ") and line != 'msgid ""']


def stale() -> list[str]:
    """The compiled catalogues that do not say what their sources say."""
    old = []
    for language, catalogue in CATALOGUES.items():
        with tempfile.NamedTemporaryFile(suffix=".mo") as fresh:
            run("msgfmt", "-o", fresh.name, str(catalogue))
            compiled = catalogue.with_suffix(".mo")
            if not compiled.exists() or compiled.read_bytes() != Path(fresh.name).read_bytes():
                old.append(language)
    return old


if __name__ == "__main__":
    if "--check" not in sys.argv:
        gather()
        compile_()
    problems = missing() + [f"{language}: compile it again" for language in stale()]
    sys.exit("\n".join(problems) or 0)
