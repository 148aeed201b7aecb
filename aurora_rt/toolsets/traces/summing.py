"""What spans come to: of many requests, by service and operation; of one, step by step. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.facts.traces import SpanGroup, SpanSeen, SpanTimes, Trace, Traces, TraceSummary
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.traces.spans import TEXT_LIMIT, Span, Step, by_trace, steps

MOST_GROUPS: Final = 200
MOST_TRACES: Final = 20
MOST_SPANS: Final = 500


def summed(spans: Iterable[Span], anchor: datetime, *, filtered: bool, failed: Sequence[str] = ()) -> Traces:
    """What the spans of many requests come to."""
    whole = {trace_id: steps(one) for trace_id, one in by_trace(spans).items()}
    since_anchor = anchor.timestamp()
    since = {name for name, one in whole.items() if one[0].span.start >= since_anchor}
    grouped: defaultdict[tuple[str, str], tuple[list[Step], list[Step]]] = defaultdict(lambda: ([], []))
    for trace_id, one in whole.items():
        for step in one:
            for operation in ("", one_line(step.span.operation, TEXT_LIMIT)):
                grouped[step.place, operation][trace_id in since].append(step)
    groups = [
        SpanGroup(service=service, operation=operation, before=_times(before), since=_times(after))
        for (service, operation), (before, after) in grouped.items()
    ]
    groups.sort(
        key=lambda one: (bool(one.operation), -_seconds(one.since), -_seconds(one.before), one.service)
    )
    summaries = [_summary(trace_id, one) for trace_id, one in whole.items()]
    summaries.sort(key=lambda one: (not one.errors, -one.seconds))
    return Traces(
        filtered=filtered,
        before=len(whole) - len(since),
        since=len(since),
        groups=tuple(groups[:MOST_GROUPS]),
        traces=tuple(summaries[:MOST_TRACES]),
        failed=tuple(failed),
    )


def stepped(trace_id: str, spans: Sequence[Span]) -> Trace:
    """One request, step by step."""
    every = steps(spans)
    first = min((one.span.start for one in every), default=0.0)
    told = tuple(
        SpanSeen(
            service=one.place,
            operation=one_line(one.span.operation, TEXT_LIMIT),
            depth=one.depth,
            offset=max(0.0, one.span.start - first),
            seconds=one.span.seconds,
            self_seconds=one.self_seconds,
            error=redacted(one_line(one.span.error, TEXT_LIMIT)) or ("it failed" if one.span.failed else ""),
        )
        for one in every[:MOST_SPANS]
    )
    return Trace(trace_id=trace_id, spans=told, truncated=len(every) > MOST_SPANS)


def _times(found: Sequence[Step]) -> SpanTimes | None:
    if not found:
        return None
    own = sorted(one.self_seconds for one in found)
    return SpanTimes(
        spans=len(found),
        errors=sum(one.span.failed for one in found),
        origins=sum(one.origin for one in found),
        self_seconds=sum(own),
        self_p50=own[(len(own) - 1) // 2],
        self_p95=own[int(0.95 * (len(own) - 1))],
    )


def _seconds(times: SpanTimes | None) -> float:
    return times.self_seconds if times else 0.0


def _summary(trace_id: str, found: Sequence[Step]) -> TraceSummary:
    first = found[0].span
    start = min(one.span.start for one in found)
    return TraceSummary(
        trace_id=trace_id,
        service=one_line(first.service, TEXT_LIMIT),
        operation=one_line(first.operation, TEXT_LIMIT),
        started_at=datetime.fromtimestamp(start, UTC),
        seconds=max(one.span.end for one in found) - start,
        spans=len(found),
        errors=sum(one.span.failed for one in found),
    )
