"""Asking what a name resolves to: as this machine does it, or any record of any server."""

import asyncio
import ipaddress
import socket
import time
from typing import Annotated, Final, Literal

import dns.asyncresolver
import dns.exception
import dns.rcode
import dns.resolver
from pydantic import Field, StringConstraints

from aurora_rt.toolsets.facts.probes import (
    NameLookup,
)
from aurora_rt.toolsets.guard import Unresolved, addresses, forbidden
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

Outcome = Literal["found", "no_such_name", "no_such_record", "server_failure", "refused", "timeout"]

SAYS: Final[dict[Outcome, str]] = {
    "found": "is found",
    "no_such_name": "does not exist (NXDOMAIN)",
    "no_such_record": "exists but has no such record",
    "server_failure": "cannot be resolved: the name server fails (SERVFAIL)",
    "refused": "is not answered: the name server refuses (REFUSED)",
    "timeout": "cannot be resolved: no name server answers in time",
}
PORT: Final = 53
MOST: Final = 50

Host = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=253, pattern=r"^[\w.:-]+$")
]
Type = Literal["A", "AAAA", "CNAME", "SRV", "MX", "NS", "TXT", "PTR"]


class DnsParameters(Parameters):
    """Which name, and whom to ask."""

    name: Host
    type: Type | None = Field(None, description="The kind of record; without one: what the system resolves.")
    server: Annotated[str, StringConstraints(strip_whitespace=True, max_length=260)] = Field(
        "", description="The name server to ask, as `host` or `host:port`; without one: this machine's."
    )


async def look_up(parameters: DnsParameters, access: Access) -> Seen:
    """Ask for a name."""
    settings = access.settings
    facts = await looked_up(
        parameters.name,
        parameters.type,
        parameters.server,
        private=settings.probe_private,
        timeout=settings.tool_timeout,
    )
    at = f"@{parameters.server} " if parameters.server else ""
    command = (
        f"dig {at}{parameters.name} {parameters.type or 'A'}"
        if parameters.type or at
        else f"getent ahosts {parameters.name}"
    )
    return Seen(command, told(facts), facts)


async def looked_up(name: str, kind: str | None, server: str, *, private: bool, timeout: float) -> NameLookup:
    """What the system, or `server`, says of `name`. Raises `ToolFailed` when `server` must not be asked."""
    began = time.monotonic()
    if kind is None and not server:
        outcome, answers, text = await _system(name, timeout)
    else:
        outcome, answers, text = await _asked(name, kind or "A", server, private, timeout)
    return NameLookup(
        name=name,
        type=kind or ("A" if server else "address"),
        server=server,
        outcome=outcome,
        answers=answers[:MOST],
        seconds=round(time.monotonic() - began, 4),
        text=text,
    )


def told(facts: NameLookup) -> str:
    """The lookup in a few lines."""
    who = f" by {facts.server}" if facts.server else ""
    head = f"{facts.name} ({facts.type}) {SAYS[facts.outcome]}{who}, in {facts.seconds * 1000:.1f} ms."
    return "\n".join([head, *facts.answers, *([facts.text] if facts.text else [])])


async def _system(name: str, timeout: float) -> tuple[Outcome, tuple[str, ...], str]:
    try:
        async with asyncio.timeout(timeout):
            found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except TimeoutError:
        return "timeout", (), ""
    except socket.gaierror as error:
        return _meaning(error.errno), (), str(error.strerror or error)
    except (UnicodeError, ValueError) as error:
        return "no_such_name", (), str(error)
    return "found", tuple(dict.fromkeys(str(one[4][0]) for one in found)), ""


def _meaning(code: int | None) -> Outcome:
    if code == socket.EAI_AGAIN:
        return "server_failure"
    return "no_such_record" if code == getattr(socket, "EAI_NODATA", None) else "no_such_name"


async def _asked(
    name: str, kind: str, server: str, private: bool, timeout: float
) -> tuple[Outcome, tuple[str, ...], str]:
    try:
        resolver = await _resolver(server, private)
        answer = await resolver.resolve(name, kind, lifetime=timeout, search=False)
    except dns.resolver.NXDOMAIN:
        return "no_such_name", (), ""
    except dns.resolver.NoAnswer:
        return "no_such_record", (), ""
    except dns.resolver.NoNameservers as error:
        return _complaint(error), (), str(error)[:500]
    except dns.exception.Timeout:
        return "timeout", (), ""
    except dns.exception.DNSException as error:
        return "server_failure", (), str(error)[:500] or type(error).__name__
    return "found", tuple(record.to_text() for record in answer), ""


async def _resolver(server: str, private: bool) -> dns.asyncresolver.Resolver:
    """The machine's own name servers, or `server`."""
    if not server:
        try:
            return await asyncio.to_thread(dns.asyncresolver.Resolver)
        except dns.resolver.NoResolverConfiguration as error:
            raise ToolFailed("No name server is configured on this machine.") from error
    host, port = _place(server)
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = [await _address(host, private)]
    resolver.port = port
    return resolver


async def _address(host: str, private: bool) -> str:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            return (await addresses(host, PORT, private=private))[0]
        except Unresolved as error:
            raise ToolFailed(f"The name server {host} cannot be found: {error}.") from error
    reason = forbidden(host, private=private)
    if reason is not None:
        raise ToolFailed(f"{host} is not asked: it {reason}.")
    return host


def _place(server: str) -> tuple[str, int]:
    if server.startswith("["):
        host, _, rest = server[1:].partition("]")
        return host, int(rest[1:]) if rest[1:].isdigit() else PORT
    host, colon, port = server.rpartition(":")
    return (host, int(port)) if colon and port.isdigit() and ":" not in host else (server, PORT)


def _complaint(error: dns.resolver.NoNameservers) -> Outcome:
    """Why none of the servers gave an answer: the last one's code."""
    for attempt in reversed(error.kwargs.get("errors", ())):
        response = attempt[4] if len(attempt) > 4 else None
        if response is not None and response.rcode() == dns.rcode.REFUSED:
            return "refused"
    return "server_failure"
