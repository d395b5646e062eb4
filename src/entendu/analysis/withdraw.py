"""What becomes of the traces of a mention when its words go."""

from collections.abc import Sequence

from entendu.analysis.near_duplicates import leave
from entendu.analysis.sites import keep_no_address, take_off_map


def withdraw(mentions: Sequence[int]) -> None:
    """These mentions (ids) were taken back, dropped or erased: they repeat nobody, and were said nowhere. In the
    caller's transaction, while the rows are there."""
    if mentions:
        leave(mentions)
        keep_no_address(take_off_map(mentions))
