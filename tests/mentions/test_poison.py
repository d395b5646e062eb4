"""A bad unit holds nobody up: set aside after three tries, visible with its bytes, decided upon by a person."""

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.channels import doors
from entendu.channels.models import Channel
from entendu.mentions.drop import DropRefused, drop_unread
from entendu.mentions.models import Mention, Receipt
from entendu.mentions.parse import parse_waiting, try_again
from entendu.mentions.pull import store_raws
from entendu.wire import Raw
from kit.bad_mails import bad_mails
from make import make_channel
from mentions.fake_poison import FakeConnector

GOOD = b"From: M <m@ex.example>\r\nTo: care@levain.example\r\nSubject: %d\r\nMessage-ID: <%d@ex>\r\n\r\nBonjour %d\r\n"


@pytest.fixture
def fake(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setitem(doors.kinds(), "fake", FakeConnector)  # type: ignore[arg-type]
    return make_channel(organisation, "Fausse", kind="fake")


def bring(channel: Channel, *texts: str) -> None:
    store_raws(channel, [Raw(f"k{number}", text.encode()) for number, text in enumerate(texts)])


def read_all() -> None:
    while parse_waiting(1000):
        continue


def begun(channel: Channel, *texts: str) -> None:
    """These came, a worker began to read them, and was never seen again."""
    bring(channel, *texts)
    Receipt.objects.update(tries=1)


@pytest.mark.parametrize(
    ("text", "code"), [("hang", "child_timeout"), ("memory", "child_memory"), ("exit", "child_crashed")]
)
def test_what_ended_a_worker_ends_a_child_and_is_set_aside(fake: Channel, text: str, code: str) -> None:
    begun(fake, "un", text, "deux")
    read_all()
    receipt = Receipt.objects.get(reason="unreadable")
    assert (bytes(receipt.content).decode(), receipt.end, receipt.tries) == (text, "", 3)
    assert receipt.detail.startswith(code)
    assert sorted(Mention.objects.values_list("text", flat=True)) == ["deux", "un"]


def test_a_fault_is_tried_three_times_and_a_verdict_once(fake: Channel) -> None:
    bring(fake, "fault", "broken", "un")
    read_all()
    assert dict(Receipt.objects.filter(reason="unreadable").values_list("key", "tries")) == {"k0": 3, "k1": 1}
    assert Mention.objects.get().text == "un"


def test_an_innocent_that_was_begun_often_is_read(fake: Channel) -> None:
    begun(fake, "un")
    Receipt.objects.update(tries=7)
    read_all()
    assert Mention.objects.get().text == "un"


def test_each_thing_said_has_its_own_line(fake: Channel) -> None:
    bring(fake, "un deux trois")
    read_all()
    assert Receipt.objects.count() == Mention.objects.count() == 3
    assert len(set(Mention.objects.values_list("receipt", flat=True))) == 3
    whole = Receipt.objects.get(part_of=None)
    assert set(Receipt.objects.exclude(part_of=None).values_list("part_of", flat=True)) == {whole.pk}
    Receipt.objects.filter(pk=whole.pk).update(parsed_at=None)
    read_all()
    assert Receipt.objects.count() == Mention.objects.count() == 3


def test_seventy_five_bad_mails_amid_a_thousand_good(organisation: Organisation) -> None:
    server = {"imap_host": "imap.levain.example", "smtp_host": "smtp.levain.example", "password": "x"}
    channel = make_channel(
        organisation, "Courriel", kind="mail", address="care@levain.example", user="care", **server
    )
    bad = [content for _name, content in bad_mails()][:75]
    raws = [Raw(f"g{number}", GOOD % (number, number, number), "message/rfc822") for number in range(1000)]
    for number, content in enumerate(bad):
        raws.insert(number * 13, Raw(f"b{number}", content, "message/rfc822"))
    store_raws(channel, raws)
    read_all()
    good = Mention.objects.filter(receipt__key__startswith="g")
    assert good.count() == 1000
    assert Receipt.objects.count() == 1075
    assert not Receipt.objects.filter(end="dropped").exclude(reason="duplicate").exists()
    for receipt in Receipt.objects.filter(key__startswith="b"):
        seen = receipt.mentions.exists() or receipt.reason in ("unreadable", "duplicate")
        assert seen, receipt.key
        assert bytes(receipt.content) or receipt.end


def test_a_person_tries_one_again_or_drops_it_with_a_reason(
    fake: Channel, manager: Membership, alice: Membership, charlie: Membership
) -> None:
    bring(fake, "broken", "fault")
    read_all()
    first, second = Receipt.objects.order_by("key")
    for who, reason, code in (
        (charlie, "damaged", "not_yours"), (alice, "damaged", "not_allowed"), (manager, "nonsense", "bad_reason"),
    ):  # fmt: skip
        with pytest.raises(DropRefused, match=code):
            drop_unread(first, by=who, reason=reason)
    Receipt.objects.filter(pk=first.pk).update(content=b"mended")
    assert try_again(fake, only=first.pk) == 1
    with pytest.raises(DropRefused, match="not_set_aside"):
        drop_unread(first, by=manager, reason="damaged")
    read_all()
    assert Mention.objects.get().text == "mended"
    drop_unread(second, by=manager, reason="damaged")
    second.refresh_from_db()
    assert (second.end, second.reason, bytes(second.content)) == ("dropped", "damaged", b"")
    assert manager.organisation.audits.filter(verb="drop_unread").exists()
