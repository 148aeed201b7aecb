"""Asking Loki (https://grafana.com/docs/loki/latest/reference/loki-http-api/)."""

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import Final, Literal

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.envelope import Answer, Labels, Listed, Shape
from aurora_rt.toolsets.facts.logs import LogLine
from aurora_rt.toolsets.logs.asking import Found, NoSuchLog, Origin, SearchParameters
from aurora_rt.toolsets.logs.reading import COMPLAINTS, line_of
from aurora_rt.toolsets.servers import Call, Server, ask, complaint, server_at
from aurora_rt.toolsets.toolset import Access, ToolFailed

WHAT: Final = "log server"
SETTING: Final = "LOKI_URL"
NAMING: Final = ("service_name", "service", "app", "app_kubernetes_io_name", "container", "job")
"""Labels that may name a service, in the order in which they are believed."""


class Stream(Shape):
    """Lines with the same labels."""

    stream: Labels
    values: Listed[tuple[int, str]] = ()
    """(Unix time in nanoseconds, line)."""


class Streams(Shape):
    """The answer to a query for lines."""

    result_type: Literal["streams"]
    result: Listed[Stream] = ()


async def answers(settings: Settings, http: httpx.AsyncClient) -> str:
    """A sentence when the log server answers. Raises `ToolFailed`."""
    server = _server(settings)
    await ask(server, http, Call("/loki/api/v1/labels"), Answer[Listed[str]])
    return f"Loki at {server.place} answers."


async def search(asked: SearchParameters, access: Access) -> Found:
    """Search lines of the window, the newest first until there are enough; told in the order of time."""
    server = _server(access.settings)
    selector = await _selector(server, access, asked.service)
    wanted = f"(?i){re.escape(asked.query)}" if asked.query else COMPLAINTS
    query = f"{selector} |~ {json.dumps(wanted)}"
    form = {"query": query, **_times(access), "limit": str(asked.limit), "direction": "backward"}
    command = f"logcli query --limit={asked.limit} {query!r}"
    answer = await ask(server, access.http, Call("/loki/api/v1/query_range", form, command), Answer[Streams])
    lines = await asyncio.to_thread(_lines, answer.data, asked)
    return Found(command, lines, truncated=len(lines) >= asked.limit)


ORIGIN: Final = Origin(
    title="Loki",
    setting=SETTING,
    configured=lambda settings: settings.loki_url is not None,
    complaint=lambda settings: complaint(settings.loki_url, WHAT, SETTING),
    search=search,
    answers=answers,
)


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
    raise NoSuchLog(f"There is no log of {service} within the window.")


def _lines(found: Streams, asked: SearchParameters) -> tuple[LogLine, ...]:
    every = [
        (at, line_of(text, service, datetime.fromtimestamp(at / 1e9, UTC), sure=service != "?"))
        for stream in found.result
        for service in [asked.service or _name(stream.stream)]
        for at, text in stream.values
    ]
    every.sort(key=lambda pair: pair[0])
    return tuple(line for _, line in every[-asked.limit :])


def _name(labels: Labels) -> str:
    return next((labels[name] for name in NAMING if labels.get(name)), "?")
