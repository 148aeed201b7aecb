"""A wire between a client and a server that a test can cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Wire:
    """What is connected through it."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._ends: set[asyncio.StreamWriter] = set()
        self.url = ""
        self.connections = 0

    def cut(self) -> None:
        """Break every connection, without a word."""
        for end in self._ends:
            end.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        ends = {writer, far_writer}
        self._ends |= ends
        await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        self._ends -= ends


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def wire_to(base_url: str) -> AsyncIterator[Wire]:
    """A wire to the server at `base_url`; its `url` is where a client finds it."""
    there = urlsplit(base_url)
    wire = Wire(there.hostname or "", there.port or 80)
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
        wire.cut()
        await server.wait_closed()
