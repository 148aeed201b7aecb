"""A name server that knows one name, and can be made to know none."""

import asyncio
import socket
import struct

from testbed.children import free_port

SERVFAIL = 2


class NameServer(asyncio.DatagramProtocol):
    """Answers every question about the address of a name with loopback."""

    def __init__(self) -> None:
        self.port = free_port()
        self.broken = False
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Listen."""
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", self.port)
        )

    def close(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[str | int, ...]) -> None:
        if self._transport is None or len(data) < 17:
            return
        (number,) = struct.unpack(">H", data[:2])
        end = data.index(b"\0", 12) + 5
        asked, kind = data[12:end], data[end - 4 : end - 2]
        known = not self.broken and kind == b"\0\x01"
        head = struct.pack(">6H", number, 0x8180 | (SERVFAIL if self.broken else 0), 1, int(known), 0, 0)
        address_of = b"\xc0\x0c" + struct.pack(">2HIH", 1, 1, 1, 4) + socket.inet_aton("127.0.0.1")
        self._transport.sendto(head + asked + (address_of if known else b""), address)
