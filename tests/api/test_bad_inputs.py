"""Hostile requests: refused with a clear answer, never an error of ours, nothing written."""

import json
from pathlib import Path

import pytest

from entendu.api.house import api
from entendu.conversations.models import Conversation, Event, Reply
from entendu.mentions.models import Query
from make import make_conversation

CASES = [json.loads(line) for line in (Path(__file__).parent / "bad_inputs.jsonl").read_text().splitlines()]
SENT = ["/conversations/1/notes", "/conversations/1/replies", "/conversations/1/topic", "/mentions/1/corrections",
        "/queries", "/conversations/1/promises", "/conversations/1/snooze", "/conversations/1/close"]  # fmt: skip
LISTS = ["/mentions", "/conversations", "/people", "/queries", "/measures/mentions", "/conversations/1"]
NASTY = ["a\x00b", "\ud800", "é" * 200_000, "' OR 1=1--", "{{7*7}}", "=1+1", "\u202e", "👨‍👩‍👧‍👦" * 50]


@pytest.fixture
def asks(manager, program, channel):
    make_conversation(channel)
    return program(manager)


def of(prefix):
    return [
        pytest.param(case["value"], id=case["tag"][:60]) for case in CASES if case["tag"].startswith(prefix)
    ]


def refused(response):
    assert 400 <= response.status_code < 500, response.content[:300]
    if response["Content-Type"].startswith("application/json"):
        assert {"code", "message"} <= set(response.json())


def unchanged():
    return (
        Event.objects.count(),
        Reply.objects.count(),
        Query.objects.count(),
        Conversation.objects.get().version,
    )


@pytest.mark.parametrize("line", of("id"))
def test_an_id_that_is_none(asks, line):
    before = unchanged()
    method, _, path = line.partition(" ")
    path = path.removeprefix("/api").replace("/contacts/", "/queries/")
    refused(asks.get(path) if method == "GET" else asks.patch(path, {"name": "x"}))
    assert unchanged() == before


@pytest.mark.parametrize("body", [*of("mass:"), *of("type:")])
@pytest.mark.parametrize("path", SENT)
def test_fields_that_nobody_may_set(asks, body, path):
    before = unchanged()
    refused(asks.raw(path, json.dumps(body).encode()))
    assert unchanged() == before


@pytest.mark.parametrize("body", of("body:"))
@pytest.mark.parametrize("path", SENT)
def test_bodies_that_are_none(asks, body, path):
    before = unchanged()
    refused(asks.raw(path, body.encode("latin-1", "replace")))
    assert unchanged() == before


@pytest.mark.parametrize("query", of("page:"))
@pytest.mark.parametrize("path", LISTS)
def test_lists_asked_for_wrongly(asks, query, path):
    response = asks.client.get(f"/api{path}{query}", headers=asks.headers)
    assert response.status_code < 500
    assert "pbkdf2" not in response.content.decode()


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_strange_texts_are_kept_as_they_are_or_refused(asks, text):
    answer = asks.raw("/conversations/1/notes", json.dumps({"text": text}).encode())
    if answer.status_code == 201:
        assert answer.json()["text"] == text
    else:
        refused(answer)
    for path in LISTS:
        for name in ("q", "cursor", "language", "topic", "box", "sentiment"):
            safe = text.encode("utf-8", "replace").decode()[:2000]
            assert asks.get(path, **{name: safe}).status_code < 500, (path, name)


@pytest.mark.parametrize(
    "cursor", ["W251bGwsMV0", "WzFd", "bnVsbA", "W10", "WyJ4IiwgInkiXQ", "W3siYSI6MX0sMl0", "🙂"]
)
def test_cursors_of_nowhere(asks, cursor):
    for path in LISTS[:4]:
        refused(asks.get(path, cursor=cursor))


@pytest.mark.parametrize("limit", ["-1", "0", "201", "1e3", "NaN", "9" * 5000, ""])
def test_limits_out_of_bounds(asks, limit):
    for path in LISTS[:4]:
        refused(asks.get(path, limit=limit))


def test_a_spoofed_host_is_refused(asks):
    response = asks.client.get("/api/me", headers=asks.headers | {"Host": "evil.test"})
    assert response.status_code == 400


def test_every_operation_answers_to_nonsense(asks):
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            for wrong in ("99999999999999999999", "0", "x", "%00"):
                address = path
                for name in ("mention", "number", "person", "query", "slug", "reply_id", "promise_id"):
                    address = address.replace(f"{{{name}}}", wrong)
                response = getattr(asks.client, method)(
                    address, "[", content_type="application/json", headers=asks.headers
                ) if method != "get" else asks.client.get(address, headers=asks.headers)  # fmt: skip
                assert response.status_code < 500, (method, address)
