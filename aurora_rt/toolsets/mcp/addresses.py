"""Addresses that no server of ours may have: those that give a machine's credentials to whoever asks from it."""

import asyncio
import socket
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_METADATA: Final = tuple(
    map(ip_network, ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "100.100.100.200/32"))
)
"""Link-local addresses (RFC 3927, RFC 4291), and where AWS and Alibaba Cloud serve metadata besides."""


class ForbiddenAddress(Exception):
    """A name that leads there."""


def forbidden(text: str) -> bool:
    """Whether `text` is such an address; a name is none."""
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_unspecified or address.is_multicast or any(address in one for one in _METADATA)


async def allowed(host: str) -> None:
    """Look the host up. Raises `ForbiddenAddress`, `OSError`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    if any(forbidden(str(one[4][0])) for one in found):
        raise ForbiddenAddress(
            f"{host} leads to an address of this machine's own metadata, which is not asked."
        )
