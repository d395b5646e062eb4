"""Why something was dropped, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By a person, in the stream.
BY_HAND: dict[str, str | Promise] = {
    "off_topic": _("off topic"),
    "spam": _("spam"),
    "namesake": _("about a namesake"),
    "copy": _("a copy of another message"),
    "other": _("another reason"),
}
# By the loop.
REASONS: dict[str, str | Promise] = BY_HAND | {
    "no_match": _("no query finds it"),
    "not_public": _("neither public nor said to us"),
    "opt_out": _("the author asked not to be listened to"),
    "duplicate": _("heard already"),
    "echo": _("our own reply, coming back"),
    "automatic": _("automatic reply"),
    "empty": _("says nothing"),
    "damaged": _("damaged, of no use"),
    "unknown_mention": _("changes what we do not hold"),
    "unreadable": _("could not be read"),
    "": _("no reason given"),
}


def reason_in_words(code: str) -> str:
    """The words of a reason; an unknown one is shown as it is."""
    return str(REASONS.get(code, code))
