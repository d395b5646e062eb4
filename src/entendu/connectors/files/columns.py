"""Which column says what: the mapping that a person gave, or the usual names of exports."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

from entendu.kit.fold import fold
from entendu.wire import Refused


@dataclass(frozen=True, slots=True)
class Plan:
    """The column of each thing that a row may say; None when no column does."""

    id: str | None = None
    author: str | None = None
    handle: str | None = None
    name: str | None = None
    text: str | None = None
    title: str | None = None
    at: str | None = None
    parent: str | None = None
    parent_author: str | None = None
    thread: str | None = None
    inbound: str | None = None
    language: str | None = None
    url: str | None = None
    audience: str | None = None
    visibility: str | None = None
    place: str | None = None
    kind: str | None = None
    attachments: str | None = None

    def columns(self) -> list[str]:
        """The columns that are used, dotted ones included."""
        return [column for target in TARGETS if (column := getattr(self, target))]


TARGETS = tuple(field.name for field in fields(Plan))

# The first name that the file has wins. Folded, letters and digits only.
USUAL = {
    "id": "id tweetid messageid commentid postid reviewid statusid uid key identifiant numero",
    "author": "authorid userid author user customerid customer from auteur auteurid client clientid",
    "handle": "handle screenname username pseudo login",
    "name": "name authorname fullname displayname nom nomauteur nomclient",
    "text": "text fulltext body message content comment review tweet texte contenu commentaire avis verbatim "
    "description",
    "title": "title subject titre objet sujet",
    "at": "createdat at date datetime timestamp time publishedat published postedat sentat created "
    "datecreation datepublication horodatage",
    "parent": "inresponsetotweetid inreplytostatusid inreplytoid inreplyto parentid parent replytoid replyto "
    "enreponsea",
    "parent_author": "inreplytouserid inreplytoscreenname inreplytoaccountid",
    "thread": "threadid thread conversationid conversation discussionid fil",
    "inbound": "inbound isinbound incoming fromcustomer entrant",
    "language": "language lang langue",
    "url": "url permalink link href lien adresse",
    "audience": "audience followers followerscount impressions reach abonnes portee",
    "visibility": "visibility visibilite",
    "place": "place store shop location site agency branch service magasin boutique agence lieu",
    "kind": "eventkind kind",
    "attachments": "attachments media photos images piecesjointes",
}


def given_plan(setting: str) -> Plan | None:
    """The plan of "id=tweet_id,text=body": targets left, columns right (a.b for JSON within JSON).
    None when the setting is empty. Refused names the part that is wrong."""
    chosen: dict[str, str] = {}
    for part in re.split(r"[,\n]", setting):
        if not part.strip():
            continue
        target, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or not column:
            raise Refused("map_unreadable", part.strip()[:80])
        if target not in TARGETS:
            raise Refused("map_unknown_target", target[:80])
        chosen[target] = column
    return Plan(**chosen) if chosen else None


def guessed_plan(columns: Iterable[str]) -> Plan:
    """The plan that the usual names suggest. A column serves once."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(re.sub(r"[^a-z0-9]", "", fold(column)), column)
    chosen: dict[str, str] = {}
    for target, names in USUAL.items():
        for name in names.split():
            if name in by_name:
                chosen[target] = by_name.pop(name)
                break
    return Plan(**chosen)


def check_plan(plan: Plan, columns: Iterable[str], given: bool) -> None:
    """Refuses a plan that cannot work on a table of these columns: unknown column, or no date, or no text."""
    present = set(columns)
    for column in plan.columns():
        if column not in present:
            raise Refused("map_unknown_column", column[:80])
    for target in ("at", "text"):
        if getattr(plan, target) is None and not (target == "text" and plan.title):
            raise Refused("map_incomplete" if given else "columns_not_recognised", target)
