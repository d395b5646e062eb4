"""Who gets in, and what strangers see: nothing."""

import pytest
from django.test import Client

from entendu.accounts.models import ApiToken
from entendu.accounts.tokens import revoke_token
from entendu.api.house import api
from entendu.conversations.models import Conversation
from make import make_conversation, make_mention, make_query

CONVERSATION = {
    "take": None, "release": None, "snooze": {"until": "2030-01-01T00:00:00Z"}, "wake": None, "close": {},
    "reopen": None, "topic": {"topic": None}, "notes": {"text": "bonjour"},
    "replies": {"text": "bonjour", "visibility": "public", "seen_version": 1},
    "promises": {"what": "appeler", "due_at": "2030-01-01T00:00:00Z"}, "promises/1/keep": None,
}  # fmt: skip
QUERY = {
    "name": "a",
    "text": "levain",
    "purpose": "a",
    "basis": "consent",
    "reviewer": "a",
    "review_on": "2030-01-01",
}
READER_MAY_NOT = [*(f"/conversations/1/{verb}" for verb in CONVERSATION), "/conversations/next", "/queries"]


def test_without_a_token_nothing_is_said(db):
    response = Client().get("/api/me")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "unauthenticated"


@pytest.mark.parametrize(
    "header", ["Bearer ent_unknown", "Bearer ", "Basic YTpi", "ent_unknown", "Bearer \x00"]
)
def test_a_bad_token_opens_nothing(db, header):
    assert Client().get("/api/me", headers={"Authorization": header}).status_code == 401


def test_a_token_in_the_address_or_a_forged_header_opens_nothing(alice, program):
    token = program(alice).headers["Authorization"].removeprefix("Bearer ")
    assert Client().get("/api/me", {"api_key": token, "token": token}).status_code == 401
    assert Client().get("/api/me", headers={"X-Remote-User": alice.user.email}).status_code == 401


def test_a_revoked_token_opens_nothing(alice, program):
    asks = program(alice)
    assert asks.get("/me").status_code == 200
    revoke_token(ApiToken.objects.get(), by=alice)
    assert asks.get("/me").status_code == 401


def test_the_token_of_who_left_opens_nothing(alice, program):
    asks = program(alice)
    alice.user.is_active = False
    alice.user.save()
    assert asks.get("/me").status_code == 401


def test_a_browser_session_may_look_and_not_act(alice, channel):
    conversation = make_conversation(channel)
    client = Client()
    client.force_login(alice.user)
    assert client.get("/api/me").json()["email"] == alice.user.email
    assert client.post(f"/api/conversations/{conversation.number}/take").status_code == 401
    hidden = client.get(
        f"/api/conversations/{conversation.number}/take", headers={"X-HTTP-Method-Override": "POST"}
    )
    assert hidden.status_code == 405
    assert Conversation.objects.get().owner is None


def test_strangers_rows_do_not_exist(organisation, channel, manager, charlie, program):
    conversation = make_conversation(channel)
    query = make_query(organisation, "pain", by=manager)
    asks = program(charlie)
    mention = conversation.parts.get().mention
    person = mention.author.identities.get().person
    for path in (
        f"/mentions/{mention.pk}", f"/conversations/{conversation.number}", f"/people/{person.pk}",
        f"/queries/{query.pk}", f"/measures/mentions?channel={channel.pk}",
    ):  # fmt: skip
        assert asks.get(path).status_code == 404, path
    for path in ("/mentions", "/conversations", "/people", "/queries"):
        assert asks.get(path).json() == {"items": [], "next": ""}, path
    for verb, body in CONVERSATION.items():
        assert asks.post(f"/conversations/{conversation.number}/{verb}", body).status_code == 404, verb
    answer = asks.post(f"/mentions/{mention.pk}/corrections", {"facet": "sentiment", "value": "positive"})
    assert answer.status_code == 404
    assert asks.get("/measures/mentions").json()["n"] == 0


def test_a_reader_looks_and_does_nothing(bob, channel, program):
    make_conversation(channel)
    asks = program(bob)
    for path in (
        "/me",
        "/mentions",
        "/conversations",
        "/conversations/1",
        "/people",
        "/queries",
        "/measures",
    ):
        assert asks.get(path).status_code == 200, path
    for path in READER_MAY_NOT:
        verb = path.removeprefix("/conversations/1/")
        body = CONVERSATION.get(verb) or QUERY
        assert asks.post(path, body if path == "/queries" else CONVERSATION.get(verb)).status_code == 403, (
            path
        )


def test_an_agent_does_not_change_what_we_listen_for(alice, program):
    response = program(alice).post("/queries", QUERY)
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")


def test_every_operation_that_acts_names_its_right():
    acting = [
        operation
        for bound in api._get_bound_routers()
        for view in bound.path_operations.values()
        for operation in view.operations
        if operation.methods != ["GET"]
    ]
    assert len(acting) > 15
    assert [one.operation_id for one in acting if not getattr(one.view_func, "right", None)] == []


def test_who_asks_too_often_waits(alice, manager, program, monkeypatch):
    for throttle in api.throttle:
        monkeypatch.setattr(throttle, "num_requests", 3)
    asks = program(alice)
    answers = [asks.get("/me").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert int(asks.get("/me")["Retry-After"]) > 0
    forged = asks.client.get("/api/me", headers=asks.headers | {"X-Forwarded-For": "1.2.3.4"})
    assert forged.status_code == 429
    assert program(manager).get("/measures").status_code == 200


def test_mentions_without_a_reading_are_shown_too(alice, channel, program):
    mention = make_mention(channel, "pas lu")
    mention.analysis.delete()
    assert program(alice).get(f"/mentions/{mention.pk}").json()["reading"] is None
