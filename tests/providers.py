"""Providers in tests: one server on loopback that answers as each of them documents, and fails as a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

FAULTS: dict[str, tuple[int, str, dict[str, str]]] = {
    "unknown": (401, '{"message": "who are you?"}', {}),
    "forbidden": (403, '{"message": "not yours"}', {}),
    "busy": (429, "later", {"Retry-After": "17"}),
    "broken": (503, "oops", {}),
    "nonsense": (200, "<html>Welcome<br></html>", {}),
    "another shape": (200, '["surprise"]', {}),
    "moved": (302, "", {"Location": "http://192.0.2.1/"}),
    "huge": (200, '"' + "x" * 3_000_000 + '"', {}),
}
"""What may come instead of an answer, whoever the provider is."""

Answer = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]


@dataclass
class Provider:
    """A provider that a test plays: `answers` by `METHOD path`."""

    answers: dict[str, Answer] = field(default_factory=dict)
    fault: str = ""
    url: str = ""
    asked: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        name = f"{request.method} {request.path}"
        self.asked.append((name, body, dict(request.headers)))
        if self.fault == "silent":
            await self.silent.wait()
        elif self.fault:
            status, text, headers = FAULTS[self.fault]
            return web.Response(status=status, text=text, headers=headers)
        if name not in self.answers:
            return web.Response(status=404, text="no such thing")
        return await self.answers[name](request, body)

    def says(self, name: str, told: object, **needs: str) -> None:
        """Answer with JSON where the headers are `needs`, else with 401."""

        async def answer(request: web.Request, _: bytes) -> web.Response:
            right = all(request.headers.get(one.replace("_", "-")) == text for one, text in needs.items())
            return web.json_response(
                told if right else {"message": "Bad credentials"}, status=200 if right else 401
            )

        self.answers[name] = answer


@asynccontextmanager
async def playing(provider: Provider) -> AsyncIterator[Provider]:
    """`provider`, while it answers at its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        provider.silent.set()
        await runner.cleanup()
