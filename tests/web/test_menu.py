"""The menu, the shortcuts and the help are one list."""

from django.test import Client
from django.urls import reverse

from entendu.accounts.models import Membership
from entendu.web.nav import GROUPS
from entendu.web.shortcuts import actions_for
from entendu.web.templatetags.shown import has_icon


def test_every_line_of_the_menu_leads_somewhere_and_has_its_icon(admin: Membership) -> None:
    for group in GROUPS:
        for entry in group.entries:
            assert reverse(entry.view, args=entry.args)
            assert has_icon(entry.icon), entry.icon
    for action in actions_for(admin):
        assert has_icon(action.icon), action.icon


def test_no_two_actions_share_their_keys(admin: Membership) -> None:
    keys = [action.keys for action in actions_for(admin) if action.keys]
    assert len(keys) == len(set(keys))
    first = {key.split()[0] for key in keys if " " in key}
    assert not first & {key for key in keys if " " not in key}  # "g i" would never be heard if "g" acted


def test_the_help_lists_every_key(alice_s: Client, alice: Membership) -> None:
    page = alice_s.get("/me/").content.decode()
    help_ = page.split('<dialog id="help"')[1].split("</dialog>")[0]
    for action in actions_for(alice):
        if action.keys:
            assert str(action.label) in help_
            assert all(f"<kbd>{key}</kbd>" in help_ for key in action.shown)


def test_a_reader_is_offered_no_work(bob_s: Client) -> None:
    assert reverse("take_next") not in bob_s.get("/me/").content.decode()


def test_the_menu_by_itself_marks_the_page_that_asked(alice_s: Client) -> None:
    page = alice_s.get(reverse("menu"), {"at": "/inbox/mine/"}).content.decode()
    assert page.split('aria-current="page"')[0].rsplit('href="', 1)[1].startswith("/inbox/mine/")
