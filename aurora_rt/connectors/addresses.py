"""Which addresses are never connected to, whoever asks: link-local ones, and where clouds hand out credentials.

Pure: nothing is resolved here. `guard` asks it about what a name resolves to, `verdicts` about the words of a command
line. Private addresses are another matter, which the settings decide.
"""

import ipaddress
import re
import socket
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NEVER: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16",  # link-local (RFC 3927): AWS, Google Cloud, Azure and most others
        "fe80::/10",  # link-local (RFC 4291)
        "fd00:ec2::/32",  # AWS
        "fd20:ce::/32",  # Google Cloud
        "100.100.100.200/32",  # Alibaba
        "192.0.0.192/32",  # Oracle
        "168.63.129.16/32",  # Azure's wire server
    )
)
NAMES: Final = frozenset(
    {"metadata.google.internal", "metadata", "instance-data", "instance-data.ec2.internal"}
)
"""What clouds call the place themselves."""
_LIKE_THEM: Final = re.compile(
    r"(?:.*\.)?(?:metadata|instance-data)(?:\..*)?|.*(?:169[.-]254[.-]\d+[.-]\d+|100[.-]100[.-]100[.-]200).*",
    re.IGNORECASE,
)
"""Names that may lead there: a label of theirs, or an address within a name (`169-254-169-254.sslip.io`)."""
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 one (NAT64, RFC 6052)."""


def parsed(host: str) -> Address | None:
    """An address in any notation that a system resolves: `2852039166`, `0xa9.254.43518`, `[fe80::1%2]`, …

    `None` for a name.
    """
    text = host.strip("[]").partition("%")[0]
    try:
        if ":" in text:
            return ipaddress.IPv6Address(text)
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def inner(address: Address) -> Address:
    """The IPv4 address within an IPv6 one that stands for it; any other as it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    teredo = address.teredo
    within = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
    if within is None and address in _TRANSLATED:
        within = _low(address)
    return within or address


def never(address: Address) -> bool:
    """Whether it is one of those, or carries one within: a network may translate by any prefix of its own."""
    every: set[Address] = {address, inner(address)}
    if isinstance(address, ipaddress.IPv6Address):
        every.add(_low(address))
    return any(one in network for one in every for network in NEVER)


def leads_there(host: str) -> bool:
    """Whether `host` as it is written may lead to one: for whoever cannot see what a name resolves to."""
    name = host.rstrip(".")
    address = parsed(name)
    return never(address) if address else _LIKE_THEM.fullmatch(name) is not None


def _low(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
