"""What a query is held against: a text and what is known beside it."""

import re

import msgspec

_WEB = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Document(msgspec.Struct, gc=False):
    """One document. The fields must be in normal form: build it with `document` unless they surely are.

    lang: primary subtag, lower case ("fr"). author: handle, lower case, without the leading @. site: host,
    lower case, without www. channel, kind: lower case. followers: a count, None when unknown.
    """

    text: str
    lang: str = ""
    author: str = ""
    site: str = ""
    channel: str = ""
    kind: str = ""
    is_reply: bool = False
    has_image: bool = False
    has_link: bool = False
    followers: int | None = None


def document(
    text: str,
    *,
    lang: str = "",
    author: str = "",
    site: str = "",
    channel: str = "",
    kind: str = "",
    is_reply: bool = False,
    has_image: bool = False,
    has_link: bool = False,
    followers: int | None = None,
) -> Document:
    """A document whose fields are brought to their normal form."""
    return Document(
        text,
        normal_lang(lang),
        normal_author(author),
        normal_site(site),
        normal_name(channel),
        normal_name(kind),
        is_reply,
        has_image,
        has_link,
        followers,
    )


def normal_lang(value: str) -> str:
    """ "fr-CA" and "FR_ca" become "fr"."""
    return re.split(r"[-_]", value.strip().casefold(), maxsplit=1)[0]


def normal_author(value: str) -> str:
    """ "@Jean" becomes "jean"."""
    return value.strip().lstrip("@").casefold()


def normal_site(value: str) -> str:
    """ "https://www.Example.org/a" and "www.example.org." become "example.org"."""
    host = re.split(r"[/?#]", _WEB.sub("", value.strip()), maxsplit=1)[0].casefold()
    host = re.sub(r":\d*$", "", host.rpartition("@")[2])
    return re.sub(r"^(www\.)+(?=[^.]+\.)", "", host.strip("."))


def normal_name(value: str) -> str:
    """Channels and kinds: lower case."""
    return value.strip().casefold()


def parent_sites(site: str) -> list[str]:
    """ "a.example.org" gives itself, "example.org" and "org": the values of `site:` that it satisfies."""
    parts = site.split(".")
    return [".".join(parts[at:]) for at in range(len(parts))] if site else []
