"""The whole loop on a real mailbox: a mail comes in, is answered from here, and the customer reads one reply in the
right thread. The mailbox is Debian's Dovecot; the mail goes through a real SMTP conversation."""

from collections.abc import Iterator

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.channels.add import add_channel
from entendu.channels.models import Channel
from entendu.conversations.models import Conversation, Reply
from entendu.conversations.reply import reply
from entendu.kit import clock
from entendu.worker.loop import Loop
from peers.mailserver import MailServer, require_dovecot, start_mailserver

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    require_dovecot()
    server = start_mailserver()
    yield server
    server.stop()


@pytest.fixture
def mailbox(organisation: Organisation, server: MailServer) -> Channel:
    server.empty("care")
    server.empty("marie")
    return add_channel(organisation, kind="mail", name="Boîte", settings=server.settings("care"))


def turn() -> None:
    """The worker's loop treats all that waits, the doors looked at once more."""
    Channel.objects.update(next_check_at=clock.now())
    Loop().run_once()


def answer(conversation: Conversation, alice: Membership, text: str) -> Reply:
    sent = reply(conversation, by=alice, text=text, visibility="private", seen_version=conversation.version)
    Reply.objects.filter(pk=sent.pk).update(leaves_at=clock.now())
    turn()
    sent.refresh_from_db()
    return sent


@pytest.mark.django_db
def test_a_mail_is_answered_once_in_its_thread(
    server: MailServer, mailbox: Channel, alice: Membership
) -> None:
    server.deliver(
        "marie@customer.test",
        server.settings("care")["address"],
        "Colis perdu",
        "Bonjour,\nmon colis est perdu.\n",
    )
    turn()
    conversation = Conversation.objects.get()
    assert conversation.title == "Colis perdu"
    sent = answer(conversation, alice, "Bonjour Marie, je regarde.")
    assert (sent.state, sent.code) == ("sent", "")
    turn()
    turn()
    (received,) = server.mailbox("marie")
    assert "je regarde" in received.get_payload(decode=True).decode()
    (asked,) = server.mailbox("care")
    assert received["In-Reply-To"] == asked["Message-ID"]

    server.deliver(
        "marie@customer.test",
        server.settings("care")["address"],
        "Re: Colis perdu",
        "Merci !",
        in_reply_to=received["Message-ID"],
    )
    turn()
    conversation = Conversation.objects.get()
    assert conversation.parts.count() == 2
    assert conversation.waiting_since is not None


@pytest.mark.django_db
def test_somebody_else_who_answers_the_same_mail_is_another_conversation(
    server: MailServer, mailbox: Channel, alice: Membership
) -> None:
    first = server.deliver(
        "marie@customer.test", server.settings("care")["address"], "Colis perdu", "Bonjour"
    )
    turn()
    server.deliver(
        "paul@customer.test",
        server.settings("care")["address"],
        "Re: Colis perdu",
        "Et le mien ?",
        in_reply_to=first,
    )
    turn()
    assert Conversation.objects.count() == 2
