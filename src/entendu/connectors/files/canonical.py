"""Rows that already speak our language: JSON objects with the field names of Item."""

import base64
import binascii
from typing import Any, cast

from entendu.connectors.files.cells import file_name, id_of, number_of, text_of, truth_of, web_address
from entendu.connectors.files.dates import UnreadableDate
from entendu.connectors.files.items import Row, RowReader
from entendu.wire import AttachmentRef, AuthorRef, Broken, Item
from entendu.wire.item import ItemKind, Visibility

KINDS = {"created", "edited", "deleted"}
VISIBILITIES = {"public", "private"}


def is_canonical(row: Row) -> bool:
    """Whether a row has the field names of Item rather than those of somebody's export."""
    return isinstance(row.get("author"), dict) and "key" in row and "at" in row


def canonical_key(row: Row) -> str:
    """The key of the raw unit: an edition or a deletion is another unit than the message."""
    kind = text_of(row.get("kind"))
    key = id_of(row.get("key"))
    return key if kind in {"", "created"} or not key else f"{key}:{kind}:{text_of(row.get('at'))}"


def canonical_item(reader: RowReader, row: Row, place: str, dates: str) -> Item:
    """The item of a canonical row; what it leaves out is as Item has it. Broken names row and field."""
    voice = reader.voice
    author = _author(row["author"], place)
    key = id_of(row["key"])
    if not key:
        raise Broken("empty_key", place)
    text = text_of(row.get("text"))
    ours = _truth(row, "ours", place) or voice.is_ours(author)
    addressed = _truth(row, "addressed", place) if "addressed" in row else voice.is_named_in(text)
    try:
        at = reader.date_reader(dates).read(row["at"])
    except UnreadableDate:
        raise Broken("bad_date", f"{place}: at = {text_of(row['at'])[:60]!r}") from None
    return Item(
        key=key,
        network=text_of(row.get("network")) or voice.network,
        author=author,
        at=at,
        text=text,
        title=text_of(row.get("title")),
        kind=cast(ItemKind, _one_of(row, "kind", KINDS, place) or "created"),
        visibility=cast(Visibility, _one_of(row, "visibility", VISIBILITIES, place) or "public"),
        ours=ours,
        addressed=not ours and (addressed if voice.addressed is None else voice.addressed),
        automatic=_truth(row, "automatic", place),
        thread_key=id_of(row.get("thread_key")),
        parent_key=id_of(row.get("parent_key")),
        references=tuple(id_of(one) for one in _listed(row, "references", place)),
        url=web_address(row.get("url")),
        language=text_of(row.get("language")),
        audience=number_of(row.get("audience")),
        quoted=text_of(row.get("quoted")),
        attachments=tuple(_attachment(one, place) for one in _listed(row, "attachments", place)),
        place=text_of(row.get("place")),
        extra=_extra(row, place),
    )


def _author(said: Any, place: str) -> AuthorRef:
    key = id_of(said.get("key"))
    if not key:
        raise Broken("empty_author", place)
    return AuthorRef(
        key=key,
        handle=text_of(said.get("handle")),
        name=text_of(said.get("name")),
        url=web_address(said.get("url")),
        audience=number_of(said.get("audience")),
    )


def _attachment(said: Any, place: str) -> AttachmentRef:
    if not isinstance(said, dict):
        raise Broken("bad_attachment", place)
    url = web_address(said.get("url"))
    content = None
    if "content" in said:
        try:
            content = base64.b64decode(text_of(said["content"]), validate=True)
        except (binascii.Error, ValueError):
            raise Broken("bad_attachment", f"{place}: not base64") from None
    return AttachmentRef(
        name=text_of(said.get("name")) or file_name(url),
        media_type=text_of(said.get("media_type")) or "application/octet-stream",
        content=content,
        url=url,
        inline=said.get("inline") is True,
    )


def _truth(row: Row, name: str, place: str) -> bool:
    try:
        return truth_of(row.get(name))
    except ValueError:
        raise Broken("bad_boolean", f"{place}: {name} = {text_of(row[name])[:60]!r}") from None


def _one_of(row: Row, name: str, allowed: set[str], place: str) -> str:
    value = text_of(row.get(name))
    if value and value not in allowed:
        raise Broken("bad_kind", f"{place}: {name} = {value[:60]!r}")
    return value


def _listed(row: Row, name: str, place: str) -> list[Any]:
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Broken("bad_list", f"{place}: {name}")
    return value


def _extra(row: Row, place: str) -> dict[str, str]:
    value = row.get("extra")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Broken("bad_list", f"{place}: extra")
    return {str(name): text_of(one) for name, one in value.items()}
