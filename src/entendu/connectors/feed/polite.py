"""One request to a host at a time, spaced, whichever channel asks: shared by the whole process."""

import threading
import time

INTERVAL = 1.0  # seconds between an answer of a host and the next request
_MANY = 10_000

_next_slot: dict[str, float] = {}
_lock = threading.Lock()


def claim(host: str, patience: float) -> tuple[bool, float]:
    """(True, seconds to wait before the call) when a slot is free within `patience` seconds, and then it is
    ours; (False, seconds until one is free) otherwise."""
    with _lock:
        now = time.monotonic()
        slot = max(now, _next_slot.get(host, 0.0))
        if slot - now > patience:
            return False, slot - now
        if len(_next_slot) > _MANY:
            for known in [known for known, free in _next_slot.items() if free < now]:
                del _next_slot[known]
        _next_slot[host] = slot + INTERVAL
        return True, slot - now


def rest(host: str, seconds: float) -> None:
    """Leaves a host alone for `seconds`: it has just answered, or asked to be."""
    with _lock:
        _next_slot[host] = max(_next_slot.get(host, 0.0), time.monotonic() + seconds)
