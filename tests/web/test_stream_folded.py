"""The stream folded: one row for a storm, what a verb on it does, the filters that are new, and what is live."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from entendu.accounts.models import Audit, Membership, Organisation
from entendu.analysis.models import Copy
from entendu.channels.models import Channel
from entendu.conversations.models import Conversation
from entendu.kit import clock
from entendu.mentions.models import Author, Mention, Receipt, SearchEntry, Watch
from hear import hear, said
from make import make_conversation, make_mention
from web.conftest import HTMX
from web.test_listen import price, shown

SAID = "La crème de vos éclairs de ce matin était tournée, toute la famille est malade depuis midi"


@pytest.fixture
def storm(organisation: Organisation, tmp_path: Path) -> list[int]:
    """Four who say the same, then two who say something else; the newest is last."""
    rows = [said(f"k{n}", f"RT @p{n}: {SAID}", f"p{n}", 10 * n, addressed=False) for n in range(4)]
    rows.append(
        said("calm", "Vos croissants sont les meilleurs de la ville, merci", "ana", 15, addressed=False)
    )
    rows.append(said("late", "Ouvrez-vous la boutique du quai dimanche matin ?", "leo", 60, addressed=False))
    hear(organisation, tmp_path, rows, addressed="no")
    keys = ["k0", "k1", "k2", "k3", "calm", "late"]
    ids = dict(Mention.objects.values_list("key", "pk"))
    return [ids[key] for key in keys]


def test_a_storm_is_one_row_with_its_spread(storm: list[int], alice_s: Client) -> None:
    *copies, calm, late = storm
    assert shown(alice_s) == [late, copies[3], calm]
    page = alice_s.get("/listen/").content.decode()
    assert "said by 4 people in 30" in page
    assert "show 3 near-duplicates" in page
    assert shown(alice_s, "/listen/?fold=no") == [late, copies[3], copies[2], calm, copies[1], copies[0]]
    assert shown(alice_s, f"/listen/{copies[3]}/copies/") == [copies[2], copies[1], copies[0]]
    cluster = Copy.objects.values_list("cluster", flat=True)[0]
    assert shown(alice_s, f"/listen/?cluster={cluster}") == copies[::-1]


def test_the_row_is_the_newest_that_the_filters_let_in(storm: list[int], alice_s: Client) -> None:
    Mention.objects.filter(pk=storm[1]).update(audience=5000)
    assert shown(alice_s, "/listen/?audience=1000") == [storm[1]]


def test_pages_neither_repeat_nor_lose_a_row(
    channel: Channel, organisation: Organisation, alice_s: Client
) -> None:
    from entendu.analysis.near_duplicates import cluster_waiting

    singles = {
        make_mention(channel, f"Le pain numéro {n} du matin {n} était un peu trop {n} cuit").pk
        for n in range(0)
    }
    start = clock.now() - timedelta(hours=5)
    for n in range(130):
        text = SAID if n % 2 else f"mot{n} autre{n} encore{n} fois{n} jamais{n} toujours{n}"
        one = make_mention(channel, text, f"p{n}", at=start + timedelta(minutes=n), addressed=False)
        if not n % 2:
            singles.add(one.pk)
    while cluster_waiting(500):
        continue
    pages, address = [], "/listen/"
    while address:
        pages.append(shown(alice_s, address))
        following = alice_s.get(address).context["following"]
        address = f"/listen/rows/?cursor={following}" if following else ""
    rows = [row for page in pages for row in page]
    assert [len(page) for page in pages] == [20, 20, 20, 6]
    assert len(set(rows)) == 66
    assert singles < set(rows)


def test_a_longer_storm_costs_no_more_queries(storm: list[int], channel: Channel, alice_s: Client) -> None:
    from entendu.analysis.near_duplicates import cluster_waiting

    before = price(alice_s, "/listen/")
    for n in range(20):
        make_mention(channel, SAID, f"q{n}", addressed=False)
        make_mention(channel, f"Rien à voir numéro {n} avec la crème {n} ni les éclairs {n}", f"r{n}")
    cluster_waiting(100)
    assert price(alice_s, "/listen/") <= before


def test_opening_a_folded_row_opens_one_for_each(storm: list[int], alice_s: Client) -> None:
    answer = alice_s.post("/listen/open/", {"one": storm[3], "folded": [storm[3], storm[5]]}, headers=HTMX)
    assert "4 conversations opened." in answer.content.decode()
    assert set(Conversation.objects.values_list("parts__mention", flat=True)) == set(storm[:4])


def test_a_row_that_is_not_folded_goes_alone(storm: list[int], alice_s: Client) -> None:
    alice_s.post("/listen/open/", {"one": storm[2]}, headers=HTMX)
    assert Conversation.objects.get().parts.get().mention_id == storm[2]
    answer = alice_s.post(
        "/listen/drop/", {"mention": [storm[3], storm[4]], "folded": storm[3], "reason": "copy"}, headers=HTMX
    )
    assert "4 messages dropped." in answer.content.decode()  # what is in a conversation stays
    assert set(Mention.objects.values_list("pk", flat=True)) == {storm[2], storm[5]}


def test_too_many_at_once_are_told(
    storm: list[int], alice_s: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entendu.web.listen.verbs.MOST", 2)
    page = alice_s.post(
        "/listen/watch/", {"one": storm[3], "folded": storm[3]}, headers=HTMX
    ).content.decode()
    assert "2 messages are only watched." in page
    assert "2 near-duplicates are left: do it once more." in page


def test_watching_is_a_decision_with_its_author(storm: list[int], alice: Membership, alice_s: Client) -> None:
    calm = storm[4]
    page = alice_s.post("/listen/watch/", {"one": calm}, headers=HTMX).content.decode()
    assert "1 message is only watched." in page
    assert "watched: Alice Roy" in page
    assert Watch.objects.get().by == alice.user
    assert Audit.objects.filter(verb="watch_mention").count() == 1
    assert Receipt.objects.get(mentions=calm).end == "watched"
    assert calm not in shown(alice_s, "/listen/?end=unseen")
    assert shown(alice_s, "/listen/?end=decided") == [calm]
    alice_s.post("/listen/watch/", {"one": calm}, headers=HTMX)
    assert Watch.objects.count() == 1
    undone = alice_s.post("/listen/watch/", {"mention": [calm], "undo": "1"}, headers=HTMX)
    assert "Taken back." in undone.content.decode()
    assert Watch.objects.count() == 0
    assert calm in shown(alice_s, "/listen/?end=unseen")


def test_watching_is_refused_in_a_conversation_to_readers_and_strangers(
    channel: Channel, storm: list[int], alice_s: Client, bob_s: Client, charlie_s: Client
) -> None:
    inside = make_conversation(channel).parts.get().mention
    refused = alice_s.post("/listen/watch/", {"one": inside.pk}, headers=HTMX)
    assert (refused.status_code, "already in conversation" in refused.content.decode()) == (422, True)
    assert bob_s.post("/listen/watch/", {"one": storm[4]}).status_code == 403
    assert charlie_s.post("/listen/watch/", {"one": storm[4]}, headers=HTMX).status_code == 422
    assert charlie_s.get(f"/listen/{storm[3]}/copies/").status_code == 404
    assert charlie_s.get(f"/listen/{storm[3]}/spread/").status_code == 404
    assert Watch.objects.count() == 0


def test_what_holds_something_and_who_is_new_is_found(channel: Channel, alice_s: Client) -> None:
    link, image = (
        make_mention(channel, "Voyez https://x.example", "leo"),
        make_mention(channel, "Photo", "zoe"),
    )
    SearchEntry.objects.create(mention=link, folded="", link=True)
    SearchEntry.objects.create(mention=image, folded="", image=True)
    Author.objects.filter(key="leo").update(first_seen_at=clock.now() - timedelta(days=40))
    assert shown(alice_s, "/listen/?has=link") == [link.pk]
    assert shown(alice_s, "/listen/?has=image") == [image.pk]
    assert shown(alice_s, "/listen/?wrote=new") == [image.pk]
    Mention.objects.filter(pk=image.pk).update(audience=1000)
    assert shown(alice_s, "/listen/?audience=1000&urgency=normal") == [image.pk]
    assert shown(alice_s, "/listen/?urgency=safety") == []


def test_the_ledger_of_the_period_stands_at_the_top(
    channel: Channel, organisation: Organisation, alice_s: Client
) -> None:
    for end in ("watched", "watched", "dropped", ""):
        Receipt.objects.create(
            organisation=organisation, channel=channel, key=f"r{Receipt.objects.count()}", content=b"", end=end,
            reason="spam" if end == "dropped" else "", media_type="text/plain", received_at=clock.now(),
        )  # fmt: skip
    page = alice_s.get("/listen/").content.decode()
    for words in ("4 came", "2 watched", "1 dropped", "1 not decided yet", "0 opened"):
        assert words in page
    assert "0 came" in alice_s.get("/listen/?since=2020-01-01&until=2020-01-02").content.decode()
    assert "&amp;channel=Bo%C3%AEte" in alice_s.get(f"/listen/?channel={channel.pk}").content.decode()


def test_what_came_meanwhile_is_told(channel: Channel, alice_s: Client, charlie_s: Client) -> None:
    known = make_mention(channel, "Avant")
    assert "new message" not in alice_s.get(f"/listen/fresh/?after={known.pk}").content.decode()
    make_mention(channel, "Après")
    make_mention(channel, "Joli", sentiment="positive")
    assert "2 new messages" in alice_s.get(f"/listen/fresh/?after={known.pk}").content.decode()
    assert (
        "1 new message" in alice_s.get(f"/listen/fresh/?after={known.pk}&sentiment=positive").content.decode()
    )
    assert "new message" not in charlie_s.get(f"/listen/fresh/?after={known.pk}").content.decode()
    assert alice_s.get("/listen/fresh/?after=x&q=(").status_code == 200


def test_the_page_of_a_spread_tells_who_how_fast_and_where(storm: list[int], alice_s: Client) -> None:
    Mention.objects.filter(pk=storm[2]).update(audience=90_000)
    answer = alice_s.get(f"/listen/{storm[1]}/spread/")
    page = answer.content.decode()
    spread = answer.context["spread"]
    assert (spread.people, spread.posts, spread.depth, spread.virality) == (4, 4, 1, 1.5)
    assert "First poster</span><br>p0" in page
    assert answer.context["carriers"][0].pk == storm[2]
    assert [hour["people"] for hour in answer.context["hours"]] == [4]
    assert answer.context["stream"].startswith("/listen/?cluster=")


def test_answers_are_part_of_the_tree(organisation: Organisation, alice_s: Client, tmp_path: Path) -> None:
    rows = [
        said("a", SAID, "ana", 0, addressed=False),
        said("b", "Moi aussi, pareil", "bea", 5, parent_key="a", addressed=False),
        said("c", "Et moi donc, quelle honte", "cleo", 9, parent_key="b", addressed=False),
    ]
    hear(organisation, tmp_path, rows, addressed="no")
    first = Mention.objects.get(key="a")
    assert "1 answer" in alice_s.get("/listen/").content.decode()
    spread = alice_s.get(f"/listen/{first.pk}/spread/").context["spread"]
    assert (spread.people, spread.depth) == (3, 2)
    assert alice_s.get("/listen/999999/spread/").status_code == 404
