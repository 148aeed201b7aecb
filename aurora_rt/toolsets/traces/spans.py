"""Spans of any origin: what one is, and what it is within its request. Pure.

The self time of a span is what is left of it when the times of the spans that it called are taken away, so that all
self times of a request together are what it took. A call to something that sends no spans itself (a database) is
counted as that thing's, as far as the call names it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_rt.toolsets.legible import one_line

PEERS: Final = (
    "peer.service",
    "db.system.name",
    "db.system",
    "messaging.system",
    "server.address",
    "net.peer.name",
    "peer.address",
)
"""Attributes of a call that say what is called, the most telling first (OpenTelemetry's conventions, old and new)."""
SAYING: Final = (
    "exception.message",
    "error.message",
    "error.type",
    "otel.status_description",
    "message",
    "event",
)
TEXT_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Span:
    """One step of a request, as its service told it. Times are Unix seconds."""

    trace_id: str
    id: str
    parent: str
    """`""` for a request's first."""
    service: str
    operation: str
    start: float
    seconds: float
    failed: bool
    error: str = ""
    """What it says went wrong."""
    calls: bool = False
    """It is the caller's side of a call."""
    peer: str = ""
    """What is called, when it says so."""

    @property
    def end(self) -> float:
        """When it ended."""
        return self.start + self.seconds


@dataclass(frozen=True, slots=True)
class Step:
    """A span with what the rest of its request says about it."""

    span: Span
    place: str
    """Whose time it is."""
    self_seconds: float
    origin: bool
    """It failed, and nothing that it called had."""
    depth: int


def steps(spans: Sequence[Span]) -> list[Step]:
    """The spans of one request, callees after their caller in the order of time; none is left out."""
    known = {span.id: span for span in sorted(spans, key=lambda one: one.start)}
    below: defaultdict[str, list[Span]] = defaultdict(list)
    for span in known.values():
        if span.parent in known:
            below[span.parent].append(span)
    depths = _depths(known, below)
    failing: set[str] = set()  # what failed, or calls what did
    found = []
    for name, depth in reversed(depths.items()):
        span, children = known[name], below.get(name, [])
        called_failed = any(child.id in failing and child is not span for child in children)
        if span.failed or called_failed:
            failing.add(name)
        found.append(_step(span, children, depth, origin=span.failed and not called_failed))
    return found[::-1]


def _depths(known: Mapping[str, Span], below: Mapping[str, Sequence[Span]]) -> dict[str, int]:
    """How deep each span is, callees after their caller. Spans that call each other in a circle begin somewhere."""
    depths: dict[str, int] = {}
    roots = [span for span in known.values() if span.parent not in known]
    for root in (*roots, *known.values()):
        waiting = [(root, 0)]
        while waiting:
            span, depth = waiting.pop()
            if span.id not in depths:
                depths[span.id] = depth
                waiting += [(child, depth + 1) for child in reversed(below.get(span.id, []))]
    return depths


def by_trace(spans: Iterable[Span]) -> dict[str, list[Span]]:
    """Spans by their request."""
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for span in spans:
        found[span.trace_id].append(span)
    return dict(found)


def whole_id(trace_id: str) -> str:
    """A request's id, as everybody can write it: some leave zeros out at its beginning."""
    return trace_id.lower().zfill(32)


def attribute_text(attributes: Mapping[str, object], names: Iterable[str]) -> str:
    """The first of several attributes that is there, as text."""
    return next((str(attributes[name]) for name in names if attributes.get(name) not in (None, "")), "")


def said_failed(attributes: Mapping[str, object]) -> bool:
    """Whether attributes say that a span failed: an error, or an answer of 500 and more."""
    if str(attributes.get("error", "")).lower() in ("true", "1"):
        return True
    if str(attributes.get("otel.status_code", "")).upper() == "ERROR":
        return True
    status = attribute_text(attributes, ("http.response.status_code", "http.status_code"))
    return status.isdigit() and 500 <= int(status) < 600


def _step(span: Span, children: Sequence[Span], depth: int, *, origin: bool) -> Step:
    uninstrumented = span.calls and span.peer and not any(child.service != span.service for child in children)
    return Step(
        span=span,
        place=one_line(span.peer if uninstrumented else span.service, TEXT_LIMIT) or "?",
        self_seconds=max(0.0, span.seconds - _covered(span, children)),
        origin=origin,
        depth=depth,
    )


def _covered(span: Span, children: Iterable[Span]) -> float:
    """Seconds of a span during which at least one of its children ran."""
    covered, reached = 0.0, span.start
    for child in sorted(children, key=lambda one: one.start):
        if child is span:
            continue
        begin, end = max(child.start, reached), min(child.end, span.end)
        if end > begin:
            covered, reached = covered + end - begin, end
    return covered
