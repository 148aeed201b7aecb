"""Opening a connection by TCP: to an address that the guard allows, timed, and with a word for each failure."""

import asyncio
import errno
import socket
import time
from dataclasses import dataclass
from typing import Final, Literal

from aurora_rt.toolsets.guard import Unresolved, addresses

Failure = Literal["refused", "timeout", "no_route", "reset", "unresolved"]

SAYS: Final[dict[Failure, str]] = {
    "refused": "the connection is refused: nothing listens there",
    "timeout": "nothing answers within the time limit",
    "no_route": "there is no route to it",
    "reset": "the connection is cut",
    "unresolved": "the name has no address",
}
_NO_ROUTE: Final = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


class Unreachable(Exception):
    """No connection came about."""

    def __init__(self, outcome: Failure, text: str, address: str = "") -> None:
        super().__init__(text)
        self.outcome = outcome
        self.text = text
        self.address = address


@dataclass(frozen=True, slots=True)
class Opened:
    """A connected socket; whoever gets it closes it."""

    socket: socket.socket
    address: str
    seconds: float
    """To connect, without resolving."""


async def opened(host: str, port: int, *, private: bool, timeout: float) -> Opened:
    """Connect to the first address of `host` that answers.

    Raises `Unreachable`, and `ToolFailed` when the guard forbids it.
    """
    address = ""
    try:
        async with asyncio.timeout(timeout):
            failed = Unreachable("unresolved", SAYS["unresolved"])
            for address in await addresses(host, port, private=private):
                try:
                    return await _connected(address, port)
                except OSError as error:
                    failed = unreachable(error, address)
            raise failed
    except Unresolved as error:
        raise Unreachable("unresolved", f"{SAYS['unresolved']} ({error})") from error
    except TimeoutError as error:
        raise Unreachable("timeout", SAYS["timeout"], address) from error


def unreachable(error: OSError, address: str) -> Unreachable:
    """What an error of the operating system means."""
    if isinstance(error, ConnectionRefusedError):
        return Unreachable("refused", SAYS["refused"], address)
    if isinstance(error, TimeoutError):
        return Unreachable("timeout", SAYS["timeout"], address)
    if error.errno in _NO_ROUTE:
        return Unreachable("no_route", f"{SAYS['no_route']} ({error.strerror})", address)
    return Unreachable("reset", f"{SAYS['reset']} ({error.strerror or error})", address)


async def _connected(address: str, port: int) -> Opened:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setblocking(False)
    began = time.monotonic()
    try:
        await asyncio.get_running_loop().sock_connect(made, (address, port))
    except BaseException:
        made.close()
        raise
    return Opened(made, address, time.monotonic() - began)
