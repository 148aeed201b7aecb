"""Looking at a place from outside, whatever its scheme: one GET, one connection, or one name."""

import re
import shlex
import time
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import httpx
from pydantic import Field, StringConstraints

from aurora_rt.redaction import redacted
from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.probes import (
    Certificate,
    ProbeResult,
)
from aurora_rt.toolsets.network.http import Answered, NoHttp, NoTls, get
from aurora_rt.toolsets.network.names import SAYS, looked_up
from aurora_rt.toolsets.network.opening import Unreachable, opened
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

Outcome = Literal[
    "answered", "refused", "timeout", "no_route", "reset", "unresolved", "tls_failed", "nonsense"
]

SCHEMES: Final = ("http", "https", "tcp", "dns")
NAME: Final = re.compile(r"[\w.-]{1,100}")


class ProbeParameters(Parameters):
    """Where to look."""

    url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = Field(
        description="An address that starts with http:// or https://, without user and password."
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A place to look at."""

    name: str
    url: httpx.URL

    @property
    def shown(self) -> str:
        """Its address, without what looks like a secret."""
        return redacted(str(self.url.copy_with(userinfo=b"")))


async def probe(parameters: ProbeParameters, access: Access) -> Seen:
    """Look at an address that was asked for."""
    place = placed("", parameters.url)
    if place is None or place.url.scheme not in ("http", "https"):
        raise ToolFailed("That is not an address to look at: it must start with http:// or https://.")
    if place.url.userinfo:
        raise ToolFailed("An address with a user or password in it is not asked.")
    facts = await probed(place, access.settings)
    return Seen(typed(place), told(facts), facts)


def placed(name: str, text: str) -> Place | None:
    """The place that `text` names; `None` when it names none."""
    try:
        url = httpx.URL(text)
        fits = url.scheme in SCHEMES and bool(url.host) and (url.scheme != "tcp" or url.port is not None)
    except (httpx.InvalidURL, ValueError):
        return None
    return Place(name or url.host, url) if fits else None


async def probed(place: Place, settings: Settings) -> ProbeResult:
    """Look at `place`. Raises `ToolFailed` when the guard forbids it."""
    began = time.monotonic()
    limit, private = settings.tool_timeout, settings.probe_private
    try:
        if place.url.scheme == "dns":
            return await _name(place, settings)
        if place.url.scheme == "tcp":
            line = await opened(place.url.host, place.url.port or 0, private=private, timeout=limit)
            line.socket.close()
            return _result(place, "answered", began, address=line.address, connect=line.seconds)
        return _answered(place, await get(place.url, private=private, timeout=limit), began)
    except Unreachable as error:
        return _result(place, error.outcome, began, address=error.address, text=error.text)
    except TimeoutError:
        return _result(place, "timeout", began, text=f"no answer within {limit:g} s")
    except NoTls as error:
        return _result(place, "tls_failed", began, text=f"no TLS connection comes about: {error}")
    except NoHttp as error:
        return _result(place, "nonsense", began, text=f"what answers does not speak HTTP: {error}")


def typed(place: Place) -> str:
    """What a person would type to look at `place`."""
    url = place.url
    if url.scheme == "tcp":
        return f"nc -zv {shlex.quote(url.host)} {url.port}"
    if url.scheme == "dns":
        name = url.path.strip("/")
        return f"dig @{url.host} {shlex.quote(name)}" if name else f"getent ahosts {shlex.quote(url.host)}"
    return f"curl -sSv {shlex.quote(place.shown)}"


def told(one: ProbeResult) -> str:
    """What was seen, in a few lines."""
    if one.outcome != "answered":
        return f"{one.url}: {one.text} (after {one.seconds * 1000:.0f} ms)."
    steps = (
        ("connected", one.connect_seconds),
        ("TLS", one.tls_seconds),
        ("first byte", one.first_byte_seconds),
    )
    timed = ", ".join(f"{what} {took * 1000:.1f} ms" for what, took in steps if took is not None)
    said = f"HTTP {one.status}, {one.size} bytes" if one.status else "answers"
    lines = [f"{one.url} ({one.address or 'name'}): {said}; {timed or f'{one.seconds * 1000:.1f} ms'}."]
    if one.text:
        lines.append(one.text)
    return "\n".join([*lines, *(_certified(one.certificate) if one.certificate else [])])


def _certified(one: Certificate) -> list[str]:
    state = f"is not to be trusted ({one.fault}: {one.problem})" if one.fault else "verifies"
    return [
        f"Its certificate {state}.",
        f"  subject {one.subject or '-'}, for {', '.join(one.names) or 'no name'}, issued by {one.issuer}",
        f"  valid {one.not_before:%Y-%m-%d %H:%M} to {one.not_after:%Y-%m-%d %H:%M} UTC, {one.days_left:.1f} days left",
    ]


async def _name(place: Place, settings: Settings) -> ProbeResult:
    """`dns://name`, or `dns://server/name`."""
    began = time.monotonic()
    name = place.url.path.strip("/")
    server = f"{place.url.host}:{place.url.port or 53}" if name else ""
    found = await looked_up(
        name or place.url.host, None, server, private=settings.probe_private, timeout=settings.tool_timeout
    )
    if found.outcome == "found":
        return _result(place, "answered", began, text=f"It resolves to {', '.join(found.answers[:8])}.")
    return _result(place, "unresolved", began, text=f"the name {SAYS[found.outcome]}")


def _answered(place: Place, one: Answered, began: float) -> ProbeResult:
    return ProbeResult(
        name=place.name,
        url=place.shown,
        address=one.address,
        outcome="answered",
        status=one.status,
        connect_seconds=round(one.connect_seconds, 4),
        tls_seconds=None if one.tls_seconds is None else round(one.tls_seconds, 4),
        first_byte_seconds=round(one.first_byte_seconds, 4),
        seconds=round(time.monotonic() - began, 4),
        size=one.size,
        certificate=one.certificate,
        text=f"It redirects to {redacted(one.location[:300])}, which is not followed."
        if one.location
        else "",
    )


def _result(
    place: Place,
    outcome: Outcome,
    began: float,
    *,
    address: str = "",
    connect: float | None = None,
    text: str = "",
) -> ProbeResult:
    return ProbeResult(
        name=place.name,
        url=place.shown,
        address=address,
        outcome=outcome,
        status=None,
        connect_seconds=None if connect is None else round(connect, 4),
        tls_seconds=None,
        first_byte_seconds=None,
        seconds=round(time.monotonic() - began, 4),
        size=0,
        certificate=None,
        text=text,
    )
