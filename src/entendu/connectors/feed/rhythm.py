"""When to look again: never sooner than upstream asks, otherwise as often as the feed deserves."""

import re
from collections.abc import Mapping
from itertools import pairwise
from statistics import median

from entendu.connectors.feed.model import Document
from entendu.kit.safe_http import read_retry_after

SHORTEST = 300.0  # seconds
LONGEST = 21_600.0
LONGEST_ASKED = 86_400.0
_MAX_AGE = re.compile(r"\bmax-age=([0-9]{1,12})", re.IGNORECASE)


def own_rhythm(document: Document, now: float) -> float:
    """Seconds between two looks, from the dates of the ten newest entries: half the median gap, or a tenth of
    the age of the newest when that is longer (a feed that fell asleep), within [5 min, 6 h]."""
    dates = [entry.published or entry.updated or 0.0 for entry in document.entries]
    newest = sorted((date for date in dates if 0 < date <= now), reverse=True)[:10]
    if len(newest) < 2:
        return 3600.0 if newest else SHORTEST * 3
    gaps = [later - earlier for later, earlier in pairwise(newest)]
    return min(max(median(gaps) / 2, (now - newest[0]) / 10, SHORTEST), LONGEST)


def asked_wait(headers: Mapping[str, str], ttl: float | None = None) -> float:
    """Seconds that upstream asks for: the longest of Retry-After, Cache-Control max-age and the feed's TTL,
    at most a day; 0 when it asks for nothing."""
    age = _MAX_AGE.search(headers.get("cache-control", ""))
    waits = [
        read_retry_after(headers.get("retry-after", "")) or 0.0,
        float(age[1]) if age else 0.0,
        ttl or 0.0,
    ]
    return min(max(waits), LONGEST_ASKED)
