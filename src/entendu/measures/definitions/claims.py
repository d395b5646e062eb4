"""What was announced against what is lived."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from entendu.analysis.claim_counts import contradictions
from entendu.measures.registry import measured
from entendu.measures.result import Answer, Part
from entendu.measures.sheet import Sheet


@measured(
    _("People whom an announcement disappointed, per 1,000"), unit="rate", better="down", opens="mentions"
)
def claims_contradicted(sheet: Sheet) -> Answer:
    """1,000 × distinct people who said something that contradicts an announcement ÷ distinct people heard. A message
    counts when a person confirmed the contradiction, or the machine was sure and nobody rejected it. Parts: people by
    announcement (its number); one who contradicts two counts in both.

    Our own definition: no published standard was found. Counted from the messages themselves, as people do not add up
    over days. It depends on what the register holds: an organisation that announces nothing has none.
    """
    said = sheet.mentions().order_by()
    heard = sheet.people()
    voiced = contradictions().filter(mention__in=said.values("pk"))
    people: Counter[int] = Counter()
    everybody: set[int] = set()
    for claim, voice in voiced.values_list("claim", "voice").distinct():
        people[claim] += 1
        everybody.add(voice)
    parts = [Part(str(claim), n) for claim, n in sorted(people.items())]
    return Answer(1_000 * len(everybody) / heard if heard else None, heard, parts=parts)
