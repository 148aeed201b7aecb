"""Which addresses may be connected to when the place to look at is told by others: an alert, a question, a file.

Checked is the address that is connected to, not the name: a name may resolve to anything. What `addresses` names is
always refused, and what is no one host's; private ones where the settings say so.
"""

import asyncio
import socket
from typing import Final

from aurora_rt.connectors.addresses import NAMES, inner, never, parsed
from aurora_rt.toolsets.toolset import ToolFailed

MOST: Final = 4
"""Addresses of one name that are tried."""


class Unresolved(Exception):
    """A name has no address; the message says why."""


def forbidden(address: str, *, private: bool) -> str | None:
    """Why `address` may not be connected to, as the end of a sentence; `None` when it may, and for a name.

    `private` allows loopback and private ranges.
    """
    given = parsed(address)
    if given is None:
        return None
    if never(given):
        return "is link-local or where a cloud keeps credentials (its metadata), which is never asked"
    one = inner(given)
    if one.is_multicast or one.is_unspecified or str(one) == "255.255.255.255":
        return "is no address of one host"
    if not private and not one.is_global:
        return "is private, which AURORA_PROBE_PRIVATE does not allow"
    return None


async def addresses(host: str, port: int | None, *, private: bool) -> tuple[str, ...]:
    """The addresses of `host` that may be connected to, as the system resolves it.

    Raises `ToolFailed` when any of them is forbidden, `Unresolved` when there are none.
    """
    if host.lower().rstrip(".") in NAMES:
        raise ToolFailed(f"{host} is where a cloud keeps credentials: it is never asked.")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise Unresolved(str(error.strerror or error)) from error
    except (UnicodeError, ValueError) as error:
        raise Unresolved("it is not a name that can be resolved") from error
    every = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    for address in every:
        reason = forbidden(address, private=private)
        if reason is not None:
            raise ToolFailed(f"{host} is not connected to: {address} {reason}.")
    if not every:
        raise Unresolved("it has no address")
    return every[:MOST]
