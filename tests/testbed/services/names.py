"""Resolving a name at the shop's own name server: one question over UDP, one answer."""

import asyncio
import ipaddress
import random
import struct

ADDRESS = 1
CODES = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}


class NotResolved(Exception):
    """A name has no address, or nobody told it."""


class _Answer(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.arrived: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _: object) -> None:
        if not self.arrived.done():
            self.arrived.set_result(data)

    def error_received(self, error: Exception) -> None:
        if not self.arrived.done():
            self.arrived.set_exception(error)


async def resolved(name: str, server: str, port: int) -> str:
    """The IPv4 address of `name`. Raises `NotResolved`."""
    asked = question(random.randrange(65536), name)
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        _Answer, remote_addr=(server, port)
    )
    try:
        transport.sendto(asked)
        async with asyncio.timeout(1):
            return _address(await protocol.arrived, name)
    except TimeoutError:
        raise NotResolved(f"{name}: the name server {server}:{port} did not answer") from None
    except OSError as error:
        raise NotResolved(
            f"{name}: the name server {server}:{port} cannot be reached: {error.strerror}"
        ) from None
    finally:
        transport.close()


def question(number: int, name: str) -> bytes:
    """The packet that asks for an address (RFC 1035, 4.1)."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", ADDRESS, 1)


def _address(packet: bytes, name: str) -> str:
    _, flags, _, answers, _, _ = struct.unpack(">6H", packet[:12])
    if flags & 15 or not answers:
        raise NotResolved(f"{name}: {CODES.get(flags & 15, 'no answer')}: Name or service not known")
    return str(ipaddress.IPv4Address(packet[-4:]))
