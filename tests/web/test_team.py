"""People and teams: for administrators only; nobody is let in elsewhere, and somebody always administers."""

import pytest
from django.test import Client

from entendu.accounts.invite import invite
from entendu.accounts.members import MemberRefused, add_member, set_team
from entendu.accounts.models import Audit, Membership, Organisation, SignInLink, Team
from entendu.analysis.topics import add_topic
from make import make_member
from web.conftest import browser_of
from web.test_listen import price

NEW = {"email": "zoe@levain.example", "name": "Zoé Petit", "role": "agent", "language": "fr"}


@pytest.fixture
def admin_s(admin: Membership) -> Client:
    return browser_of(admin)


@pytest.mark.parametrize("role", ["manager", "agent", "expert", "reader"])
def test_only_administrators_enter(organisation: Organisation, alice: Membership, role: str) -> None:
    browser = browser_of(make_member(organisation, "Autre", role))
    assert browser.get("/team/").status_code == browser.get("/team/trail/").status_code == 403
    for url in ("/team/add/", "/team/teams/", f"/team/members/{alice.pk}/role/"):
        assert browser.post(url, NEW).status_code == 403
    for act in ("link", "skills", "remove"):
        assert browser.post(f"/team/members/{alice.pk}/{act}/").status_code == 403


def test_administrator_of_another_organisation_finds_nobody(alice: Membership, charlie: Membership) -> None:
    charlie.role = "admin"
    charlie.save()
    browser = browser_of(charlie)
    team = set_team(alice.organisation, name="Pain", members=[alice], by=None)
    assert "Alice" not in browser.get("/team/").content.decode()
    for act in ("link", "role", "skills", "remove"):
        assert browser.post(f"/team/members/{alice.pk}/{act}/", {"role": "reader"}).status_code == 404
    assert browser.post(f"/team/teams/{team.pk}/remove/").status_code == 404
    browser.post("/team/teams/", {"name": "Fournil", "member": alice.pk})
    assert not Team.objects.get(name="Fournil").places.exists()


def test_new_member_gets_a_link_that_works_once_and_is_shown_once(admin_s: Client) -> None:
    answer = admin_s.post("/team/add/", NEW)
    link = answer.context["link"]
    assert "/enter/" in link
    assert answer["Cache-Control"] == "no-store"
    assert link.rsplit("/", 2)[1] not in admin_s.get("/team/").content.decode()
    guest = Client()
    path = link[link.index("/enter/") :]
    assert guest.post(path).status_code == 302
    assert guest.get("/me/").status_code == 200
    assert Client().post(path).status_code == 410


def test_no_link_for_who_also_works_elsewhere(
    admin_s: Client, organisation: Organisation, charlie: Membership
) -> None:
    answer = admin_s.post("/team/add/", NEW | {"email": charlie.user.email}, follow=True)
    assert "also works at another organisation" in answer.content.decode()
    assert "/enter/" not in answer.content.decode()
    assert not SignInLink.objects.exists()
    member = Membership.objects.get(user=charlie.user, organisation=organisation)
    admin_s.post(f"/team/members/{member.pk}/link/")
    assert not SignInLink.objects.exists()


def test_link_is_made_by_administrators_only(alice: Membership, manager: Membership) -> None:
    with pytest.raises(MemberRefused):
        invite(alice, by=manager)


@pytest.mark.parametrize("wrong", [{"email": "x"}, {"name": ""}, {"role": "emperor"}])
def test_wrong_member_is_refused_with_what_was_typed(admin_s: Client, wrong: dict[str, str]) -> None:
    answer = admin_s.post("/team/add/", NEW | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Membership.objects.filter(user__email=NEW["email"]).exists()


def test_last_administrator_stays(admin_s: Client, admin: Membership) -> None:
    page = admin_s.post(f"/team/members/{admin.pk}/role/", {"role": "reader"}, follow=True).content.decode()
    assert "Somebody must administer" in page
    admin_s.post(f"/team/members/{admin.pk}/remove/")
    admin.refresh_from_db()
    assert admin.role == "admin"


def test_role_skills_and_teams_change_and_leave_a_trail(
    admin_s: Client, alice: Membership, organisation: Organisation
) -> None:
    add_topic(organisation, name_en="Bread", name_fr="Pain", slug="bread")
    admin_s.post(f"/team/members/{alice.pk}/role/", {"role": "manager"})
    admin_s.post(f"/team/members/{alice.pk}/skills/", {"skill": ["bread", "telepathy"]})
    admin_s.post("/team/teams/", {"name": "Fournil", "member": alice.pk})
    alice.refresh_from_db()
    assert alice.role == "manager"
    assert [one.subject for one in alice.skills.all()] == ["bread"]
    assert "Fournil" in admin_s.get("/team/").content.decode()
    trail = admin_s.get("/team/trail/").content.decode()
    assert "changed the role of" in trail
    assert "alice.roy@levain.example" in trail
    team = Team.objects.get()
    admin_s.post(f"/team/teams/{team.pk}/remove/")
    assert not Team.objects.exists()
    assert Audit.objects.filter(verb="remove_team").exists()


def test_removed_member_enters_no_more(admin_s: Client, alice: Membership, alice_s: Client) -> None:
    assert alice_s.get("/listen/").status_code == 200
    admin_s.post(f"/team/members/{alice.pk}/remove/")
    assert alice_s.get("/listen/").status_code == 403


def test_longer_lists_cost_no_more_queries(admin_s: Client, organisation: Organisation) -> None:
    def more() -> None:
        for _round in range(4):
            number = Membership.objects.count()
            one = add_member(
                organisation, email=f"m{number}@x.example", name=f"M{number}", role="agent", skills=["a"]
            )
            set_team(organisation, name=f"T{number}", members=[one], by=None)

    more()
    before = {url: price(admin_s, url) for url in ("/team/", "/team/trail/")}
    more()
    assert {url: price(admin_s, url) for url in before} == before
