"""Servers that answer with whatever a test says, and the ways in which a server can fail its caller."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from aurora_rt.toolsets.servers import ANSWER_LIMIT
from aurora_rt.toolsets.toolset import Observation


@asynccontextmanager
async def answering(*pieces: bytes, then_wait: bool = False) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that says the same to everybody. Yields `host:port`, and the heads of the requests that came."""
    requests: list[str] = []
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            if then_wait:
                await over.wait()
        except ConnectionError:
            pass  # the other side has heard enough
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", requests
    finally:
        over.set()
        server.close()
        await server.wait_closed()


def response(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """An HTTP answer as it goes over the wire."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to fail, and what the sentence about it says."""

    name: str
    pieces: tuple[bytes, ...]
    says: str
    then_wait: bool = False

    @property
    def patience(self) -> float:
        """Seconds to wait for an answer: long where it comes, however busy the machine is."""
        return 0.2 if self.then_wait else 10.0


FAULTS = (
    Fault("a page", (response(b"<html>Welcome</html>"),), "does not speak JSON"),
    Fault("nothing", (response(b""),), "does not speak JSON"),
    Fault("a number", (response(b"7"),), "is not what"),
    Fault("refused", (response(b"who are you?", "401 Unauthorized"),), "(HTTP 401)"),
    Fault("forbidden", (response(b"no", "403 Forbidden"),), "(HTTP 403)"),
    Fault("not found", (response(b"404 page not found", "404 Not Found"),), "(HTTP 404)"),
    Fault("busy", (response(b"later", "429 Too Many Requests"),), "wants us to wait (HTTP 429)"),
    Fault("broken", (response(b"oops", "502 Bad Gateway"),), "HTTP 502"),
    Fault("elsewhere", (response(b"", "302 Found", "Location: http://192.0.2.1/"),), "which is not followed"),
    Fault("another protocol", (b"SSH-2.0-OpenSSH_9.2\r\n\r\n",), "does not speak HTTP as it should"),
    Fault("hung up", (b"",), "does not speak HTTP as it should"),
    Fault("cut", (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",), "does not speak HTTP as it should"),
    Fault(
        "huge",
        (response(gzip.compress(b" " * (2 * ANSWER_LIMIT)), "200 OK", "Content-Encoding: gzip"),),
        "is larger than 8 MiB",
    ),
    Fault("slow", (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",), "did not answer within 0.2 s", True),
)
"""For every toolset that asks a server over HTTP; its time for an answer must be set to the fault's `patience`."""


async def fails_well(fault: Fault, look: Callable[[str], Awaitable[Observation]]) -> None:
    """Whoever looks at a server with `fault`, whose `host:port` is given, is told so in one sentence that names it."""
    async with answering(*fault.pieces, then_wait=fault.then_wait) as (place, _):
        seen = await look(place)
    error = seen.error or ""
    assert fault.says in error, error
    assert place in error
    assert error.endswith((".", "?", ")"))
    assert seen.facts is None


@asynccontextmanager
async def speaking(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], socket: Path | None = None
) -> AsyncIterator[str]:
    """A server whose every path is answered by `answer`, at a free port or at a Unix socket. Yields its base URL."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0) if socket is None else web.UnixSite(runner, str(socket))
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}" if socket is None else f"unix://{socket}"
    finally:
        await runner.cleanup()
