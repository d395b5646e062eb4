"""Writes what receipts say: authors, mentions, attachments, changes. Runs in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Q

from entendu.kit import clock
from entendu.mentions.change import change
from entendu.mentions.keep import keep, make_sure
from entendu.mentions.masking import Rules, rules_of
from entendu.mentions.models import Attachment, Author, End, Mention, Place, Receipt
from entendu.mentions.refuse import leave_opted_out
from entendu.wire import Item

Pair = tuple[Receipt, Item]
Key = tuple[int, str, str]  # organisation, network, key


def record(pairs: Sequence[Pair]) -> None:
    """Records all `pairs`, oldest delivery first. What is known already ends its receipt as a duplicate; who asked
    not to be heard is not."""
    pairs = leave_opted_out(pairs)
    rules = rules_of({receipt.organisation_id for receipt, _item in pairs})
    pairs = [(receipt, clean(item, rules[receipt.organisation_id])) for receipt, item in pairs]
    created, changes = sort_kinds(pairs)
    fresh, doubled = leave_known(created)
    authors = authors_of(fresh)
    mentions = [mention_from(receipt, item, authors[author_key(receipt, item)]) for receipt, item in fresh]
    Mention.objects.number_many(mentions)
    Mention.objects.insert_many(mentions)
    link_parents(mentions)
    attach_files(list(zip(mentions, (item for _, item in fresh), strict=True)))
    end_doubled(doubled)
    for receipt, item in changes:
        change(receipt, item)


def sort_kinds(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """What is said, and what changes or deletes something. What is heard for the first time when it is edited is said
    then."""
    edited = [key_of(receipt, item) for receipt, item in pairs if item.kind == "edited"]
    known = set(known_keys(edited)) if edited else set()
    created: list[Pair] = []
    changes: list[Pair] = []
    for receipt, item in pairs:
        key = key_of(receipt, item)
        if item.kind == "edited" and key not in known:
            item = replace(item, kind="created")
        if item.kind == "created":
            known.add(key)
        (created if item.kind == "created" else changes).append((receipt, item))
    return created, changes


def clean(item: Item, rules: Rules) -> Item:
    """The item without the NUL characters that PostgreSQL refuses, and without the personal data that is not stored."""
    if "\x00" in item.text or "\x00" in item.title:
        item = replace(item, text=item.text.replace("\x00", ""), title=item.title.replace("\x00", ""))
    title, text = rules.masked(item.title, Place.STORED), rules.masked(item.text, Place.STORED)
    quoted = rules.masked(item.quoted, Place.STORED)
    if (title, text, quoted) == (item.title, item.text, item.quoted):
        return item
    return replace(item, title=title, text=text, quoted=quoted)


def leave_known(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Those of `pairs` not heard before, and the others."""
    seen = set(known_keys([key_of(receipt, item) for receipt, item in pairs]))
    fresh: list[Pair] = []
    doubled: list[Pair] = []
    for receipt, item in pairs:
        key = key_of(receipt, item)
        (doubled if key in seen else fresh).append((receipt, item))
        seen.add(key)
    return fresh, doubled


def end_doubled(doubled: Sequence[Pair]) -> None:
    """What was heard before ends as a duplicate, tied to what it says again: when that goes, its raw bytes go too."""
    if not doubled:
        return
    known = known_keys([key_of(receipt, item) for receipt, item in doubled])
    Receipt.objects.set_many("about_id", [(known[key_of(*pair)], pair[0].pk) for pair in doubled])
    ids = [receipt.pk for receipt, _item in doubled]
    Receipt.objects.filter(pk__in=ids).update(end=End.DROPPED, reason="duplicate")
    Receipt.objects.filter(pk__in=ids, about__deleted_at__isnull=False).update(content=b"", note="")


def known_keys(keys: Sequence[Key]) -> dict[Key, int]:
    """Those of `keys` that are mentions already, with their ids."""
    known: dict[Key, int] = {}
    for organisation, network in {(key[0], key[1]) for key in keys}:
        wanted = [key[2] for key in keys if key[:2] == (organisation, network)]
        rows = Mention.objects.filter(organisation_id=organisation, network=network, key__in=wanted)
        known.update({(organisation, network, key): pk for key, pk in rows.values_list("key", "pk")})
    return known


def authors_of(pairs: Sequence[Pair]) -> dict[Key, Author]:
    """The authors of `pairs`, made where they are new; their newest name and audience are noted."""
    wanted = {author_key(receipt, item): (receipt, item) for receipt, item in pairs}
    found = fetch_authors(set(wanted))
    missing = [author_from(*wanted[key]) for key in wanted if key not in found]
    if missing:
        Author.objects.bulk_create(missing, ignore_conflicts=True)
        found |= fetch_authors({key for key in wanted if key not in found})
    refresh_authors(found, wanted)
    return found


def fetch_authors(keys: set[Key]) -> dict[Key, Author]:
    """The known authors among `keys`, held so that none is forgotten while it speaks."""
    found: dict[Key, Author] = {}
    for organisation, network in {(key[0], key[1]) for key in keys}:
        names = [key[2] for key in keys if key[:2] == (organisation, network)]
        rows = Author.objects.filter(organisation_id=organisation, network=network, key__in=names)
        for author in rows.order_by("pk").select_for_update(no_key=True):
            found[organisation, network, author.key] = author
    return found


