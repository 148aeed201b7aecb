"""Asking Tempo (https://grafana.com/docs/tempo/latest/api_docs/): a search by TraceQL, then each request it found.

Requests come as OTLP's JSON (https://opentelemetry.io/docs/specs/otlp/), in the forms that Tempo has had.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Final

import httpx
from pydantic import AliasChoices, Field

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
)
from aurora_rt.toolsets.traces.spans import PEERS, SAYING, Span, attribute_text, said_failed

WHAT: Final = "Tempo"
SETTING: Final = "TEMPO_URL"
AT_ONCE: Final = 8
NANO: Final = 1e9
_ERROR: Final = ("STATUS_CODE_ERROR", "2", 2)
_CALLS: Final = ("SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "3", "4", 3, 4)

Scalar = str | int | float | bool


class Value(Shape):
    """The value of an attribute; lists and maps are not read."""

    string_value: str | None = None
    int_value: Scalar | None = None
    double_value: Scalar | None = None
    bool_value: bool | None = None

    @property
    def plain(self) -> object:
        """Whichever it is."""
        given = (self.string_value, self.int_value, self.double_value, self.bool_value)
        return next((one for one in given if one is not None), "")


class Attribute(Shape):
    """A name and its value."""

    key: str
    value: Value = Value()


class Event(Shape):
    """Something that a span wrote down."""

    attributes: Listed[Attribute] = ()


class Status(Shape):
    """How a span ended."""

    code: Scalar = 0
    message: str = ""


class SpanShape(Shape):
    """A span; times are nanoseconds."""

    span_id: str
    parent_span_id: str = ""
    name: str = ""
    kind: Scalar = 0
    start_time_unix_nano: int
    end_time_unix_nano: int
    attributes: Listed[Attribute] = ()
    events: Listed[Event] = ()
    status: Status = Status()


class Scope(Shape):
    """The spans of one library."""

    spans: Listed[SpanShape] = ()


class Resource(Shape):
    """Who sent spans."""

    attributes: Listed[Attribute] = ()


class Batch(Shape):
    """The spans of one sender."""

    resource: Resource = Resource()
    scope_spans: Listed[Scope] = Field(
        (), validation_alias=AliasChoices("scopeSpans", "instrumentationLibrarySpans")
    )


class TraceShape(Shape):
    """A request."""

    batches: Listed[Batch] = Field((), validation_alias=AliasChoices("batches", "resourceSpans"))


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
    """`host:port` of Tempo, when it answers. Raises `ToolFailed`."""
    server = configured(settings)
    await ask(server, http, Call("/api/search", {"limit": "1"}), Results)
    return server.place


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
    try:
        trace = await ask(server, access.http, Call(f"/api/traces/{trace_id}"), TraceShape)
    except ToolFailed as failed:
        if "HTTP 404" in failed.reason:
            return ()
        raise
    return await asyncio.to_thread(lambda: tuple(_spans(trace_id, trace)))


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


def _spans(trace_id: str, trace: TraceShape) -> Iterator[Span]:
    for batch in trace.batches:
        sender = _plain(batch.resource.attributes)
        service = attribute_text(sender, ("service.name",)) or "?"
        for scope in batch.scope_spans:
            for shape in scope.spans:
                yield _span(trace_id, service, shape)


def _span(trace_id: str, service: str, shape: SpanShape) -> Span:
    attributes = _plain(shape.attributes)
    written = {key: text for event in shape.events for key, text in _plain(event.attributes).items()}
    failed = shape.status.code in _ERROR or said_failed(attributes)
    said = shape.status.message or attribute_text(written, SAYING) or attribute_text(attributes, SAYING)
    return Span(
        trace_id=trace_id,
        id=shape.span_id,
        parent=shape.parent_span_id,
        service=service,
        operation=shape.name,
        start=shape.start_time_unix_nano / NANO,
        seconds=max(0, shape.end_time_unix_nano - shape.start_time_unix_nano) / NANO,
        failed=failed,
        error=said if failed else "",
        calls=shape.kind in _CALLS,
        peer=attribute_text(attributes, PEERS),
    )


def _plain(attributes: tuple[Attribute, ...]) -> dict[str, object]:
    return {one.key: one.value.plain for one in attributes}
