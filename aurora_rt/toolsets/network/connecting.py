"""Whether a port can be connected to: tried from here, or read from what others recorded."""

import json
import re
import socket
import time
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, StringConstraints

from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.probes import (
    Connectivity,
    Reached,
)
from aurora_rt.toolsets.network.configured import configured
from aurora_rt.toolsets.network.opening import Unreachable, opened
from aurora_rt.toolsets.servers import PORTS
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

SIGNS: Final[tuple[tuple[Reached, re.Pattern[str]], ...]] = (
    (
        "unresolved",
        re.compile(
            r"could(?: not|n't) resolve|name or service not known|no such host|nxdomain|servfail|"
            r"name resolution|unknown host|bad address|not known|getaddrinfo|nodename nor servname|lookup .* on "
        ),
    ),
    ("refused", re.compile(r"refused|econnrefused|actively refused|nothing listens")),
    (
        "timeout",
        re.compile(
            r"timed? ?-?out|etimedout|deadline exceeded|no response|not answer|nothing answers|filtered|"
            r"100% packet loss"
        ),
    ),
    ("no_route", re.compile(r"no route|unreachable|ehostunreach|enetunreach|host is down")),
    ("reset", re.compile(r"reset by peer|econnreset|connection reset|broken pipe|empty reply|is cut")),
    (
        "refused",
        re.compile(
            r"\bclosed\b|\bfailed\b|cannot connect|can't connect|\bblocked\b|\bdenied\b|not reachable"
        ),
    ),
    (
        "open",
        re.compile(
            r"succeeded|\bopen\b|\bconnected\b|\breachable\b|\bsuccess\w*|\bestablished\b|\bok\b|"
            r"http(?:/[\d.]+)? \d{3}|\b0% packet loss"
        ),
    ),
)
"""Failures first: who tells of one often tells of the attempt, too."""
_ROUTE: Final = re.compile(r"\[(\S+) -> (\S+):(\d*)\] (.*)")
"""How several attempts are told together: from where to where, before each line."""
_WORSE: Final = tuple(dict.fromkeys(outcome for outcome, _ in SIGNS))


class ConnectivityParameters(Parameters):
    """From where to where."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True)

    source: Annotated[str, StringConstraints(strip_whitespace=True, max_length=253)] = Field(
        "", alias="from", description="From where; only from this host can be tried."
    )
    host: Annotated[str, StringConstraints(strip_whitespace=True, max_length=253, pattern=r"^[\w.:-]*$")] = (
        Field("", description="Where to; without one only records tell of all that were tried.")
    )
    port: int | None = Field(
        None, ge=1, le=65535, description="The port, by TCP; without one: that of the configured probe."
    )


async def connect(parameters: ConnectivityParameters, access: Access) -> Seen:
    """Resolve and connect."""
    here = socket.gethostname().lower()
    if parameters.source and parameters.source.lower() not in ("localhost", here, here.split(".")[0]):
        raise ToolFailed(
            f"Whether {parameters.source} reaches {parameters.host} can only be tried there; this host is {here}."
        )
    if not parameters.host:
        raise ToolFailed("To try a connection, a host is needed.")
    settings = access.settings
    host, port = parameters.host, parameters.port
    if port is None:
        host, port = _known(host, settings)
    began = time.monotonic()
    outcome: Reached = "open"
    try:
        line = await opened(host, port, private=settings.probe_private, timeout=settings.tool_timeout)
        line.socket.close()
        address, text = line.address, "the port is open"
    except Unreachable as error:
        outcome, address, text = error.outcome, error.address, error.text
    took = round(time.monotonic() - began, 4)
    facts = Connectivity(
        source="",
        host=host,
        port=port,
        outcome=outcome,
        address=address,
        seconds=took,
        text=text,
    )
    at = f" ({address})" if address else ""
    output = f"{host}:{port}{at}: {text}, after {took * 1000:.1f} ms."
    return Seen(f"nc -zv {host} {port}", output, facts)


def _known(host: str, settings: Settings) -> tuple[str, int]:
    """Host and port of the configured probe of that name or host. Raises `ToolFailed` when there is none."""
    for place in configured(settings):
        if host in (place.name, place.url.host) and place.url.scheme != "dns":
            return place.url.host, place.url.port or PORTS[place.url.scheme]
    raise ToolFailed(f"To try whether {host} can be reached, a port is needed.")


def read(output: str, asked: Mapping[str, Any]) -> Connectivity | None:
    """What a recorded attempt came to, however it is worded; of several the worst."""
    port = asked.get("port")
    usual = (str(asked.get("from") or ""), str(asked.get("host") or ""), str(port or ""))
    tried = [(route, line) for route, text in _routes(output, usual).items() for line in _lines(text)]
    judged = [(outcome, route, line) for route, line in tried if (outcome := judge(line)) != "unknown"]
    judged.sort(key=lambda one: _WORSE.index(one[0]))
    route, line = tried[0] if tried else (usual, "")
    outcome, route, line = judged[0] if judged else ("unknown", route, line)
    return Connectivity(
        source=route[0],
        host=route[1],
        port=int(route[2]) if route[2].isdigit() else None,
        outcome=outcome,
        address="",
        seconds=None,
        text=line[:500],
    )


def judge(line: str) -> Reached:
    """What one line says."""
    spoken = line.lower()
    if re.search(
        r"\bnot (?:open|connected|ok|established)\b|\bunsuccessful|\b0 (?:succeeded|open)\b", spoken
    ):
        return "refused"
    return next((outcome for outcome, sign in SIGNS if sign.search(spoken)), "unknown")


def _routes(output: str, usual: tuple[str, str, str]) -> dict[tuple[str, str, str], str]:
    """What was said of each (from, host, port); `usual` where a line does not name its own."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for line in output.splitlines():
        found = _ROUTE.match(line)
        route, rest = ((found[1], found[2], found[3]), found[4]) if found else (usual, line)
        told.setdefault(route, []).append(rest)
    return {route: "\n".join(lines) for route, lines in told.items()}


def _lines(output: str) -> list[str]:
    """The lines of an output; an object in JSON says the same in its values."""
    try:
        told = json.loads(output)
    except ValueError:
        return [line.strip() for line in output.splitlines() if line.strip()]
    each = told if isinstance(told, list) else [told]
    return [_spoken(one) if isinstance(one, dict) else str(one) for one in each]


def _spoken(told: dict[str, Any]) -> str:
    words = []
    for name, value in told.items():
        if value is True:
            words.append(name)
        elif value is False:
            words.append(
                f"failed: {name}" if name in ("reachable", "connected", "open", "success", "ok") else ""
            )
        elif isinstance(value, str) and value:
            words.append(value)
    failed = next((word for word in words if word.startswith("failed: ")), "")
    # Why stands elsewhere in the object, so that it decides where it is told.
    return " ".join(
        ["failed" if failed else "", *(word for word in words if word and word != failed)]
    ).strip()
