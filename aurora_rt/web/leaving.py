"""Telling kept-alive connections to go elsewhere while this process leaves."""

from collections.abc import Callable
from typing import Any

Asgi = Callable[[Any, Any, Any], Any]


def leaving(app: Asgi, staying: Callable[[], bool]) -> Asgi:
    """`app`, whose HTTP/1 answers close their connection as soon as `staying` is false.

    A client that sends its next request just as its connection is cut would see an error; told in time, it opens
    a new one, at a process that stays.
    """

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope.get("http_version", "").startswith("1"):
            await app(scope, receive, send)
            return

        async def closing(message: Any) -> None:
            if message["type"] == "http.response.start" and not staying():
                message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
            await send(message)

        await app(scope, receive, closing)

    return wrapped
