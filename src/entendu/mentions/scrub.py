"""Takes what was deleted out of the store's own files: words that rows hold no more stay in the index until it is
merged, and in the log until it begins anew."""

import logging
import time

from django.db import OperationalError, connection

from entendu.mentions.index import purge_in_steps

log = logging.getLogger("entendu.worker")
SOON = 3600.0  # seconds, once something was deleted
LATEST = 20 * 3600.0  # seconds, whatever was deleted by whom: less than the day that is promised
TABLES = (
    "mentions_mention",
    "mentions_receipt",
    "mentions_revision",
    "mentions_searchentry",
    "mentions_author",
)

_wanted = True  # at the start, nobody knows what was deleted before
_done_at = -LATEST


def want_scrub() -> None:
    """Something was deleted: its words are to be out of the files soon."""
    global _wanted
    _wanted = True


def scrub_if_due() -> bool:
    """Scrubs when it is time; returns whether it did."""
    waited = time.monotonic() - _done_at
    if waited < (SOON if _wanted else LATEST):
        return False
    try:
        scrub()
    except OperationalError as error:  # the store is busy: in an hour, then
        log.info("the files were not cleared: %s", error)
        want_scrub()
    return True


def scrub() -> None:
    """Merges the index, so that it holds no word of what is gone, and empties the log; PostgreSQL vacuums. In small
    steps: others write meanwhile."""
    global _wanted, _done_at
    _wanted, _done_at = False, time.monotonic()
    if connection.vendor == "sqlite":
        purge_in_steps()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    elif not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {', '.join(TABLES)}")
