"""The work that this app pulls."""

from entendu.channels.tell import tell_alarms


def tell(limit: int) -> int:
    """Writes to the owners of channels about their alarms."""
    return tell_alarms(limit)
