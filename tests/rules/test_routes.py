"""Every route, as every role of two organisations: strangers find nothing (404), roles do what theirs is (403 else)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from entendu.accounts.models import ApiToken, Membership, Team
from entendu.accounts.models.membership import MAY, Role
from entendu.analysis.claims import ClaimTerms, add_claim
from entendu.analysis.models import ClaimMatch, Mute, Proposal, Rereading, Signal, Site, Topic
from entendu.channels.endpoint import address_of, open_endpoint
from entendu.channels.follow import follow
from entendu.channels.models import Source
from entendu.conversations.models import Conversation, Promise, Reply
from entendu.kit import clock
from entendu.mentions.keep import keep
from entendu.mentions.models import Attachment, OptOut
from entendu.web.access import right_of
from entendu.wire import Address
from make import make_channel, make_conversation, make_member, make_organisation, make_query
from rules.routes_table import PAGES

CANARY = "Zorglub-7731"


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        else:
            yield path, entry


def pages() -> dict[str, URLPattern]:
    """Our own pages, by name; the API has its own table, allauth its own tests."""
    return {
        str(pattern.name): pattern
        for path, pattern in patterns(get_resolver())
        if not path.startswith(("api/", "accounts/"))
    }


@dataclass
class World:
    """One organisation full of things, the people who work there, and an administrator from elsewhere."""

    members: dict[str, Membership]
    stranger: Membership
    ids: dict[str, Any]


@pytest.fixture
def world(db: None) -> World:
    organisation, elsewhere = make_organisation("a", "A"), make_organisation("b", "B")
    members = {role: make_member(organisation, f"{role.title()} Roy", role) for role in Role.values}
    channel = make_channel(organisation, "Boîte")
    conversation: Conversation = make_conversation(channel, f"{CANARY} est rassis")
    mention = conversation.parts.get().mention
    press = make_channel(organisation, "Presse", kind="feed")
    follow(press, [Address("https://levain.example/feed", CANARY)])
    now = clock.now()
    agent = members["agent"]
    reply = Reply.objects.create(
        conversation=conversation, channel=channel, answers=mention, visibility="public", text="Oui", key="r",
        by=agent.user, composed_at=now, leaves_at=now,
    )  # fmt: skip
    promise = Promise.objects.create(
        conversation=conversation, what="un bon", due_at=now, at=now, by=agent.user
    )
    ids = {
        "conversation": conversation.number,
        "number": conversation.number,
        "mention": mention.pk,
        "reply": reply.pk,
        "promise": promise.pk,
        "file": Attachment.objects.create(
            mention=mention, name="p.png", media_type="image/png", digest=keep(b"\x89PNG")
        ).pk,
        "person": mention.author.identities.get().person_id,
        "identity": mention.author.identities.get().pk,
        "query": (query := make_query(organisation, "pain", name="q")).pk,
        "job": query.back_fills.get().pk,
        "line": OptOut.objects.create(organisation=organisation, account="ed", reason="r", at=now).pk,
        "site": Site.objects.create(
            organisation=organisation, host=f"{CANARY}.example", first_heard_at=now, last_heard_at=now
        ).pk,
        "topic": Topic.objects.create(organisation=organisation, slug="t", name_en="T", name_fr="T").pk,
        "claim": (
            claim := add_claim(organisation, ClaimTerms(text=f"{CANARY} est frais"), by=members["admin"])
        ).pk,
        "match": ClaimMatch.objects.create(
            claim=claim,
            mention=mention,
            verdict="contradicts",
            confidence=0.9,
            code="state",
            model="m",
            at=now,
        ).pk,
        "channel": channel.pk,
        "receipt": mention.receipt_id,
        "form": "csv",
        "member": members["reader"].pk,
        "team": Team.objects.create(organisation=organisation, name="T").pk,
        "token": ApiToken.objects.create(member=members["admin"], name="t", digest="x", created_at=now).pk,
        "press": press.pk,
        "source": Source.objects.get().pk,
        "signal": Signal.objects.create(
            organisation=organisation,
            kind="weak",
            key=CANARY,
            level="low",
            started_at=now,
            last_at=now,
            raised_at=now,
        ).pk,
        "mute": Mute.objects.create(organisation=organisation, word=CANARY, reason="r", at=now).pk,
        "kind": "files",
        "inbound": address_of(open_endpoint(channel)).rsplit("/", 2)[1],
        "box": "all",
        "slug": "first_response",
        "proposal": Proposal.objects.create(organisation=organisation, phrases=["p"], made_at=now).pk,
        "rereading": Rereading.objects.create(organisation=organisation, started_at=now).pk,
    }
    return World(members, make_member(elsewhere, "Sam Ailleurs", "admin"), ids)


def address(name: str, pattern: URLPattern, ids: dict[str, Any]) -> str:
    of_many = ("channel_sources", "channel_follow", "channel_list_in", "channel_list_out")
    special = {"enter": "x" * 32, "inbound": ids["inbound"]} | dict.fromkeys(of_many, ids["press"])
    wanted = {key: special.get(name, ids[key]) for key in pattern.pattern.converters}
    return reverse(name, kwargs=wanted)


def ask(member: Membership | None, method: str, url: str) -> Any:
    """One request whose effects are undone."""
    client = Client(raise_request_exception=True)
    if member:
        client.force_login(member.user)
    with transaction.atomic():
        response = client.generic(method, url, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return response


def test_no_route_is_unknown_and_none_is_listed_in_vain() -> None:
    assert set(pages()) - set(PAGES) == set(), "routes that the table does not know"
    assert set(PAGES) - set(pages()) == set(), "rows of the table without a route"


def test_every_view_names_its_right() -> None:
    assert [name for name, pattern in pages().items() if right_of(pattern.callback) is None] == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_role_does_what_its_role_is(world: World, name: str) -> None:
    method, right = PAGES[name].split()
    url = address(name, pages()[name], world.ids)
    if right != "open":
        assert ask(None, method, url).status_code in {302, 401}, "nobody is signed in"
    if name == "live":  # an endless stream: the refusals above and the stranger's test of its own say enough
        return
    for role, member in world.members.items():
        status = ask(member, method, url).status_code
        if right in MAY and role not in MAY[right]:
            assert status == 403, f"{role} must not: {status}"
        elif right != "own":
            assert status not in {401, 403, 404, 500}, f"{role} may: {status}"


@pytest.mark.parametrize("name", sorted(name for name, row in PAGES.items() if not row.endswith("open")))
def test_a_stranger_finds_nothing(world: World, name: str) -> None:
    method, _right = PAGES[name].split()
    pattern = pages()[name]
    if name == "live":
        return
    response = ask(world.stranger, method, address(name, pattern, world.ids))
    owned = set(pattern.pattern.converters) - {"box", "kind", "slug", "form"}
    if owned:
        assert response.status_code == 404, response.status_code
    elif not response.streaming:
        assert CANARY not in response.content.decode()


def test_a_planted_route_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = path("planted/", lambda request: None, name="planted")
    monkeypatch.setattr(get_resolver(), "url_patterns", [*get_resolver().url_patterns, planted])
    assert set(pages()) - set(PAGES) == {"planted"}
    assert right_of(pages()["planted"].callback) is None
