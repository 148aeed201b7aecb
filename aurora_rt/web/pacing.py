"""Taking a body in no faster than its route reads it, so that no upload fills the memory.

Quart by itself takes whatever comes; a client that sends faster than we write then has us hold all that it sent.
"""

import asyncio
from typing import Final

from hypercorn.typing import ASGIReceiveCallable
from quart import Quart
from quart.asgi import ASGIHTTPConnection
from quart.wrappers import Request
from quart.wrappers.request import Body

MOST_WAITING: Final = 1024 * 1024
"""Bytes of a body that wait for the route, beyond which nothing more is taken from the client."""


class PacedBody(Body):
    """A body, to be iterated over, that says when there is room for more."""

    def __init__(self, expected_content_length: int | None, max_content_length: int | None) -> None:
        super().__init__(expected_content_length, max_content_length)
        self._taken = asyncio.Event()

    async def __anext__(self) -> bytes:
        piece = await super().__anext__()
        self._taken.set()
        return piece

    async def room(self) -> None:
        """Wait until less than `MOST_WAITING` bytes wait."""
        while len(self._data) > MOST_WAITING and self._must_raise is None:
            self._taken.clear()
            await self._taken.wait()


class PacedRequest(Request):
    """A request with such a body."""

    body_class = PacedBody
    body: PacedBody


class PacedConnection(ASGIHTTPConnection):
    """A connection that reads on only where there is room."""

    async def handle_messages(self, request: Request, receive: ASGIReceiveCallable) -> None:
        """Pass on what the client sends until it has gone."""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if message["type"] == "http.request":
                request.body.append(message.get("body", b""))
                if not message.get("more_body", False):
                    request.body.set_complete()
                await request.body.room()  # type: ignore[attr-defined]  # a `PacedBody`


def install(app: Quart) -> None:
    """Pace the bodies of `app`'s requests."""
    app.request_class = PacedRequest
    app.asgi_http_class = PacedConnection
