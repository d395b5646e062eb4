"""Few errors, well named. The outcome is stored on the row and said in the user's language by its code.

WireError
├── TryLater    it may work later (network, 5xx, 429); `retry_after` in seconds when upstream said so
├── Refused     it will never work as it is (4xx, policy)
│   └── NeedsAuth   the credentials are missing, expired or revoked: a person must act
└── Broken      what came cannot be understood; the raw bytes are kept
"""


class WireError(Exception):
    """A connector failed in a known way. `code` names the message to show; `detail` is for the log and the expert."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class TryLater(WireError):
    """A passing fault. The same call may succeed after `retry_after` seconds (None: the caller's own back-off)."""

    def __init__(self, code: str, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class Refused(WireError):
    """Upstream said no, and will say no again."""


class NeedsAuth(Refused):
    """Credentials are missing, wrong, expired or revoked."""


class Broken(WireError):
    """The payload cannot be understood. It is kept and shown, never dropped in silence."""
