"""The work that this app pulls."""

from entendu.mentions.parse import parse_waiting
from entendu.mentions.pull import pull_due


def pull(limit: int) -> int:
    """Fetches from the door that has waited longest."""
    return pull_due(limit)


def parse(limit: int) -> int:
    """Understands receipts."""
    return parse_waiting(limit)
