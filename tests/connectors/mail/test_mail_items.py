from datetime import UTC, datetime

import pytest

from entendu.connectors.mail import MailConnector, imap
from entendu.connectors.mail.connector import Position
from entendu.kit import child, clock
from entendu.wire import Broken, Raw, Refused

CONNECTOR = MailConnector(
    {
        "address": "care@shop.test",
        "imap_host": "imap.test",
        "user": "care",
        "password": "p",
        "smtp_host": "smtp.test",
    }
)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def item(body: str = "Bonjour", note: str = "INBOX 7", **headers: str):
    lines = {"From": "Marie <marie@ex.test>", "Message-ID": "<q@ex.test>"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return CONNECTOR.parse(Raw("1:7", f"{head}\r\n{body}".encode(), "message/rfc822", note))[0]


def test_parse_names_a_mail_that_the_server_could_not_give():
    with pytest.raises(Broken, match="unreadable_upstream: INBOX 7"):
        CONNECTOR.parse(Raw("1:7", b"", imap.UNREADABLE, "INBOX 7"))


def test_parse_names_a_mail_that_the_child_could_not_bear(monkeypatch):
    def fails(path, payload):
        raise child.ChildFailed("child_timeout", "more than 2 s of CPU")

    monkeypatch.setattr(child, "call", fails)
    with pytest.raises(Broken, match="child_timeout: INBOX 7"):
        item()


def test_parse_of_a_mail_too_large_says_so():
    raw = Raw("1:7", b"Subject: Photos\r\n\r\n", imap.HEADERS_ONLY, "INBOX 7")
    found = CONNECTOR.parse(raw)[0]
    assert (found.title, found.extra["defects"]) == ("Photos", "too_large")


def test_parse_keeps_both_mails_that_share_a_message_id():
    assert item("un").key != item("deux").key
    assert item("un").key == item("un\r\n").key
    assert item("un").extra["message_id"] == item("deux").extra["message_id"] == "q@ex.test"


def test_parse_keys_no_two_strangers_alike():
    assert item("un", From="").author.key != item("deux", From="").author.key


def test_parse_links_by_plain_message_ids():
    found = item(References="<root@x> <b@x> <c@x>", In_Reply_To="<c@x>")
    assert (found.thread_key, found.parent_key, found.references) == ("root@x", "c@x", ("b@x", "root@x"))
    assert item().thread_key == "q@ex.test"
    assert item(In_Reply_To="<c@x>").thread_key == "c@x"


def test_parse_knows_our_own_address_and_that_it_proves_nothing():
    found = item(From="Care <CARE@shop.test>")
    assert (found.ours, found.addressed, found.extra["unproved"]) == (True, False, "1")
    assert not item(From="care@shop.test.evil.test").ours
    assert not item(From='"care@shop.test" <jo@evil.test>').ours


def test_parse_knows_our_own_mail_that_comes_back_from_another():
    mark = CONNECTOR.account.loop_mark
    assert item(X_Entendu_Loop=mark).extra["automatic"] == "loop"
    assert not item(X_Entendu_Loop="another house").automatic


def test_parse_of_machines_is_automatic():
    assert item(Auto_Submitted="auto-replied").automatic
    bounce = item(From="MAILER-DAEMON@x.test", In_Reply_To="<reply-1@shop.test>")
    assert (bounce.automatic, bounce.parent_key) == (True, "reply-1@shop.test")
    assert not item().automatic


def test_parse_keeps_where_the_answer_must_go():
    assert item(Reply_To="ed@ex.test").extra["reply_to"] == "ed@ex.test"
    assert "reply_to" not in item(Reply_To="marie@ex.test").extra


@pytest.mark.parametrize(
    ("date", "note", "expected"),
    [
        ("Sun, 01 Mar 2026 12:00:00 +0000", "INBOX 7", NOON),
        ("Tue, 19 Jan 2038 03:14:08 +0000", "INBOX 7, received 2026-03-01T12:00:00+00:00", NOON),
        ("", "INBOX 7, received 2026-03-01T12:00:00+00:00", NOON),
        ("garbage", "INBOX 7", datetime(2026, 5, 5, tzinfo=UTC)),
    ],
)
def test_parse_dates_a_mail_whatever_its_clock_says(date, note, expected):
    with clock.at(datetime(2026, 5, 5, tzinfo=UTC)):
        assert item(Date=date, note=note).at == expected


@pytest.mark.parametrize("cursor", [b"", b"{", b'{"uid": "x"}', b"[]", b"\xff"])
def test_position_of_a_foreign_cursor_is_the_start(cursor):
    assert Position.read(cursor) == Position(0, 0)


def test_receive_is_refused():
    with pytest.raises(Refused, match="no_webhook"):
        CONNECTOR.receive({}, b"")


class Broke:
    """A session on a server that cannot give message 2."""

    class box:
        class client:
            @staticmethod
            def uid(command, uids, parts):
                if uids == "2":
                    return "NO", [b"[SERVERBUG] Internal error"]
                return "OK", [(b"1 (UID " + uids.encode() + b" BODY[] {2}", b"hi"), b")"]


class Numbers:
    """A session on a server that says the UID after the literal, and cannot give the headers of message 2."""

    class box:
        class client:
            @staticmethod
            def uid(command, uids, parts):
                if "2" in uids.split(","):
                    return "NO", [b"[SERVERBUG] Internal error"]
                said = b"Received: by mx id 7\r\nSubject: a\r\n\r\n" if uids != "3" else b"Subject: a\r\n\r\n"
                return "OK", [
                    (b"1 (BODY[HEADER.FIELDS (RECEIVED)] {9}", said),
                    b" UID " + uids.encode() + b")",
                ]


def test_keys_are_told_as_far_as_the_server_gives_headers():
    found = imap.Session(Numbers.box, "INBOX").keys([1, 2, 3, 4], 5)
    assert found[1].startswith("id:") and found[1] == found[4]
    assert (found[2], found[3]) == ("5:2", "5:3")


def test_a_mail_that_the_server_cannot_give_blocks_no_other():
    session = imap.Session(Broke.box, "INBOX")
    wanted = [imap.About(uid, 10, None) for uid in (1, 2, 3)]
    raws = list(session.messages(wanted, {uid: f"5:{uid}" for uid in (1, 2, 3)}))
    assert [(raw.key, raw.content, raw.media_type) for raw in raws] == [
        ("5:1", b"hi", "message/rfc822"),
        ("5:2", b"", imap.UNREADABLE),
        ("5:3", b"hi", "message/rfc822"),
    ]
