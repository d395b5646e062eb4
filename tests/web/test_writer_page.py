"""The writer as people meet it: its settings, a line under a signal, and the fall-back with a note."""

import orjson
import pytest

from entendu.analysis.models import Sample, Signal, Writer
from entendu.kit import clock
from local_http import Answer, local_server
from make import make_mention
from web.conftest import browser_of

LINE = "Le pain est rassis <b>partout</b>."


@pytest.fixture
def fake(settings):
    """A fake endpoint."""
    with local_server() as server:
        settings.HTTP_ALLOW = [server.host]
        body = orjson.dumps({"choices": [{"message": {"content": LINE}}]})
        server.routes["/v1/chat/completions"] = Answer(body)
        yield server


@pytest.fixture
def signal(organisation, channel):
    now = clock.now()
    signal = Signal.objects.create(
        organisation=organisation,
        kind="spike",
        level="high",
        people=3,
        started_at=now,
        last_at=now,
        raised_at=now,
    )
    for number in range(3):
        said = make_mention(channel, f"Bonjour. Le pain de la rue {number} est rassis.", f"a{number}")
        Sample.objects.create(signal=signal, mention=said)
    return signal


def turn_on(admin, fake):
    return browser_of(admin).post(
        "/writer/change/", {"base_url": f"{fake.url}/v1", "model": "petit-modele", "key": "k1", "active": "1"}
    )


def test_extraction_needs_no_writer(alice_s, signal):
    said = alice_s.get(f"/signals/{signal.pk}/").content.decode()
    assert "est rassis." in said
    assert "/write/" not in said


def test_a_bad_address_is_told_and_what_was_typed_stays(admin):
    response = browser_of(admin).post(
        "/writer/change/", {"base_url": "http://127.0.0.1:1/v1", "model": "m", "active": "1"}
    )
    assert response.status_code == 422
    said = response.content.decode()
    assert "ENTENDU_HTTP_ALLOW" in said
    assert "http://127.0.0.1:1/v1" in said
    assert Writer.objects.count() == 0


def test_the_key_is_never_shown(admin, fake):
    turn_on(admin, fake)
    said = browser_of(admin).get("/writer/").content.decode()
    assert "one is kept" in said
    assert 'value="k1"' not in said


def test_a_line_is_labelled_with_its_model_and_escaped(alice_s, admin, fake, signal):
    turn_on(admin, fake)
    assert "Let petit-modele write it" in alice_s.get(f"/signals/{signal.pk}/").content.decode()
    said = alice_s.post(f"/signals/{signal.pk}/write/", follow=True).content.decode()
    assert "Le pain est rassis &lt;b&gt;partout&lt;/b&gt;." in said
    assert "written by the machine petit-modele from 3 masked messages, asked by Alice Roy" in said
    assert Signal.objects.get().state == "new", "a line does nothing"


def test_when_it_fails_the_extracted_sentence_stays_with_a_note(alice_s, admin, fake, signal):
    turn_on(admin, fake)
    fake.routes["/v1/chat/completions"] = Answer(b"", 500)
    said = alice_s.post(f"/signals/{signal.pk}/write/", follow=True).content.decode()
    assert "did not answer" in said
    assert "est rassis." in said


def test_a_try_shows_what_it_writes(admin, fake):
    browser = browser_of(admin)
    assert "first" in browser.post("/writer/test/", follow=True).content.decode()
    turn_on(admin, fake)
    assert "It wrote: Le pain est rassis" in browser.post("/writer/test/", follow=True).content.decode()


def test_the_dashboard_tells_what_was_asked_and_said(alice_s, channel):
    for number in range(3):
        make_mention(
            channel, f"À quelle heure ouvrez-vous le dimanche {number} ?", f"q{number}", intent="question"
        )
    said = alice_s.get("/dashboard/voices/").content.decode()
    assert "Questions asked most" in said
    assert "ouvrez-vous le dimanche" in said
    assert "3 messages" in said
    assert "q=%22" in said


def test_the_dashboard_shows_what_moves(alice_s, charlie_s, signal):
    assert "What moves" in alice_s.get("/dashboard/").content.decode()
    assert "What moves" not in charlie_s.get("/dashboard/").content.decode()
    assert "No question comes back" in charlie_s.get("/dashboard/voices/").content.decode()
