"""The work that this app pulls."""

from entendu.accounts.letters import send_letters


def post(limit: int) -> int:
    """Sends the mail that Entendu itself writes to its members."""
    return send_letters(limit)
