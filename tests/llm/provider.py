"""A provider of language models on the loopback: it speaks the real protocols, says what it is told to, and remembers.

    async with provider(in_order([Say("Looking. "), Call("host__load")], [Say("It is the disk.")])) as here:
        ...  # an SDK that is pointed at here.url("anthropic")
    assert here.asked[1].results == (("call00001", "…"),)

`python provider.py` runs one in a process of its own, for measuring: it prints its address.
"""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from script import (
    Asked,
    Breaks,
    Call,
    Cut,
    End,
    Endless,
    Junk,
    Part,
    Pause,
    Reason,
    Refuse,
    Say,
    Script,
    Think,
    Turn,
    Until,
)
from tongues import TONGUES, Tongue, asked

TOKEN = re.compile(r"\s*\S+|\s+$")


@dataclass(slots=True)
class Provider:
    """A running provider. `script` may be replaced at any time."""

    script: Script
    window: int | None = None
    """Tokens of prompt and answer together beyond which a request is refused; `None` for no end."""
    asked: list[Asked] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """Requests that are no question to a model: method and path."""
    pages: dict[str, str] = field(default_factory=dict)
    """What else there is to be had here: path → text."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    base: str = ""
    calls: int = 0

    def url(self, protocol: str) -> str:
        """The base URL for an SDK of `protocol`."""
        tongue = next(one for one in TONGUES if one.name == protocol)
        return f"{self.base}/{protocol}{tongue.address}"

    async def came(self, count: int) -> Asked:
        """The request with this number, the first being 1, once it has come."""
        async with asyncio.timeout(30):
            while len(self.asked) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.asked[count - 1]

    async def answer(self, tongue: type[Tongue], request: web.Request) -> web.StreamResponse:
        one = asked(
            tongue,
            path=request.path,
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            raw=await request.read(),
            model=request.match_info.get("model", ""),
        )
        self.asked.append(one)
        self.changed.set()
        try:
            return await self._answered(tongue, one, request)
        except (asyncio.CancelledError, ConnectionError):
            one.gone.set()
            raise
        finally:
            one.done.set()

    async def _answered(self, tongue: type[Tongue], one: Asked, request: web.Request) -> web.StreamResponse:
        turn: Turn = self.script(one)
        wanted = one.tokens + (one.limit or 0)
        if self.window is not None and wanted > self.window:
            turn = Refuse(400, message=tongue.too_long(wanted, self.window))
        if isinstance(turn, Refuse):
            body, headers = tongue.error(turn.status, turn.message or f"Refused with {turn.status}.")
            if turn.retry_after is not None:
                headers = headers | {"Retry-After": f"{turn.retry_after:g}"}
            return web.json_response(body, status=turn.status, headers=headers)
        if not one.streaming:
            return web.json_response({"error": {"message": "Only streams are spoken here."}}, status=400)
        return await _Answering(self, one, tongue(one.model, one.tokens), request).streamed(turn)

    def next_call(self) -> str:
        self.calls += 1
        return f"call{self.calls:05}"


class _Answering:
    """One stream that is being written."""

    def __init__(self, provider: Provider, one: Asked, tongue: Tongue, request: web.Request) -> None:
        self.provider, self.one, self.tongue, self.request = provider, one, tongue, request
        self.response = web.StreamResponse(headers={"Content-Type": tongue.content_type})
        self.reason: Reason = "stop"
        self.counted = True
        self.tokens = 0

    async def streamed(self, turn: Sequence[Part]) -> web.StreamResponse:
        started = False
        for part in turn:
            if not started and not isinstance(part, Until | Pause | Cut):  # a hang is one before any byte
                started = await self._start()
            if not await self._part(part):
                break
            if isinstance(part, Cut | Breaks):
                return self.response
        if not started:
            await self._start()
        await self._write(self.tongue.end(self.reason, self.tokens, counted=self.counted))
        await self.response.write_eof()
        return self.response

    async def _start(self) -> bool:
        await self.response.prepare(self.request)
        await self._write(self.tongue.start())
        return True

    async def _write(self, frames: list[bytes]) -> None:
        for frame in frames:
            await self.response.write(frame)

    async def _part(self, part: Part) -> bool:
        """Say one part; whether there may be another."""
        match part:
            case Say(text):
                return await self._tokens(iter(TOKEN.findall(text)), self.tongue.say)
            case Endless(text, minds):
                return await self._tokens(_for_ever(text), self.tongue.say, minds=minds)
            case Think(text):
                return await self._tokens(iter(TOKEN.findall(text)), self.tongue.think)
            case Call(tool):
                self.reason = "tools"
                self.tokens += 1 + len(part.json) // 4
                await self._write(self.tongue.call(self.provider.next_call(), tool, part.json))
            case End(reason, counted):
                self.reason, self.counted = reason or self.reason, counted
            case _:
                await self._trouble(part)
        return True

    async def _trouble(self, part: Part) -> None:
        match part:
            case Until(go, reached):
                reached.set()
                await go.wait()
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Cut():
                await self._cut()
            case Junk(piece):
                await self.response.write(piece)
            case Breaks(message):
                await self._write(self.tongue.breaks(message))
                await self.response.write_eof()

    async def _tokens(
        self, tokens: Iterator[str], say: Callable[[str], list[bytes]], *, minds: bool = True
    ) -> bool:
        for token in tokens:
            if minds and self.one.limit is not None and self.tokens >= self.one.limit:
                self.reason = "length"
                return False
            self.tokens += 1
            await self._write(say(token))
            self.one.sent.append(token)
        return True

    async def _cut(self) -> None:
        transport = self.request.transport
        if transport is not None:
            line = transport.get_extra_info("socket")
            line.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )  # a reset, no goodbye
            await asyncio.sleep(0.01)  # a reset throws away what the other side has not read
            transport.abort()


def _for_ever(text: str) -> Iterator[str]:
    while True:
        yield from TOKEN.findall(text) or [text]


@asynccontextmanager
async def provider(script: Script, *, window: int | None = None, port: int = 0) -> AsyncIterator[Provider]:
    """Run one until the end of the block."""
    here = Provider(script, window)
    app = web.Application(client_max_size=64 * 1024**2)

    async def shown(request: web.Request) -> web.Response:
        here.others.append(f"{request.method} {request.path}")
        size = here.window or 8192
        details = {"general.architecture": "llama", "llama.context_length": size}
        body = {
            "model_info": details,
            "parameters": f"num_ctx {size}",
            "capabilities": ["completion", "tools"],
        }
        return web.json_response(body)

    async def listed(request: web.Request) -> web.Response:
        here.others.append(f"{request.method} {request.path}")
        size = here.window or 8192
        one = {"id": "loopback", "object": "model", "created": 0, "owned_by": "loopback", "max_model_len": size,
               "context_length": size}  # fmt: skip
        return web.json_response({"object": "list", "data": [one]})

    async def other(request: web.Request) -> web.Response:
        here.others.append(f"{request.method} {request.path}")
        if request.path in here.pages:
            return web.Response(text=here.pages[request.path])
        return web.json_response({"error": {"message": "There is no such path."}}, status=404)

    for tongue in TONGUES:
        app.router.add_post(f"/{tongue.name}{tongue.path}", partial(here.answer, tongue))
        app.router.add_post(f"/{tongue.name}/api/show", shown)
        app.router.add_get(f"/{tongue.name}{tongue.address}/models", listed)
    app.router.add_route("*", "/{rest:.*}", other)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        here.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield here
    finally:
        await runner.cleanup()


WANTED = re.compile(r"(\d+) calls, (\d+) words")


def as_wanted(asked: Asked) -> Turn:
    """So many calls of the first tool, one after the other, and then so many words, as the question says."""
    wanted = WANTED.search(asked.text)
    assert wanted is not None
    calls, words = map(int, wanted.groups())
    return [Call(asked.tools[0])] if len(asked.results) < calls else [Say("word " * words)]


async def _measured() -> None:
    async with provider(as_wanted) as here:
        print(here.base, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_measured())
