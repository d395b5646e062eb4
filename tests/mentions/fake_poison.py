"""A fake connector, in a module without Django: a child loads it."""

import os
from collections.abc import Mapping
from typing import ClassVar

from entendu.kit import child
from entendu.kit.clock import now
from entendu.wire import AuthorRef, Broken, Caps, Item, Raw, SettingField


class FakeConnector:
    """A fake whose units say by themselves what becomes of whoever reads them."""

    kind: ClassVar[str] = "fake"
    label_en = label_fr = "Fake"
    caps: ClassVar[Caps] = Caps()
    fields: ClassVar[tuple[SettingField, ...]] = ()

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """hang, memory, exit, fault, broken; else as many items as there are words."""
        text = raw.content.decode()
        if text == "hang":
            while True:
                pass
        if text == "memory":
            bytearray(2 * child.MEMORY_BYTES)
        if text == "exit":
            os._exit(9)
        if text == "fault":
            raise ZeroDivisionError
        if text == "broken":
            raise Broken("bad_date", raw.note)
        return tuple(
            Item(f"{raw.key}/{word}", "fake", AuthorRef("a"), now(), text=word) for word in text.split()
        )
