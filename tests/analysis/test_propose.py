"""Groups that no topic holds are proposed, named by their phrases, and decided by a person once."""

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.models import Proposal, Tag, TopicSaid
from entendu.analysis.propose import Decided, merge_proposal, propose, refuse_proposal, take_proposal
from entendu.analysis.stages import propose as stage
from entendu.analysis.topics import add_topic
from entendu.channels.models import Channel
from entendu.reading.themes import themes
from make import make_mention

PARKING = ["Impossible de trouver une place de parking", "Le parking est toujours plein",
           "Parking trop petit devant la boutique", "On ne peut pas se garer, parking plein",
           "Encore un parking complet samedi", "Le parking est mal éclairé", "Le parking est payant, quel dommage",
           "Place de parking occupée par les livreurs"]  # fmt: skip
PLAIN = [f"{a} {b}" for a in ("Bon pain", "Vendeuse aimable", "Tarte au citron", "Café chaud", "Belle vitrine",
         "Ouvert tôt", "Prix corrects", "Brioche dorée") for b in ("ce matin", "hier soir", "en ville", "comme avant",
         "à midi", "pour moi", "chez vous")]  # fmt: skip


@pytest.fixture
def said(organisation: Organisation, channel: Channel) -> None:
    for number, text in enumerate([*PARKING, *PLAIN]):
        make_mention(channel, text, f"a{number}")


def parking(found: list[Proposal]) -> Proposal:
    return next(one for one in found if any("parking" in phrase for phrase in one.phrases))


def test_too_little_gives_nothing() -> None:
    assert themes(["un", "deux", "trois"]) == []
    assert themes(["", "", "", "", "", ""]) == []


def test_the_same_texts_give_the_same_groups() -> None:
    first, second = themes([*PARKING, *PLAIN]), themes([*PARKING, *PLAIN])
    assert first == second
    found = next(theme for theme in first if any("parking" in phrase for phrase in theme.phrases))
    inside = [at for at in found.members if at < len(PARKING)]
    assert len(inside) >= 5
    assert len(inside) >= 0.8 * len(found.members)


def test_a_group_is_proposed_with_its_phrase_and_its_people(organisation: Organisation, said: None) -> None:
    found = parking(propose(organisation))
    assert found.people >= 5


def test_taken_it_is_a_topic_and_its_messages_teach_it(
    organisation: Organisation, manager: Membership, said: None
) -> None:
    proposal = parking(propose(organisation))
    topic = take_proposal(proposal, by=manager, name_fr="Stationnement", name_en="Parking")
    assert set(Tag.objects.filter(topic=topic).values_list("mention", flat=True)) == set(proposal.mentions)
    assert TopicSaid.objects.filter(topic=topic, about=True, by=manager.user).count() == len(
        proposal.mentions
    )
    with pytest.raises(Decided):
        refuse_proposal(proposal, by=manager)


def test_merged_its_messages_go_to_the_topic_that_is_there(
    organisation: Organisation, manager: Membership, said: None
) -> None:
    topic = add_topic(organisation, name_en="Access", name_fr="Accès")
    proposal = parking(propose(organisation))
    merge_proposal(proposal, topic, by=manager)
    assert Tag.objects.filter(topic=topic).count() == len(proposal.mentions)


def test_refused_it_does_not_come_back(organisation: Organisation, manager: Membership, said: None) -> None:
    refuse_proposal(parking(propose(organisation)), by=manager)
    again = propose(organisation)
    assert not [one for one in again if any("parking" in phrase for phrase in one.phrases)]


def test_the_stage_looks_once_a_day(organisation: Organisation, said: None) -> None:
    assert stage(10) == 1
    assert stage(10) == 0
