"""Masks personal data where the rules of an organisation say so.

Cards and French social security numbers are masked in the text that is stored, at once: nothing that reads it (pages,
search, programs, exports, other services) can show them. The bytes as they came stay in the receipt until it is
forgotten: who may see them is written in the trail.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.kit import clock
from entendu.mentions.models import MaskRule, OwnPattern, PiiKind, Place
from entendu.reading import pii

DEFAULTS: Mapping[str, frozenset[str]] = {
    Place.STORED: frozenset({PiiKind.CARD, PiiKind.NIR}),
    Place.SCREEN: frozenset({PiiKind.CARD, PiiKind.NIR}),
    Place.API: frozenset({PiiKind.CARD, PiiKind.NIR, PiiKind.IBAN}),
    Place.OUTGOING: frozenset(PiiKind.values),
}
MOST_PATTERNS = 20


class BadRule(ValueError):
    """`code`: not_allowed · bad_value · pattern · too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Rules:
    """What one organisation masks, by place, and its own patterns."""

    kinds: Mapping[str, frozenset[str]] = field(default_factory=lambda: DEFAULTS)
    patterns: tuple[str, ...] = ()

    def masked(self, text: str, place: str) -> str:
        """The text as it may be at `place`."""
        kinds = self.kinds[place]
        return pii.mask(text, kinds, patterns=self.patterns) if kinds and pii.may_hold(text, kinds) else text


def rules_of(organisations: Iterable[int]) -> dict[int, Rules]:
    """The rules of organisations. Two statements."""
    wanted = set(organisations)
    kinds: dict[int, dict[str, set[str]]] = {
        pk: {place: set(found) for place, found in DEFAULTS.items()} for pk in wanted
    }
    for one in MaskRule.objects.filter(organisation__in=wanted):
        chosen = kinds[one.organisation_id][one.place]
        (chosen.add if one.masked else chosen.discard)(one.kind)
    patterns: dict[int, list[str]] = {}
    for pk, pattern in OwnPattern.objects.filter(organisation__in=wanted).values_list(
        "organisation", "pattern"
    ):
        patterns.setdefault(pk, []).append(pattern)
    return {
        pk: Rules({place: frozenset(k) for place, k in kinds[pk].items()}, tuple(patterns.get(pk, ())))
        for pk in wanted
    }


@transaction.atomic
def set_rules(by: Membership, masked: Iterable[tuple[str, str]]) -> None:
    """From now on exactly these (kind, place) are masked; what is stored already is not changed. Raises BadRule."""
    if not by.may("administer"):
        raise BadRule("not_allowed")
    wanted = set(masked)
    if any(kind not in PiiKind.values or place not in Place.values for kind, place in wanted):
        raise BadRule("bad_value")
    before = rules_of([by.organisation_id])[by.organisation_id].kinds
    changed = {
        f"{kind} {place}": (kind, place) in wanted
        for kind in PiiKind.values
        for place in Place.values
        if (kind in before[place]) != ((kind, place) in wanted)
    }
    for name, value in changed.items():
        kind, place = name.split()
        MaskRule.objects.update_or_create(
            organisation_id=by.organisation_id, kind=kind, place=place,
            defaults={"masked": value, "by": by.user, "at": clock.now()},
        )  # fmt: skip
    if changed:
        audit(by.organisation, by, "set_masks", "", **changed)


@transaction.atomic
def set_patterns(by: Membership, patterns: Iterable[str]) -> None:
    """Our own numbers are written so from now on. Raises BadRule."""
    if not by.may("administer"):
        raise BadRule("not_allowed")
    wanted = list(dict.fromkeys(one.strip() for one in patterns if one.strip()))
    if len(wanted) > MOST_PATTERNS:
        raise BadRule("too_many")
    if not all(pii.is_pattern(one) for one in wanted):
        raise BadRule("pattern")
    known = OwnPattern.objects.filter(organisation=by.organisation)
    before = list(known.values_list("pattern", flat=True))
    if before == wanted:
        return
    known.exclude(pattern__in=wanted).delete()
    for one in wanted:
        OwnPattern.objects.get_or_create(organisation=by.organisation, pattern=one)
    audit(by.organisation, by, "set_patterns", "", before=before, patterns=wanted)
