"""Mail of the product itself: written once, lost by no kill, sent a second time at most once."""

import smtplib
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from entendu.accounts.letters import GIVE_UP, LEASE, claim, send_letters, write_letter
from entendu.accounts.models import Letter, Membership
from entendu.kit import clock


class FakeServer(EmailBackend):
    """A fake mail server: takes what it gets, unless told to fail as real ones do."""

    refuses: Exception | None = None
    cuts: Exception | None = None

    def open(self) -> bool:
        if self.refuses:
            raise self.refuses
        return True

    def send_messages(self, messages):  # type: ignore[no-untyped-def]
        sent = super().send_messages(messages)
        if self.cuts:
            raise self.cuts
        return sent


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[FakeServer]:
    monkeypatch.setattr(settings, "EMAIL_BACKEND", f"{__name__}.FakeServer")
    monkeypatch.setattr(FakeServer, "refuses", None)
    monkeypatch.setattr(FakeServer, "cuts", None)
    return FakeServer


def letter(admin: Membership, key: str = "k") -> bool:
    return write_letter(admin.organisation, admin.user, key=key, subject="Sujet\r\nBcc: x@y", text="Texte")


def test_a_letter_is_written_once_and_sent_once(admin: Membership, server: type[FakeServer]) -> None:
    assert letter(admin)
    assert not letter(admin)
    assert send_letters(10) == 1
    assert send_letters(10) == 0
    (sent,) = mail.outbox
    assert sent.to == [admin.user.email]
    assert "\n" not in sent.subject
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert Letter.objects.get().state == "sent"


def test_without_a_mail_server_it_fails_and_says_so(
    admin: Membership, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
    letter(admin)
    send_letters(10)
    assert (Letter.objects.get().state, Letter.objects.get().code) == ("failed", "not_set_up")
    assert capsys.readouterr().out == ""


def test_a_server_that_is_away_is_tried_later_and_given_up_after_a_day(
    admin: Membership, server: type[FakeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "refuses", ConnectionRefusedError("nobody there"))
    start = clock.now()
    with clock.at(start):
        letter(admin)
        assert send_letters(10) == 1
        assert send_letters(10) == 0
    tries = 0
    for minute in range(0, 60 * 26, 5):
        with clock.at(start + timedelta(minutes=minute)):
            tries += send_letters(10)
    assert 20 < tries < 40
    assert (Letter.objects.get().state, Letter.objects.get().code) == ("failed", "gave_up")
    assert mail.outbox == [] and timedelta(hours=26) > GIVE_UP


def test_a_refusal_is_final_and_a_later_is_not(
    admin: Membership, server: type[FakeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = admin.user.email
    letter(admin)
    monkeypatch.setattr(server, "cuts", smtplib.SMTPRecipientsRefused({address: (451, b"later")}))
    send_letters(10)
    assert Letter.objects.get().state == "queued"
    monkeypatch.setattr(server, "cuts", smtplib.SMTPRecipientsRefused({address: (550, b"unknown")}))
    with clock.at(clock.now() + timedelta(minutes=2)):
        send_letters(10)
    assert (Letter.objects.get().state, Letter.objects.get().code) == ("failed", "refused")


def test_a_killed_worker_loses_no_letter(admin: Membership, server: type[FakeServer]) -> None:
    letter(admin)
    assert claim(Letter.objects.get())  # and then kill -9
    assert send_letters(10) == 0
    with clock.at(clock.now() + LEASE):
        assert send_letters(10) == 1
    assert len(mail.outbox) == 1


def test_what_may_have_left_is_sent_again_once_under_the_same_name_and_never_a_third_time(
    admin: Membership, server: type[FakeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "cuts", smtplib.SMTPServerDisconnected("gone"))
    letter(admin)
    for hour in range(8):
        with clock.at(clock.now() + timedelta(hours=hour)):
            send_letters(10)
    assert len(mail.outbox) == 2
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 1
    assert (Letter.objects.get().state, Letter.objects.get().code) == ("failed", "in_doubt")
