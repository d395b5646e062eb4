"""What `entendu doctor` looks at. Each check is a function that says what it found, in words."""

import shutil
from dataclasses import asdict, dataclass
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from entendu.accounts.letters import mail_is_set_up
from entendu.accounts.models import Letter, LetterState
from entendu.channels.models import Alarm, Channel
from entendu.channels.models.channel import State
from entendu.channels.seal import SealBroken, unseal
from entendu.cli.terminal import Trouble, check_store
from entendu.conversations.models import Reply, ReplyState
from entendu.kit import clock
from entendu.mentions.governance import FLAGGED, standing, with_reviewer_here
from entendu.mentions.models import Query, Receipt

LEAST_DISK = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    title: str
    ok: bool
    text: str

    def as_dict(self) -> dict[str, object]:
        """For --json."""
        return asdict(self)


def examine() -> list[Finding]:
    """All checks, in order; those that need the store are left out when it cannot be opened."""
    store = check_the_store()
    findings = [check_home(), store, check_disk(), check_safety()]
    if store.ok:
        findings += [
            check()
            for check in (
                check_doors,
                check_seals,
                check_ledger,
                check_outbox,
                check_letters,
                check_alarms,
                check_queries,
            )
        ]
    return findings


def check_home() -> Finding:
    """The home folder can be written, and only by its owner."""
    probe = settings.HOME / ".write-test"
    try:
        probe.write_text("ok")
        probe.unlink()
    except OSError as error:
        return Finding("home", _("Home folder"), False, str(error))
    open_to_others = (settings.HOME / "keys").stat().st_mode & 0o077
    text = _("the keys can be read by others: chmod 700 %(path)s") % {"path": settings.HOME / "keys"}
    return Finding(
        "home", _("Home folder"), not open_to_others, text if open_to_others else str(settings.HOME)
    )


def check_the_store() -> Finding:
    """The store opens, is of this version, and is whole."""
    title = _("Store")
    try:
        check_store()
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA quick_check")
                (verdict,) = cursor.fetchone()
                return Finding("store", title, verdict == "ok", f"SQLite, {verdict}")
            cursor.execute("SHOW server_version")
            (version,) = cursor.fetchone()
            return Finding("store", title, True, f"PostgreSQL {version}")
    except (Trouble, DatabaseError) as error:
        return Finding("store", title, False, str(error))


def check_disk() -> Finding:
    """There is room for more."""
    free = shutil.disk_usage(settings.HOME).free
    text = _("%(free).1f GB free") % {"free": free / 1024**3}
    return Finding("disk", _("Disk"), free > LEAST_DISK, text)


def check_safety() -> Finding:
    """Django's own list for installations, without the HTTPS items where the address is this machine only."""
    local = settings.BASE_URL.startswith(("http://127.0.0.1", "http://localhost"))
    if local:
        return Finding("safety", _("Safety"), True, _("local address: not for other people's browsers"))
    try:
        call_command("check", deploy=True, fail_level="WARNING", verbosity=0)
    except (CommandError, SystemExit) as error:
        return Finding("safety", _("Safety"), False, str(error))
    return Finding("safety", _("Safety"), True, settings.BASE_URL)


def check_doors() -> Finding:
    """Every channel that is switched on works."""
    ill = Channel.objects.exclude(state__in=[State.OK, State.OFF]).filter(retired_at__isnull=True)
    names = ", ".join(f"{one.name} ({one.get_state_display()}: {one.state_code})" for one in ill[:5])
    return Finding("doors", _("Channels"), not names, names or _("all work"))


def check_seals() -> Finding:
    """The keys of this folder open the channels' secrets."""
    for channel in Channel.objects.exclude(secrets=b""):
        try:
            unseal(bytes(channel.secrets))
        except SealBroken:
            return Finding(
                "seals", _("Keys"), False, _("the secrets of %(name)s need another key") % {"name": channel}
            )
    return Finding("seals", _("Keys"), True, _("they open every secret"))


def check_ledger() -> Finding:
    """Nothing waits for long: the worker runs."""
    old = Receipt.objects.filter(
        end="", reason="", received_at__lt=clock.now() - timedelta(minutes=10)
    ).count()
    text = _("%(n)d receipts wait for more than ten minutes: is `entendu worker` running?") % {"n": old}
    return Finding("ledger", _("Ledger"), not old, text if old else _("nothing waits"))


def check_letters() -> Finding:
    """The mail server for what Entendu itself writes to its members answers."""
    title = _("Mail to members")
    if not mail_is_set_up():
        text = _("no mail server (ENTENDU_EMAIL_URL): alarms are shown on the pages only")
        return Finding("letters", title, True, text)
    connection_ = get_connection()
    try:
        connection_.open()
    except (OSError, SMTPException) as error:
        return Finding("letters", title, False, f"{settings.EMAIL_HOST}: {error}")
    finally:
        connection_.close()
    lost = Letter.objects.filter(
        state=LetterState.FAILED, made_at__gt=clock.now() - timedelta(days=7)
    ).count()
    text = _("%(n)d letters of the last seven days did not leave") % {"n": lost}
    return Finding(
        "letters", title, not lost, text if lost else f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    )


def check_alarms() -> Finding:
    """Nothing is wrong at a channel just now."""
    alarms = Alarm.objects.filter(ended_at__isnull=True).select_related("channel").order_by("-noticed_at")
    words = "; ".join(f"{one.channel}: {one.get_kind_display()}" for one in alarms[:5])
    return Finding("alarms", _("Alarms"), not words, words or _("none"))


def check_outbox() -> Finding:
    """No reply hangs."""
    stuck = Reply.objects.filter(state=ReplyState.UNCERTAIN).count()
    text = _("%(n)d replies are uncertain: a person must look") % {"n": stuck}
    return Finding("outbox", _("Outbox"), not stuck, text if stuck else _("nothing is uncertain"))


def check_queries() -> Finding:
    """Every active query listens, and is reviewed."""
    rows = with_reviewer_here(Query.objects.filter(active=True)).select_related("organisation").order_by("pk")
    flagged = [
        f"{one.organisation.slug}/{one.name} ({stands.label})"
        for one in rows
        if (stands := standing(one, reviewer_here=one.reviewer_here)) in FLAGGED  # type: ignore[attr-defined]
    ]
    text = ", ".join(flagged[:5]) + ("…" if len(flagged) > 5 else "")
    return Finding("queries", _("Queries"), not flagged, text or _("all are reviewed"))
