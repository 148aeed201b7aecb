"""Where a server may be that an organization names: checked as it is written, and again where it is connected to.

Checked at the connection is the address, not the name: a name may resolve to anything, and to something else the next
time.
"""

import asyncio
import socket
from typing import Final
from urllib.parse import urlsplit

from aurora_rt.connectors.addresses import inner, leads_there, never, parsed
from aurora_rt.errors import Invalid

MOST: Final = 4
"""Addresses of one name that are tried."""
LONGEST: Final = 500


class ForbiddenPlace(Invalid):
    """Nothing is asked there."""

    code = "forbidden_address"


def base_url(text: str, *, private: bool) -> str:
    """An address as it is written, without the slash at its end. Raises `ForbiddenPlace`, `Invalid`."""
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid("That is no address: write it like https://models.example.com/v1.") from error
    if parts.scheme not in ("http", "https") or not host or len(text) > LONGEST:
        raise Invalid("That is no address: write it like https://models.example.com/v1.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Invalid(
            "The address may hold no user, password, question mark or hash. Give the key by itself."
        )
    refuse(host, host, private=private)
    return text.strip().rstrip("/")


def refuse(host: str, address: str, *, private: bool) -> None:
    """Raise `ForbiddenPlace` when `address`, to which `host` leads, may not be connected to."""
    if leads_there(address) or leads_there(host):
        raise ForbiddenPlace(f"{host} is where a cloud keeps credentials, or link-local: it is never asked.")
    given = parsed(address)
    if given is None:
        return
    one = inner(given)
    if never(given) or one.is_multicast or one.is_unspecified or str(one) == "255.255.255.255":
        raise ForbiddenPlace(f"{host} is not asked: {address} is no address of one host.")
    if not private and not one.is_global:
        raise ForbiddenPlace(
            f"{host} is not asked: {address} is private, which AURORA_PROBE_PRIVATE does not allow."
        )


async def addresses(host: str, port: int, *, private: bool) -> tuple[str, ...]:
    """The addresses of `host` that may be connected to. Raises `ForbiddenPlace`; `OSError` when there are none."""
    refuse(host, host, private=private)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    every = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    for address in every:
        refuse(host, address, private=private)
    if not every:
        raise OSError(f"{host} has no address")
    return every[:MOST]
