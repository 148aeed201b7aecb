"""What traces of requests tell."""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact


class SpanTimes(Fact):
    """What the spans of one service come to over one stretch of time."""

    spans: int
    errors: int
    origins: int
    """Errors that began here: nothing that the span called had failed."""
    self_seconds: float
    """Time spent here and not in what was called, all spans together."""
    self_p50: float
    self_p95: float


class SpanGroup(Fact):
    """The spans of one service, or of one of its operations, before the alert and since it began."""

    service: str
    operation: str
    """`""`: all of the service's."""
    before: SpanTimes | None
    since: SpanTimes | None
    """`None`: there was no span."""


class TraceSummary(Fact):
    """One request, in short."""

    trace_id: str
    service: str
    """Of its first span."""
    operation: str
    started_at: datetime
    seconds: float
    spans: int
    errors: int


class Traces(Fact):
    """A sample of the requests within the incident's window: where their time goes, and where errors begin."""

    kind: Literal["traces"] = "traces"
    filtered: bool
    """Only failed or slow requests were asked for: nothing to compare with what is usual."""
    before: int
    """Requests that began before the alert."""
    since: int
    groups: tuple[SpanGroup, ...]
    """Services and their operations; those with the most time since the alert first."""
    traces: tuple[TraceSummary, ...]
    """The slowest, those that failed first."""
    failed: tuple[str, ...] = ()
    """Why an origin of traces could not be searched, a sentence for each that could not."""


class SpanSeen(Fact):
    """One step of a request."""

    service: str
    operation: str
    depth: int
    offset: float
    """Seconds after the request began."""
    seconds: float
    self_seconds: float
    error: str
    """What it says went wrong; `""` when nothing did."""


class Trace(Fact):
    """One request, step by step, callees after their caller."""

    kind: Literal["trace"] = "trace"
    trace_id: str
    spans: tuple[SpanSeen, ...]
    truncated: bool
