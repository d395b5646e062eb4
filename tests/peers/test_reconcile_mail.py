"""A mailbox is asked what it holds, on a real Dovecot that renumbers its folder: nothing doubles, no gap hides."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from entendu.accounts.models import Organisation
from entendu.channels.add import add_channel
from entendu.channels.models import Alarm, Channel
from entendu.kit import clock
from entendu.mentions.models import Mention, Receipt, Reconciliation
from entendu.mentions.reconcile import reconcile
from entendu.worker.loop import Loop
from peers.mailserver import MailServer, require_dovecot, start_mailserver

pytestmark = [pytest.mark.peers, pytest.mark.django_db]


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    require_dovecot()
    server = start_mailserver()
    yield server
    server.stop()


@pytest.fixture
def mailbox(organisation: Organisation, server: MailServer) -> Channel:
    """Three mails, heard."""
    server.empty("care")
    channel = add_channel(organisation, kind="mail", name="Boîte", settings=server.settings("care"))
    for text in ("un", "deux", "trois"):
        say(server, text)
    turn()
    return channel


def say(server: MailServer, text: str) -> None:
    server.deliver("marie@customer.test", "care@ex.test", f"Objet {text}", text)


def turn() -> None:
    Channel.objects.update(next_check_at=clock.now())
    Loop().run_once()


def compared(channel: Channel) -> tuple[str, int, int, int, int, int]:
    row: Reconciliation = reconcile(Channel.objects.select_related("organisation").get(pk=channel.pk))
    return row.verdict, row.there, row.here, row.fetched, row.missing, row.extra


def test_a_renumbered_folder_holds_what_it_held(server: MailServer, mailbox: Channel) -> None:
    assert compared(mailbox) == ("agrees", 3, 3, 0, 0, 0)
    server.change_uidvalidity("care", 4242)
    assert compared(mailbox) == ("agrees", 3, 3, 0, 0, 0)
    turn()
    server.change_uidvalidity("care", 4243)
    say(server, "quatre")
    turn()
    assert compared(mailbox) == ("agrees", 4, 4, 0, 0, 0)
    assert Receipt.objects.count() == Mention.objects.count() == 4
    assert not Receipt.objects.filter(reason="duplicate").exists() and not Alarm.objects.exists()


def test_what_was_lost_before_and_after_a_renumbering_is_found(server: MailServer, mailbox: Channel) -> None:
    server.change_uidvalidity("care", 77)
    turn()
    Receipt.objects.filter(note__startswith="INBOX", mentions__text="deux").delete()
    Mention.objects.filter(text="deux").delete()
    turn()
    assert Mention.objects.count() == 2, "polls go on after the last number"
    assert compared(mailbox) == ("mended", 3, 2, 1, 0, 0)
    Loop().run_once()
    assert sorted(Mention.objects.values_list("text", flat=True)) == ["deux", "trois", "un"]
    assert Alarm.objects.get().facts["fetched"] == 1
    assert compared(mailbox) == ("agrees", 3, 3, 0, 0, 0)


def test_what_was_lost_is_told_though_a_renumbered_folder_is_read_anew(
    server: MailServer, mailbox: Channel
) -> None:
    hour = timedelta(hours=1)
    start = clock.now()
    with clock.at(start + hour):
        turn()
        Receipt.objects.filter(mentions__text="deux").delete()
        Mention.objects.filter(text="deux").delete()
    server.change_uidvalidity("care", 78)
    with clock.at(start + hour + timedelta(minutes=1)):
        turn()
        found = Reconciliation.objects.get()
        assert (found.verdict, found.there, found.here, found.fetched) == ("mended", 3, 2, 1)
        assert Alarm.objects.get().facts["fetched"] == 1
        assert sorted(Mention.objects.values_list("text", flat=True)) == ["deux", "trois", "un"]
    with clock.at(start + 2 * hour):
        turn()
        assert Receipt.objects.count() == 3 and Reconciliation.objects.count() == 1


def test_what_a_folder_took_in_while_its_server_moved_is_no_hole(
    server: MailServer, mailbox: Channel
) -> None:
    server.change_uidvalidity("care", 79)
    say(server, "quatre")
    with clock.at(clock.now() + timedelta(hours=5)):
        turn()
    assert Reconciliation.objects.get().verdict == "agrees" and not Alarm.objects.exists()
    assert Mention.objects.count() == 4


def test_a_number_that_is_given_twice_hides_no_mail(server: MailServer, mailbox: Channel) -> None:
    with server.opened("care") as client:
        last = int(client.uid("SEARCH", None, "ALL")[1][0].split()[-1])
    server.expunge("care", 3)
    server.forget_number("care", last)
    say(server, "quatre")
    with server.opened("care", readonly=True) as client:
        assert int(client.uid("SEARCH", None, "ALL")[1][0].split()[-1]) == last
    turn()
    assert not Mention.objects.filter(text="quatre").exists(), "its number was read already"
    assert compared(mailbox) == ("mended", 3, 2, 1, 0, 1)
    Loop().run_once()
    assert Mention.objects.filter(text="quatre").exists()


def test_what_was_heard_under_numbers_is_known_by_them(server: MailServer, mailbox: Channel) -> None:
    """As by an older version."""
    with server.opened("care", readonly=True) as client:
        validity = client.response("UIDVALIDITY")[1][0].decode()
        uids = client.uid("SEARCH", None, "ALL")[1][0].decode().split()
    for receipt, uid in zip(Receipt.objects.order_by("pk"), uids, strict=True):
        Receipt.objects.filter(pk=receipt.pk).update(key=f"{validity}:{uid}")
    assert compared(mailbox) == ("agrees", 3, 3, 0, 0, 0)
