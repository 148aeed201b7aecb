"""Values that stand for several, and addresses that may be left out. Pure."""

from urllib.parse import urlsplit


def listed(text: str) -> tuple[str, ...]:
    """What was entered with commas between."""
    return tuple(one.strip() for one in text.split(",") if one.strip())


def host_of(address: str) -> str:
    """The host of an address."""
    return urlsplit(address).hostname or ""


def hosts(address: str) -> tuple[str, ...]:
    """The host of an address that somebody entered, if they did."""
    return (host_of(address),) if address else ()
