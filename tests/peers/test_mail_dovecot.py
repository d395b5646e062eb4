"""The mail connector against a real Dovecot and a real SMTP server."""

import email
import os
import queue
import signal
import sqlite3
import threading
from datetime import UTC, datetime

import pytest

from entendu.connectors.mail import MailConnector, idle
from entendu.wire import Draft, NeedsAuth, Refused, TryLater, WireError
from peers.mailserver import require_dovecot, start_mailserver

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def house():
    require_dovecot()
    server = start_mailserver()
    yield server
    server.stop()


@pytest.fixture
def server(house):
    """The house with empty mailboxes and a faultless SMTP server."""
    for user in ("care", "marie"):
        for folder in ("INBOX", "Sent"):
            house.empty(user, folder)
    house.smtp.faults.__init__()
    return house


@pytest.fixture
def connector(server):
    return MailConnector(server.settings("care", sent_folder="Sent", display_name="Boulangerie du Parc"))


def say(server, text="Bonjour,\nmon colis est perdu.\n", subject="Colis perdu", **more):
    return server.deliver("Marie Martin <marie@ex.test>", "care@ex.test", subject, text, **more)


def draft_for(item, text="On regarde.", key="conversation-7-reply-1"):
    return Draft(
        key=key,
        text=text,
        visibility="private",
        composed_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        to_key=item.author.key,
        parent_key=item.key,
        thread_key=item.thread_key,
        references=item.references,
        signature="Alice",
        extra=item.extra,
    )


def latest(connector):
    return connector.parse(connector.pull(b"", 1000).raws[-1])[0]


def test_pull_reads_each_mail_once_and_marks_none_as_read(server, connector):
    before = connector.pull(b"", 10).cursor
    say(server, "un")
    say(server, "deux")
    page = connector.pull(before, 10)
    assert [connector.parse(raw)[0].text for raw in page.raws] == ["un", "deux"]
    assert not page.more
    again = connector.pull(page.cursor, 10)
    assert (again.raws, again.cursor, again.more) == ((), page.cursor, False)
    assert not any("Seen" in flags for flags in server.flags("care"))


def test_pull_goes_on_where_the_page_ended(server, connector):
    cursor = connector.pull(b"", 10).cursor
    for number in range(5):
        say(server, f"mail {number}")
    texts, mores = [], []
    for _ in range(3):
        page = connector.pull(cursor, 2)
        texts += [connector.parse(raw)[0].text for raw in page.raws]
        mores.append(page.more)
        cursor = page.cursor
    assert texts == [f"mail {number}" for number in range(5)]
    assert mores == [True, True, False]


def test_pull_reads_what_a_person_read_first_and_bears_what_was_removed(server, connector):
    cursor = connector.pull(b"", 10).cursor
    for text in ("lu", "enlevé", "reste"):
        say(server, text)
    with server.opened("care") as client:
        client.fetch("1", "(BODY[])")
    server.expunge("care", 2)
    page = connector.pull(cursor, 10)
    assert [connector.parse(raw)[0].text for raw in page.raws] == ["lu", "reste"]


def test_pull_reads_all_again_under_a_new_uidvalidity_and_items_stay_the_same(server, connector):
    say(server, "un")
    say(server, "deux")
    first = connector.pull(b"", 10)
    server.change_uidvalidity("care", 4242)
    said = connector.pull(first.cursor, 10)
    assert said.renumbered and said.more and not said.raws
    second = connector.pull(said.cursor, 10)
    assert not second.renumbered
    assert [raw.key for raw in first.raws] == [raw.key for raw in second.raws]
    keys = [[connector.parse(raw)[0].key for raw in page.raws] for page in (first, second)]
    assert keys[0] == keys[1]
    assert connector.pull(second.cursor, 10).raws == ()


def receive(settings, store, kill_at):
    """One turn of a worker: raws and cursor in one transaction; killed at the step of that name."""
    database = sqlite3.connect(store, isolation_level=None)
    cursor = database.execute("select value from cursor").fetchone()[0]
    page = MailConnector(settings).pull(cursor, 3)
    steps = iter(("pulled", "inside", "stored"))

    def step():
        if next(steps) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    step()
    database.execute("begin immediate")
    rows = [(one.key, one.content) for one in page.raws]
    database.executemany("insert or ignore into raw values (?, ?)", rows)
    step()
    database.execute("update cursor set value = ?", [page.cursor])
    database.execute("commit")
    step()
    return page.more


