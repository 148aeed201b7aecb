"""Watching whom our own process talks to: what its sockets connect to, names it asks for, programs that it starts."""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_WATCHING: list[list[str]] = []
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _WATCHING:
        return
    if event == "subprocess.Popen":
        for seen in _WATCHING:
            seen.append(f"{event} {Path(str(arguments[1][0])).name}")
    elif event in _EVENTS:
        host = arguments[0] if event == "socket.getaddrinfo" else _host(arguments[1])
        if host is not None and not _is_here(host):
            for seen in _WATCHING:
                seen.append(f"{event} {host}")


sys.addaudithook(_hook)  # it stays for as long as the process lives, and does nothing unless somebody watches


@contextmanager
def lines_out() -> Iterator[list[str]]:
    """Fills a list with every attempt to leave this machine, in any thread, and every program that may do so."""
    seen: list[str] = []
    _WATCHING.append(seen)
    try:
        yield seen
    finally:
        _WATCHING.remove(seen)


def _host(address: object) -> str | None:
    """The host of an address of the internet; `None` for Unix sockets and what is connected already."""
    return str(address[0]) if isinstance(address, tuple) and len(address) in (2, 4) else None


def _is_here(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in ("", "localhost")
