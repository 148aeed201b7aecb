"""Asking Loki (https://grafana.com/docs/loki/latest/reference/loki-http-api/)."""

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import httpx
from pydantic import Field, StringConstraints

from aurora_rt.settings import Settings
from aurora_rt.toolsets.envelope import Answer, Labels, Listed, Shape
from aurora_rt.toolsets.facts.logs import (
    LogLine,
    LogLines,
)
from aurora_rt.toolsets.logs.reading import line_of, shown
from aurora_rt.toolsets.servers import Call, Server, ask, complaint, server_at
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

WHAT: Final = "log server"
SETTING: Final = "LOKI_URL"
NAMING: Final = ("service_name", "service", "app", "app_kubernetes_io_name", "container", "job")
"""Labels that may name a service, in the order in which they are believed."""
COMPLAINTS: Final = "(?i)(error|exception|fatal|panic|fail|refused|timeout|timed out|denied|warn)"

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class SearchParameters(Parameters):
    """What to look for."""

    service: Text = ""
    """Whose log; empty: everybody's."""
    query: Text = ""
    """A text that lines hold; empty: those that complain."""
    limit: Annotated[int, Field(ge=1, le=2000)] = 500


class Stream(Shape):
    """Lines with the same labels."""

    stream: Labels
    values: Listed[tuple[int, str]] = ()
    """(Unix time in nanoseconds, line)."""


class Streams(Shape):
    """The answer to a query for lines."""

    result_type: Literal["streams"]
    result: Listed[Stream] = ()


def unusable(settings: Settings) -> str | None:
    """Why there is no log server to ask, in a sentence; `None` when there is one."""
    return complaint(settings.loki_url, WHAT, SETTING)


async def answers(settings: Settings, http: httpx.AsyncClient) -> str:
    """`host:port` of the log server, when it answers. Raises `ToolFailed`."""
    server = _server(settings)
    await ask(server, http, Call("/loki/api/v1/labels"), Answer[Listed[str]])
    return server.place


async def search(parameters: SearchParameters, access: Access) -> Seen:
    """Search lines of the window, the newest first until there are enough; told in the order of time."""
    server = _server(access.settings)
    selector = await _selector(server, access, parameters.service)
    text = re.escape(parameters.query) if parameters.query else ""
    wanted = f"(?i){text}" if text else COMPLAINTS
    query = f"{selector} |~ {json.dumps(wanted)}"
    asked = {"query": query, **_times(access), "limit": str(parameters.limit), "direction": "backward"}
    command = f"logcli query --limit={parameters.limit} {query!r}"
    answer = await ask(server, access.http, Call("/loki/api/v1/query_range", asked, command), Answer[Streams])
    lines = await asyncio.to_thread(_lines, answer.data, parameters)
    facts = LogLines(origin="Loki", lines=lines, truncated=len(lines) >= parameters.limit)
    return Seen(command, shown(lines) or "No line within the window.", facts)


def _server(settings: Settings) -> Server:
    return server_at(settings.loki_url, WHAT, SETTING, settings.tool_timeout)


def _times(access: Access) -> dict[str, str]:
    window = access.window
    return {"start": str(int(window.start.timestamp() * 1e9)), "end": str(int(window.end.timestamp() * 1e9))}


async def _selector(server: Server, access: Access, service: str) -> str:
    """The streams of a service, by the label that names it here. Raises `ToolFailed` when none does."""
    known = await ask(server, access.http, Call("/loki/api/v1/labels", _times(access)), Answer[Listed[str]])
    naming = [label for label in NAMING if label in known.data]
    if not service:
        if not naming:
            raise ToolFailed("No label of the logs names services.")
        return f'{{{naming[0]}=~".+"}}'
    for label in naming:
        call = Call(f"/loki/api/v1/label/{label}/values", _times(access))
        values = await ask(server, access.http, call, Answer[Listed[str]])
        if service in values.data:
            return f"{{{label}={json.dumps(service)}}}"
    raise ToolFailed(f"There is no log of {service} within the window.")


def _lines(found: Streams, parameters: SearchParameters) -> tuple[LogLine, ...]:
    every = [
        (at, line_of(text, parameters.service or _name(stream.stream), datetime.fromtimestamp(at / 1e9, UTC)))
        for stream in found.result
        for at, text in stream.values
    ]
    every.sort(key=lambda pair: pair[0])
    return tuple(line for _, line in every[-parameters.limit :])


def _name(labels: Labels) -> str:
    return next((labels[name] for name in NAMING if labels.get(name)), "?")
