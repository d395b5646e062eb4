"""Calls of the protocol (XRPC) with a session that is kept: upstream allows few sign-ins a day."""

import base64
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from entendu.kit import clock
from entendu.kit.safe_http import HttpFailed, HttpRefused, Response, fetch
from entendu.wire import Broken, NeedsAuth, Refused, TryLater

SERVICE = "https://bsky.social"
DIRECTORY = "https://plc.directory"
_EARLY = 60.0  # seconds before its end in which a key is not used any more
_STALE = frozenset({"ExpiredToken", "InvalidToken"})
_LOCKED = frozenset({"AccountTakedown", "AuthFactorTokenRequired", "AuthenticationRequired", "AuthMissing"})


class Session(msgspec.Struct):
    """What a sign-in gave. `accounts`: handles of ours that were looked up, and their account keys."""

    service: str = ""
    identifier: str = ""
    did: str = ""
    access: str = ""
    refresh: str = ""
    accounts: dict[str, str] = {}


class Xrpc:
    """One account at one service. `remember` is told what is to be kept."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.service = (settings.get("service") or SERVICE).strip().rstrip("/")
        self.directory = (settings.get("directory") or DIRECTORY).strip().rstrip("/")
        self.identifier = settings.get("handle", "").strip().lstrip("@").lower()
        self._password = settings.get("password", "")
        self.allow = tuple(entry for entry in settings.get("allow", "").split(",") if entry)
        self.remember: Callable[[str], None] = _nobody
        self.session = _read(settings.get("kept", ""), self.service, self.identifier)

    @property
    def may_sign_in(self) -> bool:
        """Whether there is an account to act for."""
        return bool(self.identifier and self._password)

    def did(self) -> str:
        """The key of the account that signs in."""
        if not self.session.did:
            self._sign_in()
        return self.session.did

    def get(self, method: str, *, host: str = "", signed: bool = False, **asked: object) -> dict[str, Any]:
        """A query. WireError."""
        query = urlencode(
            {name: value for name, value in asked.items() if value not in ("", None)}, doseq=True
        )
        address = f"{host or self.service}/xrpc/{method}{'?' if query else ''}{query}"
        return _object(self._call(address, signed=signed))

    def get_raw(self, method: str, *, host: str = "", signed: bool = False, **asked: object) -> bytes:
        """A query, its answer as it came. WireError."""
        query = urlencode(
            {name: value for name, value in asked.items() if value not in ("", None)}, doseq=True
        )
        return self._call(f"{host or self.service}/xrpc/{method}?{query}", signed=signed).content

    def post(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A procedure, in the account's name. HttpFailed when nobody knows what became of it; WireError."""
        self.key()
        address = f"{self.service}/xrpc/{method}"
        content = msgspec.json.encode(body)
        answer = self._asked(address, self.key(), content)
        if _says(answer) in _STALE:
            self._renew()
            answer = self._asked(address, self.session.access, content)
        _refuse(answer)
        return _object(answer)

    def key(self) -> str:
        """An access key that is still good. WireError."""
        if not self.session.access:
            self._sign_in()
        elif _ends(self.session.access) - clock.now().timestamp() < _EARLY:
            self._renew()
        return self.session.access

    def account_of(self, name: str) -> str:
        """The account key (DID) of a handle. WireError."""
        name = name.strip().lstrip("@").lower()
        if name.startswith("did:"):
            return name
        if name not in self.session.accounts:
            found = self.get("com.atproto.identity.resolveHandle", handle=name)
            self.session.accounts[name] = str(found.get("did") or "")
            self._keep()
        return self.session.accounts[name]

    def home_of(self, did: str) -> str:
        """The address of the server that holds an account's repository. WireError."""
        if did.startswith("did:web:"):
            address = f"https://{did.removeprefix('did:web:')}/.well-known/did.json"
        else:
            address = f"{self.directory}/{quote(did, safe=':')}"
        document = _object(self._call(address, signed=False))
        for service in document.get("service") or ():
            if isinstance(service, dict) and str(service.get("id")).endswith("#atproto_pds"):
                return str(service.get("serviceEndpoint") or "").rstrip("/")
        raise Refused("no_home", did)

    def _call(self, address: str, *, signed: bool) -> Response:
        try:
            answer = self._asked(address, self.key() if signed else "")
            if signed and _says(answer) in _STALE:
                self._renew()
                answer = self._asked(address, self.session.access)
        except HttpFailed as error:
            raise TryLater(error.code, error.detail, error.retry_after) from None
        _refuse(answer)
        return answer

    def _asked(self, address: str, key: str, content: bytes | None = None) -> Response:
        """One HTTP call. HttpFailed; Refused."""
        headers = {"accept": "application/json"}
        if key:
            headers["authorization"] = f"Bearer {key}"
        if content is not None:
            headers["content-type"] = "application/json"
        method = "GET" if content is None else "POST"
        try:
            return fetch(address, method=method, headers=headers, content=content, allow=self.allow)
        except HttpRefused as error:
            raise Refused(error.code, error.detail) from None

    def _sign_in(self) -> None:
        if not self.may_sign_in:
            raise NeedsAuth("no_credentials", self.service)
        body = {"identifier": self.identifier, "password": self._password}
        address = f"{self.service}/xrpc/com.atproto.server.createSession"
        try:
            answer = self._asked(address, "", msgspec.json.encode(body))
        except HttpFailed as error:
            raise TryLater(error.code, error.detail, error.retry_after) from None
        if answer.status in (400, 401):
            raise NeedsAuth("bad_credentials", f"{_says(answer)} {self.identifier}")
        _refuse(answer)
        self._use(_object(answer))

    def _renew(self) -> None:
        """New keys for old; where the old ones are too old, a new sign-in."""
        address = f"{self.service}/xrpc/com.atproto.server.refreshSession"
        try:
            answer = self._asked(address, self.session.refresh, b"")
        except HttpFailed as error:
            raise TryLater(error.code, error.detail, error.retry_after) from None
        if answer.status in (400, 401):
            self._sign_in()
            return
        _refuse(answer)
        self._use(_object(answer))

    def _use(self, found: Mapping[str, Any]) -> None:
        session = self.session
        session.did = str(found.get("did") or "")
        session.access, session.refresh = str(found.get("accessJwt")), str(found.get("refreshJwt"))
        session.accounts[self.identifier] = session.did
        self._keep()

    def _keep(self) -> None:
        self.remember(msgspec.json.encode(self.session).decode())


