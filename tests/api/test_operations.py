"""What a program can do: the whole loop, by address."""

from datetime import UTC, datetime, timedelta

import pytest

from entendu.analysis.models import Topic
from entendu.conversations.models import Conversation, Reply
from entendu.kit import clock
from entendu.measures.compute import last_days, measure
from entendu.measures.stages import roll_up
from make import make_author, make_conversation, make_mention

LATER = "2030-01-01T00:00:00Z"


@pytest.fixture
def asks(alice, program):
    return program(alice)


def test_me_says_for_whom_the_token_acts(asks, organisation):
    told = asks.get("/me").json()
    assert told["organisation"]["slug"] == organisation.slug
    assert told["role"] == "agent"
    assert "answer" in told["may"]
    assert "administer" not in told["may"]


def test_mentions_are_paged_and_none_is_told_twice(asks, channel):
    for number in range(7):
        make_mention(channel, f"mot {number}", at=clock.now() - timedelta(minutes=number // 2))
    seen, cursor = [], ""
    while True:
        page = asks.get("/mentions", limit=3, cursor=cursor).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
        make_mention(channel, "plus neuf", at=clock.now())
    assert len(seen) == len(set(seen)) == 7


def test_mentions_are_filtered(asks, channel):
    make_mention(channel, "bon", sentiment="positive", intent="praise")
    bad = make_mention(channel, "mauvais")
    make_mention(channel, "nous", ours=True)
    for filters in (
        {"sentiment": "negative"},
        {"intent": "complaint"},
        {"urgency": "normal", "sentiment": "negative"},
    ):
        assert [one["id"] for one in asks.get("/mentions", **filters).json()["items"]] == [bad.pk], filters
    assert len(asks.get("/mentions", ours="true").json()["items"]) == 3
    assert asks.get("/mentions", until="2020-01-01T00:00:00Z").json()["items"] == []


def test_a_correction_wins_and_the_machines_word_stays(asks, channel):
    mention = make_mention(channel, "bravo le retard", sentiment="positive")
    answer = asks.post(f"/mentions/{mention.pk}/corrections", {"facet": "sentiment", "value": "negative"})
    assert answer.status_code == 201
    assert answer.json()["reading"]["sentiment"] == "negative"
    assert answer.json()["reading"]["machine"] == {"sentiment": "positive"}


def test_from_the_box_to_the_outbox(asks, channel):
    make_conversation(channel)
    taken = asks.post("/conversations/next").json()
    assert taken["owner"]["name"] == "Alice Roy"
    assert asks.post("/conversations/next").status_code == 204
    number = taken["number"]
    assert asks.post(f"/conversations/{number}/notes", {"text": "à vérifier"}).status_code == 201
    version = asks.get(f"/conversations/{number}").json()["version"]
    body = {
        "text": "Désolée, nous revenons vers vous.", "visibility": "public", "seen_version": version,
        "promise": {"what": "rappeler", "due_at": (clock.now() + timedelta(days=1)).isoformat()},
    }  # fmt: skip
    written = asks.post(f"/conversations/{number}/replies", body, **{"Idempotency-Key": "k1"})
    assert (written.status_code, written.json()["state"]) == (201, "queued")
    again = asks.post(f"/conversations/{number}/replies", body, **{"Idempotency-Key": "k1"})
    assert again.json()["id"] == written.json()["id"]
    assert Reply.objects.count() == 1
    kinds = [entry["kind"] for entry in asks.get(f"/conversations/{number}").json()["timeline"]]
    assert {"mention", "note", "reply", "promise"} <= set(kinds)
    assert asks.post(f"/conversations/{number}/close", {}).json()["code"] == "promise_running"


def test_the_same_key_with_another_text_is_refused(asks, channel):
    number = make_conversation(channel).number
    body = {"text": "un", "visibility": "public", "seen_version": 1}
    assert asks.post(f"/conversations/{number}/replies", body, **{"Idempotency-Key": "k"}).status_code == 201
    other = asks.post(f"/conversations/{number}/replies", body | {"text": "deux"}, **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Reply.objects.count() == 1


def test_a_reply_written_blindly_is_refused_and_told_what_is_new(asks, manager, program, channel):
    number = make_conversation(channel).number
    program(manager).post(f"/conversations/{number}/notes", {"text": "je m'en occupe"})
    answer = asks.post(
        f"/conversations/{number}/replies", {"text": "Bonjour", "visibility": "public", "seen_version": 1}
    )
    assert answer.status_code == 409
    assert answer.json()["code"] == "stale"
    assert answer.json()["events"][0]["by"] == "Maud Orchestre"


def test_taken_back_before_it_leaves(asks, channel):
    number = make_conversation(channel).number
    body = {"text": "trop vite", "visibility": "public", "seen_version": 1}
    reply = asks.post(f"/conversations/{number}/replies", body).json()
    assert asks.delete(f"/conversations/{number}/replies/{reply['id']}").json()["state"] == "unsent"


def test_pause_wake_close_reopen_release_topic(asks, organisation, channel):
    number = make_conversation(channel).number
    Topic.objects.create(organisation=organisation, slug="creme", name_en="Cream", name_fr="Crème")
    path = f"/conversations/{number}"
    assert asks.post(f"{path}/take").json()["owner"]["name"] == "Alice Roy"
    until = (clock.now() + timedelta(days=2)).isoformat()
    assert asks.post(f"{path}/snooze", {"until": until}).json()["state"] == "snoozed"
    assert asks.post(f"{path}/wake").json()["state"] == "open"
    assert asks.post(f"{path}/topic", {"topic": "creme"}).json()["topic"] == "creme"
    assert asks.post(f"{path}/topic", {"topic": None}).json()["topic"] is None
    assert asks.post(f"{path}/topic", {"topic": "inconnu"}).status_code == 404
    assert asks.post(f"{path}/release").json()["owner"] is None
    assert asks.post(f"{path}/close", {"reason": "no_answer"}).json()["state"] == "closed"
    assert asks.post(f"{path}/reopen").json()["state"] == "open"


def test_a_promise_made_and_kept(asks, channel):
    path = f"/conversations/{make_conversation(channel).number}/promises"
    due = (clock.now() + timedelta(hours=3)).isoformat()
    made = asks.post(path, {"what": "rembourser", "due_at": due}).json()
    assert asks.post(f"{path}/{made['id']}/keep").json()["state"] == "kept"
    assert asks.post(f"{path}/{made['id']}/keep").json()["code"] == "promise_settled"


def test_conversations_by_box(asks, channel):
    make_conversation(channel)
    assert len(asks.get("/conversations", box="to_take").json()["items"]) == 1
    assert asks.get("/conversations", box="mine").json()["items"] == []
    assert asks.get("/conversations", box="attic").status_code == 422


def test_people_by_name_and_handle(asks, organisation):
    make_author(organisation, "dalila")
    make_author(organisation, "karim")
    found = asks.get("/people", q="dali").json()["items"]
    assert [person["name"] for person in found] == ["Dalila"]
    assert found[0]["accounts"][0]["author"]["handle"] == "dalila"
    assert asks.get(f"/people/{found[0]['id']}").json()["accounts"][0]["confirmed"] is True


def query_by(member):
    """What a program sends for a new query."""
    return {
        "name": "pain", "text": "pain OR levain", "purpose": "la marque", "basis": "contract",
        "reviewer": member.user.email, "review_on": (clock.now() + timedelta(days=90)).date().isoformat(),
    }  # fmt: skip


def test_a_query_is_made_and_changed(manager, program):
    asks = program(manager)
    made = asks.post("/queries", query_by(manager))
    assert made.status_code == 201
    path = f"/queries/{made.json()['id']}"
    assert asks.patch(path, {"active": False}).json()["active"] is False
    assert asks.patch(path, {"text": "("}).json()["fields"] == [{"field": "text", "code": "syntax"}]
    assert asks.get(path).json()["text"] == "pain OR levain"
    assert len(asks.get("/queries").json()["items"]) == 1


def test_no_query_without_a_purpose(manager, program):
    answer = program(manager).post("/queries", query_by(manager) | {"purpose": " "})
    assert (answer.status_code, answer.json()["fields"]) == (422, [{"field": "purpose", "code": "required"}])


def test_no_query_without_its_grounds(manager, charlie, program):
    asks = program(manager)
    for field in ("basis", "reviewer", "review_on"):
        body = query_by(manager)
        del body[field]
        assert asks.post("/queries", body).status_code == 422, field
    for field, value, code in (
        ("reviewer", charlie.user.email, "not_member"),
        ("review_on", "2020-01-01", "past"),
        ("text", "NOT pain", "unselective"),
    ):
        answer = asks.post("/queries", query_by(manager) | {field: value})
        assert (answer.status_code, answer.json()["fields"]) == (422, [{"field": field, "code": code}])
    body = query_by(manager) | {"basis": "legitimate_interest"}
    assert asks.post("/queries", body).json()["fields"] == [{"field": "balance", "code": "required"}]


def test_measures_are_those_of_the_screens(asks, organisation, channel):
    make_mention(channel, "bon", sentiment="positive")
    roll_up(100)
    slugs = [one["slug"] for one in asks.get("/measures").json()]
    since, until = last_days(organisation, 30)
    for slug in slugs:
        told = asks.get(f"/measures/{slug}").json()
        assert told.pop("read_by") == []
        assert told == measure(organisation, slug, since, until).as_dict(), slug
    assert asks.get("/measures/mentions").json()["n"] == 1
    assert asks.get("/measures/mentions", language="en").json()["n"] == 0
    assert asks.get("/measures/nothing").status_code == 404


@pytest.mark.parametrize(
    "period",
    [{"since": "2026-02-02", "until": "2026-02-01"}, {"since": "0001-01-01"}, {"until": "9999-12-31"}],
)
def test_an_impossible_period_is_said_to_be(asks, period):
    assert asks.get("/measures/mentions", **period).status_code == 422


def test_refusals_speak_the_language_of_the_asker(alice, program, channel):
    make_conversation(channel)
    told = program(alice, language="fr").get("/conversations/99").json()
    assert told["code"] == "not_found"
    assert told["message"] != program(alice).get("/conversations/99").json()["message"]


@pytest.mark.parametrize("path", ["/mentions", "/conversations", "/people", "/conversations/1"])
def test_lists_cost_a_constant_number_of_queries(asks, channel, path, django_assert_max_num_queries):
    first = make_conversation(channel)
    asks.post(f"/conversations/{first.number}/notes", {"text": "un mot"})
    asks.get(path)
    with django_assert_max_num_queries(20) as queries:
        asks.get(path)
        most = len(queries)
    for number in range(10):
        make_conversation(channel, author=f"p{number}")
        one = Conversation.objects.first()
        make_mention(channel, "encore", author=f"q{number}")
        asks.post(f"/conversations/{one.number}/notes", {"text": "encore"})
    with django_assert_max_num_queries(most):
        asks.get(path)


def test_moments_without_a_zone_are_refused(asks, channel):
    number = make_conversation(channel).number
    assert asks.post(f"/conversations/{number}/snooze", {"until": "2030-01-01T00:00:00"}).status_code == 422
    past = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    assert asks.post(f"/conversations/{number}/snooze", {"until": past}).json()["code"] == "in_the_past"
