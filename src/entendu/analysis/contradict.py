"""Holds what people say against what was announced; what people decide upon teaches the threshold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.claims import propose_claim
from entendu.analysis.models import Claim, ClaimMatch, ClaimState, Tag
from entendu.kit import clock
from entendu.mentions.models import Mention
from entendu.reading import claims as reading

BACK = timedelta(days=90)
DECIDED = 20  # decisions before an organisation has its own threshold
LATEST = 500  # decisions that it is learnt from
PRECISION = 0.85
PROPOSED_FROM = 2_000  # proposals that nobody looked at: no more are made


@dataclass(slots=True)
class Held:
    """What a batch of mentions says about the claims in force, not yet written."""

    matches: list[ClaimMatch] = field(default_factory=list)
    own: list[Mention] = field(default_factory=list)

    def write(self, mine: set[int]) -> None:
        """Writes for the mentions in `mine`, in the caller's transaction. What people decided stays."""
        ClaimMatch.objects.filter(mention__in=mine, decision="").delete()
        ClaimMatch.objects.insert_many(
            (one for one in self.matches if one.mention_id in mine), skip_known=True
        )
        for mention in self.own:
            if mention.pk in mine:
                propose_from(mention)


def hold(
    mentions: Sequence[Mention], moods: Sequence[reading.Mood], topics: dict[int, set[int]] | None = None
) -> Held:
    """Each mention of others against the claims of its organisation that were in force when it was said, where it
    belongs. `topics`: by mention, what it is about; asked from the store when None."""
    found = Held(own=[one for one in mentions if announces(one)])
    for organisation in {one.organisation_id for one in mentions}:
        claims = list(Claim.objects.filter(organisation=organisation, state=ClaimState.IN_FORCE))
        chosen = [
            (one, mood)
            for one, mood in zip(mentions, moods, strict=True)
            if one.organisation_id == organisation and not one.ours and not one.automatic
        ]
        if claims and chosen:
            found.matches += judged(claims, chosen, topics)
    return found


def judged(
    claims: Sequence[Claim],
    chosen: Sequence[tuple[Mention, reading.Mood]],
    topics: dict[int, set[int]] | None,
) -> list[ClaimMatch]:
    """The matches of mentions of one organisation with its claims, within scope."""
    by_key = {claim.pk: claim for claim in claims}
    register = reading.Register([reading.Announced(claim.pk, claim.text, claim.kind) for claim in claims])
    if topics is None and any(claim.topic_id for claim in claims):
        topics = topics_of([mention.pk for mention, _mood in chosen])
    texts = [text_of(mention) for mention, _mood in chosen]
    sure = threshold_of(claims[0].organisation_id)
    now, model = clock.now(), reading.weights().version
    return [
        ClaimMatch(
            claim_id=one.claim, mention=chosen[one.said][0], verdict=one.verdict, confidence=one.confidence,
            told=list(one.told), lived=list(one.lived), code=one.code, model=model, at=now,
        )
        for one in register.judge(texts, [mood for _mention, mood in chosen], sure=sure)
        if in_scope(by_key[one.claim], chosen[one.said][0], topics or {})
    ]  # fmt: skip


def text_of(mention: Mention) -> str:
    """The characters that the spans of a match count in."""
    return f"{mention.title}\n{mention.text}" if mention.title else mention.text


def in_scope(claim: Claim, mention: Mention, topics: dict[int, set[int]]) -> bool:
    """In force on the day that it was said, there, and about that."""
    day = mention.said_at.date()
    if day < claim.valid_from or (claim.valid_until is not None and day > claim.valid_until):
        return False
    if claim.place and mention.place and claim.place.casefold() != mention.place.casefold():
        return False
    return claim.topic_id is None or claim.topic_id in topics.get(mention.pk, set())