def _nobody(text: str) -> None:
    """Nobody keeps anything."""


def _read(kept: str, service: str, identifier: str) -> Session:
    """The session that was kept, if it is of this account at this service."""
    try:
        session = msgspec.json.decode(kept, type=Session) if kept else Session()
    except msgspec.MsgspecError:
        session = Session()
    if (session.service, session.identifier) != (service, identifier):
        return Session(service, identifier)
    return session


def _refuse(answer: Response) -> None:
    """Raises what an answer of 400 and more means."""
    if answer.status < 400:
        return
    code, words = _says(answer), _words(answer)
    if answer.status == 429:
        raise TryLater("http_429", words, _wait(answer))
    if answer.status >= 500 or answer.status in (408, 425):
        raise TryLater(f"http_{answer.status}", f"{code} {words}", answer.retry_after())
    if answer.status in (401, 403) or code in _LOCKED | _STALE:
        raise NeedsAuth("bad_credentials", f"{code} {words}")
    raise Refused(code or f"http_{answer.status}", words)


def _wait(answer: Response) -> float | None:
    """Seconds until the limit is lifted: upstream tells a moment, not a length."""
    reset = answer.headers.get("ratelimit-reset", "")
    if reset.isdigit():
        return min(max(1.0, int(reset) - time.time()), 86_400.0)
    return answer.retry_after()


def _says(answer: Response) -> str:
    """The name of the error in an answer, "" when there is none."""
    if answer.status < 400:
        return ""
    try:
        return str(_object(answer).get("error") or "")
    except Broken:
        return ""


def _words(answer: Response) -> str:
    try:
        return str(_object(answer).get("message") or "")[:500]
    except Broken:
        return ""


def _object(answer: Response) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken("answer_unreadable", str(error)) from None
    if not isinstance(found, dict):
        raise Broken("answer_unreadable", type(found).__name__)
    return found


def _ends(key: str) -> float:
    """The moment at which a key ends, as it says itself; far away when it does not say."""
    try:
        middle = key.split(".")[1]
        found = msgspec.json.decode(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        return float(found["exp"])
    except (IndexError, KeyError, TypeError, ValueError, msgspec.DecodeError):
        return float("inf")
