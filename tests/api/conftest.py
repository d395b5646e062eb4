"""A program: a client that sends a member's token."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from entendu.accounts.models import Membership
from entendu.accounts.tokens import make_token


class Program:
    """Speaks JSON for `member`."""

    def __init__(self, member: Membership, language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {
            "Authorization": f"Bearer {make_token(member, name='test')}",
            "Accept-Language": language,
        }

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any = None) -> Any:
        return self._send("patch", path, body, {})

    def delete(self, path: str) -> Any:
        return self._send("delete", path, None, {})

    def raw(self, path: str, body: bytes) -> Any:
        return self.client.post(f"/api{path}", body, content_type="application/json", headers=self.headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        send = getattr(self.client, method)
        return send(f"/api{path}", body, content_type="application/json", headers=self.headers | headers)


@pytest.fixture
def program() -> Callable[..., Program]:
    cache.clear()  # what earlier tests asked does not count against this one's rate
    return Program
