"""WebSub (W3C, 23 January 2018): a hub says at once that a feed has news. A hint only: the pull stays the truth."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from entendu.kit.safe_http import HttpFailed, HttpRefused, fetch
from entendu.wire import Refused, TryLater

LEASE_SECONDS = 10 * 86_400  # hubs give less if they like; the subscription is renewed before its end
_METHODS = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}
_MAX_SECRET = 200  # bytes (section 5.1)


def ask_hub(
    hub: str, topic: str, callback: str, secret: str, *, mode: str = "subscribe", allow: Sequence[str] = ()
) -> None:
    """Asks `hub` to tell `callback` of news of `topic`; `mode` "unsubscribe" ends it. The hub answers later, by a
    request to `callback` (see `confirmed`). Refused or TryLater when it does not take the request."""
    if not 0 < len(secret.encode()) < _MAX_SECRET:
        raise Refused("websub_secret_malformed", "1 to 199 bytes")
    fields = {
        "hub.mode": mode,
        "hub.topic": topic,
        "hub.callback": callback,
        "hub.secret": secret,
        "hub.lease_seconds": str(LEASE_SECONDS),
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    try:
        fetch(hub, method="POST", headers=headers, content=urlencode(fields).encode(), allow=allow).checked()
    except HttpRefused as error:
        raise Refused(error.code, error.detail) from None
    except HttpFailed as error:
        raise TryLater(error.code, error.detail, error.retry_after) from None


def confirmed(query: Mapping[str, str], topic: str, *, mode: str = "subscribe") -> tuple[str, float]:
    """What to answer to the hub's question whether we asked (the challenge), and for how many seconds it will
    tell us. Refused (answer 404) when the question is about another topic, or denies us."""
    if query.get("hub.mode") == "denied":
        raise Refused("websub_denied", query.get("hub.reason", "")[:200])
    challenge, lease = query.get("hub.challenge", ""), query.get("hub.lease_seconds", "")
    if query.get("hub.mode") != mode or query.get("hub.topic") != topic or not challenge:
        raise Refused("websub_not_asked", query.get("hub.topic", "")[:200])
    return challenge, min(float(lease) if lease.isdecimal() else 0.0, float(LEASE_SECONDS))


def authentic(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether `body` carries the hub's signature under our secret (X-Hub-Signature, section 7.1)."""
    given = next((value for name, value in headers.items() if name.lower() == "x-hub-signature"), "")
    method, _, signature = given.strip().partition("=")
    if not secret or method.lower() not in _METHODS:
        return False
    expected = hmac.new(secret.encode(), body, _METHODS[method.lower()]).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode("utf-8", "replace"))
