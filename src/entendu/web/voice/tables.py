"""The names as a table, and their shares by channel and language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entendu.measures.definitions.voice import net
from entendu.measures.names import Carried, Names
from entendu.measures.result import percent
from entendu.mentions.models import Query
from entendu.web import words
from entendu.web.dashboard.asked import AskedFor
from entendu.web.dashboard.cards import told

ROWS = 12


@dataclass(frozen=True)
class Line:
    """A name: its mentions, their share of all in percent, and what else is known of them."""

    query: Query
    n: int
    share: int
    shown: str
    net: str
    negative: str
    carried: Carried
    url: str
    bad_url: str


@dataclass(frozen=True)
class Row:
    """A channel or a language: for each name, how many and the address that shows them."""

    name: str
    cells: list[tuple[int, int, str]]
    total: int


def address(asked: AskedFor, query: Query, *, once: bool, **where: Any) -> str:
    """The mentions that a number counts, in the stream."""
    folds = {} if once else {"fold": "no"}
    return f"{reverse('listen')}?{asked.heard(**({'query': query.pk} | folds | where))}"


def lines(
    asked: AskedFor, names: Sequence[Query], counts: Names, far: Mapping[int, Carried], *, once: bool
) -> list[Line]:
    """Each name, in the order of `names`."""
    whole = sum(found.total() for found in counts.values())
    shown = []
    for query in names:
        found = counts.get(query.pk)
        n = found.total() if found else 0
        share = percent(n, whole)
        bad = percent(found["negative"], n) if found else None
        shown.append(
            Line(
                query=query,
                n=n,
                share=round(share or 0),
                shown=told(share, "percent"),
                net=told(net(found) if found else None, "points"),
                negative=told(bad, "percent"),
                carried=far.get(query.pk, Carried()),
                url=address(asked, query, once=once),
                bad_url=address(asked, query, once=once, sentiment="negative"),
            )
        )
    return shown


def shares(
    asked: AskedFor,
    names: Sequence[Query],
    counts: Mapping[Any, Names],
    field: str,
    known: Mapping[Any, str],
    *,
    once: bool,
) -> list[Row]:
    """By channel or language, the most first: (mentions, percent, address) of each name."""
    languages = words.locale_of(get_language() or "en").languages
    rows = []
    for key, found in counts.items():
        name = known.get(key) if field == "channel" else languages.get(key, key) or _("unknown")
        if name is None:
            continue
        total = sum(one.total() for one in found.values())
        cells = []
        for query in names:
            n = found[query.pk].total() if query.pk in found else 0
            url = address(asked, query, once=once, **{field: key}) if n else ""
            cells.append((n, round(percent(n, total) or 0), url))
        rows.append(Row(str(name), cells, total))
    return sorted(rows, key=lambda row: (-row.total, row.name))[:ROWS]
