"""What was announced is held against what people say, in its scope and its time; a person's word wins."""

from datetime import date, timedelta

import pytest

from entendu.accounts.models import Audit
from entendu.analysis.claim_counts import people_of, weeks_of
from entendu.analysis.claims import (
    BadClaim,
    ClaimTerms,
    accept_claim,
    add_claim,
    change_claim,
    end_claim,
    refuse_claim,
)
from entendu.analysis.contradict import decide, threshold_of
from entendu.analysis.models import Claim, ClaimMatch, Topic
from entendu.analysis.stages import analyse, look_back
from entendu.conversations.errors import VerbRefused
from entendu.conversations.judge_claim import judge_claim
from entendu.conversations.models import Event
from entendu.kit import clock
from entendu.mentions.change import bury
from entendu.mentions.models import Mention
from make import make_author, make_conversation, make_mention

SUNDAY = "Nos boulangeries sont ouvertes le dimanche matin dès 7 h"
SHUT = "Boulangerie fermée ce dimanche matin à 8 h, personne"


def heard(channel, text=SHUT, author="dalila", **values):
    """A mention that nobody has read."""
    mention = make_mention(channel, text, author, **values)
    mention.analysis.delete()
    Mention.objects.filter(pk=mention.pk).update(analysed_at=None)
    return mention


def announce(organisation, manager, text=SUNDAY, **values):
    values = {"kind": "hours", "valid_from": date(2020, 1, 1)} | values
    return add_claim(organisation, ClaimTerms(text=text, **values), by=manager)


@pytest.mark.parametrize(
    ("terms", "field", "code"),
    [
        ({"text": " "}, "text", "required"),
        ({"text": "x" * 301}, "text", "too_long"),
        ({"kind": "weather"}, "kind", "bad_value"),
        ({"valid_until": date(2019, 1, 1)}, "valid_until", "ends_before"),
    ],
)
def test_a_bad_announcement_is_refused_beside_its_field(organisation, manager, terms, field, code):
    with pytest.raises(BadClaim) as bad:
        announce(organisation, manager, **{"text": SUNDAY} | terms)
    assert bad.value.errors == {field: code}
    assert not Claim.objects.exists()


def test_agents_and_strangers_keep_no_register(organisation, alice, charlie, manager):
    for actor, code in ((alice, "not_allowed"), (charlie, "not_yours")):
        with pytest.raises(BadClaim) as bad:
            announce(organisation, actor)
        assert bad.value.errors == {"": code}
    announce(organisation, manager)
    with pytest.raises(BadClaim):
        announce(organisation, manager)


def test_a_topic_of_another_organisation_is_no_scope(organisation, elsewhere, manager):
    foreign = Topic.objects.create(organisation=elsewhere, slug="t", name_en="T", name_fr="T")
    with pytest.raises(BadClaim):
        announce(organisation, manager, topic=foreign)


def test_what_is_said_is_matched_when_it_is_read(organisation, channel, manager):
    claim = announce(organisation, manager)
    said = heard(channel)
    heard(channel, "Très bon pain aux noix")
    analyse(10)
    [match] = ClaimMatch.objects.all()
    assert (match.claim, match.mention, match.verdict) == (claim, said, "contradicts")
    assert "fermée" in [SHUT[start:end] for start, end in match.lived]
    assert people_of([claim.pk]) == {claim.pk: 1}


@pytest.mark.parametrize(
    "scope",
    [{"place": "Brest"}, {"valid_until": date(2021, 1, 1)}, {"valid_from": date(2090, 1, 1)}],
)
def test_elsewhere_or_at_another_time_it_is_not_held_against_it(organisation, channel, manager, scope):
    announce(organisation, manager, **scope)
    heard(channel, place="Nantes")
    analyse(10)
    assert not ClaimMatch.objects.exists()


def test_about_another_topic_it_is_not_held_against_it(organisation, channel, manager):
    other = Topic.objects.create(
        organisation=organisation, slug="t", name_en="T", name_fr="T", words="brioche"
    )
    announce(organisation, manager, topic=other)
    heard(channel)
    heard(channel, SHUT + " et je voulais une brioche", "autre")
    analyse(10)
    assert [match.mention.author.key for match in ClaimMatch.objects.all()] == ["autre"]


def test_our_own_words_contradict_nothing_and_are_proposed(organisation, channel, manager):
    announce(organisation, manager)
    for _twice in range(2):
        heard(channel, "Livraison en 24 h garantie partout en ville !", "nous", ours=True)
    heard(channel, "Désolés, la livraison en 24 h est en retard.", "nous", ours=True, parent_key="x")
    analyse(10)
    assert not ClaimMatch.objects.exists()
    [proposed] = Claim.objects.filter(state="proposed")
    assert (proposed.kind, proposed.source) == ("time", "own")


def test_what_was_proposed_is_held_against_nobody_until_accepted(organisation, channel, manager):
    heard(channel, SUNDAY + ".", "nous", ours=True, at=clock.now() - timedelta(days=9))
    analyse(10)
    heard(channel)
    analyse(10)
    assert not ClaimMatch.objects.exists()
    [proposed] = Claim.objects.all()
    accept_claim(proposed, by=manager)
    while look_back(10):
        continue
    assert ClaimMatch.objects.get().verdict == "contradicts"


