"""Ways in, languages, and one's own page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from entendu.accounts.models import Membership, User
from entendu.accounts.sign_in import make_link
from entendu.kit import clock
from web.conftest import browser_of


def signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_looking_at_a_link_does_not_use_it_up(client: Client, alice: Membership) -> None:
    url = reverse("enter", args=[make_link(alice.user)])
    for _scanner in range(3):
        assert client.get(url).status_code == 200
    assert not signed_in(client)
    assert client.post(url)["Location"] == "/"
    assert signed_in(client)


def test_a_link_works_once(client: Client, alice: Membership) -> None:
    url = reverse("enter", args=[make_link(alice.user)])
    Client().post(url)
    answer = client.post(url, headers={"accept-language": "en"})
    assert answer.status_code == 410
    assert "This link works no more" in answer.content.decode()
    assert not signed_in(client)


@pytest.mark.parametrize("token", ["x", "é" * 40, "a" * 5000, "%00"])
def test_a_wrong_link_lets_nobody_in(client: Client, db: None, token: str) -> None:
    assert client.post(reverse("enter", args=[token])).status_code == 410


def test_an_old_link_lets_nobody_in(client: Client, alice: Membership) -> None:
    url = reverse("enter", args=[make_link(alice.user)])
    with clock.at(clock.now() + timedelta(days=2)):
        assert client.post(url).status_code == 410


def test_nobody_signs_up(client: Client, db: None) -> None:
    form = {
        "email": "eve@evil.example",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
    }
    client.post("/accounts/signup/", form)
    assert not User.objects.exists()


def test_a_wrong_password_says_no_more_than_that(client: Client, alice: Membership) -> None:
    alice.user.set_password("correct horse battery")
    alice.user.save()
    answers = []
    for login in (alice.user.email, "nobody@levain.example"):
        page = client.post("/accounts/login/", {"login": login, "password": "wrong"}).content.decode()
        answers.append(page.split('role="alert"')[1].split("</div>")[0])
    assert answers[0] == answers[1]
    client.post("/accounts/login/", {"login": alice.user.email, "password": "correct horse battery"})
    assert signed_in(client)


@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/password/reset/", "/nowhere/", "/enter/x/"])
@pytest.mark.parametrize(("language", "word"), [("fr-CA,fr;q=0.9", 'lang="fr"'), ("en-GB", 'lang="en"')])
def test_before_sign_in_the_browser_s_language_is_spoken(
    client: Client, db: None, url: str, language: str, word: str
) -> None:
    assert word in client.get(url, headers={"accept-language": language}).content.decode()


def test_the_language_of_the_profile_wins(alice: Membership) -> None:
    browser = browser_of(alice, "fr")
    assert (
        "Prendre la suivante"
        in browser.get("/inbox/to_take/", headers={"accept-language": "en"}).content.decode()
    )
    browser.post(reverse("set_language"), {"language": "en", "next": "/me/"})
    assert "Take the next one" in browser.get("/inbox/to_take/").content.decode()
    alice.user.refresh_from_db()
    assert alice.user.language == "en"


@pytest.mark.parametrize(("language", "status"), [("en", 302), ("xx", 400), ("", 400)])
def test_a_stranger_chooses_a_language_by_cookie(
    client: Client, db: None, language: str, status: int
) -> None:
    assert client.post(reverse("set_language"), {"language": language}).status_code == status


def test_a_language_switch_never_leads_elsewhere(client: Client, db: None) -> None:
    for target in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = client.post(reverse("set_language"), {"language": "en", "next": target})
        assert answer["Location"] == "/"


def test_the_profile_refuses_what_it_cannot_keep(alice_s: Client, alice: Membership) -> None:
    alice_s.post(reverse("me_change"), {"name": " ", "language": "en"})
    alice_s.post(reverse("me_change"), {"name": "Alice", "language": "tlh"})
    assert alice_s.post(reverse("me_theme"), {"theme": "pink"}).status_code == 400
    alice.user.refresh_from_db()
    assert (alice.user.name, alice.user.language, alice.user.theme) == ("Alice Roy", "en", "system")
    alice_s.post(reverse("me_theme"), {"theme": "dark"})
    assert 'data-theme-choice="dark"' in alice_s.get("/me/").content.decode()


def test_a_token_is_shown_once(alice_s: Client, alice: Membership) -> None:
    page = alice_s.post(reverse("me_token_make"), {"name": "night report"}).content.decode()
    token = page.split('<pre class="token" tabindex="0">')[1].split("<")[0]
    assert token.startswith("ent_")
    later = alice_s.get("/me/").content.decode()
    assert "night report" in later
    assert token not in later
    alice_s.post(reverse("me_token_revoke", args=[alice.tokens.get().pk]))
    assert "night report" not in alice_s.get("/me/").content.decode()


def test_a_token_needs_a_name(alice_s: Client, alice: Membership) -> None:
    alice_s.post(reverse("me_token_make"), {"name": " "})
    assert not alice.tokens.exists()


def test_a_member_who_is_switched_off_is_out_at_once(alice_s: Client, alice: Membership) -> None:
    assert signed_in(alice_s)
    User.objects.filter(pk=alice.user_id).update(is_active=False)
    assert not signed_in(alice_s)


@pytest.mark.parametrize(
    "url", ["/accounts/2fa/", "/accounts/sessions/", "/accounts/password/set/", "/accounts/logout/"]
)
def test_the_pages_of_the_account_wear_the_shell(alice_s: Client, url: str) -> None:
    page = alice_s.get(url, follow=True).content.decode()
    assert 'id="nav"' in page


def test_nothing_on_a_page_is_inline_or_from_elsewhere(alice_s: Client, conversation) -> None:
    for url in ("/me/", f"/inbox/all/{conversation.number}/", "/accounts/login/"):
        answer = alice_s.get(url)
        assert "script-src 'self';" in answer["Content-Security-Policy"] + ";"
        page = answer.content.decode()
        for forbidden in (" style=", "<style", " onclick", "http://", "https://", "javascript:"):
            assert forbidden not in page.replace("http://www.w3.org", "")
