"""Which addresses may be connected to when the place to look at is told by others: an alert, a question, a model.

Checked is the address that is connected to, not the name: a name may resolve to anything. Addresses that only serve
the machine itself, credentials of clouds foremost, are always refused; private ones where the settings say so.
"""

import asyncio
import ipaddress
import socket
from typing import Final

from aurora_rt.toolsets.toolset import ToolFailed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NEVER: Final = tuple(
    ipaddress.ip_network(text)
    for text in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "fd20:ce::254/128")
)
"""Link-local addresses, and where clouds hand out credentials."""
NAMES: Final = frozenset(
    {"metadata.google.internal", "metadata", "instance-data", "instance-data.ec2.internal"}
)
TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 one (NAT64)."""
MOST: Final = 4
"""Addresses of one name that are tried."""


class Unresolved(Exception):
    """A name has no address; the message says why."""


def forbidden(address: str, *, private: bool) -> str | None:
    """Why `address` may not be connected to, as the end of a sentence; `None` when it may.

    `private` allows loopback and private ranges.
    """
    one = _inner(ipaddress.ip_address(address.partition("%")[0]))
    if any(one in network for network in NEVER if network.version == one.version):
        return "is link-local or where a cloud keeps credentials, which is never asked"
    if one.is_multicast or one.is_unspecified or address == "255.255.255.255":
        return "is no address of one host"
    if not private and not one.is_global:
        return "is private, which AURORA_PROBE_PRIVATE does not allow"
    return None


async def addresses(host: str, port: int, *, private: bool) -> tuple[str, ...]:
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


def _inner(one: Address) -> Address:
    """The IPv4 address within an IPv6 one that stands for it."""
    if isinstance(one, ipaddress.IPv6Address):
        if one.ipv4_mapped is not None:
            return one.ipv4_mapped
        if one.sixtofour is not None:
            return one.sixtofour
        if one in TRANSLATED:
            return ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
    return one
