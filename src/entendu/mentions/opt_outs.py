"""Who is not listened to: the list that the organisation keeps, and what authors declare of themselves."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.kit import clock
from entendu.mentions.discard import discard
from entendu.mentions.models import Attachment, Author, End, Mention, OptOut, Receipt
from entendu.wire import Item

REASON = "opt_out"  # in the ledger
DECLARED = re.compile(r"#(nobot|nobots|noindex|nolisten|noecoute|nosearch|noarchive)\b", re.IGNORECASE)
NO = frozenset({"", "0", "false", "no", "off", "none"})
PROFILE = (
    "bio",
    "note",
    "profile",
    "description",
)  # keys of Item.extra where a connector tells the author's own words
FLAGS = ("noindex", "nobot", "opt_out")  # keys of Item.extra: any value but NO


class OptOutRefused(ValueError):
    """The list is as it was. `code`: required · taken · not_allowed · not_yours; `field`: which one it is about."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


def declared(extra: Mapping[str, str]) -> bool:
    """Whether the author declares not to be listened to: a flag that the channel passes on, or a tag such as #nobot
    in the profile."""
    if any(str(extra.get(name, "")).strip().lower() not in NO for name in FLAGS):
        return True
    return any(DECLARED.search(str(extra.get(name, ""))) for name in PROFILE)


@dataclass(frozen=True, slots=True)
class OptOuts:
    """The accounts of one organisation that are not listened to, in memory: (network, account), network "" for all."""

    accounts: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def holds(self, network: str, *names: str) -> bool:
        """Whether an account known by one of `names` (key, handle) is on the list."""
        if not self.accounts:
            return False
        known = {normal(name) for name in names} - {""}
        return any((where, name) in self.accounts for name in known for where in (network[:120], ""))

    def drops(self, item: Item, *, addressed: bool) -> bool:
        """Whether `item` is to be forgotten: said in public, not to us and not by us, by somebody who asked not to be
        listened to. `addressed`: all of its channel is said to us."""
        if item.ours or item.addressed or addressed or item.visibility != "public":
            return False
        author = item.author
        return declared(item.extra) or self.holds(item.network, author.key, author.handle)


def opt_outs_of(organisations: Iterable[int]) -> dict[int, OptOuts]:
    """The list of each organisation (ids), in one query."""
    wanted = set(organisations)
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for pk, network, account in OptOut.objects.filter(organisation__in=wanted).values_list(
        "organisation", "network", "account"
    ):
        found[pk].add((network, account))
    return {pk: OptOuts(frozenset(found[pk])) for pk in wanted}


def normal(account: str) -> str:
    """An account as the list keeps it: lower case, without @ before it."""
    return account.strip().lstrip("@").casefold()[:255]


@transaction.atomic
def add_opt_out(by: Membership, *, network: str, account: str, reason: str) -> tuple[OptOut, list[int]]:
    """Somebody asked not to be listened to: what comes from now on is not kept, and what is only watched goes.
    Returns the line and the authors (ids) who lost something. Raises OptOutRefused.

    Persons and conversations stand above this app: call `conversations.opt_out.opt_out`, which calls this.
    """
    name = normal(account)
    if not by.may("listen"):
        raise OptOutRefused("not_allowed")
    for given, value in (("account", name), ("reason", reason.strip())):
        if not value:
            raise OptOutRefused("required", given)
    line, made = OptOut.objects.get_or_create(
        organisation=by.organisation,
        network=network.strip()[:120],
        account=name,
        defaults={"reason": reason.strip()[:300], "at": clock.now(), "by": by.user},
    )
    if not made:
        raise OptOutRefused("taken", "account")
    authors = authors_on(line)
    gone = forget_watched(authors)
    audit(by.organisation, by, "add_opt_out", f"opt-out {line.pk}", network=line.network, forgotten=gone)
    return line, authors


@transaction.atomic
def remove_opt_out(line: OptOut, *, by: Membership) -> None:
    """The account is listened to again. Raises OptOutRefused."""
    if line.organisation_id != by.organisation_id:
        raise OptOutRefused("not_yours")
    if not by.may("listen"):
        raise OptOutRefused("not_allowed")
    audit(by.organisation, by, "remove_opt_out", f"opt-out {line.pk}", network=line.network)
    line.delete()


def authors_on(line: OptOut) -> list[int]:
    """The known authors (ids) whom a line of the list is about."""
    where = Q(organisation=line.organisation_id, ours=False)
    if line.network:
        where &= Q(network=line.network)
    named = Q(key__iexact=line.account) | Q(handle__iexact=line.account)
    named |= Q(key__iexact=f"@{line.account}") | Q(handle__iexact=f"@{line.account}")
    return list(Author.objects.filter(where & named).values_list("pk", flat=True))


def forget_watched(authors: Sequence[int]) -> int:
    """What `authors` said in public, not to us, that nobody takes care of: text, files and raw bytes go, the receipts
    end as dropped. What is in a conversation stays. Returns how many mentions went."""
    said = Mention.objects.filter(author__in=authors, visibility="public", addressed=False, ours=False)
    gone = list(said.filter(receipt__end__in=[End.WATCHED, ""]).values_list("pk", "receipt"))
    mentions = [pk for pk, _receipt in gone]
    receipts = {receipt for _pk, receipt in gone}
    kept = set(
        Mention.objects.filter(receipt__in=receipts)
        .exclude(pk__in=mentions)
        .values_list("receipt", flat=True)
    )
    changes = Receipt.objects.filter(pk__in=receipts | set(revised(mentions)))
    changes.update(content=b"", note="")
    Receipt.objects.filter(about__in=mentions).update(content=b"", note="")
    Receipt.objects.filter(pk__in=receipts - kept).update(end=End.DROPPED, reason=REASON)
    discard(Attachment.objects.filter(mention__in=mentions))
    Mention.objects.filter(pk__in=mentions).delete()
    return len(mentions)


def revised(mentions: Sequence[int]) -> list[int]:
    """The receipts (ids) that brought earlier versions of `mentions`."""
    rows = Mention.objects.filter(pk__in=mentions, revisions__receipt__isnull=False)
    return list(rows.values_list("revisions__receipt", flat=True))
