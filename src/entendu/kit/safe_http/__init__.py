"""The one door for outbound HTTP: addresses are checked; bodies, redirects and time are bounded.

`fetch` resolves a name once, refuses the whole answer when one address is not public, connects to the checked
address and verifies the peer; `messages` does so for websockets. Nothing else in Entendu may import such a client.
"""

from entendu.kit.safe_http.addresses import is_public
from entendu.kit.safe_http.door import DEADLINE, MAX_BYTES, MAX_REDIRECTS, afetch, fetch, user_agent
from entendu.kit.safe_http.errors import HttpFailed, HttpRefused
from entendu.kit.safe_http.response import Response, read_retry_after
from entendu.kit.safe_http.websocket import MAX_MESSAGE, messages, read_websocket_url

__all__ = [
    "DEADLINE",
    "MAX_BYTES",
    "MAX_MESSAGE",
    "MAX_REDIRECTS",
    "HttpFailed",
    "HttpRefused",
    "Response",
    "afetch",
    "fetch",
    "is_public",
    "messages",
    "read_retry_after",
    "read_websocket_url",
    "user_agent",
]