def test_kill_9_between_pull_and_commit_loses_and_doubles_nothing(server, connector, tmp_path):
    store = tmp_path / "store.db"
    database = sqlite3.connect(store)
    database.execute("create table raw (key text primary key, content blob)")
    database.execute("create table cursor (value blob)")
    database.execute("insert into cursor values (?)", [connector.pull(b"", 1000).cursor])
    database.commit()
    database.close()
    sent = {say(server, f"mail {number}") for number in range(8)}
    kills = ["pulled", "inside", "stored", "pulled", "inside", "stored", None]
    more, killed = True, 0
    while more or kills:
        kill_at = kills.pop(0) if kills else None
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if not receive(server.settings("care"), store, kill_at) else 1)
            finally:
                os._exit(2)
        status = os.waitpid(child, 0)[1]
        killed += os.WIFSIGNALED(status)
        more = os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 1
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) in (0, 1)
    rows = sqlite3.connect(store).execute("select content from raw").fetchall()
    found = [email.message_from_bytes(content)["Message-ID"] for (content,) in rows]
    assert killed == 6
    assert sorted(found) == sorted(sent)


class Listener:
    """The stream in a thread; its hints in a queue."""

    def __init__(self, connector):
        self.hints, self.ending = queue.Queue(), threading.Event()
        self.thread = threading.Thread(target=self.listen, args=(connector,))

    def listen(self, connector):
        try:
            for page in connector.stream(b"", self.ending.is_set):
                self.hints.put(page)
        except WireError as error:
            self.hints.put(error)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.ending.set()
        self.thread.join(timeout=30)
        assert not self.thread.is_alive()


def test_stream_says_pull_when_a_mail_comes_and_ends_when_told(server, connector, monkeypatch):
    monkeypatch.setattr(idle, "SLICE_SECONDS", 0.1)
    with Listener(connector) as listener:
        assert listener.hints.get(timeout=30).more
        cursor = connector.pull(b"", 10).cursor
        say(server, "coucou")
        assert listener.hints.get(timeout=30).more
        assert connector.parse(connector.pull(cursor, 10).raws[0])[0].text == "coucou"


def test_stream_renews_its_waiting_and_goes_on(server, connector, monkeypatch):
    monkeypatch.setattr(idle, "SLICE_SECONDS", 0.05)
    monkeypatch.setattr(idle, "RENEW_SECONDS", 0.0)
    with Listener(connector) as listener:
        listener.hints.get(timeout=30)
        say(server, "coucou")
        assert listener.hints.get(timeout=30).more


def test_stream_survives_a_restart_of_the_server(server, connector, monkeypatch):
    monkeypatch.setattr(idle, "SLICE_SECONDS", 0.1)
    monkeypatch.setattr(idle, "FIRST_PAUSE", 0.1)
    with Listener(connector) as listener:
        listener.hints.get(timeout=30)
        server.stop_dovecot()
        server.start_dovecot()
        assert listener.hints.get(timeout=30).more
        say(server, "toujours là ?")
        assert listener.hints.get(timeout=30).more


def test_stream_that_is_closed_ends_cleanly(connector):
    hints = connector.stream(b"", lambda: False)
    assert next(hints).more
    hints.close()
    assert list(hints) == []


def test_stream_raises_when_a_person_must_act(server):
    wrong = MailConnector(server.settings("care", password="wrong"))
    with Listener(wrong) as listener:
        assert isinstance(listener.hints.get(timeout=30), NeedsAuth)


def test_reply_is_read_by_the_customer_in_the_right_thread(server, connector):
    asked = say(server)
    item = latest(connector)
    sent = connector.send(draft_for(item, "On regarde.\n.\n.fin"))
    assert (sent.outcome, sent.key) == ("sent", "conversation-7-reply-1@ex.test")
    [reply] = server.mailbox("marie")
    assert (reply["In-Reply-To"], reply["References"]) == (asked, asked)
    assert (reply["Subject"], reply["From"]) == (
        "Re: Colis perdu",
        '"Alice (Boulangerie du Parc)" <care@ex.test>',
    )
    assert reply.get_content() == "On regarde.\n.\n.fin\n"

    ours = reply["Message-ID"]
    say(server, "Merci !\n", "Re: Colis perdu", in_reply_to=ours, references=f"{asked} {ours}")
    answer = latest(connector)
    assert answer.parent_key == sent.key
    assert answer.thread_key == item.thread_key == item.extra["message_id"] == asked.strip("<>")


def test_sent_reply_is_filed_and_found_again(server, connector):
    say(server)
    draft = draft_for(latest(connector))
    with pytest.raises(WireError, match="cannot_settle"):
        connector.find_sent(draft)
    sent = connector.send(draft)
    assert [copy["Message-ID"] for copy in server.mailbox("care", "Sent")] == [f"<{sent.key}>"]
    found = connector.find_sent(draft)
    assert (found.outcome, found.key) == ("sent", sent.key)


def test_reply_that_was_taken_without_an_answer_is_unknown_until_the_customer_answers(server, connector):
    say(server)
    draft = draft_for(latest(connector))
    server.smtp.faults.cut_after_accept = True
    sent = connector.send(draft)
    assert (sent.outcome, sent.key) == ("unknown", "conversation-7-reply-1@ex.test")
    [reply] = server.mailbox("marie")
    with pytest.raises(WireError, match="cannot_settle"):
        connector.find_sent(draft)
    server.smtp.faults.cut_after_accept = False
    say(server, "Merci !", "Re: Colis perdu", in_reply_to=reply["Message-ID"])
    assert connector.find_sent(draft).outcome == "sent"


