"""The signature of Standard Webhooks (github.com/standard-webhooks): HMAC-SHA256 over "id.timestamp.body"."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from entendu.wire import Refused

TOLERANCE = 300.0  # seconds between their clock and ours
_SHORTEST = 16  # bytes of a secret


def verify(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: float) -> str:
    """The id of a message that one of `secrets` signed, within five minutes of `now` (seconds since 1970).
    Refused: webhook_not_authentic, webhook_too_old, webhook_secret_malformed. `headers`: names in lower case."""
    identifier, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = _signatures(headers.get("webhook-signature", ""))
    keys = [key_of(secret) for secret in secrets if secret]
    if not identifier or not given or not moment.isascii() or not moment.isdecimal() or len(moment) > 12:
        raise Refused(
            "webhook_not_authentic", "webhook-id, webhook-timestamp and webhook-signature are needed"
        )
    signed = f"{identifier}.{moment}.".encode("utf-8", "replace") + body
    expected = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    # Every pair is compared, so that the time taken tells nothing.
    if not sum(hmac.compare_digest(one, ours) for one in given for ours in expected):
        raise Refused("webhook_not_authentic", "no signature matches")
    if abs(float(moment) - now) > TOLERANCE:
        raise Refused("webhook_too_old", f"webhook-timestamp {moment}, here it is {int(now)}")
    return identifier


def key_of(secret: str) -> bytes:
    """The key in a secret: "whsec_" and Base64, of 16 bytes at least. Refused."""
    text = secret.strip().removeprefix("whsec_")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("webhook_secret_malformed", "not Base64") from None
    if len(key) < _SHORTEST:
        raise Refused("webhook_secret_malformed", f"shorter than {_SHORTEST} bytes")
    return key


def _signatures(header: str) -> list[bytes]:
    """The signatures of version 1 in a header: "v1,… v1,…"."""
    found = []
    for part in header.split()[:20]:
        version, _, text = part.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(text, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found
