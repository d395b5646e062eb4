"""What the pages of announcements show: people by claim and by week, messages with the words of both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Q, QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from entendu.accounts.models import Membership
from entendu.analysis.claim_counts import people_of, unsure_of, weeks_of
from entendu.analysis.contradict import BACK, text_of
from entendu.analysis.models import Claim, ClaimMatch
from entendu.analysis.models.claim import CONTRADICTED
from entendu.kit import clock
from entendu.mentions.masking import Rules, rules_of
from entendu.mentions.models import Place
from entendu.reading.claims import reason

WEEKS = 12


@dataclass(frozen=True)
class Line:
    """A claim of the list: how many people contradict it, how many messages wait for a word, people by week."""

    it: Claim
    people: int
    unsure: int
    weeks: list[int]


@dataclass(frozen=True)
class Held:
    """A match as a page shows it: both texts with their words marked, and why, in the reader's language."""

    it: ClaimMatch
    told: SafeString
    lived: SafeString
    why: str


def lines_of(claims: Sequence[Claim]) -> list[Line]:
    """The claims with their counts, in three statements."""
    keys = [one.pk for one in claims]
    people, unsure, weeks = people_of(keys), unsure_of(keys), weeks_of(keys, clock.now(), WEEKS)
    return [Line(one, people.get(one.pk, 0), unsure.get(one.pk, 0), weeks[one.pk]) for one in claims]


def loaded(matches: QuerySet[ClaimMatch]) -> QuerySet[ClaimMatch]:
    """`matches` with all that a page shows of them."""
    return matches.select_related(
        "claim", "mention__author", "mention__channel", "mention__part__conversation", "decided_by"
    )


def held_of(matches: Iterable[ClaimMatch]) -> list[Held]:
    """The matches with their words marked."""
    place = 1 if (get_language() or "en").startswith("fr") else 0
    matches = list(matches)
    rules = rules_of({one.claim.organisation_id for one in matches}) if matches else {}
    return [
        Held(
            one,
            marked(one.claim.text, one.told),
            marked(text_of(one.mention), one.lived, rules[one.claim.organisation_id]),
            reason(one.code, one.claim.text, one.told, text_of(one.mention), one.lived)[place],
        )
        for one in matches
    ]


def marked(text: str, spans: Sequence[Sequence[int]], rules: Rules | None = None) -> SafeString:
    """The text with characters [start, end) of each span marked; spans of an older text are cut to fit. With `rules`,
    without the personal data that the organisation does not show on screen."""
    parts: list[SafeString] = []
    shown = partial(rules.masked, place=Place.SCREEN) if rules else str
    at = 0
    for start, end in sorted((max(0, a), min(b, len(text))) for a, b in spans):
        if start < at or end <= start:
            continue
        parts += [escape(shown(text[at:start])), format_html("<mark>{}</mark>", shown(text[start:end]))]
        at = end
    return mark_safe("".join([*parts, escape(shown(text[at:]))]))  # noqa: S308 -- each part is escaped above


def of_mention(actor: Membership, mention: int) -> list[Held]:
    """What one message contradicts, or may: for the panel beside a conversation."""
    found = ClaimMatch.objects.visible_to(actor).filter(mention=mention)
    wanted = loaded(found.filter(CONTRADICTED | Q(decision="", verdict="unsure") | Q(decision="rejected")))
    return held_of(wanted.order_by("-confidence", "id")[:5])


def looked_back(claim: Claim) -> int | None:
    """How much of the messages of before was looked at, in percent; None when all was."""
    if claim.back_at is None:
        return None
    done = (clock.now() - claim.back_at) / BACK
    return round(100 * min(1.0, max(0.0, done)))
