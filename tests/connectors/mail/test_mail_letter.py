import email
import email.policy
from datetime import UTC, datetime

import pytest

from entendu.connectors.mail import account, letter
from entendu.wire import AttachmentRef, Draft, Refused

SETTINGS = {
    "address": "Care@Shop.test",
    "display_name": "Boulangerie",
    "imap_host": "imap.test",
    "user": "care",
    "password": "p",
    "smtp_host": "smtp.test",
}
HOUSE = account.read(SETTINGS)
ASKED = {"message_id": "q@ex.test", "subject": "Colis perdu"}


def draft(**changes):
    known = {
        "key": "reply-1",
        "text": "On regarde.",
        "visibility": "private",
        "composed_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "to_key": "marie@ex.test",
        "signature": "Alice",
        "extra": ASKED,
    }
    return Draft(**(known | changes))


def sent(**changes):
    raw = letter.compose(draft(**changes), HOUSE).replace(b"\r\n", b"\n")
    return email.message_from_bytes(raw, policy=email.policy.default)


@pytest.mark.parametrize(
    ("extra", "to_key", "code"),
    [
        ({"automatic": "auto_reply"}, "marie@ex.test", "would_loop"),
        ({"automatic": "bounce"}, "marie@ex.test", "would_loop"),
        ({"automatic": "loop"}, "marie@ex.test", "would_loop"),
        ({"automatic": "auto_generated"}, "marie@ex.test", "would_loop"),
        ({}, "care@shop.test", "would_loop"),
        ({}, "CARE@SHOP.TEST", "would_loop"),
        ({}, "", "no_recipient"),
        ({}, "unknown-1234@missing.invalid", "no_recipient"),
        ({}, "marie@ex.test, all@ex.test", "no_recipient"),
        ({}, "marie@ex.test\r\nBcc: all@ex.test", "no_recipient"),
        ({"reply_to": "not an address"}, "marie@ex.test", "no_recipient"),
    ],
)
def test_compose_refuses_what_must_not_leave(extra, to_key, code):
    with pytest.raises(Refused) as refusal:
        letter.compose(draft(extra=extra, to_key=to_key), HOUSE)
    assert refusal.value.code == code


def test_compose_answers_a_form_of_a_site_and_a_list():
    assert sent(extra={"automatic": "auto_generated", "reply_to": "ed@ex.test"})["To"] == "ed@ex.test"
    assert sent(extra={"automatic": "list"})["To"] == "marie@ex.test"


def test_compose_does_not_answer_ourselves_when_reply_to_is_ours():
    assert sent(extra={"reply_to": "care@shop.test"})["To"] == "marie@ex.test"


@pytest.mark.parametrize("field", ["title", "signature", "key"])
def test_compose_bears_no_injected_header(field):
    mail = sent(**{field: "x\r\nBcc: victim@ex.test\r\n\r\nbody"})
    assert mail["Bcc"] is None
    assert mail.get_content() == "On regarde.\n"


def test_compose_bears_no_injected_header_from_the_mail_that_is_answered():
    bad = "x\r\nBcc: v@x"
    hostile = {"message_id": f"q@x>{bad}", "subject": bad, "references": f"a@x {bad} <b"}
    mail = sent(
        extra=hostile,
        parent_key="p\r\nBcc: v@x",
        attachments=(AttachmentRef("a\r\nBcc: v@x.txt", "text/plain", b"x"),),
    )
    assert mail["Bcc"] is None
    assert mail["To"] == "marie@ex.test"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Colis perdu", "Re: Colis perdu"),
        ("Re: Colis perdu", "Re: Colis perdu"),
        ("RE : Re: re: Colis perdu", "Re: Colis perdu"),
        ("Ré: Rép : Colis", "Re: Colis"),
        ("Re[2]: Colis", "Re: Colis"),
        ("Remboursement", "Re: Remboursement"),
        ("", "Re:"),
    ],
)
def test_compose_marks_an_answer_once(title, expected):
    assert sent(extra=ASKED | {"subject": title})["Subject"] == expected


def test_compose_gives_the_same_mail_at_each_attempt():
    assert letter.compose(draft(), HOUSE) == letter.compose(draft(), HOUSE)
    assert sent()["Message-ID"] == "<reply-1@shop.test>"
    odd = sent(key="réponse <1>")["Message-ID"]
    assert odd == sent(key="réponse <1>")["Message-ID"] != sent(key="réponse <2>")["Message-ID"]


def test_compose_says_who_writes_for_whom_and_marks_itself_against_loops():
    mail = sent(text="Désolé — réponse\n.\n.point")
    assert mail["From"].addresses[0].display_name == "Alice (Boulangerie)"
    assert mail["Auto-Submitted"] is None
    assert mail["X-Entendu-Loop"] == HOUSE.loop_mark
    assert mail.get_content() == "Désolé — réponse\n.\n.point\n"


def test_compose_keeps_the_root_and_the_nearest_of_a_long_discussion():
    ancestors = [f"{number}-{'x' * 60}@ex.test" for number in range(40)]
    extra = ASKED | {"references": " ".join(ancestors)}
    raw = letter.compose(draft(extra=extra), HOUSE)
    references = email.message_from_bytes(raw)["References"].split()
    assert references[0] == f"<{ancestors[0]}>"
    assert references[-2:] == [f"<{ancestors[-1]}>", "<q@ex.test>"]
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_compose_breaks_no_long_identifier():
    long = f"{'x' * 150}@mail.ex.test"
    raw = letter.compose(draft(extra=ASKED | {"message_id": long}), HOUSE)
    assert f"\r\nIn-Reply-To: <{long}>\r\n".encode() in raw


def test_compose_attaches_files():
    mail = sent(attachments=(AttachmentRef("reçu.pdf", "application/pdf", b"%PDF"),))
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("reçu.pdf", b"%PDF")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "no address"),
        ("address", 'x"@y.test'),
        ("imap_port", "0"),
        ("imap_port", "http"),
        ("smtp_security", "maybe"),
        ("imap_host", ""),
        ("user", "a\r\nb"),
        ("password", ""),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(name, value):
    with pytest.raises(Refused, match=f"bad_settings: {name}"):
        account.read(SETTINGS | {name: value})
