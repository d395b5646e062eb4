"""Gathers what was heard into conversations. Each receipt ends here, in exactly one way."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q

from entendu.accounts.models import Organisation
from entendu.analysis.withdraw import withdraw
from entendu.conversations.close import reopen_on_reply
from entendu.conversations.event import record
from entendu.conversations.hold import lock
from entendu.conversations.merge import merge
from entendu.conversations.models import Conversation, Event, Kind, Part, State
from entendu.conversations.opening import next_number
from entendu.conversations.placing import Group, Placer, Placing
from entendu.conversations.renew import renew
from entendu.conversations.snooze import wake_on_reply
from entendu.conversations.summary import summarise, word_of
from entendu.conversations.surroundings import LOADED, Surroundings, look_around
from entendu.kit import clock
from entendu.mentions.discard import discard
from entendu.mentions.models import Attachment, End, Mention, Receipt
from entendu.people.forget import forget_strangers

FORGOTTEN = frozenset({"no_match", "not_public", "echo"})
STRENGTH = (End.CONVERSATION, End.ATTACHED, End.WATCHED, End.DROPPED)


def gather(limit: int) -> int:
    """Gathers up to `limit` mentions that were read; returns how many were treated."""
    waiting = Mention.objects.filter(gathered_at__isnull=True, analysed_at__isnull=False).order_by("id")
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    with transaction.atomic():
        mine = set(waiting.filter(pk__in=ids).select_for_update().values_list("pk", flat=True))
        batch = list(Mention.objects.filter(pk__in=mine).select_related(*LOADED))
        placed = gather_batch(batch)
        Mention.objects.filter(pk__in=placed).update(gathered_at=clock.now())
    return len(ids)


def gather_batch(batch: Sequence[Mention]) -> set[int]:
    """Places `batch` and writes what follows, in the caller's transaction. Returns the mentions that were placed:
    those of the batch, and the ancestors that waited behind them."""
    known = look_around(batch)
    placer = Placer(known)
    placing = placer.place_all(batch)
    new = [group for group in placing.groups if group.conversation is None]
    old = [group for group in placing.groups if group.conversation is not None]
    open_new(new, known)
    continue_known(old)
    for source, group in placing.merged:
        if group.conversation is not None and source.pk != group.conversation.pk:
            merge(source, into=group.conversation)
    end_receipts(placing)
    withdraw([one.pk for one in batch if one.deleted_at])
    forget([mention for mention, reason in placing.dropped.items() if reason in FORGOTTEN])
    return set(placer.where)


def open_new(groups: Sequence[Group], known: Surroundings) -> None:
    """Opens a conversation for each of `groups`, with its parts and events."""
    by_organisation: dict[int, list[Group]] = defaultdict(list)
    for group in groups:
        by_organisation[group.members[0][0].organisation_id].append(group)
    fresh: list[Conversation] = []
    organisations = Organisation.objects.in_bulk(by_organisation)
    for organisation, members in by_organisation.items():
        first = next_number(organisations[organisation], count=len(members))
        for number, group in enumerate(members, first):
            group.members.sort(key=lambda one: (one[0].said_at, one[0].pk))
            group.conversation = drawn(group, number, known)
            fresh.append(group.conversation)
    Conversation.objects.number_many(fresh)
    Conversation.objects.insert_many(fresh)
    write_parts(groups)
    Event.objects.insert_many(event for group in groups for event in first_events(group))


def drawn(group: Group, number: int, known: Surroundings) -> Conversation:
    """A new conversation (not saved) from the words of its group."""
    mentions = [mention for mention, _why in group.members]
    conversation = Conversation(
        organisation_id=mentions[0].organisation_id,
        number=number,
        version=len(mentions),
        topic_id=next((known.topics[one.pk] for one in mentions if one.pk in known.topics), None),
    )
    summarise(conversation, [word_of(one, has_photo=one.pk in known.photos) for one in mentions])
    return conversation


def first_events(group: Group) -> Iterable[Event]:
    """It was opened, then heard more."""
    conversation = group.conversation
    if conversation is None:
        return
    for version, (mention, why) in enumerate(group.members, 1):
        yield Event(
            organisation_id=conversation.organisation_id,
            conversation_id=conversation.pk,
            version=version,
            kind=Kind.OPENED if version == 1 else Kind.HEARD,
            at=mention.said_at,
            data={"mention": mention.pk, "why": why, "ours": mention.ours},
        )


def continue_known(groups: Sequence[Group]) -> None:
    """New words in conversations that are there: parts, events, fresh columns; the customer's word wakes them."""
    write_parts(groups)
    for group in groups:
        conversation = group.conversation
        if conversation is None:
            continue
        lock(conversation)
        for mention, why in group.members:
            record(
                conversation, Kind.HEARD, at=mention.said_at, mention=mention.pk, why=why, ours=mention.ours
            )
        if not group.members:
            record(conversation, Kind.CHANGED)
        renew(conversation)
        if any(not (one.ours or one.automatic) for one, _why in group.members):
            stir(conversation)
        group.conversation = conversation


def stir(conversation: Conversation) -> None:
    """The customer spoke: a paused conversation wakes, a closed one reopens."""
    if conversation.state == State.SNOOZED:
        wake_on_reply(conversation)
    elif conversation.state == State.CLOSED:
        reopen_on_reply(conversation)


def write_parts(groups: Sequence[Group]) -> None:
    """Each member's place."""
    now = clock.now()
    Part.objects.insert_many(
        Part(conversation_id=group.conversation.pk, mention_id=mention.pk, why=why, at=now)
        for group in groups
        if group.conversation is not None
        for mention, why in group.members
    )


def end_receipts(placing: Placing) -> None:
    """Writes the end of each receipt; where one holds several mentions, the strongest end stands."""
    ends: dict[int, tuple[str, str]] = {}

    def note(mention: Mention, end: str, reason: str) -> None:
        before = ends.get(mention.receipt_id)
        if before is None or STRENGTH.index(End(end)) < STRENGTH.index(End(before[0])):
            ends[mention.receipt_id] = (end, reason)

    for group in placing.groups:
        for mention, why in group.members:
            note(mention, End.CONVERSATION if why == "opened" else End.ATTACHED, "")
    for mention, reason in placing.watched.items():
        note(mention, End.WATCHED, reason)
    for mention, reason in placing.dropped.items():
        note(mention, End.DROPPED, reason)
    by_end: dict[tuple[str, str], list[int]] = defaultdict(list)
    for receipt, found in ends.items():
        by_end[found].append(receipt)
    for (end, reason), receipts in by_end.items():
        weaker = Q(end="") | Q(end__in=STRENGTH[STRENGTH.index(End(end)) :])
        Receipt.objects.filter(weaker, pk__in=receipts).update(end=end, reason=reason)


def forget(mentions: Sequence[Mention]) -> None:
    """What concerns nobody here is not kept: the receipt stays as a line of the ledger, without its text; who said
    nothing else is not known any more."""
    dropped = Receipt.objects.filter(pk__in=[one.receipt_id for one in mentions], end=End.DROPPED)
    dropped.update(content=b"", note="")
    Receipt.objects.filter(about__in=[one.pk for one in mentions]).update(content=b"", note="")
    gone = [one.pk for one in mentions]
    discard(Attachment.objects.filter(mention__in=gone))
    Mention.objects.filter(pk__in=gone).delete()
    authors = {one.author_id for one in mentions}
    if authors:
        authors -= set(Conversation.objects.filter(author__in=authors).values_list("author", flat=True))
        forget_strangers(authors)
