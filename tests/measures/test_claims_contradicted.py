"""People whom an announcement disappointed, counted by hand."""

from datetime import date, timedelta

from entendu.analysis.claims import ClaimTerms, add_claim
from entendu.analysis.models import ClaimMatch
from entendu.kit import clock
from entendu.measures.compute import measure, today
from make import make_mention


def match(claim, mention, **values):
    values = {
        "verdict": "contradicts",
        "confidence": 0.9,
        "code": "state",
        "model": "m",
        "at": clock.now(),
    } | values
    ClaimMatch.objects.create(claim=claim, mention=mention, **values)


def test_people_count_once_and_a_persons_word_decides(organisation, channel, manager):
    one, two = (
        add_claim(organisation, ClaimTerms(text=text, valid_from=date(2020, 1, 1)), by=manager)
        for text in ("Ouvert dimanche", "Livré en 24 h")
    )
    said = [make_mention(channel, "x", author) for author in ("a", "a", "b", "c", "d", "e")]
    match(one, said[0])
    match(one, said[1])
    match(two, said[1])
    match(one, said[2], decision="rejected")
    match(two, said[3], verdict="unsure", decision="confirmed")
    match(two, said[4], verdict="unsure")
    long_ago = make_mention(channel, "x", "f", at=clock.now() - timedelta(days=40))
    match(one, long_ago)
    day = today(organisation)
    found = measure(organisation, "claims_contradicted", day - timedelta(days=1), day)
    assert (found.now.value, found.now.n) == (400.0, 5)  # a and c, of a to e
    assert {part.code: part.n for part in found.now.parts} == {str(one.pk): 1, str(two.pk): 2}


def test_nobody_heard_is_nothing_measured(organisation):
    day = today(organisation)
    assert measure(organisation, "claims_contradicted", day, day).now.value is None
