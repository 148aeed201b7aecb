"""The official SDK over a program's pipes or over HTTP. The only module that imports it, and so imported late."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, cast

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage
from mcp.types import Implementation, JSONRPCMessage, Tool, jsonrpc_message_adapter

from aurora_rt import __version__
from aurora_rt.redaction import redacted
from aurora_rt.toolsets import commands
from aurora_rt.toolsets.guard import addresses
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.mcp.mishaps import refusal

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

ANSWER_LIMIT: Final = 8 * 1024 * 1024
CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 300.0
"""How long a stream may be silent; calls have limits of their own."""
PAGES: Final = 20
SAID: Final = 300

Streams = tuple[
    "MemoryObjectReceiveStream[SessionMessage | Exception]", "MemoryObjectSendStream[SessionMessage]"
]


class Ended(Exception):
    """The program has ended, or said what cannot be read."""


class Refused(Exception):
    """An answer that is larger than is read, or that no server of the protocol gives."""


@asynccontextmanager
async def with_program(argv: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[Client]:
    """A session with a program that is started for it. Raises `commands.CommandMissing`, `Ended`, in groups too."""
    async with Client(_over_pipes(argv, environment), cache=None, client_info=_us()) as client:
        yield client


@asynccontextmanager
async def with_url(url: str, headers: Mapping[str, str]) -> AsyncIterator[Client]:
    """A session over streamable HTTP. Raises `ToolFailed`, `Unresolved`, `OSError`, `Refused`, in groups too."""
    await addresses(httpx2.URL(url).host, None, private=True)
    transport = await asyncio.to_thread(httpx2.AsyncHTTPTransport)  # it reads certificates
    async with (
        httpx2.AsyncClient(
            headers={"Accept-Encoding": "identity", **headers},
            timeout=httpx2.Timeout(CONNECT_SECONDS, read=READ_SECONDS),
            trust_env=False,
            transport=_Bounded(transport),
        ) as http,
        Client(
            streamable_http_client(url, http_client=http, max_sse_event_size=ANSWER_LIMIT),
            cache=None,
            client_info=_us(),
        ) as client,
    ):
        yield client


async def tools_of(client: Client) -> list[Tool]:
    """All tools that a server lists."""
    found: list[Tool] = []
    cursor: str | None = None
    for _ in range(PAGES):
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _us() -> Implementation:
    return Implementation(name="aurora-rt", version=__version__)


class _Bounded(httpx2.AsyncBaseTransport):
    """Refuses errors and answers that are too large; the events of a stream are bounded by the SDK."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        reason = refusal(response.status_code)
        if reason is not None:
            await response.aclose()
            raise Refused(reason)
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.stream = _Limited(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Limited(httpx2.AsyncByteStream):
    def __init__(self, inner: object) -> None:
        self._inner = cast(httpx2.AsyncByteStream, inner)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._inner:
            size += len(piece)
            if size > ANSWER_LIMIT:
                raise Refused(f"An answer is larger than {ANSWER_LIMIT // 1024**2} MiB")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def _over_pipes(argv: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[Streams]:
    async with commands.serving(argv, environment, line_limit=ANSWER_LIMIT) as program:
        to_us, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        outgoing, from_us = anyio.create_memory_object_stream[SessionMessage](0)
        async with to_us, incoming, outgoing, from_us, anyio.create_task_group() as carrying:
            carrying.start_soon(program.overhear)
            carrying.start_soon(_hear, program, to_us)
            carrying.start_soon(_say, program, from_us)
            try:
                yield incoming, outgoing
            finally:
                carrying.cancel_scope.cancel()


async def _hear(
    program: commands.Served, to_us: "MemoryObjectSendStream[SessionMessage | Exception]"
) -> None:
    try:
        async for line in program.lines():
            if line.strip():
                await to_us.send(SessionMessage(await anyio.to_thread.run_sync(_message, line)))
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        return  # the session ends, and nobody listens any more
    except commands.LineTooLong as error:
        raise Ended(str(error)) from error
    except ValueError as error:
        raise Ended("The program prints what is not of the protocol.") from error
    said = one_line(redacted(program.said), SAID)
    raise Ended("The program has ended" + (f"; the last it said: {said}" if said else "."))


def _message(line: bytes) -> JSONRPCMessage:
    return jsonrpc_message_adapter.validate_json(line, by_name=False)


async def _say(program: commands.Served, from_us: "MemoryObjectReceiveStream[SessionMessage]") -> None:
    with suppress(ConnectionError):  # it has ended: `_hear` tells how
        async for one in from_us:
            text = one.message.model_dump_json(by_alias=True, exclude_unset=True)
            await program.send(text.encode() + b"\n")
