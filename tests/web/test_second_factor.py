"""The second factor: wrong codes let nobody in, the store alone does not either, the right ones do."""

import json
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from entendu.accounts.models import Membership

PASSWORD = "correct horse battery"


@pytest.fixture
def secret(alice: Membership) -> str:
    """Alice has a password and a second factor with this secret."""
    cache.clear()
    alice.user.set_password(PASSWORD)
    alice.user.save()
    secret = generate_totp_secret()
    TOTP.activate(alice.user, secret)
    RecoveryCodes.activate(alice.user)
    return secret


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def answer_to(client: Client, member: Membership, code: str) -> str:
    client.post("/accounts/login/", {"login": member.user.email, "password": PASSWORD})
    page = client.post(reverse("mfa_authenticate"), {"code": code}, headers={"accept-language": "en"})
    return page.content.decode()


def signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_a_wrong_code_and_no_code_let_nobody_in(client: Client, alice: Membership, secret: str) -> None:
    client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    assert not signed_in(client)
    assert "Incorrect code" in answer_to(client, alice, code_of(generate_totp_secret()))
    assert not signed_in(client)


def test_the_store_holds_no_secret_of_a_second_factor(alice: Membership, secret: str) -> None:
    kept = {one.type: one for one in Authenticator.objects.all()}
    assert secret not in json.dumps(kept["totp"].data)
    sealed = kept["recovery_codes"].data["seed"]
    with pytest.raises(ValueError, match="non-hexadecimal"):
        bytes.fromhex(sealed)


def test_a_secret_put_into_the_store_in_clear_opens_nothing(
    client: Client, alice: Membership, secret: str
) -> None:
    Authenticator.objects.filter(type="totp").update(data={"secret": secret})
    assert "cannot be opened" in answer_to(client, alice, code_of(secret))
    assert not signed_in(client)


def test_other_keys_are_said_in_words(
    client: Client, alice: Membership, secret: str, tmp_path: Path, settings: LazySettings
) -> None:
    other = tmp_path / "other.key"
    other.write_bytes(Fernet.generate_key())
    settings.SECRET_KEYS_FILE = other
    assert "cannot be opened" in answer_to(client, alice, code_of(secret))
    assert not signed_in(client)


def test_the_right_code_lets_in(client: Client, alice: Membership, secret: str) -> None:
    answer_to(client, alice, code_of(secret))
    assert signed_in(client)


def test_a_recovery_code_lets_in_once(client: Client, alice: Membership, secret: str) -> None:
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    answer_to(client, alice, code)
    assert signed_in(client)
    again = Client()
    answer_to(again, alice, code)
    assert not signed_in(again)
