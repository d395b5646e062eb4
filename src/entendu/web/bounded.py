"""What strangers may send is bounded before Django keeps it: a body goes to disk before any view could refuse it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

PREFIX = "/in/"  # where sources push
MOST_BYTES = 1_100_000  # a little above what the view takes, so that it can say so itself


def bounded(app: App) -> App:
    """`app`, to which no longer body comes at the addresses for sources: it is refused (413) when its length says so,
    and the connection ends when it does not say."""

    async def guarded(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope.get("type") != "http" or not str(scope.get("path", "")).startswith(PREFIX):
            await app(scope, receive, send)
            return
        declared = dict(scope.get("headers", [])).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > MOST_BYTES:
            headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": b"Too large.\n"})
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            return {"type": "http.disconnect"} if came > MOST_BYTES else message

        await app(scope, counted, send)

    return guarded
