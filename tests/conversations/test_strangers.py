"""Who said nothing that concerns us is not known; whoever did, or whom a colleague named, stays."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entendu.accounts.models import Membership, Organisation
from entendu.conversations.gather import forget
from entendu.conversations.models import Conversation
from entendu.mentions.models import Author, Mention, Receipt
from entendu.people.link import confirm, decline, propose
from entendu.people.models import Identity, Person
from hear import hear, hear_more, said
from make import make_author, make_channel, make_conversation, make_mention, make_query


@pytest.fixture(autouse=True)
def listening(organisation: Organisation) -> None:
    make_query(organisation)


def aside(key: str, author: str, text: str = "Parapluie zorglub") -> dict[str, object]:
    return said(key, text, author, addressed=False)


def known(organisation: Organisation) -> set[str]:
    """The accounts that are kept, each with its person."""
    accounts = set(Author.objects.filter(organisation=organisation).values_list("key", flat=True))
    people = Person.objects.filter(organisation=organisation, identities__author__isnull=False).distinct()
    assert people.count() == Person.objects.filter(organisation=organisation).count() <= len(accounts)
    return accounts


def test_who_said_something_else_that_is_kept_stays(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, [aside("a", "ed", "Au levain !"), aside("b", "ed")])
    assert known(organisation) == {"ed"}
    hear_more(channel, [aside("c", "ed")])
    assert known(organisation) == {"ed"}
    assert Person.objects.get().identities.get().author.key == "ed"


def test_who_has_a_conversation_stays(organisation: Organisation) -> None:
    conversation = make_conversation(make_channel(organisation, "Fichier"))
    mention = Mention.objects.get()
    Conversation.objects.filter(pk=conversation.pk).update(author=mention.author)
    forget([mention])
    assert Author.objects.filter(pk=mention.author_id).exists()
    assert Person.objects.filter(identities__author=mention.author_id).exists()


@pytest.mark.parametrize("word", ["proposed", "confirmed", "declined"])
@pytest.mark.parametrize("spoke", ["account", "other"])
def test_of_whom_a_colleague_gave_a_word_stays(
    organisation: Organisation, admin: Membership, word: str, spoke: str
) -> None:
    account, other = make_author(organisation, "ed"), make_author(organisation, "ed2", network="other")
    person = Person.objects.get(identities__author=other)
    claim = propose(account, person=person, by=admin, evidence="said_so")
    if word == "confirmed":
        confirm(claim, by=admin)
    elif word == "declined":
        decline(claim, by=admin)
    channel = make_channel(organisation, "Fichier")
    mention = make_mention(channel, "Parapluie", "ed")
    if spoke == "other":
        mention.author = other
        mention.save()
    claims = Identity.objects.count()
    forget([mention])
    assert Author.objects.filter(pk__in=[account.pk, other.pk]).count() == 2
    assert Identity.objects.count() == claims


def test_our_own_account_stays(organisation: Organisation) -> None:
    mention = make_mention(make_channel(organisation, "Fichier"), "Oui", "levain")
    Author.objects.update(ours=True)
    forget([mention])
    assert known(organisation) == {"levain"}


def test_who_said_nothing_that_concerns_us_is_not_known(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, [aside("a", "ed"), aside("b", "dalila", "Au levain !")])
    assert known(organisation) == {"dalila"}
    assert not Person.objects.filter(name__icontains="ed").exists()
    assert Receipt.objects.get(key="a").reason == "no_match"
    hear_more(channel, [aside("c", "ed", "Le levain, donc")])
    assert known(organisation) == {"dalila", "ed"}


def test_a_likely_link_that_nobody_looked_at_goes_with_the_stranger(
    organisation: Organisation, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, [aside("a", "dalila", "Au levain !")])
    hear(organisation, tmp_path, [aside("b", "dalila")], name="other", network="other")
    assert known(organisation) == {"dalila"}
    assert Identity.objects.get().author.network == "test"


def test_more_strangers_cost_no_more_statements(organisation: Organisation) -> None:
    channel = make_channel(organisation, "Fichier")

    def price(count: int, prefix: str) -> int:
        mentions = [make_mention(channel, "Parapluie", f"{prefix}{n}") for n in range(count)]
        with CaptureQueriesContext(connection) as seen:
            forget(mentions)
        assert not Author.objects.filter(key__startswith=prefix).exists()
        return len(seen)

    assert price(60, "many") == price(3, "few")
