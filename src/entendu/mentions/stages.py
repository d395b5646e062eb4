"""The work that this app pulls."""

from entendu.channels.hub import subscribe_due
from entendu.mentions.back_fill import do_next
from entendu.mentions.guard import guard_channels
from entendu.mentions.parse import parse_waiting
from entendu.mentions.pull import pull_due
from entendu.mentions.reconcile import reconcile_due
from entendu.mentions.reconcile_addresses import ask_due
from entendu.mentions.reconcile_addresses import under_way as questions_under_way
from entendu.mentions.visit import under_way as looks_under_way
from entendu.mentions.visit import visit_due


def pull(limit: int) -> int:
    """Fetches from the door that has waited longest."""
    return pull_due(limit)


def visit(limit: int) -> int:
    """Looks at the addresses that channels follow."""
    return visit_due(limit)


def subscribe(limit: int) -> int:
    """Asks hubs to tell us of news."""
    return subscribe_due(limit)


def parse(limit: int) -> int:
    """Understands receipts."""
    return parse_waiting(limit)


def back_fill(limit: int) -> int:
    """Looks into the past for queries that are new or were changed."""
    return do_next(limit)


def reconcile(limit: int) -> int:
    """Asks the sources whose day has come what they hold."""
    return reconcile_due(limit)


def reconcile_addresses(limit: int) -> int:
    """Asks the addresses that channels follow what they hold."""
    return ask_due(limit)


def under_way() -> int:
    """How many questions to the world have no answer yet, in this process."""
    return looks_under_way() + questions_under_way()


def guard(limit: int) -> int:
    """Raises and ends alarms."""
    return guard_channels(limit)
