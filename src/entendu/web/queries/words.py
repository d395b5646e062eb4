"""Why a query or a topic cannot be kept, and how a query stands, in words."""

from django.utils.translation import gettext_lazy as _

from entendu.mentions.governance import Standing
from entendu.mentions.models import Takes

ERRORS = {
    "required": _("This is needed."),
    "taken": _("There is one with this name already."),
    "syntax": _("This query cannot be understood: see below."),
    "empty": _("Both names are needed."),
    "too_long": _("This is too long."),
    "bad_value": _("Choose one of the list."),
    "not_member": _("Choose somebody who works here."),
    "past": _("The next review must be in the future."),
    "too_far": _("A review at least once in 13 months."),
    "unselective": _(
        "No word of this query is rare: it would look at a large part of everything. Say below that it is on purpose, "
        "or add a word that must be there."
    ),
}  # fmt: skip
TAKES_HELP = {
    Takes.BOTH: _("What is private and not said to us is never taken."),
    Takes.PUBLIC: _("Not even a private message to us."),
    Takes.ADDRESSED: _("Nothing that people say among themselves."),
}
# How a query stands: its icon and its colour.
STANDING = {
    Standing.RESTING: ("moon", "grey"),
    Standing.INCOMPLETE: ("circle-x", "red"),
    Standing.UNREVIEWED: ("flag", "red"),
    Standing.OVERDUE: ("calendar-clock", "orange"),
    Standing.DUE: ("calendar-clock", "yellow"),
    Standing.LISTENING: ("ear", "green"),
}
