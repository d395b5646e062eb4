"""Why a query or a topic cannot be kept, in words."""

from django.utils.translation import gettext_lazy as _

ERRORS = {
    "required": _("This is needed."),
    "taken": _("There is one with this name already."),
    "syntax": _("This query cannot be understood: see below."),
    "empty": _("Both names are needed."),
}
