"""Hearing a client out before refusing it, so that it can read why.

A server that answers and hangs up while the body still comes resets the connection (RFC 9112, section 9.6), and the
client sees a broken pipe instead of our sentence.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

Asgi = Callable[[Any, Any, Any], Any]

MOST_BYTES: Final = 32 * 1024 * 1024
"""How much of a body is read and thrown away; who sends more is cut off."""
MOST_SECONDS: Final = 5.0


def lingering(app: Asgi) -> Asgi:
    """`app`, whose HTTP answers wait until the body has come, within limits."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        complete, one_at_a_time = False, asyncio.Lock()  # the app may still be receiving while it answers

        async def heard() -> Any:
            nonlocal complete
            async with one_at_a_time:
                message = await receive()
                complete = complete or not message.get("more_body", False)
                return message

        async def hear_out() -> None:
            nonlocal complete
            left = MOST_BYTES
            while not complete and left > 0:
                async with one_at_a_time:
                    if not complete:
                        message = await receive()
                        complete = not message.get("more_body", False)
                        left -= len(message.get("body", b""))

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start" and not complete and _has_body(scope):
                with suppress(TimeoutError):
                    async with asyncio.timeout(MOST_SECONDS):
                        await hear_out()
            await send(message)

        await app(scope, heard, answer)

    return wrapped


def _has_body(scope: Any) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
