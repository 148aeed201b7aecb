"""A server on loopback that plays a cloud: answers what a test sets, and refuses as a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from faults import speaking

from aurora_rt.toolsets.servers import ANSWER_LIMIT

FAULTS = {
    "nonsense": (web.Response, {"text": "<html>Welcome<br></html>"}),
    "empty": (web.Response, {"text": ""}),
    "list": (web.Response, {"text": "[7]"}),
    "moved": (web.Response, {"status": 302, "headers": {"Location": "http://192.0.2.1/"}}),
    "broken": (web.Response, {"status": 500, "text": "oops"}),
    "unauthorized": (web.Response, {"status": 401, "text": "who are you?"}),
    "forbidden": (web.Response, {"status": 403, "text": "no"}),
    "busy": (web.Response, {"status": 429, "text": "later"}),
    "huge": (web.Response, {"text": " " * (ANSWER_LIMIT + 10)}),
}
"""What may come instead of an answer, whichever the cloud."""

SAID = {
    "nonsense": "is AURORA_",
    "empty": "is AURORA_",
    "list": "is ",
    "moved": "not followed",
    "broken": "HTTP 500",
    "unauthorized": "does not let us ask (HTTP 401)",
    "forbidden": "does not let us ask (HTTP 403)",
    "busy": "wants us to wait",
    "huge": "larger than 8 MiB",
    "slow": "did not answer within 0.3 s",
}
"""Fault → what the sentence about it holds."""


@dataclass
class Cloud:
    """What a test's cloud does. `answer` gives the answer to a request that is let in."""

    answer: Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]
    fault: str = ""
    refusal: tuple[int, str] | None = None
    url: str = ""
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    spared: str = "/nothing"
    """What the path of calls ends with that have no fault: those for tokens."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.append((request.path, body))
        if not request.path.endswith(self.spared):
            if self.fault == "slow":
                await asyncio.sleep(1)
            elif self.fault:
                make, how = FAULTS[self.fault]
                return make(**how)
            if self.refusal:
                return web.Response(status=self.refusal[0], text=self.refusal[1])
        return await self.answer(request, body)


@asynccontextmanager
async def playing(cloud: Cloud) -> AsyncIterator[Cloud]:
    """`cloud`, while it answers at its address."""
    async with speaking(cloud.handle) as cloud.url:
        yield cloud


def everything(seen: Any) -> str:
    """All that may be shown of an observation."""
    return f"{seen} {seen.command} {seen.output} {seen.error} {seen.facts!r}"
