"""Requests as OTLP writes them in JSON (https://opentelemetry.io/docs/specs/otlp/), in the forms that Tempo has had."""

from base64 import b64decode
from collections.abc import Iterator
from typing import Final

from pydantic import AliasChoices, Field

from aurora_rt.toolsets.envelope import Listed, Shape
from aurora_rt.toolsets.traces.spans import PEERS, SAYING, Span, attribute_text, said_failed, whole_id

NANO: Final = 1e9
IN_BASE64: Final = 12
"""Characters of eight bytes in base64."""
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


def spans(trace_id: str, trace: TraceShape) -> Iterator[Span]:
    """The spans of a request."""
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
        trace_id=whole_id(trace_id),
        id=_hexadecimal(shape.span_id),
        parent=_hexadecimal(shape.parent_span_id),
        service=service,
        operation=shape.name,
        start=shape.start_time_unix_nano / NANO,
        seconds=max(0, shape.end_time_unix_nano - shape.start_time_unix_nano) / NANO,
        failed=failed,
        error=said if failed else "",
        calls=shape.kind in _CALLS,
        peer=attribute_text(attributes, PEERS),
    )


def _hexadecimal(span_id: str) -> str:
    """A span's id as Jaeger writes it; protobuf's JSON has the eight bytes in base64."""
    if len(span_id) != IN_BASE64:
        return span_id.lower()
    try:
        return b64decode(span_id, validate=True).hex()
    except ValueError:
        return span_id


def _plain(attributes: tuple[Attribute, ...]) -> dict[str, object]:
    return {one.key: one.value.plain for one in attributes}
