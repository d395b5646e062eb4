"""The map of places and the share of voice as pages: who sees what, what may be done, what numbers open."""

import re
from datetime import timedelta
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.models import Site
from entendu.analysis.stages import locate
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.measures.stages import roll_up
from entendu.mentions.models import Match, Query
from make import make_channel, make_mention
from web.conftest import browser_of
from web.test_listen import price, shown


def site(organisation: Organisation, host: str, days: int = 0) -> Site:
    moment = clock.now() - timedelta(days=days)
    return Site.objects.create(
        organisation=organisation, host=host, first_heard_at=moment, last_heard_at=moment
    )


def order(client: Client, address: str = "/places/") -> list[str]:
    return re.findall(r'class="line-name">([^<]+)<', client.get(address).content.decode())


def test_new_places_come_first_and_strangers_see_none(
    organisation: Organisation, alice_s: Client, charlie_s: Client
) -> None:
    for host, days in (("old.example", 90), ("new.example", 1), ("middle.example", 20)):
        site(organisation, host, days)
    assert order(alice_s) == ["new.example", "middle.example", "old.example"]
    assert order(charlie_s) == []


def test_each_number_opens_its_messages(channel: Channel, alice_s: Client) -> None:
    here = make_mention(channel, "Voyez https://blog.example/a", "ana", url="https://forum.example/1")
    make_mention(channel, "Ailleurs", "bea", url="https://other.example/1")
    locate(100)
    page = unescape(alice_s.get("/places/").content.decode())
    forum, blog = Site.objects.get(host="forum.example"), Site.objects.get(host="blog.example")
    assert f"/listen/?site={forum.pk}" in page
    assert shown(alice_s, f"/listen/?site={forum.pk}") == [here.pk]
    assert shown(alice_s, f"/listen/?site={blog.pk}&linking=yes") == [here.pk]
    assert shown(alice_s, f"/listen/?site={blog.pk}") == []
    assert "known only by links in messages" in page


def test_a_channel_there_says_that_it_is_followed(organisation: Organisation, alice_s: Client) -> None:
    site(organisation, "forum.example")
    assert "not followed" in alice_s.get("/places/").content.decode()
    make_channel(organisation, "Le forum", "feed", url="https://www.forum.example/rss", network="x")
    assert "followed: Le forum" in alice_s.get("/places/").content.decode()


def test_who_may_follow_and_ignore(
    organisation: Organisation, alice_s: Client, manager: Membership, admin: Membership, charlie: Membership
) -> None:
    one = site(organisation, "nowhere.invalid")
    assert "/ignore/" not in alice_s.get("/places/").content.decode()
    assert alice_s.post(f"/places/{one.pk}/ignore/").status_code == 403
    listener = browser_of(manager)
    assert listener.post(f"/places/{one.pk}/follow/").status_code == 403
    page = listener.post(f"/places/{one.pk}/ignore/", follow=True).content.decode()
    assert "is ignored" in page
    assert order(alice_s, "/places/?view=ignored") == ["nowhere.invalid"]
    assert order(alice_s, "/places/?view=open") == []
    assert (
        "is noticed again"
        in listener.post(f"/places/{one.pk}/ignore/", {"undo": "1"}, follow=True).content.decode()
    )
    page = browser_of(admin).post(f"/places/{one.pk}/follow/", follow=True).content.decode()
    assert "No feed was found on nowhere.invalid: nothing was opened." in page
    assert Channel.objects.count() == 0
    charlie.role = "admin"
    charlie.save()
    assert browser_of(charlie).post(f"/places/{one.pk}/follow/").status_code == 404


def test_more_places_cost_no_more_queries(organisation: Organisation, alice_s: Client) -> None:
    site(organisation, "a.example")
    before = price(alice_s, "/places/")
    for n in range(30):
        site(organisation, f"s{n}.example")
    assert price(alice_s, "/places/") == before


def tracked(organisation: Organisation, name: str, kind: str) -> Query:
    return Query.objects.create(
        organisation=organisation, name=name, text=name, purpose="p", active=False, tracked=kind,
        created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip


def test_names_stand_side_by_side_and_open_their_messages(
    organisation: Organisation, channel: Channel, alice_s: Client, charlie_s: Client
) -> None:
    own, other = tracked(organisation, "Levain", "own"), tracked(organisation, "Rival", "other")
    ours = [make_mention(channel, f"Levain {n}", f"a{n}") for n in range(3)]
    theirs = make_mention(channel, "Rival", "bea", sentiment="positive")
    for one in ours:
        Match.objects.create(query=own, mention=one)
    Match.objects.create(query=other, mention=theirs)
    while roll_up(100):
        continue
    answer = alice_s.get("/voice/?days=7")
    assert [(line.n, line.shown, line.carried.people) for line in answer.context["lines"]] == [
        (3, "75%", 3),
        (1, "25%", 1),
    ]
    assert set(shown(alice_s, answer.context["lines"][0].url)) == {one.pk for one in ours}
    assert shown(alice_s, answer.context["lines"][1].url) == [theirs.pk]
    assert [row.total for row in answer.context["by_channel"]] == [4]
    assert "Rival" not in charlie_s.get("/voice/").content.decode()


def test_names_are_chosen_by_who_may_listen(
    organisation: Organisation, alice_s: Client, manager: Membership, charlie: Membership
) -> None:
    one = tracked(organisation, "Levain", "")
    assert "Which queries are names" not in alice_s.get("/voice/").content.decode()
    assert alice_s.post("/voice/names/", {f"query-{one.pk}": "own"}).status_code == 403
    charlie.role = "manager"
    charlie.save()
    browser_of(charlie).post("/voice/names/", {f"query-{one.pk}": "own"})
    one.refresh_from_db()
    assert one.tracked == ""
    page = browser_of(manager).post("/voice/names/", {f"query-{one.pk}": "own"}, follow=True).content.decode()
    assert "1 name changed." in page
    one.refresh_from_db()
    assert one.tracked == "own"
    bad = (
        browser_of(manager).post("/voice/names/", {f"query-{one.pk}": "queen"}, follow=True).content.decode()
    )
    assert "not possible for “Levain”" in bad


def test_the_voice_costs_the_same_for_many_names(
    organisation: Organisation, channel: Channel, alice_s: Client
) -> None:
    def more(count: int) -> int:
        for n in range(count):
            query = tracked(organisation, f"n{Query.objects.count()}", "other" if n else "own")
            Match.objects.create(query=query, mention=make_mention(channel, "x", f"a{n}"))
        while roll_up(100):
            continue
        alice_s.get("/voice/")
        with CaptureQueriesContext(connection) as queries:
            assert alice_s.get("/voice/").status_code == 200
        return len(queries)

    assert more(2) == more(8)


def test_a_bad_period_is_told(alice_s: Client) -> None:
    assert alice_s.get("/voice/?since=2026-02-02&until=2026-01-01").status_code == 422
