"""Topics that nobody thought of: groups among the messages that no topic holds. A person names, merges or refuses."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.models import Learned, Proposal, ProposalState, Subject, Topic
from entendu.analysis.teach import say_topic
from entendu.analysis.topics import add_topic
from entendu.kit import clock
from entendu.mentions.models import Mention
from entendu.reading.themes import Theme, themes

EVERY = timedelta(days=1)
SINCE = timedelta(days=60)
MOST = 2_000  # messages, the newest
FEWEST = 60  # messages without a topic, before groups are looked for
PEOPLE = 4  # distinct authors of a group
KEPT = 40  # mentions that a proposal shows
FEWEST_WORDS = 4
SAME = 0.5  # share of a group that a refused proposal held


Said = tuple[int, int, str, str]  # mention, author, title, text


class Decided(ValueError):
    """Somebody decided on the proposal already."""


def propose_due(limit: int) -> int:
    """Looks for new topics, once a day and organisation, in up to `limit` organisations; returns for how many."""
    now = clock.now()
    for one in Organisation.objects.exclude(learned__subject=Subject.THEMES)[:limit]:
        Learned.objects.get_or_create(organisation=one, subject=Subject.THEMES)
    rested = Q(learned_at__isnull=True) | Q(learned_at__lte=now - EVERY)
    done = 0
    for row in Learned.objects.filter(rested, subject=Subject.THEMES).select_related("organisation")[:limit]:
        if Learned.objects.filter(rested, pk=row.pk).update(learned_at=now, due=False):
            propose(row.organisation)
            done += 1
    return done


def propose(organisation: Organisation) -> list[Proposal]:
    """New proposals; open ones of an earlier look give way. Nothing when too little is without a topic."""
    said = list(
        Mention.objects.filter(
            organisation=organisation,
            ours=False,
            deleted_at__isnull=True,
            analysed_at__isnull=False,
            said_at__gte=clock.now() - SINCE,
            tags__isnull=True,
        )
        .order_by("-said_at", "-id")
        .values_list("pk", "author_id", "title", "text")[:MOST]
    )
    said = _worth_grouping(said)
    if len(said) < FEWEST:
        return []
    refused = _refused(organisation)
    found = [
        _proposal(organisation, theme, said)
        for theme in themes([f"{title} {text}".strip() for _, _, title, text in said])
    ]
    kept = [one for one in found if one.people >= PEOPLE and not _known(one, refused)]
    with transaction.atomic():
        Proposal.objects.filter(organisation=organisation, state=ProposalState.OPEN).delete()
        Proposal.objects.bulk_create(kept)
    return kept


def _worth_grouping(said: Sequence[Said]) -> list[Said]:
    """Those that say something: thanks and greetings are about nothing, and the same words count once."""
    first: dict[str, Said] = {}
    for one in said:
        words = f"{one[2]} {one[3]}".casefold().split()
        if len(words) >= FEWEST_WORDS:
            first.setdefault(" ".join(words), one)
    return list(first.values())


def _proposal(organisation: Organisation, theme: Theme, said: Sequence[Said]) -> Proposal:
    return Proposal(
        organisation=organisation,
        phrases=list(theme.phrases),
        mentions=[said[at][0] for at in theme.members[:KEPT]],
        people=len({said[at][1] for at in theme.members}),
        made_at=clock.now(),
    )


def _refused(organisation: Organisation) -> list[set[int]]:
    rows = Proposal.objects.filter(organisation=organisation, state=ProposalState.REFUSED)
    return [set(one) for one in rows.order_by("-id").values_list("mentions", flat=True)[:200]]


def _known(one: Proposal, refused: Sequence[set[int]]) -> bool:
    """Was this group refused already?"""
    mine = set(one.mentions)
    return any(len(mine & other) >= SAME * len(mine) for other in refused)


@transaction.atomic
def take_proposal(proposal: Proposal, *, by: Membership, name_fr: str, name_en: str) -> Topic:
    """A topic of its own, taught by the group's messages. Raises ValueError as `add_topic` does, and Decided."""
    _decide(proposal, ProposalState.TAKEN, by)
    topic = add_topic(proposal.organisation, name_fr=name_fr, name_en=name_en, by=by)
    _fill(proposal, topic, by)
    return topic


@transaction.atomic
def merge_proposal(proposal: Proposal, topic: Topic, *, by: Membership) -> None:
    """The group's messages belong to a topic that is there. Raises Decided."""
    _decide(proposal, ProposalState.MERGED, by)
    _fill(proposal, topic, by)


@transaction.atomic
def refuse_proposal(proposal: Proposal, *, by: Membership) -> None:
    """No topic. A group that is much the same is not proposed again. Raises Decided."""
    _decide(proposal, ProposalState.REFUSED, by)


def _decide(proposal: Proposal, state: ProposalState, by: Membership) -> None:
    decided = Proposal.objects.filter(pk=proposal.pk, state=ProposalState.OPEN).update(
        state=state, decided_at=clock.now(), decided_by=by.user
    )
    if not decided:
        raise Decided


def _fill(proposal: Proposal, topic: Topic, by: Membership) -> None:
    """What the person accepted, he or she says of each message: so the topic is learned at once."""
    Proposal.objects.filter(pk=proposal.pk).update(topic=topic)
    for mention in Mention.objects.filter(organisation=proposal.organisation_id, pk__in=proposal.mentions):
        say_topic(mention, topic, about=True, by=by.user)