def topics_of(mentions: Iterable[int]) -> dict[int, set[int]]:
    """What mentions are about, by mention."""
    found: dict[int, set[int]] = {}
    for mention, topic in Tag.objects.filter(mention__in=list(mentions)).values_list("mention", "topic"):
        found.setdefault(mention, set()).add(topic)
    return found


def threshold_of(organisation: int) -> float | None:
    """From which confidence on the machine says "contradicts" here: learnt from what people confirmed and rejected;
    None while they are few. The lowest one at which PRECISION of what is over it was confirmed."""
    rows = ClaimMatch.objects.filter(claim__organisation=organisation).exclude(decision="")
    decided = list(rows.order_by("-decided_at").values_list("confidence", "decision")[:LATEST])
    if len(decided) < DECIDED:
        return None
    decided.sort(reverse=True)
    best, right = None, 0
    for place, (confidence, decision) in enumerate(decided, 1):
        right += decision == "confirmed"
        if right / place >= PRECISION:
            best = confidence
    return min(0.95, max(reading.weights().doubt, best if best is not None else 0.95))


def announces(mention: Mention) -> bool:
    """Ours, in public, and answering nobody."""
    return (
        mention.ours and not mention.automatic and mention.visibility == "public" and not mention.parent_key
    )


def propose_from(mention: Mention) -> None:
    """The sentences of our own message that announce something are proposed to the register."""
    waiting = Claim.objects.filter(organisation=mention.organisation_id, state=ClaimState.PROPOSED)
    if waiting.count() >= PROPOSED_FROM:
        return
    organisation = Organisation(pk=mention.organisation_id)
    for one in reading.propose(text_of(mention)):
        propose_claim(organisation, one.text, one.kind, said_in=mention)


def look_back(limit: int) -> int:
    """Holds up to `limit` messages of before against one claim that is new or changed; returns how many it looked at.
    From the newest to the oldest, BACK long."""
    claim = Claim.objects.filter(back_at__isnull=False, state=ClaimState.IN_FORCE).order_by("id").first()
    if claim is None or claim.back_at is None:
        return 0
    before = Q(said_at__lt=claim.back_at) | Q(said_at=claim.back_at, pk__lt=claim.back_id)
    rows = Mention.objects.filter(
        before,
        organisation=claim.organisation_id,
        said_at__gte=claim.created_at - BACK,
        said_at__lte=claim.back_at,
        ours=False,
        automatic=False,
        deleted_at__isnull=True,
        analysed_at__isnull=False,
    )
    batch = list(rows.select_related("analysis").order_by("-said_at", "-pk")[:limit])
    found = judged([claim], [(one, mood_of(one)) for one in batch], None) if batch else []
    last = (batch[-1].said_at, batch[-1].pk) if len(batch) == limit else (None, 0)
    with transaction.atomic():
        mine = Claim.objects.filter(pk=claim.pk, back_at=claim.back_at, back_id=claim.back_id)
        if mine.update(back_at=last[0], back_id=last[1]):
            ClaimMatch.objects.insert_many(found, skip_known=True)
    return max(1, len(batch))


def mood_of(mention: Mention) -> reading.Mood:
    """How it was read, people's corrections included."""
    analysis = getattr(mention, "analysis", None)
    return reading.Mood(analysis.sentiment, analysis.intent) if analysis else reading.Mood()


@transaction.atomic
def decide(match: ClaimMatch, *, by: Membership, decision: str) -> ClaimMatch:
    """A person says that it contradicts ("confirmed"), that it does not ("rejected"), or takes that back (""). Raises
    ValueError: not_yours · not_allowed · bad_value."""
    if by.organisation_id != match.claim.organisation_id:
        raise ValueError("not_yours")
    if not by.may("correct"):
        raise ValueError("not_allowed")
    if decision not in ("confirmed", "rejected", ""):
        raise ValueError("bad_value")
    match.decision = decision
    match.decided_by, match.decided_at = (by.user, clock.now()) if decision else (None, None)
    match.save(update_fields=["decision", "decided_by", "decided_at"])
    return match
