"""What a document held beyond the limit of a pull."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from entendu.connectors.feed.model import Document
from entendu.connectors.feed.visit import Visit


@dataclass(slots=True)
class Rest:
    """A document of which a part was handed on. `visit` None: a hub sent it."""

    visit: Visit | None
    document: Document


# A document that did not fit into one pull waits here for the next, so that upstream is asked once. A hint,
# by the cursor that was returned: without it (another process, a restart) the document is fetched again.
_rests: OrderedDict[bytes, Rest] = OrderedDict()
_lock = threading.Lock()
_MOST = 16


def keep_rest(cursor: bytes, rest: Rest) -> None:
    """Keeps `rest` for the pull at `cursor`."""
    with _lock:
        _rests[cursor] = rest
        while len(_rests) > _MOST:
            _rests.popitem(last=False)


def take_rest(cursor: bytes) -> Rest | None:
    """What was kept for `cursor`, once."""
    with _lock:
        return _rests.pop(cursor, None) if cursor else None


def forget_rests() -> None:
    """As a restart does."""
    with _lock:
        _rests.clear()