def test_what_was_refused_is_not_proposed_again(organisation, channel, manager):
    heard(channel, SUNDAY + ".", "nous", ours=True)
    analyse(10)
    refuse_claim(Claim.objects.get(), by=manager)
    with pytest.raises(BadClaim):
        refuse_claim(Claim.objects.get(), by=manager)
    heard(channel, SUNDAY + ".", "nous", ours=True)
    analyse(10)
    assert Claim.objects.get().state == "refused"


def test_a_new_announcement_is_held_against_the_last_ninety_days(organisation, channel, manager):
    now = clock.now()
    for days in (1, 50, 89, 91):
        make_mention(channel, SHUT, f"p{days}", at=now - timedelta(days=days))
    make_mention(channel, "rien à voir", at=now - timedelta(days=2))
    claim = announce(organisation, manager)
    rounds = 0
    while look_back(2):
        rounds += 1
    assert rounds >= 2
    found = ClaimMatch.objects.filter(verdict="contradicts")
    assert sorted(match.mention.author.key for match in found) == ["p1", "p50", "p89"]
    claim.refresh_from_db()
    assert claim.back_at is None
    assert sum(weeks_of([claim.pk], now, 12)[claim.pk]) == 2


def test_one_person_with_two_accounts_counts_once(organisation, channel, manager):
    claim = announce(organisation, manager)
    one, two = make_author(organisation, "a"), make_author(organisation, "b")
    identity = two.identities.get()
    identity.person = one.identities.get().person
    identity.save()
    heard(channel, author="a")
    heard(channel, author="b")
    heard(channel, author="c")
    analyse(10)
    assert people_of([claim.pk]) == {claim.pk: 2}


def test_a_persons_word_wins_and_outlives_a_new_reading(organisation, channel, manager, alice):
    claim = announce(organisation, manager)
    said = heard(channel)
    analyse(10)
    decide(ClaimMatch.objects.get(), by=alice, decision="rejected")
    assert people_of([claim.pk]) == {}
    Mention.objects.filter(pk=said.pk).update(analysed_at=None)
    analyse(10)
    assert ClaimMatch.objects.get().decision == "rejected"
    decide(ClaimMatch.objects.get(), by=alice, decision="")
    assert people_of([claim.pk]) == {claim.pk: 1}


def test_readers_and_strangers_do_not_judge(organisation, channel, manager, bob, charlie):
    announce(organisation, manager)
    heard(channel)
    analyse(10)
    match = ClaimMatch.objects.get()
    for actor in (bob, charlie):
        with pytest.raises(VerbRefused):
            judge_claim(match, by=actor, decision="confirmed")
    with pytest.raises(VerbRefused):
        judge_claim(match, by=manager, decision="perhaps")
    assert ClaimMatch.objects.get().decision == ""


def test_a_decision_is_an_event_of_the_conversation_or_in_the_trail(organisation, channel, manager, alice):
    announce(organisation, manager)
    conversation = make_conversation(channel, SHUT)
    heard(channel, author="autre")
    while look_back(10):
        continue
    analyse(10)
    for match in ClaimMatch.objects.all():
        judge_claim(match, by=alice, decision="confirmed")
    [event] = Event.objects.filter(conversation=conversation, kind="corrected")
    assert event.data["facet"] == "claim" and event.by == alice.user
    assert Audit.objects.filter(verb="claim_decided").count() == 1


def test_what_its_author_took_back_counts_no_more(organisation, channel, manager):
    claim = announce(organisation, manager)
    said = heard(channel)
    analyse(10)
    bury(said)
    assert people_of([claim.pk]) == {}


def test_other_words_are_held_anew_and_a_withdrawn_claim_matches_nobody(organisation, channel, manager):
    claim = announce(organisation, manager)
    heard(channel)
    analyse(10)
    changed = change_claim(claim, ClaimTerms(text="Parking gratuit", kind="price"), by=manager)
    assert not ClaimMatch.objects.exists()
    end_claim(changed, by=manager)
    heard(channel, "Parking payé 18 €, c'est écrit gratuit", "autre")
    analyse(10)
    assert not ClaimMatch.objects.exists()
    assert [one.change for one in claim.versions.order_by("id")] == ["added", "changed", "ended"]


def test_the_threshold_is_learnt_from_twenty_decisions(organisation, channel, manager):
    claim = announce(organisation, manager)
    assert threshold_of(organisation.pk) is None
    for place in range(24):
        ClaimMatch.objects.create(
            claim=claim, mention=make_mention(channel, "x", f"p{place}"), verdict="contradicts", code="state",
            confidence=0.4 + place / 50, model="m", at=clock.now(), decided_at=clock.now(),
            decision="confirmed" if place >= 12 else "rejected",
        )  # fmt: skip
    assert threshold_of(organisation.pk) == pytest.approx(0.4 + 10 / 50)
