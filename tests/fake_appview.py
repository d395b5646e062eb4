"""A fake of ours: a server of the AT Protocol with a view of the network, as far as an account's own door asks it."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from local_http import Answer, LocalServer

POST = "app.bsky.feed.post"
US = "did:plc:levain"
PAGE = 3  # notifications a page, whatever is asked for


class FakeAppview:
    """`said`: what was said to us, in the order in which it came. `hidden`: what it does not list yet. `gone`: posts
    that were deleted since they were listed."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.said: list[dict[str, Any]] = []
        self.hidden: set[str] = set()
        self.gone: set[str] = set()
        self.down = False
        routes = {
            "com.atproto.server.createSession": self._session,
            "com.atproto.identity.resolveHandle": lambda asked: {"did": US},
            "app.bsky.notification.listNotifications": self._notifications,
            "app.bsky.feed.getPosts": self._posts,
        }
        for method, answer in routes.items():
            server.routes[f"/xrpc/{method}"] = self._route(answer)

    def settings(self, **more: str) -> dict[str, str]:
        """Of a channel."""
        return {"service": self.server.url, "handle": "levain.test", "password": "x"} | more

    def say(
        self, rkey: str, text: str, at: datetime, reason: str = "mention", did: str = "did:plc:marie"
    ) -> str:
        """Somebody says something to us, or likes us."""
        mention = {"$type": "app.bsky.richtext.facet#mention", "did": US}
        record = {
            "$type": POST,
            "text": text,
            "createdAt": at.isoformat(),
            "facets": [{"index": {"byteStart": 0, "byteEnd": 1}, "features": [mention]}],
        }
        uri = f"at://{did}/{POST}/{rkey}"
        author = {"did": did, "handle": "marie.test", "displayName": "Marie"}
        self.said.append(
            {"uri": uri, "cid": f"bafy{rkey}", "author": author, "reason": reason, "record": record,
             "indexedAt": at.isoformat()}
        )  # fmt: skip
        return uri

    def asked(self, method: str) -> int:
        """How often."""
        return sum(method in one.path for one in self.server.asked)

    def _route(self, answer: Any) -> Any:
        def route(handler: Any) -> Answer:
            if self.down:
                return Answer(b"{}", 502)
            asked = parse_qs(urlsplit(handler.path).query)
            return Answer(orjson.dumps(answer(asked)), headers={"Content-Type": "application/json"})

        return route

    def _session(self, asked: dict[str, list[str]]) -> dict[str, str]:
        return {"did": US, "accessJwt": "a", "refreshJwt": "r"}

    def _notifications(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        newest = [one for one in reversed(self.said) if one["uri"] not in self.hidden]
        start = int(asked.get("cursor", ["0"])[0])
        onward = {"cursor": str(start + PAGE)} if newest[start + PAGE :] else {}
        return {"notifications": newest[start : start + PAGE]} | onward

    def _posts(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        wanted = set(asked.get("uris", [])) - self.gone
        return {"posts": [one for one in self.said if one["uri"] in wanted]}
