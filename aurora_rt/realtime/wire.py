"""The bytes of websocket frames, and the connection that they can be written to without anything in between.

A server's own way to send is a task, a queue, a dictionary, a frame made anew in Python and a lock, for each client
and message; together they cost five to nine times what the write itself does. So a frame is made once for all members
of a room, and written to each connection's transport. That asks for a look beneath the ASGI server, at attributes that
are its own business: each is looked for by its shape, and where one is missing (HTTP/2, another server, another
release) the answer is `None` and messages go the server's way. A test holds that it is found under the servers that we
install.
"""

import asyncio
import struct
from typing import Any, Final

TEXT: Final = 0x81
BINARY: Final = 0x82
"""First bytes of whole messages (RFC 6455, section 5.2): the last fragment, of text or of bytes."""
GOING_AWAY: Final = b"\x88\x02" + struct.pack("!H", 1001)
"""A close frame."""


def frame(payload: bytes, kind: int = TEXT) -> bytes:
    """One message from server to client as a websocket frame, unmasked."""
    length = len(payload)
    if length < 126:
        return bytes((kind, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", kind, 126, length) + payload
    return struct.pack("!BBQ", kind, 127, length) + payload


def transport(asgi_send: Any) -> asyncio.WriteTransport | None:
    """What the websocket that `asgi_send` sends on writes its frames to; `None` when that cannot be told."""
    stream = getattr(asgi_send, "__self__", None)
    match type(stream).__name__:
        case "WSStream":  # hypercorn
            protocol = getattr(getattr(stream, "send", None), "__self__", None)
            if type(protocol).__name__ != "H11Protocol":  # HTTP/2 has frames of its own around these
                return None
            connection = getattr(getattr(protocol, "send", None), "__self__", None)
            found = getattr(getattr(connection, "writer", None), "transport", None)
        case "WSProtocol":  # uvicorn
            found = getattr(stream, "transport", None)
        case _:
            return None
    return (
        found
        if isinstance(found, asyncio.WriteTransport) or hasattr(found, "get_write_buffer_size")
        else None
    )


def refuse_compression(asgi_send: Any) -> None:
    """Let the handshake of the websocket that `asgi_send` accepts not agree to permessage-deflate (RFC 7692).

    It would cost 150 KiB for each connection and compress every message once for each reader. hypercorn agrees to it
    always and has no setting; uvicorn has one.
    """
    handshake = getattr(getattr(asgi_send, "__self__", None), "handshake", None)
    if handshake is not None and hasattr(handshake, "extensions"):
        handshake.extensions = None


def forget_request(asgi_send: Any) -> None:
    """Let go of what was read of the request that the websocket of `asgi_send` began with.

    hypercorn keeps its HTTP parser, and the headers, for as long as the connection lasts.
    """
    stream = getattr(asgi_send, "__self__", None)
    connection = getattr(getattr(getattr(stream, "send", None), "__self__", None), "connection", None)
    if connection is not None and type(connection).__name__ == "H11WSConnection":
        connection.h11_connection = None