def test_absence_is_a_proof_only_where_the_server_files_what_it_sends(server):
    settings = server.settings("care", sent_folder="Sent", sent_by_server="true")
    connector = MailConnector(settings)
    say(server)
    draft = draft_for(latest(connector))
    server.smtp.faults.cut_before_accept = True
    assert connector.send(draft).outcome == "unknown"
    assert connector.find_sent(draft) is None
    server.smtp.faults.cut_before_accept = False
    assert connector.send(draft).outcome == "sent"
    assert len(server.mailbox("marie")) == 1
    assert server.mailbox("care", "Sent") == []


@pytest.mark.parametrize(
    ("fault", "answer", "error"),
    [
        ("refuse_recipient", "550 no such user", Refused),
        ("refuse_recipient", "451 come back", TryLater),
        ("refuse_data", "554 not wanted", Refused),
        ("refuse_data", "452 full", TryLater),
    ],
)
def test_reply_that_the_server_refuses_did_not_leave(server, connector, fault, answer, error):
    say(server)
    setattr(server.smtp.faults, fault, answer)
    accepted = server.smtp.accepted
    with pytest.raises(error, match=answer[:3]):
        connector.send(draft_for(latest(connector)))
    assert server.smtp.accepted == accepted
    assert server.mailbox("care", "Sent") == []


def test_reply_is_sent_even_when_its_copy_cannot_be_filed(server):
    connector = MailConnector(server.settings("care", sent_folder="No/such/folder"))
    say(server)
    sent = connector.send(draft_for(latest(connector)))
    assert sent.outcome == "sent"
    assert "copy_failed" in sent.detail


def test_wrong_password_needs_a_person_and_nothing_leaves(server):
    wrong = MailConnector(server.settings("care", password="wrong"))
    with pytest.raises(NeedsAuth):
        wrong.pull(b"", 10)
    assert wrong.health().state == "needs_auth"
    say(server)
    item = latest(MailConnector(server.settings("care")))
    with pytest.raises(NeedsAuth):
        MailConnector(server.settings("care", smtp_password="wrong")).send(draft_for(item))
    assert server.mailbox("marie") == []


TLS = {
    "ssl": lambda house: {"imap_port": str(house.imaps_port), "smtp_port": str(house.smtps_port)},
    "starttls": lambda house: {},
}


@pytest.mark.parametrize("security", TLS)
def test_encrypted_mailbox_works_when_its_certificate_is_trusted(server, security, monkeypatch):
    more = TLS[security](server) | {"imap_host": "localhost", "smtp_host": "localhost"}
    connector = MailConnector(server.settings("care", imap_security=security, smtp_security=security, **more))
    say(server)
    assert (connector.health().state, connector.health().code) == ("degraded", "bad_certificate")
    with pytest.raises(TryLater, match="bad_certificate"):
        connector.pull(b"", 10)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    assert connector.health().state == "ok"
    assert connector.send(draft_for(latest(connector))).outcome == "sent"
    assert len(server.mailbox("marie")) == 1


def test_send_leaves_nothing_through_a_server_whose_certificate_is_not_trusted(server):
    more = {"smtp_host": "localhost", "smtp_port": str(server.smtps_port), "smtp_security": "ssl"}
    connector = MailConnector(server.settings("care", **more))
    say(server)
    with pytest.raises(TryLater, match="bad_certificate"):
        connector.send(draft_for(latest(connector)))
    assert server.mailbox("marie") == []


def test_health_names_what_is_wrong(server, connector):
    assert connector.health().state == "ok"
    missing = MailConnector(server.settings("care", folder="Nowhere"))
    assert (missing.health().state, missing.health().code) == ("blocked", "no_such_folder")
    unfiled = MailConnector(server.settings("care", sent_folder="No/such/folder"))
    assert (unfiled.health().state, unfiled.health().code) == ("degraded", "no_sent_folder")
    closed = MailConnector(server.settings("care", imap_port="1"))
    assert (closed.health().state, closed.health().code) == ("degraded", "unreachable")
    assert MailConnector({}).health().code == "bad_settings"
    with pytest.raises(TryLater, match="unreachable"):
        closed.pull(b"", 10)


def test_hostile_mails_on_a_real_server_block_no_good_one(server, connector):
    from kit.bad_mails import bad_mails

    cursor = connector.pull(b"", 10).cursor
    names = (
        "empty-message-id",
        "nested-3000",
        "from-missing",
        "unknown-charset-body",
        "html-h52",
        "to-parens",
    )
    known = dict(bad_mails())
    for name in names:
        server.file("care", known[name])
        say(server, f"après {name}")
    raws = connector.pull(cursor, 100).raws
    items = [connector.parse(raw)[0] for raw in raws]
    assert len(items) == 2 * len(names)
    assert [item.text for item in items[1::2]] == [f"après {name}" for name in names]
    assert len({item.key for item in items}) == len(items)
