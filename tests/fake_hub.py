"""A fake WebSub hub on 127.0.0.1: it notes who subscribes; the test has it ask back, publish, or misbehave."""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client

from local_http import Answer, LocalServer


@dataclass
class FakeSubscriber:
    mode: str
    topic: str
    callback: str
    secret: str
    lease: int


class FakeHub:
    """Lives at `/hub` of a local server. What it sends to a callback goes through Django's test client."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.url = f"{server.url}/hub"
        self.answer = Answer(status=202)
        server.routes["/hub"] = lambda handler: self.answer

    @property
    def subscribers(self) -> list[FakeSubscriber]:
        """Who asked, in order."""
        asked = [one for one in self.server.asked if one.path == "/hub" and one.method == "POST"]
        forms = [parse_qs(one.body.decode()) for one in asked]
        names = ("hub.mode", "hub.topic", "hub.callback", "hub.secret")
        return [
            FakeSubscriber(*(form[name][0] for name in names), int(form["hub.lease_seconds"][0]))
            for form in forms
        ]

    def verify(self, one: FakeSubscriber, *, lease: int = 86_400, **change: str) -> HttpResponse:
        """Asks the callback whether it asked (section 5.3); the right answer is "challenge-7"."""
        query = {
            "hub.mode": one.mode,
            "hub.topic": one.topic,
            "hub.challenge": "challenge-7",
            "hub.lease_seconds": str(lease),
        }
        return Client().get(
            urlsplit(one.callback).path, query | {f"hub.{name}": value for name, value in change.items()}
        )

    def publish(
        self, one: FakeSubscriber, body: bytes, *, secret: str = "", method: str = "sha256"
    ) -> HttpResponse:
        """Sends news, signed (section 7)."""
        sign = hmac.new((secret or one.secret).encode(), body, getattr(hashlib, method)).hexdigest()
        return Client(enforce_csrf_checks=True).post(
            urlsplit(one.callback).path,
            body,
            content_type="application/rss+xml",
            headers={"x-hub-signature": f"{method}={sign}", "link": f'<{self.url}>; rel="hub"'},
        )
