"""What a webhook carries is believed only with its signature. The library of Standard Webhooks is the judge."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from entendu.connectors.webhook.signature import verify
from entendu.wire import Refused

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BODY = '{"items": [{"text": "Bûche rassise 🥖"}]}'.encode()


def secret(letter: bytes) -> str:
    return f"whsec_{base64.b64encode(letter * 32).decode()}"


def signed(by: str, body: bytes = BODY, at: datetime = NOW, identifier: str = "msg_1") -> dict[str, str]:
    naive = at.replace(tzinfo=None)  # the library takes it for UTC
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(by).sign(identifier, naive, body.decode()),
    }


OURS, SECOND, OTHER = secret(b"a"), secret(b"b"), secret(b"c")


def check(headers: dict[str, str], body: bytes = BODY, known: tuple[str, ...] = (OURS, SECOND)) -> str:
    return verify(headers, body, known, NOW.timestamp())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"webhook-signature": ""}, "webhook_not_authentic"),
        ({"webhook-signature": "v1,"}, "webhook_not_authentic"),
        ({"webhook-signature": "v1,é"}, "webhook_not_authentic"),
        ({"webhook-signature": "garbage"}, "webhook_not_authentic"),
        ({"webhook-id": "msg_2"}, "webhook_not_authentic"),
        ({"webhook-id": ""}, "webhook_not_authentic"),
        ({"webhook-timestamp": ""}, "webhook_not_authentic"),
        ({"webhook-timestamp": "١٢٣"}, "webhook_not_authentic"),
        ({"webhook-timestamp": "1e9"}, "webhook_not_authentic"),
        ({"webhook-timestamp": "9" * 400}, "webhook_not_authentic"),
        (signed(OTHER), "webhook_not_authentic"),
        (signed(OURS, BODY + b" "), "webhook_not_authentic"),
        (signed(OURS, at=NOW - timedelta(seconds=302)), "webhook_too_old"),
        (signed(OURS, at=NOW + timedelta(seconds=302)), "webhook_too_old"),
    ],
)
def test_what_is_not_signed_now_by_us_is_refused(change: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(signed(OURS) | change)
    assert refusal.value.code == code


def test_a_version_that_is_not_ours_is_no_signature() -> None:
    headers = signed(OURS)
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v1a,")
    with pytest.raises(Refused):
        check(headers)


@pytest.mark.parametrize("bad", ["", "whsec_", "whsec_é", "whsec_c2hvcnQ=", "not base64!"])
def test_a_secret_that_cannot_be_one_opens_nothing(bad: str) -> None:
    with pytest.raises(Refused):
        check(signed(OURS), known=(bad,))


@pytest.mark.parametrize("by", [OURS, SECOND])
@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_either_secret_does_within_five_minutes(by: str, seconds: int) -> None:
    assert check(signed(by, at=NOW + timedelta(seconds=seconds))) == "msg_1"


def test_one_good_signature_among_several_is_enough() -> None:
    headers = signed(OTHER)
    headers["webhook-signature"] += f" v2,xx {signed(SECOND)['webhook-signature']}"
    assert check(headers) == "msg_1"


def test_what_we_accept_the_library_accepts() -> None:
    now = datetime.now(UTC)  # the library has no other clock
    headers = signed(OURS, at=now)
    assert Webhook(OURS).verify(BODY, headers)
    assert verify(headers, BODY, (OURS,), now.timestamp()) == "msg_1"
