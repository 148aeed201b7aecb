"""Asking Tempo (https://grafana.com/docs/tempo/latest/api_docs/): a search by TraceQL, then each request it found."""

import asyncio
import json
from typing import Final

import httpx
from pydantic import Field

from aurora_rt.settings import Settings
from aurora_rt.toolsets.envelope import Listed, Shape
from aurora_rt.toolsets.servers import Call, Server, ask, server_at
from aurora_rt.toolsets.toolset import Access, ToolFailed, Window
from aurora_rt.toolsets.traces.asking import (
    MOST_OF_A_TIME,
    Origin,
    SearchParameters,
    ShowParameters,
    curl,
    stretches,
    unless_unknown,
)
from aurora_rt.toolsets.traces.otlp import TraceShape, spans
from aurora_rt.toolsets.traces.spans import Span

WHAT: Final = "Tempo"
SETTING: Final = "TEMPO_URL"
AT_ONCE: Final = 8


class Found(Shape):
    """A request that a search found."""

    trace_id: str = Field(alias="traceID")


class Results(Shape):
    """What a search gives."""

    traces: Listed[Found] = ()


def configured(settings: Settings) -> Server:
    """The Tempo of the settings. Raises `ToolFailed` when there is none."""
    return server_at(settings.tempo_url, WHAT, SETTING, settings.tool_timeout)


async def answers(settings: Settings, http: httpx.AsyncClient) -> str:
    """A sentence when Tempo answers. Raises `ToolFailed`."""
    server = configured(settings)
    await ask(server, http, Call("/api/search", {"limit": "1"}), Results)
    return f"Tempo at {server.place} answers."


async def search(asked: SearchParameters, access: Access) -> tuple[Span, ...]:
    """The spans of requests from before the alert and from since."""
    server, query = configured(access.settings), _traceql(asked)
    found = await asyncio.gather(*(_search(server, access, query, one) for one in stretches(access)))
    wanted = dict.fromkeys(trace_id for one in found for trace_id in one)
    at_once, failed = asyncio.Semaphore(AT_ONCE), []

    async def shown(trace_id: str) -> tuple[Span, ...]:
        async with at_once:
            try:
                return await show(trace_id, access)
            except ToolFailed as one:  # the others are a sample all the same
                failed.append(one)
                return ()

    traces = await asyncio.gather(*map(shown, wanted))
    if failed and not any(traces):
        raise failed[0]
    return tuple(span for spans in traces for span in spans)


async def show(trace_id: str, access: Access) -> tuple[Span, ...]:
    """The spans of one request; none when it is not known."""
    server = configured(access.settings)
    trace = await unless_unknown(ask(server, access.http, Call(f"/api/traces/{trace_id}"), TraceShape))
    return await asyncio.to_thread(lambda: tuple(spans(trace_id, trace))) if trace else ()


def _command(server: Server, asked: SearchParameters | ShowParameters) -> str:
    if isinstance(asked, ShowParameters):
        return curl(server, f"/api/traces/{asked.trace_id}", {})
    return curl(server, "/api/search", {"q": _traceql(asked), "limit": str(MOST_OF_A_TIME)})


ORIGIN: Final = Origin(
    title=WHAT,
    setting=SETTING,
    address=lambda settings: settings.tempo_url,
    command=_command,
    answers=answers,
    search=search,
    show=show,
)


async def _search(server: Server, access: Access, query: str, window: Window) -> list[str]:
    asked = {
        "q": query,
        "start": f"{window.start.timestamp():.0f}",
        "end": f"{max(window.end.timestamp(), window.start.timestamp() + 1):.0f}",
        "limit": str(MOST_OF_A_TIME),
    }
    answer = await ask(server, access.http, Call("/api/search", asked), Results)
    return [one.trace_id for one in answer.traces[:MOST_OF_A_TIME]]


def _traceql(asked: SearchParameters) -> str:
    wanted = []
    if asked.service:
        wanted.append(f"resource.service.name = {json.dumps(asked.service)}")
    if asked.errors:
        wanted.append("status = error")
    if asked.min_duration_ms:
        wanted.append(f"traceDuration > {asked.min_duration_ms:g}ms")
    return f"{{ {' && '.join(wanted)} }}" if wanted else "{ }"
