"""The versions of a query: who changed what, when, and what that did to its volume."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entendu.accounts.models import Membership
from entendu.mentions.models import Basis, Mention, Query, QueryVersion, Takes
from entendu.web.queries.syntax import Cut

SHOWN = 20
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LABELS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "purpose": gettext_lazy("Purpose"),
    "basis": gettext_lazy("Legal basis"),
    "balance": gettext_lazy("Balance of interests"),
    "takes": gettext_lazy("Takes"),
    "opens_conversations": gettext_lazy("Opens conversations"),
    "wide": gettext_lazy("Wide on purpose"),
    "reviewer": gettext_lazy("Reviewed by"),
    "review_on": gettext_lazy("Next review"),
}


@dataclass(frozen=True)
class Ground:
    """A ground that changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """A version with what it changed: the text in pieces (sort: gone, new or none), the grounds, the messages that
    it gained and lost, as far as they are still here."""

    it: QueryVersion
    text: list[Cut]
    grounds: list[Ground]
    gained: list[Mention]
    lost: list[Mention]


def versions_of(actor: Membership, query: Query) -> list[Version]:
    """The newest versions, newest first. Two statements."""
    rows = list(
        QueryVersion.objects.visible_to(actor).filter(query=query).select_related("by").order_by("-number")
    )
    ids = {
        pk
        for one in rows[:SHOWN]
        for name in ("gained_samples", "lost_samples")
        for pk in one.effect.get(name, ())
    }
    known = Mention.objects.visible_to(actor).select_related("author", "channel").in_bulk(ids)

    def samples(version: QueryVersion, name: str) -> list[Mention]:
        return [known[pk] for pk in version.effect.get(name, ()) if pk in known]

    before: Sequence[QueryVersion | None] = [*rows[1:], None]
    return [
        Version(
            one,
            changed_text(older.text, one.text) if older and older.text != one.text else [],
            changed_grounds(older.grounds, one.grounds) if older else [],
            samples(one, "gained_samples"),
            samples(one, "lost_samples"),
        )
        for one, older in list(zip(rows, before, strict=True))[:SHOWN]
    ]


def changed_text(before: str, after: str) -> list[Cut]:
    """Both texts in one, word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    cuts: list[Cut] = []
    for sort, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if sort == "equal":
            cuts.append(Cut("".join(old[a:b])))
            continue
        cuts += [Cut("".join(old[a:b]), "gone")] if b > a else []
        cuts += [Cut("".join(new[c:d]), "new")] if d > c else []
    return cuts


def changed_grounds(before: dict[str, Any], after: dict[str, Any]) -> list[Ground]:
    """The grounds that differ, in words."""
    return [
        Ground(str(label), in_words(name, before.get(name)), in_words(name, after.get(name)))
        for name, label in _LABELS.items()
        if before.get(name) != after.get(name)
    ]


def in_words(name: str, value: object) -> str:
    """The value of a ground."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value or "")
    if name == "basis" and text in Basis.values:
        return str(Basis(text).label)
    if name == "takes" and text in Takes.values:
        return str(Takes(text).label)
    return text or "–"
