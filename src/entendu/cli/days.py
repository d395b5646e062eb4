"""Days as people type them."""

from datetime import date

from entendu.cli.terminal import Trouble


def day(text: str) -> date | None:
    """The day of "2026-01-31", None for nothing. Raises Trouble."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        from django.utils.translation import gettext as _

        raise Trouble(_("%(text)s is not a day: write 2026-01-31.") % {"text": text}) from error
