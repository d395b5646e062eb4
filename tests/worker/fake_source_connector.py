"""A fake connector: speaks with one of the six fake sources. Without Django: a child loads it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import orjson

from entendu.wire import AuthorRef, Broken, Caps, Holdings, Item, Page, Raw, SettingField, TryLater

START = datetime(2026, 11, 1, tzinfo=UTC)


class FakeSource:
    """A fake connector: speaks with one of the six fake sources."""

    kind: ClassVar[str] = "fakesource"
    label_en = label_fr = "Fake"
    caps: ClassVar[Caps] = Caps(holdings=True, poll_seconds=1)
    fields: ClassVar[tuple[SettingField, ...]] = (SettingField("url", "URL", "URL"),)

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.url = settings["url"]

    def pull(self, cursor: bytes, limit: int) -> Page:
        """A page of sixty at most."""
        answer = self.ask("pull", cursor=cursor.decode(), limit=str(min(limit, 60)))
        return Page(raws_of(answer), str(answer["cursor"]).encode(), more=answer["more"])

    def holdings(self, since: datetime, cursor: bytes, limit: int) -> Holdings:
        """All keys."""
        return Holdings(tuple(self.ask("holdings")["keys"]))

    def fetch(self, keys: Sequence[str]) -> tuple[Raw, ...]:
        """By their keys."""
        return raws_of(self.ask("fetch", keys=",".join(keys)))

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """One item, unless it is poison."""
        unit = orjson.loads(raw.content)
        if unit["kind"] == "poison":
            raise Broken("bad_kind", raw.key)
        return (
            Item(
                unit["key"],
                "fake",
                AuthorRef(unit["author"]),
                START + timedelta(minutes=unit["position"]),
                text=unit["text"],
                kind=unit["kind"],
                parent_key=unit["parent"],
                addressed=unit["addressed"],
            ),
        )

    def ask(self, verb: str, **values: str) -> dict[str, Any]:
        """What the source answers. TryLater."""
        try:
            with urlopen(f"{self.url}/{verb}?{urlencode(values)}", timeout=30) as answer:
                found: dict[str, Any] = orjson.loads(answer.read())
                return found
        except HTTPError as error:
            raise TryLater(f"http_{error.code}", retry_after=1.0) from None


def raws_of(answer: dict[str, Any]) -> tuple[Raw, ...]:
    return tuple(
        Raw(unit["raw"], orjson.dumps({key: unit[key] for key in unit if key != "raw"}))
        for unit in answer["units"]
    )
