"""Why a link cannot be made or undone, in words."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "not_yours": _("This account or this person is not known here."),
    "same": _("This account is this person already."),
    "first": _("This is the first account of the person: there is nothing to return to."),
    "ended": _("This link was decided already."),
    "erased": _("This person was erased."),
}
