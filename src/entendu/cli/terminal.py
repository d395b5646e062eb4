"""What commands share: a ready Django, one console, trouble said in one line."""

import os
from typing import Any

import orjson
from rich.console import Console

console = Console()
errors = Console(stderr=True)


class Trouble(Exception):
    """Something that the person at the terminal can mend; its text says what and how."""


def complain(text: str) -> None:
    """One line on standard error."""
    errors.print(f"[bold red]✗[/] {text}", highlight=False)


def good(text: str) -> None:
    """One line that says that it worked."""
    console.print(f"[green]✓[/] {text}", highlight=False)


def ready(*, store: bool = True) -> None:
    """Starts Django with the settings of the environment, in the language of the terminal. Raises Trouble.

    Imported here and not above: `entendu --help` must not wait for Django.
    """
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.utils import translation

    try:
        django.setup()
        language = os.environ.get("ENTENDU_LANGUAGE") or os.environ.get("LANG", settings.LANGUAGE_CODE)
    except (ImproperlyConfigured, ValueError, OSError) as error:
        raise Trouble(str(error)) from error
    translation.activate("fr" if language.lower().startswith("fr") else "en")
    if store:
        check_store()


def check_store() -> None:
    """Raises Trouble when the store is absent or of another version than this program."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor
    from django.utils.translation import gettext as _

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise Trouble(_("The store cannot be opened: %(error)s") % {"error": error}) from error
    if behind:
        raise Trouble(_("The store is absent or older than this program: run `entendu init` first."))


def print_json(value: Any) -> None:
    """One JSON document on standard output, for programs."""
    print(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())  # noqa: T201


def choose_organisation(slug: str | None) -> Any:
    """The organisation named, or the only one there is. Raises Trouble."""
    from django.utils.translation import gettext as _

    from entendu.accounts.models import Organisation

    found = list(Organisation.objects.filter(slug=slug) if slug else Organisation.objects.order_by("pk")[:2])
    if not found:
        raise Trouble(_("There is no such organisation: `entendu init --organisation NAME` makes one."))
    if len(found) > 1:
        names = ", ".join(Organisation.objects.values_list("slug", flat=True)[:10])
        raise Trouble(
            _("Several organisations are here: choose one with --organisation (%(names)s).")
            % {"names": names}
        )
    return found[0]
