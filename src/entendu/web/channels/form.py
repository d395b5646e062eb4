"""The form of a channel, from the fields that its connector declares. Secrets are never shown again."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language

from entendu.channels.add import BadSettings
from entendu.channels.models import Channel
from entendu.channels.words import FIELD_ERRORS, in_words
from entendu.wire import Connector, SettingField

_INPUTS = {"text": "text", "url": "url", "email": "email", "number": "number", "path": "text"}


@dataclass(frozen=True)
class Field:
    """One line of the form. `kept`: a secret that is there and stays when nothing is typed. `made`: one that we made,
    shown this once."""

    name: str
    label: str
    help: str
    input: str
    value: str
    required: bool
    kept: bool
    made: bool
    ticked: bool
    error: str | Promise


def label_of(thing: SettingField | type[Connector]) -> str:
    """The label of a field or of a connector, in the reader's language."""
    return thing.label_fr if (get_language() or "").startswith("fr") else thing.label_en


def fields_of(
    connector: type[Connector],
    *,
    channel: Channel | None = None,
    typed: Mapping[str, str] | None = None,
    bad: BadSettings | None = None,
) -> list[Field]:
    """The lines of the form for a kind of channel; for a channel that exists with its plain values, what was typed
    winning. A boolean is a tick; nothing typed in a secret is ever sent back."""
    french = (get_language() or "").startswith("fr")
    known = {name: str(value) for name, value in (channel.settings if channel else {}).items()}
    errors = bad.errors if bad else {}
    return [
        Field(
            name=one.name,
            label=label_of(one),
            help=one.help_fr if french else one.help_en,
            input="text"
            if one.made and channel is None
            else "password"
            if one.secret
            else "checkbox"
            if one.kind == "boolean"
            else _INPUTS[one.kind],
            value=(fresh_secret() if one.made and channel is None else "")
            if one.secret
            else (typed or known).get(one.name, "" if typed or channel else one.default),
            required=one.required and not one.default and not (one.secret and channel is not None),
            kept=one.secret and channel is not None,
            made=one.made and channel is None,
            ticked=(typed or known).get(one.name, one.default).lower() in {"true", "1", "yes", "on", "oui"},
            error=FIELD_ERRORS.get(errors.get(one.name, ""), in_words(errors.get(one.name, ""))),
        )
        for one in connector.fields
        if not (
            connector.caps.many and channel and one.name == "url"
        )  # its addresses have a page of their own
    ]


def fresh_secret() -> str:
    """A secret in the form of Standard Webhooks, 32 bytes: shown in the form of a new channel, and never again."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def typed_of(connector: type[Connector], given: Mapping[str, str]) -> dict[str, str]:
    """What the form says for each field."""
    typed = {one.name: given.get(f"set_{one.name}", "") for one in connector.fields}
    ticks = {
        one.name: "true" if typed[one.name] else "false" for one in connector.fields if one.kind == "boolean"
    }
    return typed | ticks
