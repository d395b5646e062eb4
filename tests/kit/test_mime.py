from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from entendu.kit import mime
from entendu.kit.child import ChildFailed, call
from entendu.kit.mime import parse_message
from kit.bad_mails import bad_mails


def mail(body: str = "Bonjour", **headers: str) -> bytes:
    lines = {"From": "Marie <marie@ex.test>", "To": "care@ex.test", "Message-ID": "<a@ex.test>"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"{head}\r\n{body}".encode()


def built(text: str = "", html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Marie <marie@ex.test>", "care@ex.test", "Été"
    message["Message-ID"] = "<b@ex.test>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_bad_mails_harm_no_good_one():
    """Each bad mail is read or refused by the child; the good ones that follow it are all read."""
    failed = []
    for number, (name, raw) in enumerate(bad_mails()):
        try:
            mime.from_bytes(call("entendu.kit.mime.parse_to_bytes", raw))
        except ChildFailed as failure:
            failed.append((name, failure.code))
        for turn in range(7):
            good = mail(f"Bonjour {number}", Message_ID=f"<{number}-{turn}@ex.test>")
            read = mime.from_bytes(call("entendu.kit.mime.parse_to_bytes", good))
            assert (read.message_id, read.text) == (f"{number}-{turn}@ex.test", f"Bonjour {number}")
    assert failed == []


@pytest.mark.parametrize("name", ["subject-injection", "subject-8bit", "from-8bit", "from-rtl-override"])
def test_parse_message_gives_headers_on_one_clean_line(name):
    read = parse_message(dict(bad_mails())[name])
    for text in (read.subject, read.from_name, read.from_address):
        assert not any(ord(char) < 32 or char in "\u202e\u2066" for char in text)


def test_parse_message_derives_a_stable_id_when_none_is_given():
    for header in ("", "<>", "<a\x00b@x>", "< >"):
        first, again, other = (parse_message(mail(text, Message_ID=header)) for text in ("a", "a", "b"))
        assert first.message_id == again.message_id != other.message_id
        assert first.message_id_derived


def test_parse_message_tells_apart_two_mails_with_one_message_id():
    first, again, other = (parse_message(mail(text)) for text in ("a", "a\r\n", "b"))
    assert first.message_id == other.message_id
    assert first.digest == again.digest != other.digest


def test_parse_message_names_its_ancestors_and_never_itself():
    read = parse_message(mail(References="<1@x> <2@x>\r\n <a@ex.test>", In_Reply_To="<2@x>"))
    assert (read.in_reply_to, read.references) == ("2@x", ["1@x", "2@x"])
    assert parse_message(mail(References="<1@x> <2@x>")).in_reply_to == "2@x"
    assert parse_message(mail(References="<a@ex.test>", In_Reply_To="<a@ex.test>")).in_reply_to == ""


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Date": "Mon, 02 Feb 2026 10:00:00 +0100"}, datetime(2026, 2, 2, 9, tzinfo=UTC)),
        ({"Date": "Mon, 02 Feb 2026 10:00:00 -0000"}, datetime(2026, 2, 2, 10, tzinfo=UTC)),
        ({"Date": "Tue, 99 Foo 20260 99:99:99 +9999"}, None),
        ({}, None),
        ({"Received": "by x; Mon, 02 Feb 2026 10:00:00 +0000"}, datetime(2026, 2, 2, 10, tzinfo=UTC)),
        (
            {"Received": "by x; Mon, 02 Feb 2026 10:00:00 +0000", "Date": "Tue, 19 Jan 2038 03:14:08 +0000"},
            datetime(2026, 2, 2, 10, tzinfo=UTC),
        ),
    ],
)
def test_parse_message_believes_no_impossible_date(headers, expected):
    assert parse_message(mail(**headers)).date == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, ""),
        ({"Auto_Submitted": "no"}, ""),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "auto_reply"),
        ({"Auto_Submitted": "auto-generated"}, "auto_generated"),
        ({"Subject": "=?utf-8?q?R=C3=A9ponse_automatique?= : Colis"}, "auto_reply"),
        ({"Subject": "Automatic reply: Parcel"}, "auto_reply"),
        ({"Subject": "Votre réponse automatique est insultante"}, ""),
        ({"Precedence": "bulk"}, "bulk"),
        ({"Precedence": "list"}, "list"),
        ({"List_Id": "<news.ex.test>"}, "list"),
        ({"X_Auto_Response_Suppress": "All"}, "suppress"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"Return_Path": "<>", "In_Reply_To": "<1@x>"}, "auto_reply"),
        ({"Return_Path": "<marie@ex.test>"}, ""),
        ({"From": "Mail Delivery System <MAILER-DAEMON@ex.test>"}, "bounce"),
        ({"Content_Type": "multipart/report; report-type=disposition-notification; boundary=b"}, ""),
    ],
)
def test_parse_message_knows_machines(headers, expected):
    assert parse_message(mail(**headers)).automatic == expected


