"""Who may open what: strangers sign in, other organisations see nothing, roles stop where they end."""

import pytest
from django.test import Client
from django.urls import reverse

from entendu.accounts.models import Membership, User
from entendu.accounts.tokens import make_token
from entendu.conversations.models import Conversation, Note, Reply
from web.conftest import BACKEND, HTMX, browser_of

LOOKS = ["inbox", "conversation", "fresh", "inbox_rows"]
ANSWERING = ["take", "release", "close", "reopen", "reply", "promise"]
TRIAGE = ["assign", "snooze", "wake", "topic", "attach", "detach"]


def address(name: str, conversation: Conversation) -> str:
    if name in {"inbox", "inbox_rows"}:
        return reverse(name, args=["to_take"])
    return reverse(
        name, args=["to_take", conversation.number] if name == "conversation" else [conversation.number]
    )


@pytest.mark.parametrize("name", LOOKS)
def test_a_stranger_is_sent_to_sign_in(client: Client, conversation: Conversation, name: str) -> None:
    answer = client.get(address(name, conversation))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_fragment_for_a_stranger_sends_the_whole_window_to_sign_in(
    client: Client, conversation: Conversation
) -> None:
    answer = client.get(address("fresh", conversation), headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/accounts/login/")
    assert answer.content == b""


@pytest.mark.parametrize("name", ["conversation", "fresh"])
def test_what_is_of_another_organisation_does_not_exist(
    charlie_s: Client, conversation: Conversation, name: str
) -> None:
    answer = charlie_s.get(address(name, conversation))
    assert answer.status_code == 404
    assert conversation.title not in answer.content.decode()


@pytest.mark.parametrize("name", [*ANSWERING, *TRIAGE, "note", "correct", "presence"])
def test_no_verb_reaches_another_organisation(
    charlie_s: Client, conversation: Conversation, name: str
) -> None:
    answer = charlie_s.post(
        address(name, conversation),
        {"text": "x", "to": "1", "into": "1", "mention": "1", "moment": "2099-01-01T10:00"},
    )
    assert answer.status_code == 404
    conversation.refresh_from_db()
    assert (conversation.version, conversation.owner, conversation.state) == (1, None, "open")


def test_the_list_of_another_organisation_is_empty(charlie_s: Client, conversation: Conversation) -> None:
    page = charlie_s.get(reverse("inbox", args=["all"])).content.decode()
    assert conversation.title not in page
    assert "Nothing here" in page


@pytest.mark.parametrize("name", [*ANSWERING, *TRIAGE, "note", "correct"])
def test_a_reader_looks_and_changes_nothing(bob_s: Client, conversation: Conversation, name: str) -> None:
    assert bob_s.get(address("conversation", conversation)).status_code == 200
    answer = bob_s.post(address(name, conversation), {"text": "x"})
    assert answer.status_code == 403
    assert "Your role does not allow this." in answer.content.decode()
    assert not Reply.objects.exists()
    assert not Note.objects.exists()


def test_a_reader_sees_no_button_that_would_refuse(bob_s: Client, conversation: Conversation) -> None:
    page = bob_s.get(address("conversation", conversation)).content.decode()
    for name in [*ANSWERING, *TRIAGE, "note"]:
        assert f'action="{address(name, conversation)}' not in page
    assert "your role does not answer" in page


def test_a_user_without_organisation_is_told_so(db: None) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_user("alone@nowhere.example", "Alone"), backend=BACKEND)
    answer = client.get("/inbox/to_take/")
    assert answer.status_code == 403
    assert "administ" in answer.content.decode()


@pytest.mark.parametrize("name", [*ANSWERING, *TRIAGE, "note", "correct", "presence"])
def test_verbs_are_never_links(alice_s: Client, conversation: Conversation, name: str) -> None:
    assert alice_s.get(address(name, conversation)).status_code == 405


def test_a_forged_form_is_refused_in_words(alice: Membership, conversation: Conversation) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user, backend=BACKEND)
    answer = client.post(address("take", conversation))
    assert answer.status_code == 403
    assert "formulaire a expiré" in answer.content.decode() or "form has expired" in answer.content.decode()
    conversation.refresh_from_db()
    assert conversation.owner is None


def test_a_token_of_somebody_else_cannot_be_revoked(alice: Membership, bob_s: Client) -> None:
    make_token(alice, name="night report")
    token = alice.tokens.get()
    assert bob_s.post(reverse("me_token_revoke", args=[token.pk])).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_nobody_removes_an_organisation_that_is_no_sample(admin: Membership, alice_s: Client) -> None:
    assert alice_s.post(reverse("sample_remove")).status_code == 403
    answer = browser_of(admin).post(reverse("sample_remove"), follow=True)
    assert "not a sample" in answer.content.decode()


def test_one_goes_to_work_only_where_one_belongs(alice_s: Client, charlie: Membership) -> None:
    answer = alice_s.post(reverse("switch_organisation"), {"organisation": charlie.organisation.slug})
    assert answer.status_code == 404
    assert charlie.organisation.name not in alice_s.get(reverse("me")).content.decode()


def test_a_member_of_two_organisations_chooses(alice: Membership, charlie: Membership) -> None:
    Membership.objects.create(user=alice.user, organisation=charlie.organisation, role="reader")
    browser = browser_of(alice)
    assert "Maison Levain" in browser.get(reverse("me")).content.decode()
    browser.post(reverse("switch_organisation"), {"organisation": "ailleurs"})
    page = browser.get(reverse("me")).content.decode()
    assert "reader · Ailleurs" in page
