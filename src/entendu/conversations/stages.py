"""The work that this app pulls, besides `gather`: what leaves, and what time brings."""

from entendu.conversations.doubt import settle_doubtful
from entendu.conversations.promise import break_overdue
from entendu.conversations.quiet import close_answered
from entendu.conversations.reweigh import reweigh_due
from entendu.conversations.send import send_waiting
from entendu.conversations.snooze import wake_due


def send(limit: int) -> int:
    """Lets the replies leave that are due."""
    return send_waiting(limit)


def settle(limit: int) -> int:
    """Settles the replies of which nobody knows whether they left."""
    return settle_doubtful(limit)


def wake(limit: int) -> int:
    """Wakes the conversations whose date has come."""
    return wake_due(limit)


def break_promises(limit: int) -> int:
    """Says of the promises whose date has passed that they are broken."""
    return break_overdue(limit)


def reweigh(limit: int) -> int:
    """Weighs again what time alone moves up."""
    return reweigh_due(limit)


def close_quiet(limit: int) -> int:
    """Closes what was answered and stays quiet."""
    return close_answered(limit)
