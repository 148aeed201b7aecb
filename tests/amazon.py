"""A stand-in of Amazon SNS: it has the certificate with which `vendors` signs, and remembers who confirmed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from vendors import amazon


@dataclass
class Amazon:
    """Where it is, and what it was asked for."""

    url: str
    asked: list[str] = field(default_factory=list)
    away: bool = False


@asynccontextmanager
async def amazon_sns() -> AsyncIterator[Amazon]:
    """Run one on a free port."""
    here = Amazon("")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        here.asked.append(head.split()[1].decode())
        body = amazon()[1]
        status = b"503 Away" if here.away else b"200 OK"
        writer.write(
            b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body)
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    here.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield here
