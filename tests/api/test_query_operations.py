"""Queries for programs: their grounds, versions, reviews, searches of the past; who asked not to be heard."""

from datetime import timedelta
from pathlib import Path

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.channels.doors import kinds
from entendu.kit import clock
from entendu.mentions.models import OptOut
from entendu.mentions.stages import back_fill
from hear import hear, said
from make import make_channel, make_query
from mentions.fake_archive import FakeArchive

LATER = (clock.now() + timedelta(days=90)).date().isoformat()


@pytest.fixture
def asks(manager: Membership, program):
    return program(manager)


def test_who_may_not_listen_changes_nothing(organisation: Organisation, alice: Membership, program) -> None:
    query = make_query(organisation)
    job = query.back_fills.get()
    asks = program(alice)
    for path, body in (
        (f"/queries/{query.pk}/reviews", {"review_on": LATER}),
        (f"/queries/{query.pk}/back-fills", {}),
        (f"/queries/{query.pk}/back-fills/{job.pk}/stop", None),
        ("/opt-outs", {"account": "ed", "reason": "r"}),
    ):
        assert asks.post(path, body).status_code == 403, path
    assert asks.get("/opt-outs").status_code == 403
    assert asks.get(f"/queries/{query.pk}/back-fills").status_code == 200
    assert asks.get("/queries/register").status_code == 200


def test_strangers_rows_do_not_exist(
    organisation: Organisation, elsewhere: Organisation, charlie: Membership, program
) -> None:
    query = make_query(organisation)
    line = OptOut.objects.create(organisation=organisation, account="ed", reason="r", at=clock.now())
    charlie.role = "admin"
    charlie.save()
    asks = program(charlie)
    for path in ("versions", "back-fills"):
        assert asks.get(f"/queries/{query.pk}/{path}").status_code == 404
    assert asks.post(f"/queries/{query.pk}/reviews", {"review_on": LATER}).status_code == 404
    assert asks.post(f"/queries/{query.pk}/back-fills", {}).status_code == 404
    job = query.back_fills.get()
    assert asks.post(f"/queries/{query.pk}/back-fills/{job.pk}/stop").status_code == 404
    assert asks.delete(f"/opt-outs/{line.pk}").status_code == 404
    assert asks.get("/queries/register").json()["entries"] == []
    assert asks.get("/opt-outs").json()["items"] == []


def test_a_query_is_told_with_its_grounds_volume_and_versions(
    organisation: Organisation, asks, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, [said("a", "levain", at=clock.now().isoformat()), said("b", "brioche")])
    query = make_query(organisation)
    while back_fill(1000):
        continue
    told = asks.get(f"/queries/{query.pk}").json()
    assert (told["found"], told["standing"], told["basis"]) == (1, "listening", "legitimate_interest")
    assert (
        asks.patch(f"/queries/{query.pk}", {"text": "brioche", "takes": "public"}).json()["takes"] == "public"
    )
    newest, first = asks.get(f"/queries/{query.pk}/versions").json()
    assert (newest["number"], newest["text"], newest["by"]) == (2, "brioche", "Maud Orchestre")
    assert (newest["effect"]["gained"], newest["effect"]["lost"]) == (1, 1)
    assert first["change"] == "added"
    reviewed = asks.post(f"/queries/{query.pk}/reviews", {"review_on": LATER, "note": "juste"}).json()
    assert reviewed["review_on"] == LATER
    assert asks.post(f"/queries/{query.pk}/reviews", {"review_on": "2020-01-01"}).status_code == 422
    french = asks.get("/queries/register", language="fr").json()["entries"][0]
    assert french["basis"] == "intérêt légitime"


def test_the_past_is_searched_and_stopped(
    organisation: Organisation, asks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds(), "archive", FakeArchive)
    (tmp_path / "a.jsonl").write_text("")
    source = make_channel(organisation, "Archive", "archive", path=str(tmp_path / "a.jsonl"))
    plain = make_channel(organisation, "Fichier")
    query = make_query(organisation)
    for channels in ([plain.pk], [source.pk, 99999]):
        answer = asks.post(f"/queries/{query.pk}/back-fills", {"channels": channels})
        assert (answer.status_code, answer.json()["fields"][0]["code"]) == (422, "no_past")
    made = asks.post(f"/queries/{query.pk}/back-fills", {"stored": False, "channels": [source.pk], "days": 7})
    assert (made.status_code, [one["channel"] for one in made.json()]) == (201, [source.pk])
    job = made.json()[0]["id"]
    stopped = asks.post(f"/queries/{query.pk}/back-fills/{job}/stop").json()
    assert (stopped["state"], stopped["treated"]) == ("stopped", 0)
    states = [one["state"] for one in asks.get(f"/queries/{query.pk}/back-fills").json()]
    assert states == ["stopped", "running"]


def test_opt_outs_are_kept_by_programs_too(organisation: Organisation, asks) -> None:
    assert asks.post("/opt-outs", {"account": "@", "reason": "r"}).json()["fields"] == [
        {"field": "account", "code": "required"}
    ]
    made = asks.post("/opt-outs", {"account": "@Ed", "reason": "a écrit", "network": "test"}).json()
    assert (made["account"], made["network"]) == ("ed", "test")
    assert asks.post("/opt-outs", {"account": "ed", "reason": "r", "network": "test"}).status_code == 422
    assert [one["id"] for one in asks.get("/opt-outs").json()["items"]] == [made["id"]]
    assert asks.delete(f"/opt-outs/{made['id']}").status_code == 204
    assert not OptOut.objects.exists()