BOUNCE = b"""From: MAILER-DAEMON@ex.test
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

The mail system could not deliver.
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822;marie@ex.test
Action: failed

--b
Content-Type: message/rfc822

Message-ID: <reply-7@care.test>
Subject: Re: Colis

On regarde.
--b--
"""


def test_parse_message_finds_which_of_ours_bounced():
    read = parse_message(BOUNCE)
    assert (read.automatic, read.bounce_of) == ("bounce", "reply-7@care.test")
    assert read.text == "The mail system could not deliver."


def test_parse_message_of_a_forwarded_bounce_is_from_a_person():
    head = b"From: marie@ex.test\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nRegardez\n"
    read = parse_message(head + b"--o\nContent-Type: message/rfc822\n\n" + BOUNCE + b"--o--\n")
    assert (read.automatic, read.text) == ("", "Regardez")
    assert read.attachments[0].media_type == "message/rfc822"


def test_parse_message_prefers_plain_text_and_keeps_the_html():
    read = parse_message(built("Bonjour à tous", "<p>Bonjour à <b>tous</b></p>").as_bytes())
    assert (read.subject, read.text) == ("Été", "Bonjour à tous")
    assert read.html_safe == "<p>Bonjour à <b>tous</b></p>\n"


def test_parse_message_reads_html_when_the_plain_text_is_blank():
    html = "<p>Mon colis est perdu</p><blockquote>On regarde</blockquote>"
    read = parse_message(built(" \n", html).as_bytes())
    assert (read.text, read.quoted) == ("Mon colis est perdu", "> On regarde")


def test_parse_message_joins_the_texts_around_a_photo():
    message = built("Voici la part :\n")
    message.add_attachment(
        b"\xff\xd8photo", "image", "jpeg", filename="IMG 1.jpg", disposition="inline", cid="<p1@x>"
    )
    message.add_attachment("et la boîte.\n", disposition="inline")
    read = parse_message(message.as_bytes())
    assert read.text == "Voici la part :\n\net la boîte."
    photo = read.attachments[0]
    assert (photo.name, photo.media_type, photo.content) == ("IMG 1.jpg", "image/jpeg", b"\xff\xd8photo")
    assert (photo.inline, photo.content_id) == (True, "p1@x")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\photo.jpg", "photo.jpg"),
        ("photo\u202egpj.exe", "photo gpj.exe"),
        ("con.txt", "_con.txt"),
        ("a" * 300 + ".jpeg", "a" * 115 + ".jpeg"),
        ("...", ""),
        ("reçu n°3.pdf", "reçu n°3.pdf"),
    ],
)
def test_safe_name_is_a_name_and_nothing_more(name, safe):
    assert mime.safe_name(name) == safe


def test_parse_message_lists_a_file_beyond_the_limit_without_its_bytes(monkeypatch):
    monkeypatch.setattr(mime, "MAX_ATTACHMENTS_BYTES", 10)
    message = built("Voici")
    for name in ("small.bin", "large.bin"):
        message.add_attachment(b"12345678", "application", "octet-stream", filename=name)
    read = parse_message(message.as_bytes())
    assert [(file.name, file.content, file.size) for file in read.attachments] == [
        ("small.bin", b"12345678", 8),
        ("large.bin", None, 8),
    ]
    assert read.defects == ["too_large"]


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        ("text/plain; charset=nope-8859", b"\xe9t\xe9", "été"),
        ("text/plain; charset=utf-8", b"\xe9t\xe9", "été"),
        ("text/plain", "été".encode(), "été"),
        ("text/plain; charset=iso-8859-1", b"10 \x80", "10 €"),
        ("text/plain; charset=windows-1251", "да".encode("cp1251"), "да"),
        ("multipart/mixed", b"sans fronti\xe8re", "sans frontière"),
    ],
)
def test_parse_message_reads_text_whatever_its_charset_is_worth(header, body, expected):
    assert parse_message(f"Content-Type: {header}\r\n\r\n".encode() + body).text == expected


def test_a_mail_of_25_mb_passes_through_the_child():
    message = built("Voici")
    message.add_attachment(bytes(25 * 1024 * 1024), "application", "octet-stream", filename="large.bin")
    read = mime.from_bytes(call("entendu.kit.mime.parse_to_bytes", message.as_bytes()))
    assert len(read.attachments[0].content or b"") == 25 * 1024 * 1024
