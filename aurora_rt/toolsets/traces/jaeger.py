"""Asking Jaeger: the JSON API of its query service, which its own pages use (`/api/…`)."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final, Generic, TypeVar

import httpx
from pydantic import Field

from aurora_rt.settings import Settings
from aurora_rt.toolsets.envelope import Listed, Shape
from aurora_rt.toolsets.servers import Call, Server, ask, server_at
from aurora_rt.toolsets.toolset import Access
from aurora_rt.toolsets.traces.asking import (
    MOST_OF_A_TIME,
    Origin,
    SearchParameters,
    ShowParameters,
    curl,
    stretches,
    unless_unknown,
)
from aurora_rt.toolsets.traces.spans import PEERS, SAYING, Span, attribute_text, said_failed, whole_id

WHAT: Final = "Jaeger"
SETTING: Final = "JAEGER_URL"
MOST_SERVICES: Final = 8
"""Services that are asked for, one by one, when none is named: Jaeger searches only by service."""
MICRO: Final = 1e6
_SELF: Final = frozenset({"jaeger", "jaeger-all-in-one", "jaeger-query"})

Item = TypeVar("Item")


class Told(Shape, Generic[Item]):
    """What every call answers with."""

    data: Listed[Item]


class Link(Shape):
    """Calls between two services."""

    parent: str
    child: str


class Tag(Shape):
    """An attribute."""

    key: str
    value: Any = None


class Moment(Shape):
    """Something that a span wrote down."""

    fields: Listed[Tag] = ()


class Reference(Shape):
    """What a span belongs to."""

    ref_type: str = "CHILD_OF"
    span_id: str = Field("", alias="spanID")


class SpanShape(Shape):
    """A span; times are microseconds."""

    trace_id: str = Field(alias="traceID")
    span_id: str = Field(alias="spanID")
    operation_name: str = ""
    references: Listed[Reference] = ()
    start_time: float
    duration: float
    tags: Listed[Tag] = ()
    logs: Listed[Moment] = ()
    process_id: str = Field("", alias="processID")


class Process(Shape):
    """Who sent spans."""

    service_name: str


class TraceShape(Shape):
    """A request."""

    spans: Listed[SpanShape] = ()
    processes: dict[str, Process] = Field(default_factory=dict)


def configured(settings: Settings) -> Server:
    """The Jaeger of the settings. Raises `ToolFailed` when there is none."""
    return server_at(settings.jaeger_url, WHAT, SETTING, settings.tool_timeout)


async def answers(settings: Settings, http: httpx.AsyncClient) -> str:
    """A sentence when Jaeger answers. Raises `ToolFailed`."""
    server = configured(settings)
    await ask(server, http, Call("/api/services"), Told[str])
    return f"Jaeger at {server.place} answers."


async def search(asked: SearchParameters, access: Access) -> tuple[Span, ...]:
    """The spans of requests from before the alert and from since."""
    server = configured(access.settings)
    services = [asked.service] if asked.service else await _services(server, access)
    most = max(2, MOST_OF_A_TIME // max(1, len(services)))
    times = [
        (int(one.start.timestamp() * MICRO), int(one.end.timestamp() * MICRO)) for one in stretches(access)
    ]
    found = await asyncio.gather(
        *(_traces(server, access, _asked(asked, one, most), time) for one in services for time in times)
    )
    return await asyncio.to_thread(_spans, [trace for traces in found for trace in traces])


async def show(trace_id: str, access: Access) -> tuple[Span, ...]:
    """The spans of one request; none when it is not known."""
    server = configured(access.settings)
    asked = ask(server, access.http, Call(f"/api/traces/{trace_id}"), Told[TraceShape])
    answer = await unless_unknown(asked)
    return _spans(answer.data) if answer else ()


def _command(server: Server, asked: SearchParameters | ShowParameters) -> str:
    if isinstance(asked, ShowParameters):
        return curl(server, f"/api/traces/{asked.trace_id}", {})
    return curl(server, "/api/traces", _asked(asked, asked.service or "any", MOST_OF_A_TIME))


ORIGIN: Final = Origin(
    title=WHAT,
    setting=SETTING,
    address=lambda settings: settings.jaeger_url,
    command=_command,
    answers=answers,
    search=search,
    show=show,
)


async def _services(server: Server, access: Access) -> list[str]:
    answer = await ask(server, access.http, Call("/api/services"), Told[str])
    return [name for name in sorted(answer.data) if name not in _SELF][:MOST_SERVICES]


async def _traces(
    server: Server, access: Access, query: dict[str, str], time: tuple[int, int]
) -> tuple[TraceShape, ...]:
    times = {"start": str(time[0]), "end": str(time[1])}
    answer = await ask(server, access.http, Call("/api/traces", query | times), Told[TraceShape])
    return answer.data


def _asked(asked: SearchParameters, service: str, most: int) -> dict[str, str]:
    query = {"service": service, "limit": str(most)}
    if asked.errors:
        query["tags"] = '{"error":"true"}'
    if asked.min_duration_ms:
        query["minDuration"] = f"{asked.min_duration_ms * 1000:.0f}us"
    return query


def _spans(traces: Iterable[TraceShape]) -> tuple[Span, ...]:
    """The spans of all traces, each once."""
    found = {}
    for trace in traces:
        for shape in trace.spans:
            found[shape.trace_id, shape.span_id] = _span(shape, trace)
    return tuple(found.values())


def _span(shape: SpanShape, trace: TraceShape) -> Span:
    tags = {tag.key: tag.value for tag in shape.tags}
    logged = {tag.key: tag.value for moment in shape.logs for tag in moment.fields}
    process = trace.processes.get(shape.process_id)
    failed = said_failed(tags)
    return Span(
        trace_id=whole_id(shape.trace_id),
        id=shape.span_id.lower(),
        parent=next((one.span_id.lower() for one in shape.references), ""),
        service=process.service_name if process else "?",
        operation=shape.operation_name,
        start=shape.start_time / MICRO,
        seconds=max(0.0, shape.duration / MICRO),
        failed=failed,
        error=attribute_text(tags, SAYING) or attribute_text(logged, SAYING) if failed else "",
        calls=tags.get("span.kind") in ("client", "producer"),
        peer=attribute_text(tags, PEERS),
    )
