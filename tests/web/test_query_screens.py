"""The editor and what stands beside it: the preview with its clauses, versions, reviews, the past, the register."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from entendu.accounts.models import Membership, Organisation
from entendu.channels.doors import kinds
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions import preview as previews
from entendu.mentions.models import BackFill, OptOut, Query, Receipt
from entendu.mentions.queries import change_query, terms_of
from entendu.mentions.stages import back_fill
from hear import hear, said
from make import make_channel, make_query
from mentions.fake_archive import FakeArchive
from web.conftest import HTMX, browser_of
from web.test_listen import price

TODAY = clock.now().date()


@pytest.fixture
def manager_s(manager: Membership) -> Client:
    return browser_of(manager)


@pytest.fixture
def heard(organisation: Organisation, tmp_path: Path) -> None:
    rows = [
        said("a", "Malade après la crème, <b>tourlevent</b>"),
        said("b", "Tourlevent : deux vomis"),
        said("c", "Le moulin tourlevent, malade"),
        said("d", "Rien"),
    ]
    hear(organisation, tmp_path, rows)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_preview_says_which_part_finds_how_much(heard: None, alice_s: Client) -> None:
    page = alice_s.get(
        "/queries/preview/", {"text": "tourlevent (malade* OU vomi*) -moulin"}
    ).content.decode()
    told = text_of(page)
    assert "2 messages found" in told
    assert "tourlevent 3 2" in told
    assert "malade* 2 1 vomi* 1 1" in told
    assert "- moulin 1 takes 1 away" in told
    assert "<mark>Malade</mark>" in page
    assert "&lt;b&gt;<mark>tourlevent</mark>" in page  # what people wrote is text, never markup


def test_the_trouble_stands_beside_the_field(alice_s: Client, bob: Membership) -> None:
    page = alice_s.get("/queries/preview/", {"text": "pain OU"}, headers=HTMX).content.decode()
    assert 'id="text-trouble" hx-swap-oob' in page
    assert 'data-place="6" data-length="2"' in page
    french = browser_of(bob, "fr").get("/queries/preview/", {"text": "pain OU"}).content.decode()
    assert "attend un mot" in french
    assert "text-trouble" in alice_s.get("/queries/preview/", {"text": "pain"}).content.decode()


def test_counts_that_take_too_long_are_left_unsaid(
    heard: None, alice_s: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SECONDS", 0.0)
    told = text_of(alice_s.get("/queries/preview/", {"text": "tourlevent"}).content.decode())
    assert "at least 0" in told
    assert "took too long" in told


def test_the_preview_counts_what_the_query_may_take(
    organisation: Organisation, alice_s: Client, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, [said("a", "levain", visibility="private"), said("b", "levain")])
    for takes, n in (("both", 2), ("public", 1), ("addressed", 2), ("nonsense", 2)):
        page = alice_s.get("/queries/preview/", {"text": "levain", "takes": takes}).content.decode()
        assert f'<p class="big-number">{n} ' in page, takes


def test_more_clauses_cost_a_bounded_number_of_queries(
    heard: None, alice_s: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SECONDS", 1000.0)  # nothing is left out for want of time

    def cost(words: int) -> int:
        return price(alice_s, f"/queries/preview/?text={'+OR+'.join(f'mot{n}' for n in range(words))}")

    assert cost(400) == cost(40)


def test_versions_show_who_changed_what_and_the_effect(
    organisation: Organisation, manager: Membership, manager_s: Client, heard: None
) -> None:
    query = make_query(organisation, "tourlevent malade*", name="Santé", by=manager)
    change_query(query, replace(terms_of(query), text="tourlevent vomi*", purpose="Répondre"), by=manager)
    page = manager_s.get(f"/queries/{query.pk}/").content.decode()
    assert "tourlevent <del>malade</del><ins>vomi</ins>*" in page
    assert "<ins>Répondre</ins>" in page
    told = text_of(page)
    assert "2 before, 1 after; 1 gained, 2 lost" in told
    assert "gained dalila Tourlevent : deux vomis" in told
    assert "2 Maud Orchestre changed" in told


def test_a_review_is_noted_and_a_day_in_the_past_refused(
    organisation: Organisation, manager: Membership, manager_s: Client
) -> None:
    query = make_query(organisation, by=manager)
    bad = manager_s.post(f"/queries/{query.pk}/review/", {"review_on": "2020-01-01"})
    assert (bad.status_code, "must be in the future" in bad.content.decode()) == (422, True)
    day = TODAY + timedelta(days=200)
    manager_s.post(f"/queries/{query.pk}/review/", {"review_on": day.isoformat(), "note": "juste"})
    query.refresh_from_db()
    assert query.review_on == day
    assert "juste" in manager_s.get(f"/queries/{query.pk}/").content.decode()


@pytest.mark.parametrize(
    ("late", "words"), [(0, "review soon"), (1, "review overdue"), (31, "long overdue"), (-60, "listening")]
)
def test_the_list_says_how_a_query_stands(
    organisation: Organisation, alice_s: Client, late: int, words: str
) -> None:
    query = make_query(organisation)
    Query.objects.filter(pk=query.pk).update(review_on=TODAY - timedelta(days=late))
    assert words in alice_s.get("/queries/").content.decode()


def test_the_list_says_that_the_reviewer_has_left(
    organisation: Organisation, manager: Membership, alice_s: Client
) -> None:
    make_query(organisation, reviewer=manager.user)
    assert "has left" not in alice_s.get("/queries/").content.decode()
    manager.delete()
    page = alice_s.get("/queries/").content.decode()
    assert "has left" in page
    assert "review overdue" in page


@pytest.fixture
def source(organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setitem(kinds(), "archive", FakeArchive)
    path = tmp_path / "archive.jsonl"
    path.write_text('{"key": "p", "text": "levain", "at": "2026-11-20T00:00:00+00:00"}\n')
    return make_channel(organisation, "Vieux forum", "archive", path=str(path))


def test_the_past_is_searched_shown_and_stopped(
    organisation: Organisation, manager: Membership, manager_s: Client, source: Channel
) -> None:
    query = make_query(organisation, by=manager)
    while back_fill(1000):
        continue
    page = manager_s.get(f"/queries/{query.pk}/").content.decode()
    assert "Vieux forum" in page
    assert "every 2s" not in page  # nothing runs: the page asks no more
    manager_s.post(f"/queries/{query.pk}/past/start/", {"channel": [str(source.pk)], "days": "365"})
    job = BackFill.objects.get(channel=source)
    fragment = manager_s.get(f"/queries/{query.pk}/past/").content.decode()
    assert "every 2s" in fragment
    assert "under way" in fragment
    stopped = manager_s.post(f"/queries/{query.pk}/past/{job.pk}/stop/", headers=HTMX).content.decode()
    assert "stopped by Maud Orchestre" in stopped
    assert "every 2s" not in stopped
    while back_fill(1000):
        continue
    assert not Receipt.objects.exists()


def test_other_peoples_past_is_not_searched(
    organisation: Organisation,
    elsewhere: Organisation,
    manager: Membership,
    manager_s: Client,
    source: Channel,
) -> None:
    query, theirs = make_query(organisation, by=manager), make_query(elsewhere)
    assert manager_s.post(f"/queries/{theirs.pk}/past/start/", {"stored": "1"}).status_code == 404
    job = theirs.back_fills.get()
    for owner in (query, theirs):
        assert manager_s.post(f"/queries/{owner.pk}/past/{job.pk}/stop/").status_code == 404
    Channel.objects.filter(pk=source.pk).update(organisation=elsewhere)
    manager_s.post(f"/queries/{query.pk}/past/start/", {"channel": [str(source.pk)]})
    assert not BackFill.objects.filter(channel=source).exists()


def test_the_register_is_exported_in_both_languages(
    organisation: Organisation, elsewhere: Organisation, manager: Membership, alice_s: Client
) -> None:
    make_query(organisation, name="=CMD()", purpose="@évil", by=manager)
    make_query(elsewhere, name="Ailleurs")
    french = alice_s.get("/queries/register/export/?as=csv&language=fr")
    rows = list(
        csv.reader(io.StringIO(french.content.decode().removeprefix("\ufeff"), newline=""), delimiter=";")
    )
    assert (len(rows), rows[0][0], rows[1][0], rows[1][2]) == (2, "Requête", "'=CMD()", "'@évil")
    assert "intérêt légitime" in rows[1]
    assert "attachment" in french["Content-Disposition"]
    english = alice_s.get("/queries/register/export/?as=csv&language=en").content.decode()
    assert "legitimate interest" in english
    told = alice_s.get("/queries/register/export/?as=json").json()
    assert [one["name"] for one in told["entries"]] == ["=CMD()"]
    assert "Ailleurs" not in alice_s.get("/queries/register/").content.decode()


def test_opt_outs_are_added_found_and_removed(
    organisation: Organisation, elsewhere: Organisation, manager_s: Client, manager: Membership
) -> None:
    bad = manager_s.post("/queries/opt-outs/add/", {"account": "@Ed", "reason": " "})
    assert (bad.status_code, 'id="reason-error"' in bad.content.decode()) == (422, True)
    assert 'value="@Ed"' in bad.content.decode()  # what was typed is not lost
    for account in ("@Ed", "zoe"):
        manager_s.post("/queries/opt-outs/add/", {"account": account, "reason": "a écrit", "network": "test"})
    again = manager_s.post("/queries/opt-outs/add/", {"account": "ed", "reason": "r", "network": "test"})
    assert "on the list already" in again.content.decode()
    page = manager_s.get("/queries/opt-outs/?q=@ED").content.decode()
    assert ("ed</h2>" in page, "zoe</h2>" in page) == (True, False)
    line = OptOut.objects.get(account="ed")
    theirs = OptOut.objects.create(organisation=elsewhere, account="x", reason="r", at=clock.now())
    assert manager_s.post(f"/queries/opt-outs/{theirs.pk}/remove/").status_code == 404
    manager_s.post(f"/queries/opt-outs/{line.pk}/remove/")
    assert list(OptOut.objects.filter(organisation=organisation).values_list("account", flat=True)) == ["zoe"]


def test_longer_pages_cost_no_more_queries(
    organisation: Organisation, manager: Membership, manager_s: Client, heard: None
) -> None:
    query = make_query(organisation, "tourlevent", by=manager)

    def more() -> None:
        for word in ("malade", "moulin", "vomis"):
            change_query(query, replace(terms_of(query), text=f"tourlevent {word}"), by=manager)
            make_query(organisation, "levain", name=f"q{Query.objects.count()}", by=manager)
            OptOut.objects.create(
                organisation=organisation, account=f"a{OptOut.objects.count()}", reason="r", at=clock.now()
            )

    more()
    urls = [f"/queries/{query.pk}/", "/queries/register/", "/queries/opt-outs/", f"/queries/{query.pk}/past/"]
    before = [price(manager_s, url) for url in urls]
    more()
    assert [price(manager_s, url) for url in urls] == before
