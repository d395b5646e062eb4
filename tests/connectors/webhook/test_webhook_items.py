"""What is in a delivery: each item alone, bad ones named."""

import orjson
import pytest

from entendu.connectors.webhook.items import item_of, units_of
from entendu.wire import Broken, Raw

SAID = {
    "key": "r7",
    "author": {"key": "u42", "name": "Zoé"},
    "at": "2026-11-20T09:00:00+01:00",
    "text": "Rassis",
}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"3", b'"x"', b'{"items": 3}', b'{"items": {"a": 1}}']
)
def test_what_is_no_list_of_items_is_broken(body: bytes) -> None:
    with pytest.raises(Broken):
        units_of(body, "msg_1")


def test_a_delivery_that_is_too_long_is_refused_as_a_whole() -> None:
    with pytest.raises(Broken, match="too_many_items"):
        units_of(orjson.dumps([SAID] * 1001), "msg_1")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"author": {}}, "author"),
        ({"author": {"key": 3}}, r"\$\.author\.key"),
        ({"author": {"key": " "}}, "empty_author"),
        ({"key": ""}, "empty_key"),
        ({"at": "yesterday"}, r"\$\.at"),
        ({"at": "2026-11-20T09:00:00"}, "date_without_zone"),
        ({"text": None}, r"\$\.text"),
        ({"kind": "changed"}, r"\$\.kind"),
        ({"extra": {"a": 1}}, r"\$\.extra"),
    ],
)
def test_an_item_that_is_not_as_described_names_its_field(change: dict[str, object], named: str) -> None:
    (raw,) = units_of(orjson.dumps(SAID | change), "msg_1")
    with pytest.raises(Broken, match=named):
        item_of(raw, "avis", frozenset())


@pytest.mark.parametrize("shape", [SAID, [SAID], {"items": [SAID]}])
def test_one_item_a_list_or_an_object_of_items(shape: object) -> None:
    (raw,) = units_of(orjson.dumps(shape), "msg_1")
    item = item_of(raw, "avis", frozenset())
    assert (raw.key, item.key, item.network, item.author.name, item.text) == (
        "r7",
        "r7",
        "avis",
        "Zoé",
        "Rassis",
    )


def test_an_edition_is_another_unit_of_the_same_item() -> None:
    later = SAID | {"kind": "edited", "at": "2026-11-21T09:00:00+01:00"}
    first, second = units_of(orjson.dumps([SAID, later]), "msg_1")
    assert first.key != second.key
    assert item_of(first, "n", frozenset()).key == item_of(second, "n", frozenset()).key


def test_what_has_no_key_of_its_own_is_kept_under_the_deliverys() -> None:
    raws = units_of(orjson.dumps([{"text": "x"}, 3, None, SAID | {"key": "k" * 500}]), "msg_1")
    assert len({raw.key for raw in raws}) == 4 and all(len(raw.key) < 255 for raw in raws)


def test_our_own_account_speaks_for_us_and_addresses_of_other_schemes_are_dropped() -> None:
    raw = Raw("k", orjson.dumps(SAID | {"addressed": True, "url": "javascript:alert(1)"}))
    ours = item_of(raw, "avis", frozenset({"u42"}))
    assert (ours.ours, ours.addressed, ours.url) == (True, False, "")