def refresh_authors(found: dict[Key, Author], wanted: dict[Key, Pair]) -> None:
    """Notes what the newest item tells of an author and we did not know."""
    changed = []
    for key, author in found.items():
        said = wanted[key][1].author if key in wanted else None
        if said is None:
            continue
        fresh = (
            said.name[:120] or author.name,
            said.audience if said.audience is not None else author.audience,
        )
        ours = author.ours or spoke_for_us(wanted[key][1])
        if fresh != (author.name, author.audience) or ours != author.ours:
            author.name, author.audience = fresh
            author.ours = ours
            changed.append(author)
    Author.objects.bulk_update(changed, ["name", "audience", "ours"], batch_size=200)


def author_from(receipt: Receipt, item: Item) -> Author:
    """A new author as the item names it."""
    return Author(
        organisation_id=receipt.organisation_id,
        network=item.network[:120],
        key=item.author.key[:255] or "?",
        handle=item.author.handle[:120],
        name=item.author.name[:120],
        url=item.author.url[:500],
        audience=item.author.audience,
        ours=spoke_for_us(item),
        first_seen_at=item.at,
    )


def spoke_for_us(item: Item) -> bool:
    """Whether we said this ourselves. A sender's address that nothing proves (mail) is no proof."""
    return item.ours and not item.extra.get("unproved")


def mention_from(receipt: Receipt, item: Item, author: Author) -> Mention:
    """A new mention as the item says it."""
    return Mention(
        organisation_id=receipt.organisation_id,
        channel_id=receipt.channel_id,
        receipt_id=receipt.pk,
        author_id=author.pk,
        network=item.network[:120],
        key=item.key[:400],
        alias=str(item.extra.get("message_id", ""))[:400],
        thread_key=item.thread_key[:400],
        parent_key=item.parent_key[:400],
        references=list(item.references[:50]),
        title=" ".join(item.title.split())[:300],
        text=item.text,
        quoted=item.quoted,
        url=item.url[:1000] if item.url.startswith(("http://", "https://")) else "",
        place=item.place[:120],
        visibility=item.visibility,
        ours=spoke_for_us(item) or author.ours,
        addressed=(item.addressed or receipt.channel.addressed) and not spoke_for_us(item),
        automatic=item.automatic,
        language_hint=item.language[:8],
        audience=item.audience if item.audience is not None else item.author.audience,
        extra=dict(item.extra),
        said_at=item.at,
        heard_at=clock.now(),
    )


def link_parents(mentions: Sequence[Mention]) -> None:
    """Ties answers to what they answer, whichever came first: the new ones to their parents, and the orphans
    that waited for them."""
    for organisation, network in {(mention.organisation_id, mention.network) for mention in mentions}:
        mine = [one for one in mentions if (one.organisation_id, one.network) == (organisation, network)]
        rows = Mention.objects.filter(organisation_id=organisation, network=network)
        names = {one.parent_key for one in mine if one.parent_key}
        parents: dict[str, int] = {}
        for pk, key, alias in rows.filter(Q(key__in=names) | Q(alias__in=names)).values_list(
            "pk", "key", "alias"
        ):
            parents[key] = pk
            if alias:
                parents[alias] = pk
        linked = [one for one in mine if parents.get(one.parent_key, one.pk) != one.pk]
        for one in linked:
            one.parent_id = parents[one.parent_key]
        Mention.objects.set_many("parent_id", [(one.parent_id, one.pk) for one in linked])
        adopt_orphans(organisation, network, mine)


def adopt_orphans(organisation: int, network: str, mentions: Sequence[Mention]) -> None:
    """Answers that came before what they answer find it now, and are gathered again."""
    names = {name: one.pk for one in mentions for name in (one.key, one.alias) if name}
    waiting = Mention.objects.filter(
        organisation_id=organisation, network=network, parent__isnull=True, parent_key__in=list(names)
    ).exclude(parent_key="")
    orphans = [one for one in waiting.only("pk", "parent_key") if names[one.parent_key] != one.pk]
    for orphan in orphans:
        orphan.parent_id = names[orphan.parent_key]
    Mention.objects.set_many("parent_id", [(one.parent_id, one.pk) for one in orphans])
    Mention.objects.filter(pk__in=[one.pk for one in orphans]).update(gathered_at=None)


def attach_files(pairs: Sequence[tuple[Mention, Item]]) -> None:
    """Keeps the files that came along."""
    Attachment.objects.bulk_create(
        Attachment(
            mention_id=mention.pk,
            name=file.name[:200] or "file",
            media_type=file.media_type[:100],
            size=len(file.content or b""),
            digest=keep(file.content) if file.content else "",
            url=file.url[:1000],
            inline=file.inline,
        )
        for mention, item in pairs
        for file in item.attachments
    )
    contents = [file.content for _, item in pairs for file in item.attachments if file.content]
    if contents:
        transaction.on_commit(lambda: make_sure(contents))


def key_of(receipt: Receipt, item: Item) -> Key:
    """What makes an item one and the same, whoever delivers it."""
    return receipt.organisation_id, item.network[:120], item.key[:400]


def author_key(receipt: Receipt, item: Item) -> Key:
    """What makes an author one and the same."""
    return receipt.organisation_id, item.network[:120], item.author.key[:255] or "?"
