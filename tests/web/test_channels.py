"""The channels: their health in words, secrets that never come back, what could not be read."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

import entendu
from entendu.accounts.models import Membership, Organisation
from entendu.channels.models import Channel
from entendu.channels.seal import unseal
from entendu.channels.words import CODES, in_words
from entendu.kit import clock
from entendu.mentions.models import Receipt
from make import make_channel
from web.conftest import browser_of
from web.test_listen import price

MAIL = {
    "set_address": "bonjour@levain.example", "set_imap_host": "imap.levain.example", "set_user": "bonjour",
    "set_password": "s3cret-zyx", "set_smtp_host": "smtp.levain.example",
}  # fmt: skip


@pytest.fixture
def admin_s(admin: Membership) -> Client:
    return browser_of(admin)


def unreadable(channel: Channel, key: str = "k", content: bytes = b"<script>x</script>") -> Receipt:
    return Receipt.objects.create(
        organisation=channel.organisation, channel=channel, key=key, content=content, note="row 17",
        media_type="text/html", received_at=clock.now(), parsed_at=clock.now(),
        reason="unreadable", detail="bad_date: 31/02/2026", tries=1,
    )  # fmt: skip


def test_managers_open_and_change_no_door(channel: Channel, manager: Membership) -> None:
    browser = browser_of(manager)
    assert "Add a channel" not in browser.get("/channels/").content.decode()
    for url in ("/channels/add/", "/channels/add/files/", f"/channels/{channel.pk}/"):
        assert browser.get(url).status_code == 403
    assert browser.post("/channels/add/files/", {"name": "x", "set_path": "/etc/passwd"}).status_code == 403
    assert browser.post(f"/channels/{channel.pk}/switch/", {"on": "0"}).status_code == 403


def test_readers_touch_nothing(channel: Channel, bob_s: Client) -> None:
    receipt = unreadable(channel)
    assert channel.name in bob_s.get("/channels/").content.decode()
    for act in ("look", "test", "again"):
        assert bob_s.post(f"/channels/{channel.pk}/{act}/").status_code == 403
    page = bob_s.get(f"/channels/{channel.pk}/unread/").content.decode()
    assert "row 17" in page
    assert "/raw/" not in page
    assert bob_s.get(f"/receipts/{receipt.pk}/raw/").status_code == 403


def test_strangers_see_no_door(channel: Channel, charlie: Membership) -> None:
    charlie.role = "admin"
    charlie.save()
    receipt, browser = unreadable(channel), browser_of(charlie)
    assert channel.name not in browser.get("/channels/").content.decode()
    for url in (
        f"/channels/{channel.pk}/",
        f"/channels/{channel.pk}/unread/",
        f"/receipts/{receipt.pk}/raw/",
    ):
        assert browser.get(url).status_code == 404
    for act in ("switch", "look", "test", "again"):
        assert browser.post(f"/channels/{channel.pk}/{act}/").status_code == 404


def test_unknown_kind_is_not_found(admin_s: Client) -> None:
    assert admin_s.get("/channels/add/telepathy/").status_code == 404


def test_missing_setting_is_said_beside_its_field(admin_s: Client) -> None:
    answer = admin_s.post("/channels/add/mail/", {"name": "Courriel"} | MAIL | {"set_imap_host": ""})
    assert answer.status_code == 422
    assert "This is needed." in answer.content.decode()
    assert not Channel.objects.exists()


def test_secret_is_sealed_and_never_shown_again(admin_s: Client, organisation: Organisation) -> None:
    refused = admin_s.post("/channels/add/mail/", MAIL | {"name": ""})
    assert "s3cret-zyx" not in refused.content.decode()
    admin_s.post("/channels/add/mail/", MAIL | {"name": "Courriel"})
    channel = Channel.objects.get()
    assert "s3cret-zyx" in unseal(bytes(channel.secrets)).values()
    assert "s3cret-zyx" not in str(channel.settings)
    for url in ("/channels/", f"/channels/{channel.pk}/", "/team/trail/"):
        assert "s3cret-zyx" not in admin_s.get(url).content.decode(), url
    admin_s.post(f"/channels/{channel.pk}/", MAIL | {"name": "Courrier", "set_password": ""})
    channel.refresh_from_db()
    assert (channel.name, "s3cret-zyx" in unseal(bytes(channel.secrets)).values()) == ("Courrier", True)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "password is refused"), ("fr", "mot de passe est refusé")]
)
def test_trouble_is_said_in_words(channel: Channel, alice: Membership, language: str, words: str) -> None:
    Channel.objects.filter(pk=channel.pk).update(
        state="needs_auth", state_code="bad_credentials", state_since=clock.now()
    )
    assert words in browser_of(alice, language).get("/channels/").content.decode()


def test_every_code_that_a_connector_raises_has_its_words() -> None:
    root = Path(entendu.__file__).parent
    raised = re.compile(
        r'\b(?:Refused|TryLater|NeedsAuth|Broken|HttpRefused|HttpFailed|ChildFailed)\(\s*"([a-z_]+)"'
        r'|\bHealth\(\s*"(?!ok")[a-z_]+",\s*"([a-z_]+)"|\bSent\([^)]*code="([a-z_]+)"'
    )
    found = {
        code
        for folder in ("connectors", "kit", "channels")
        for path in (root / folder).rglob("*.py")
        for codes in raised.findall(path.read_text(encoding="utf-8"))
        for code in codes
        if code
    }
    assert len(found) > 60
    assert found - set(CODES) == set()


def test_words_of_codes_are_never_empty() -> None:
    with override("fr"):
        assert "503" in in_words("http_503")
        assert in_words("telepathy_lost") == "telepathy_lost"


def test_test_says_what_the_other_side_answered(
    admin_s: Client, organisation: Organisation, tmp_path: Path
) -> None:
    channel = make_channel(organisation, "Fichier", path=str(tmp_path / "absent.jsonl"))
    page = admin_s.post(f"/channels/{channel.pk}/test/", follow=True).content.decode()
    assert "does not work" in page
    (tmp_path / "absent.jsonl").write_text("")
    page = admin_s.post(f"/channels/{channel.pk}/test/", follow=True).content.decode()
    assert "“Fichier” works." in page


def test_connector_that_is_gone_is_no_crash(admin_s: Client, organisation: Organisation) -> None:
    channel = make_channel(organisation, "Vieux", kind="telepathy")
    assert admin_s.get("/channels/").status_code == 200
    assert "not installed" in admin_s.post(f"/channels/{channel.pk}/test/", follow=True).content.decode()
    assert "not installed" in admin_s.get(f"/channels/{channel.pk}/", follow=True).content.decode()


def test_switched_off_channel_is_not_looked_at(admin_s: Client, channel: Channel) -> None:
    admin_s.post(f"/channels/{channel.pk}/switch/", {"on": "0"})
    channel.refresh_from_db()
    assert (channel.state, channel.next_check_at) == ("off", None)
    assert "is switched off" in admin_s.post(f"/channels/{channel.pk}/look/", follow=True).content.decode()
    channel.refresh_from_db()
    assert channel.next_check_at is None
    admin_s.post(f"/channels/{channel.pk}/switch/", {"on": "1"})
    channel.refresh_from_db()
    assert (channel.state, channel.next_check_at is not None) == ("ok", True)


def test_unreadable_is_listed_downloaded_and_tried_again(admin_s: Client, channel: Channel) -> None:
    receipt = unreadable(channel)
    assert "1 could not be read" in admin_s.get("/channels/").content.decode()
    page = admin_s.get(f"/channels/{channel.pk}/unread/").content.decode()
    assert "row 17" in page
    assert "The date cannot be understood." in page
    raw = admin_s.get(f"/receipts/{receipt.pk}/raw/")
    assert raw.content == b"<script>x</script>"
    assert raw["Content-Type"].startswith("text/plain")
    assert raw["Content-Disposition"].startswith("attachment")
    assert raw["X-Content-Type-Options"] == "nosniff"
    admin_s.post(f"/channels/{channel.pk}/again/")
    receipt.refresh_from_db()
    assert (receipt.end, receipt.reason, receipt.parsed_at) == ("", "", None)


def test_longer_lists_cost_no_more_queries(
    admin_s: Client, organisation: Organisation, channel: Channel
) -> None:
    def more() -> None:
        for _round in range(4):
            number = Receipt.objects.count()
            unreadable(make_channel(organisation, f"c{number}"), f"k{number}")
            unreadable(channel, f"l{number}")

    more()
    urls = ("/channels/", f"/channels/{channel.pk}/unread/", "/ledger/", "/ledger/receipts/")
    before = {url: price(admin_s, url) for url in urls}
    more()
    assert {url: price(admin_s, url) for url in urls} == before


@pytest.mark.parametrize(
    ("language", "words"), [("en", "not in a folder for imports"), ("fr", "pas dans un dossier d’import")]
)
def test_a_file_outside_of_the_import_folders_is_refused_in_words(
    admin: Membership, language: str, words: str
) -> None:
    form = {"name": "Fichier", "set_path": "/etc/passwd"}
    answer = browser_of(admin, language).post("/channels/add/files/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Channel.objects.exists()


def test_what_is_ours_and_to_us_is_shown_and_changed(admin_s: Client, channel: Channel) -> None:
    url, form = f"/channels/{channel.pk}/", {"name": channel.name, "set_path": channel.settings["path"]}
    assert 'name="addressed" value="1" checked' in admin_s.get(url).content.decode()
    admin_s.post(url, form | {"own": "@levain, @maison,"})
    channel.refresh_from_db()
    assert (channel.own_handles, channel.addressed) == (["@levain", "@maison"], False)
    page = admin_s.get(url).content.decode()
    assert 'value="@levain, @maison"' in page
    assert 'name="addressed" value="1">' in page
