"""Reads one raw unit in a killable child: for what has hung, eaten the memory of, or ended a worker before.

The child is a fresh interpreter without Django: it gets the connector's class by name, its settings and the unit, and
answers what the unit says or why it cannot tell.
"""

from importlib import import_module

import msgspec

from entendu.kit import child
from entendu.wire import Broken, Connector, Item, Raw, WireError


class Asked(msgspec.Struct, frozen=True):
    """What the child is asked: a class ("module:name"), its settings, a raw unit."""

    connector: str
    settings: dict[str, str]
    raw: Raw


class Told(msgspec.Struct, frozen=True):
    """What the child answers: items, or the code and detail of what a connector refused."""

    items: tuple[Item, ...] = ()
    code: str = ""
    detail: str = ""


def probe(connector: type[Connector], settings: dict[str, str], raw: Raw) -> tuple[Item, ...]:
    """What `raw` says, read in a child within its limits (2 s of CPU, 30 s, 512 MiB). Raises Broken: the connector's
    own verdict, or `child_timeout`, `child_memory`, `child_crashed`, `child_error`."""
    asked = Asked(f"{connector.__module__}:{connector.__qualname__}", settings, raw)
    try:
        answer = child.call("entendu.channels.probe.read", msgspec.msgpack.encode(asked))
    except child.ChildFailed as failure:
        raise Broken(failure.code, f"{raw.note}: {failure.detail}") from None
    told = msgspec.msgpack.decode(answer, type=Told)
    if told.code:
        raise Broken(told.code, told.detail)
    return told.items


def read(payload: bytes) -> bytes:
    """Runs in the child: an Asked in, a Told out."""
    asked = msgspec.msgpack.decode(payload, type=Asked)
    module, _, name = asked.connector.partition(":")
    connector: type[Connector] = getattr(import_module(module), name)
    try:
        told = Told(connector(asked.settings).parse(asked.raw))
    except WireError as error:
        told = Told(code=error.code, detail=error.detail)
    return msgspec.msgpack.encode(told)
