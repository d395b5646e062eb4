"""Accounts are linked on a person's word, with evidence, and taken apart exactly; nothing is linked by inference."""

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.kit import clock
from entendu.mentions.models import Author
from entendu.people.link import LinkRefused, confirm, decline, propose, undo
from entendu.people.models import Identity, Person
from entendu.people.stages import recognise
from make import make_author


def in_force(author: Author) -> Person:
    return author.identities.get(confirmed_at__isnull=False, ended_at__isnull=True).person


def test_a_stranger_links_nobody(organisation: Organisation, alice: Membership, charlie: Membership) -> None:
    one, other = make_author(organisation, "dalila"), make_author(organisation, "dalila2")
    with pytest.raises(LinkRefused, match="not_yours"):
        propose(one, person=in_force(other), by=charlie, evidence="judgement")
    identity = propose(one, person=in_force(other), by=alice, evidence="judgement")
    for verb in (confirm, undo, decline):
        with pytest.raises(LinkRefused, match="not_yours"):
            verb(identity, by=charlie)


def test_linking_and_undoing_is_identity(organisation: Organisation, alice: Membership) -> None:
    one, other = make_author(organisation, "dalila"), make_author(organisation, "dalila2")
    before = in_force(one)
    identity = confirm(
        propose(one, person=in_force(other), by=alice, evidence="said_so", note="par téléphone"), by=alice
    )
    assert in_force(one) == in_force(other)
    undo(identity, by=alice)
    assert in_force(one) == before
    with pytest.raises(LinkRefused, match="ended"):
        undo(identity, by=alice)


def test_the_first_claim_cannot_be_undone_and_none_is_made_twice(
    organisation: Organisation, alice: Membership
) -> None:
    one = make_author(organisation, "dalila")
    with pytest.raises(LinkRefused, match="first"):
        undo(one.identities.get(), by=alice)
    with pytest.raises(LinkRefused, match="same"):
        propose(one, person=in_force(one), by=alice, evidence="judgement")


def test_an_erased_person_takes_no_new_account(organisation: Organisation, alice: Membership) -> None:
    one, other = make_author(organisation, "dalila"), make_author(organisation, "dalila2")
    Person.objects.filter(pk=in_force(other).pk).update(erased_at=clock.now())
    with pytest.raises(LinkRefused, match="erased"):
        propose(one, person=in_force(other), by=alice, evidence="judgement")


def test_the_same_handle_elsewhere_is_proposed_and_never_made(organisation: Organisation) -> None:
    known = make_author(organisation, "dalila.k", network="photo")
    Author.objects.create(
        organisation=organisation,
        network="micro",
        key="9",
        handle="dalila.k",
        name="Dalila",
        first_seen_at=clock.now(),
    )
    ours = Author.objects.create(
        organisation=organisation,
        network="micro",
        key="1",
        handle="levain",
        ours=True,
        first_seen_at=clock.now(),
    )
    assert recognise(10) == 2
    new = Author.objects.get(key="9")
    assert in_force(new) != in_force(known)
    proposed = Identity.objects.get(confirmed_at__isnull=True)
    assert (proposed.author, proposed.person, proposed.evidence) == (new, in_force(known), "same_handle")
    assert proposed.confidence < 1
    assert not ours.identities.exists()
    assert recognise(10) == 0
