"""Browsers of the cast: `alice_s` is signed in as Alice, and so on."""

import pytest
from django.test import Client

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from make import make_conversation

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HX-Request": "true"}


def browser_of(member: Membership, language: str = "en") -> Client:
    member.user.language = language
    member.user.save()
    client = Client(headers={"accept-language": language})
    client.force_login(member.user, backend=BACKEND)
    return client


@pytest.fixture
def alice_s(alice: Membership) -> Client:
    return browser_of(alice)


@pytest.fixture
def bob_s(bob: Membership) -> Client:
    return browser_of(bob)


@pytest.fixture
def charlie_s(charlie: Membership) -> Client:
    return browser_of(charlie)


@pytest.fixture
def conversation(channel: Channel):
    return make_conversation(channel)
