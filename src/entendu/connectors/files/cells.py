"""One cell to one value: ids, booleans, numbers, addresses. What a person would not guess is not guessed."""

import hashlib
import mimetypes
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from entendu.kit.fold import fold
from entendu.wire import AttachmentRef

LONGEST_ID = 200  # characters
TRUE = frozenset(
    {"true", "1", "1.0", "yes", "y", "t", "vrai", "oui", "o", "v", "x", "in", "inbound", "entrant"}
)
FALSE = frozenset({"false", "0", "0.0", "no", "n", "f", "faux", "non", "out", "outbound", "sortant", ""})
PRIVATE = frozenset(
    {"private", "prive", "privee", "dm", "direct", "direct message", "message prive", "confidential"}
)
KINDS = {
    "": "created", "created": "created", "create": "created", "new": "created", "cree": "created",
    "edited": "edited", "edit": "edited", "updated": "edited", "update": "edited", "modifie": "edited",
    "deleted": "deleted", "delete": "deleted", "removed": "deleted", "supprime": "deleted",
}  # fmt: skip
SEPARATORS = re.compile(r"[\s|;]+|,(?=https?://)")


def text_of(value: Any) -> str:
    """Any JSON value as text, as a person would have typed it."""
    if isinstance(value, str):
        return value.replace("\x00", "") if "\x00" in value else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return orjson.dumps(value).decode()


def id_of(value: Any) -> str:
    """An identifier. "3.0" is 3: so data frames write a column of whole numbers with holes.
    An endless one is cut, and stays itself by its hash."""
    text = text_of(value).strip()
    if len(text) > LONGEST_ID:
        return f"{text[:150]}:{hashlib.blake2b(text.encode(errors='replace'), digest_size=8).hexdigest()}"
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def truth_of(value: Any) -> bool:
    """A boolean in the usual spellings, English and French. ValueError for anything else."""
    if isinstance(value, bool):
        return value
    word = fold(text_of(value).strip())
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ValueError(word)


def kind_of(value: Any) -> str:
    """created, edited or deleted. ValueError for another word."""
    word = fold(text_of(value).strip())
    if word not in KINDS:
        raise ValueError(word)
    return KINDS[word]


def number_of(value: Any) -> int | None:
    """A count of people ("12 300", "12,300", 12300.0), or None: an odd figure must not cost the message."""
    if isinstance(value, bool):
        return None
    digits = re.sub(r"[\s\u00a0\u202f,']", "", text_of(value))
    head, _, tail = digits.partition(".")
    return int(head) if head.isascii() and head.isdigit() and len(head) < 16 and not tail.strip("0") else None


def is_private(value: Any) -> bool:
    """Whether the word says that the message was not for everybody."""
    return fold(text_of(value).strip()) in PRIVATE


def web_address(value: Any) -> str:
    """`value` when it is an http(s) address, else empty: nothing else may become a link on a page."""
    text = text_of(value).strip()
    return text if text.startswith(("http://", "https://")) else ""


def attachments_of(value: Any) -> tuple[AttachmentRef, ...]:
    """Addresses of files: a list, or one text with spaces, "|", ";" or commas between. Only http(s) ones."""
    if not value:
        return ()
    listed = value if isinstance(value, list) else SEPARATORS.split(_listed(text_of(value)))
    addresses = [address for address in map(web_address, listed) if address]
    return tuple(
        AttachmentRef(
            name=name, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream", url=url
        )
        for url in addresses
        for name in [file_name(url)]
    )


def file_name(url: str) -> str:
    """The last step of an address, as a name to show."""
    return unquote(urlsplit(url).path).rsplit("/", 1)[-1][:120] or "file"


def _listed(text: str) -> str:
    if not text.startswith("["):
        return text
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return " ".join(map(text_of, found)) if isinstance(found, list) else text
