"""Where sources push: strangers find nothing, what is not signed is not kept, what is acknowledged is kept."""

import secrets
from base64 import b64encode
from datetime import timedelta

import orjson
import pytest
from django.test import Client
from standardwebhooks import Webhook

from entendu.accounts.models import Membership, Organisation
from entendu.channels import endpoint as endpoints
from entendu.channels.add import add_channel, switch
from entendu.channels.endpoint import address_of, change_endpoint, close_endpoint
from entendu.channels.models import Channel, Endpoint
from entendu.kit import clock
from entendu.mentions.models import Mention, Receipt
from entendu.worker.loop import Loop
from web.conftest import browser_of

SECRET = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
SAID = {
    "key": "r7",
    "author": {"key": "u42", "name": "Zoé"},
    "at": "2026-11-20T09:00:00+01:00",
    "text": "Rassis",
}


@pytest.fixture
def hook(organisation: Organisation) -> Channel:
    return add_channel(
        organisation, kind="webhook", name="Avis", settings={"network": "avis", "secret": SECRET}
    )


def path_of(channel: Channel) -> str:
    return "/in/" + address_of(Endpoint.objects.get(channel=channel)).rsplit("/", 2)[1] + "/"


def push(channel: Channel, data: object, *, path: str = "", by: str = SECRET, kind: str = "application/json"):
    body = data if isinstance(data, bytes) else orjson.dumps(data)
    now = clock.now()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(by).sign(
            "msg_1", now.replace(tzinfo=None), body.decode("utf-8", "replace")
        ),
    }
    client = Client(enforce_csrf_checks=True)
    return client.post(path or path_of(channel), body, content_type=kind, headers=headers)


def test_an_unknown_address_is_not_there(hook: Channel, admin: Membership) -> None:
    old = path_of(hook)
    assert push(hook, SAID, path=f"/in/{'x' * 43}/").status_code == 404
    assert Client().get("/in/x/").status_code == 404
    change_endpoint(Endpoint.objects.get(), by=admin)
    assert push(hook, SAID, path=old).status_code == 404
    assert push(hook, SAID).status_code == 200
    switch(hook, by=admin, on=False)
    assert push(hook, SAID).status_code == 404
    switch(hook, by=admin, on=True)
    close_endpoint(Endpoint.objects.get(), by=admin)
    assert push(hook, SAID).status_code == 404
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "options", "status", "code"),
    [
        (SAID, {"by": f"whsec_{b64encode(b'x' * 32).decode()}"}, 401, "webhook_not_authentic"),
        (SAID, {"kind": "text/plain"}, 415, "media_type_unknown"),
        (b"{", {}, 400, "not_json"),
        ([SAID] * 1001, {}, 400, "too_many_items"),
        (b" " * 1_000_001, {}, 413, "too_large"),
    ],
)
def test_what_is_refused_is_named_to_both_sides_and_not_kept(
    hook: Channel, admin: Membership, data: object, options: dict[str, str], status: int, code: str
) -> None:
    answer = push(hook, data, **options)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert not Receipt.objects.exists()
    assert "sessionid" not in answer.cookies and not answer.cookies
    if status != 413:
        page = browser_of(admin).get(f"/channels/{hook.pk}/").content.decode()
        assert "last refused" in page and answer.json()["message"] in page.replace("&#x27;", "'")


def test_a_flood_is_told_to_wait(hook: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MOST_A_MINUTE", 3)
    with clock.at(clock.now()):
        answers = [push(hook, SAID) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert answers[-1]["Retry-After"] == "60"
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert push(hook, SAID).status_code == 200


def test_what_is_acknowledged_is_kept_once_and_heard(hook: Channel) -> None:
    bad = {"key": "r8", "author": {}}
    assert push(hook, {"items": [SAID, bad]}).json() == {"received": 2, "new": 2}
    assert push(hook, {"items": [SAID, bad]}).json() == {"received": 2, "new": 0}
    Loop().run_once()
    assert Mention.objects.get().text == "Rassis"
    hook.refresh_from_db()
    assert (hook.heard_at is not None, hook.next_check_at) == (True, None), "there is nothing to pull"
    assert Receipt.objects.get(reason="unreadable").detail.startswith("webhook_item_unreadable")


def test_what_cannot_be_stored_is_not_acknowledged(hook: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("entendu.mentions.receive.store_raws", broken)
    with pytest.raises(RuntimeError):
        push(hook, SAID)


def test_a_visitor_with_a_browser_is_told_what_this_is(hook: Channel) -> None:
    answer = Client().get(path_of(hook))
    assert answer.status_code == 200 and b"POST" in answer.content
    assert Client().put(path_of(hook)).status_code == 405


def test_the_address_is_shown_to_administrators_alone_and_changed_by_them(
    hook: Channel, admin: Membership, manager: Membership, charlie: Membership
) -> None:
    url = f"/channels/{hook.pk}/"
    browser = browser_of(admin)
    assert path_of(hook) in browser.get(url).content.decode()
    assert browser_of(manager).post(f"{url}address/", {"act": "close"}).status_code == 403
    charlie.role = "admin"
    charlie.save()
    assert browser_of(charlie).post(f"{url}address/", {"act": "close"}).status_code == 404
    old = path_of(hook)
    browser.post(f"{url}address/", {"act": "change"})
    assert path_of(hook) != old and path_of(hook) in browser.get(url).content.decode()
    browser.post(f"{url}address/", {"act": "close"})
    page = browser.get(url).content.decode()
    assert "Closed: nothing is taken there." in page and path_of(hook) not in page
    trail = browser.get("/team/trail/").content.decode()
    assert "changed the inbound address of" in trail and "closed the inbound address of" in trail
    assert old not in trail


def test_a_secret_is_made_shown_once_and_kept(admin: Membership) -> None:
    browser = browser_of(admin)
    page = browser.get("/channels/add/webhook/").content.decode()
    made = page.split('value="whsec_')[1].split('"')[0]
    form = {"name": "Avis", "set_network": "avis", "set_secret": f"whsec_{made}"}
    answer = browser.post("/channels/add/webhook/", form, follow=True)
    assert "Give its address to the source" in answer.content.decode()
    assert made not in answer.content.decode()
    channel = Channel.objects.get()
    assert push(channel, SAID, by=f"whsec_{made}").status_code == 200
