"""A look at ourselves from outside: whether Socket.IO really accepts a websocket."""

import asyncio
import base64
import os
from typing import Final

REQUEST: Final = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    "Host: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)
OPEN: Final = b"0{"
"""How Engine.IO's first packet begins (protocol v4): its type, and the handshake as JSON."""


async def look(host: str, port: int) -> None:
    """Open a websocket (RFC 6455) at `host:port`, wait for Engine.IO's handshake, and leave.

    Raises `OSError` when that is not what answers.
    """
    reader, writer = await asyncio.open_connection(host, port)
    try:
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(REQUEST.format(host=f"{host}:{port}", key=key).encode())
        try:
            status = await reader.readline()
            if b" 101 " not in status:
                raise OSError(f"Socket.IO answered {status.decode(errors='replace').strip()!r}")
            await reader.readuntil(b"\r\n\r\n")
            _, length = await reader.readexactly(2)
            if length in (126, 127):  # the real length follows in 2 or 8 bytes
                await reader.readexactly(2 if length == 126 else 8)
            if await reader.readexactly(len(OPEN)) != OPEN:
                raise OSError("Socket.IO did not begin with its handshake")
        except asyncio.IncompleteReadError as error:
            raise OSError("Socket.IO hung up") from error
    finally:
        writer.close()
