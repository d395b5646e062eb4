"""The work that this app pulls."""

from entendu.people.recognise import recognise_waiting


def recognise(limit: int) -> int:
    """Gives a person to each new author."""
    return recognise_waiting(limit)
