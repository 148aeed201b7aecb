"""HTTP/1.1 at its cheapest, so that the server is measured and not its client."""

import asyncio
from urllib.parse import urlsplit


class HttpConnection(asyncio.Protocol):
    """One connection that stays open."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._received = b""

    @classmethod
    async def opened(cls, url: str) -> "HttpConnection":
        where = urlsplit(url)
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(cls, where.hostname, where.port)
        return connection

    async def ask(self, request: bytes) -> int:
        """The status of the answer. One request at a time."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, piece: bytes) -> None:
        self._received += piece
        head, found, body = self._received.partition(b"\r\n\r\n")
        if found and len(body) >= _content_length(head):
            self._received = b""
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"The server closed the connection: {error}"))


def get(url: str, **headers: str) -> bytes:
    """A GET request, ready to be sent."""
    where = urlsplit(url)
    path = f"{where.path}?{where.query}" if where.query else where.path
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nhost: {where.netloc}\r\n{more}\r\n".encode()


def post(url: str, body: bytes) -> bytes:
    """A POST request with a JSON body, ready to be sent."""
    where = urlsplit(url)
    head = (
        f"POST {where.path} HTTP/1.1\r\nhost: {where.netloc}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError(f"An answer without a content-length: {head!r}")
    return int(rest.split(b"\r\n", 1)[0])
