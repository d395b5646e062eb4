"""Decides in memory which channels want a unit of a firehose: before anything is stored, and for many at once."""

import gc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Max

from entendu.channels.models import Channel
from entendu.mentions.governance import running
from entendu.mentions.models import Takes
from entendu.mentions.opt_outs import OptOuts, opt_outs_of
from entendu.reading.language import UNKNOWN, detect
from entendu.reading.query import Document, Matcher, QueryError, normal_lang, normal_name, parse
from entendu.reading.query.tree import Field, leaves
from entendu.wire import Glimpse

MANY = 1_000  # queries that came at once: worth telling the garbage collector that they stay


@dataclass(frozen=True, slots=True)
class Ear:
    """One channel as the sieve knows it: whose it is, how queries call it, its own accounts there."""

    channel: int
    organisation: int
    name: str
    own: frozenset[str]


@dataclass(slots=True)
class Matchers:
    """The queries of all organisations in one matcher. Those that ask for a channel stand apart, one matcher for each
    name of a channel: the same post is heard by channels of different names."""

    anywhere: Matcher[int] = field(default_factory=Matcher)
    by_name: dict[str, Matcher[int]] = field(default_factory=dict)


class Sieve:
    """The queries that listen, ready to match; kept up to date by `refresh`. Who asked not to be heard is found by
    none of them."""

    def __init__(self, organisations: Iterable[int] = ()) -> None:
        self.organisations = set(organisations)
        self.owners: dict[int, int] = {}  # query -> organisation
        self._texts: dict[int, str] = {}
        self._apart: dict[int, str] = {}  # queries that ask for a channel
        self._matchers = Matchers()
        self._languages: set[int] = set()  # queries that ask for a language
        self._opt_outs: dict[int, OptOuts] = {}
        self._print: object = None

    def __len__(self) -> int:
        return len(self._texts)

    def refresh(self, organisations: Iterable[int] | None = None) -> int:
        """Adds, changes and removes what did so in the store since the last time; returns how many queries."""
        if organisations is not None:
            self.organisations = set(organisations)
        self._opt_outs = opt_outs_of(self.organisations)
        queries = running().filter(organisation__in=self.organisations).exclude(takes=Takes.ADDRESSED)
        found = (
            tuple(sorted(self.organisations)),
            queries.aggregate(n=Count("pk"), last=Max("pk"), at=Max("changed_at")),
        )
        if found == self._print:
            return 0
        rows = {pk: (owner, text) for pk, owner, text in queries.values_list("pk", "organisation", "text")}
        gone = [pk for pk in self._texts if pk not in rows]
        for pk in gone:
            self._remove(pk)
        new = [pk for pk, (_owner, text) in rows.items() if self._texts.get(pk) != text]
        for pk in new:
            self._add(pk, *rows[pk])
        self._print = found
        if len(new) >= MANY:
            # A collection would walk all these queries again and again: three times slower, half-second pauses.
            gc.collect()
            gc.freeze()
        return len(gone) + len(new)

    def wanted(
        self, glimpses: Sequence[Glimpse], ears: Sequence[Ear], *, kind: str, site: str, network: str
    ) -> dict[int, list[int]]:
        """For each channel (by id), which of `glimpses` (by place) a query of its organisation finds, or speak to its
        own accounts, or are theirs."""
        found: dict[int, set[int]] = {ear.channel: set() for ear in ears}
        self._by_queries(glimpses, ears, kind, site, found)
        self._leave_opted_out(glimpses, ears, network, found)
        owners: dict[str, list[int]] = {}
        for ear in ears:
            for account in ear.own:
                owners.setdefault(account, []).append(ear.channel)
        ours = owners.keys()
        for place, one in enumerate(glimpses) if owners else ():
            if one.author in ours or (one.to and not ours.isdisjoint(one.to)):
                for account in {one.author, *one.to} & ours:
                    for channel in owners[account]:
                        found[channel].add(place)
        return {channel: sorted(places) for channel, places in found.items()}

    def _by_queries(
        self,
        glimpses: Sequence[Glimpse],
        ears: Sequence[Ear],
        kind: str,
        site: str,
        found: dict[int, set[int]],
    ) -> None:
        """Adds to `found` what queries find."""
        if not self._texts:
            return
        places = [place for place, one in enumerate(glimpses) if one.text]
        names = {ear.name for ear in ears}
        one_name = next(iter(names)) if len(names) == 1 else ""
        documents = self._documents(glimpses, places, one_name, kind, site)
        by_owner: dict[int, list[int]] = {}
        for ear in ears:
            by_owner.setdefault(ear.organisation, []).append(ear.channel)
        owners = self.owners
        for place, matched in zip(places, self._matchers.anywhere.match_many(documents), strict=True):
            if matched:
                for owner in {owners[query] for query in matched}:
                    for channel in by_owner.get(owner, ()):
                        found[channel].add(place)
        for name in names if self._apart else ():
            for document in documents:
                document.channel = name
            called = {ear.organisation: ear.channel for ear in ears if ear.name == name}
            matched_here = self._matchers.by_name[name].match_many(documents)
            for place, matched in zip(places, matched_here, strict=True):
                for owner in {owners[query] for query in matched} & called.keys():
                    found[called[owner]].add(place)

    def _leave_opted_out(
        self, glimpses: Sequence[Glimpse], ears: Sequence[Ear], network: str, found: dict[int, set[int]]
    ) -> None:
        """Takes out of `found` what was said by people who are on their organisation's list."""
        for ear in ears:
            listed = self._opt_outs.get(ear.organisation)
            if listed is not None and listed.accounts:
                mine = found[ear.channel]
                mine -= {place for place in mine if listed.holds(network, glimpses[place].author)}

    def _documents(
        self, glimpses: Sequence[Glimpse], places: Sequence[int], name: str, kind: str, site: str
    ) -> list[Document]:
        """The documents at `places`. What declares no language is heard in the one that it seems to be in, when some
        query asks: the reader decides later, on what was kept."""
        documents = []
        silent = []
        for place in places:
            one = glimpses[place]
            lang = one.languages[0] if one.languages else ""
            if lang and (len(lang) != 2 or not lang.islower()):
                lang = normal_lang(lang)
            document = Document(
                one.text, lang, one.author, site, name, kind, one.is_reply, one.has_image, one.has_link
            )
            if not lang:
                silent.append(document)
            documents.append(document)
        if silent and self._languages:
            for document, value in zip(silent, detect([one.text for one in silent]), strict=True):
                document.lang = "" if value.label == UNKNOWN else value.label
        return documents

    def _add(self, pk: int, owner: int, text: str) -> None:
        self._remove(pk)
        self._texts[pk] = text
        self.owners[pk] = owner
        try:
            query = parse(text)
        except (
            QueryError
        ):  # saved by an older version: it finds nothing, and is shown as such where it is edited
            return
        asked = {leaf.name: leaf for leaf in leaves(query.root) if isinstance(leaf, Field)}
        if "lang" in asked:
            self._languages.add(pk)
        if "channel" in asked:
            self._apart[pk] = text
            for matcher in self._matchers.by_name.values():
                matcher.add(pk, query)
        else:
            self._matchers.anywhere.add(pk, query)

    def _remove(self, pk: int) -> None:
        if self._texts.pop(pk, None) is None:
            return
        self._languages.discard(pk)
        self._apart.pop(pk, None)
        for matcher in (self._matchers.anywhere, *self._matchers.by_name.values()):
            matcher.remove(pk)
        self.owners.pop(pk, None)

    def know_names(self, names: Iterable[str]) -> None:
        """The names that channels have now: queries may ask for them."""
        kept: dict[str, Matcher[int]] = {}
        for name in {normal_name(name) for name in names}:
            matcher = self._matchers.by_name.get(name) or Matcher[int]()
            for pk, text in self._apart.items():
                if pk not in matcher:
                    matcher.add(pk, parse(text))
            kept[name] = matcher
        self._matchers.by_name = kept


def ear_of(channel: Channel, own: frozenset[str]) -> Ear:
    """What the sieve has to know of a channel."""
    return Ear(channel.pk, channel.organisation_id, normal_name(channel.name), own)
