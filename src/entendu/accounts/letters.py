"""Mail that Entendu itself writes to its members: rows first, sent by the loop.

    queued ── claim ──> sending ──> sent | failed
      ^── nothing left (no connection, "later") ──┘

A worker that is killed while it sends leaves a letter in `sending`: nobody knows whether it left. Such a letter is sent
once more, under the same Message-ID, and never a third time: it is lost by no kill, and doubled at most once.
"""

import logging
import smtplib
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q, QuerySet

from entendu.accounts.models import Letter, LetterState, Organisation, User
from entendu.kit import clock

log = logging.getLogger("entendu.letters")

LEASE = timedelta(minutes=3)  # longer than any server may take (EMAIL_TIMEOUT, some commands)
GIVE_UP = timedelta(hours=24)
MOST_DOUBTS = 2  # the first sending, and the one that settles it


def write_letter(organisation: Organisation, to: User, *, key: str, subject: str, text: str) -> bool:
    """Puts a letter into the outbox, in the caller's transaction, once for `key`. Returns whether it is new."""
    now = clock.now()
    _letter, made = Letter.objects.get_or_create(
        key=key[:120],
        defaults={
            "organisation": organisation,
            "to": to,
            "subject": " ".join(subject.split())[:200],
            "text": text,
            "made_at": now,
            "due_at": now,
        },
    )
    return made


def mail_is_set_up() -> bool:
    """Whether such mail leaves the machine: without ENTENDU_EMAIL_URL it is printed only."""
    return not settings.EMAIL_BACKEND.endswith("console.EmailBackend")


def send_letters(limit: int) -> int:
    """Sends the letters that are due, at most `limit`; returns how many were tried. Without a mail server they fail:
    what they say is on the pages too."""
    tried = 0
    for letter in due()[:limit]:
        if claim(letter):
            tried += 1
            attempt(letter)
    return tried


def due() -> QuerySet[Letter]:
    """Letters whose time has come: queued, or left in doubt by a worker that is gone."""
    waiting = Q(state__in=[LetterState.QUEUED, LetterState.SENDING], due_at__lte=clock.now())
    return Letter.objects.filter(waiting).select_related("to").order_by("due_at")


def claim(letter: Letter) -> bool:
    """Takes a letter for the length of a lease. False: somebody else was quicker, or it stays in doubt for good."""
    now = clock.now()
    mine = Letter.objects.filter(pk=letter.pk, state=letter.state, lease=letter.lease, due_at__lte=now)
    if letter.doubts >= MOST_DOUBTS:
        mine.update(state=LetterState.FAILED, code="in_doubt", lease=None)
        return False
    letter.lease = uuid.uuid4()
    took = mine.update(
        state=LetterState.SENDING,
        lease=letter.lease,
        due_at=now + LEASE,
        attempts=F("attempts") + 1,
        doubts=F("doubts") + 1,
    )
    letter.attempts += 1
    return bool(took)


def attempt(letter: Letter) -> None:
    """Sends once and writes what became of it."""
    if not mail_is_set_up():
        finish(letter, LetterState.FAILED, "not_set_up")
        return
    try:
        connection = get_connection()
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        postpone(letter, error)
        return
    try:
        connection.send_messages([mail_of(letter)])
        finish(letter, LetterState.SENT)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _said in refused.recipients.values()]
        settle(letter, refused, codes[0] if codes else 500)
    except smtplib.SMTPResponseException as answer:
        settle(letter, answer, answer.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("letter %s: cut while sending: %s", letter.pk, error)  # it stays in `sending`, in doubt
        ours(letter).update(detail=str(error)[:2000])
    finally:
        connection.close()


def mail_of(letter: Letter) -> EmailMessage:
    """The letter as mail: the same Message-ID at every attempt, and no machine answers it."""
    domain = settings.MAIL_FROM.rpartition("@")[2].strip("> ") or "localhost"
    headers = {"Message-ID": f"<letter-{letter.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.to.email], headers=headers
    )


def settle(letter: Letter, error: Exception, code: int) -> None:
    """The server refused: for now (4xx) or for good."""
    if 400 <= code < 500:
        postpone(letter, error)
    else:
        finish(letter, LetterState.FAILED, "refused", str(error))


def postpone(letter: Letter, error: Exception) -> None:
    """Nothing left: tried again after a minute, doubling to an hour, for a day."""
    now = clock.now()
    if now - letter.made_at > GIVE_UP:
        finish(letter, LetterState.FAILED, "gave_up", str(error))
        return
    wait = timedelta(minutes=min(60, 2 ** min(letter.attempts - 1, 6)))
    ours(letter).update(
        state=LetterState.QUEUED,
        lease=None,
        due_at=now + wait,
        doubts=F("doubts") - 1,
        detail=str(error)[:2000],
    )


def finish(letter: Letter, state: str, code: str = "", detail: str = "") -> None:
    """Writes the end of a letter."""
    sent_at = clock.now() if state == LetterState.SENT else None
    ours(letter).update(state=state, lease=None, code=code, detail=detail[:2000], sent_at=sent_at)


def ours(letter: Letter) -> QuerySet[Letter]:
    """The row, while the lease is ours."""
    return Letter.objects.filter(pk=letter.pk, lease=letter.lease)
