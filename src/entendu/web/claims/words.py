"""What is wrong with an announcement, in words."""

from django.utils.translation import gettext as _


def sentence(code: str) -> str:
    """The sentence of a code of BadClaim."""
    sentences = {
        "required": _("Write what was announced."),
        "too_long": _("This is too long."),
        "bad_value": _("Choose one of the list."),
        "ends_before": _("It ends before it begins."),
        "taken": _("This announcement is in the register already."),
        "too_many": _("There are too many announcements in force: withdraw some."),
        "not_allowed": _("Your role does not allow this."),
        "state": _("Somebody was faster: it stands elsewhere now."),
    }
    return sentences.get(code, code)
