"""The work that this app pulls."""

from entendu.analysis.analyse import analyse_waiting


def analyse(limit: int) -> int:
    """Reads what nobody has read."""
    return analyse_waiting(limit)
