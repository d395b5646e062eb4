"""The fields of the query language: their names in both languages, and the normal form of their values."""

import re
from collections.abc import Callable, Iterable

from entendu.reading.query.document import (
    Document,
    normal_author,
    normal_lang,
    normal_name,
    normal_site,
    parent_sites,
)
from entendu.reading.query.errors import QueryError
from entendu.reading.query.limits import MAX_NUMBER
from entendu.reading.query.tree import Field, Operator

FIELDS = ("lang", "author", "site", "channel", "kind", "is", "has", "followers")
ALIASES = {name: name for name in FIELDS} | {
    "langue": "lang",
    "language": "lang",
    "auteur": "author",
    "from": "author",
    "de": "author",
    "canal": "channel",
    "genre": "kind",
    "type": "kind",
    "est": "is",
    "avec": "has",
    "abonnés": "followers",
    "abonnes": "followers",
}
FLAGS = {
    "is": {"reply": "reply", "réponse": "reply", "reponse": "reply"},
    "has": {"image": "image", "link": "link", "lien": "link"},
}
_ISO_639_1 = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz
ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik
io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml
mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd
se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve
vi vo wa wo xh yi yo za zh zu
"""
_LANGUAGES = frozenset(_ISO_639_1.split())
_NUMBER = re.compile(r"^(\d{1,16})([km]?)$", re.IGNORECASE)
_HOST = re.compile(r"^[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)+$|^localhost$")
_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "=": lambda have, want: have == want,
    "<": lambda have, want: have < want,
    "<=": lambda have, want: have <= want,
    ">": lambda have, want: have > want,
    ">=": lambda have, want: have >= want,
}


def make_field(alias: str, operator: str, raw: str, position: int, length: int) -> Field:
    """The condition `alias operator raw`; QueryError when the value is not possible."""
    name = ALIASES[alias.casefold()]
    if name == "followers":
        return _followers(operator, raw, position, length)
    if operator != ":":
        raise QueryError("comparison_bad", position, length, name=name)
    return Field(name, "=", _value(name, raw, position, length), position, length)


def _value(name: str, raw: str, position: int, length: int) -> str:
    if name in FLAGS:
        value = FLAGS[name].get(raw.casefold())
        if value is None:
            values = ", ".join(dict.fromkeys(FLAGS[name].values()))
            raise QueryError("field_value", position, length, name=name, value=raw, values=values)
        return value
    if name == "lang":
        value = normal_lang(raw)
        if value not in _LANGUAGES and not re.fullmatch(r"[a-z]{3}", value):
            raise QueryError("language_unknown", position, length, value=raw)
        return value
    if name == "site":
        value = normal_site(raw)
        if not _HOST.match(value):
            raise QueryError("site_bad", position, length, value=raw)
        return value
    value = normal_author(raw) if name == "author" else normal_name(raw)
    if not value or not value.isprintable():
        raise QueryError("field_empty", position, length, name=name)
    return value


def _followers(operator: str, raw: str, position: int, length: int) -> Field:
    compared = re.match(r"^(>=|<=|>|<|=)?(.*)$", raw, re.DOTALL)
    if operator == ":" and compared:
        operator, raw = compared[1] or "=", compared[2]
    number = _NUMBER.match(raw)
    value = (
        int(number[1]) * {"": 1, "k": 1_000, "m": 1_000_000}[number[2].lower()] if number else MAX_NUMBER + 1
    )
    if value > MAX_NUMBER:
        raise QueryError("number_bad", position, length, value=raw)
    known: dict[str, Operator] = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
    return Field("followers", known[operator], value, position, length)


def holds(field: Field, document: Document) -> bool:
    """Does the document satisfy the field? What is unknown satisfies no comparison."""
    if field.name == "followers":
        have = document.followers
        return have is not None and isinstance(field.value, int) and _HOLDS[field.operator](have, field.value)
    return field_key(field) in document_keys(document, (field.name,))


def field_key(field: Field) -> str:
    """An equality as one string, "lang:fr": a key like those of terms, which never hold a colon."""
    return f"{field.name}:{field.value}"


def document_keys(document: Document, names: Iterable[str]) -> list[str]:
    """The keys of all equalities on the fields `names` that the document satisfies."""
    keys: list[str] = []
    for name in names:
        if name == "site":
            keys.extend(f"site:{site}" for site in parent_sites(document.site))
        elif name == "is":
            keys.extend(["is:reply"] if document.is_reply else [])
        elif name == "has":
            keys.extend(["has:image"] if document.has_image else [])
            keys.extend(["has:link"] if document.has_link else [])
        else:
            keys.append(f"{name}:{getattr(document, name)}")
    return keys
