"""Asking every origin of traces that is configured, and telling what they say as one answer."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.traces import SpanTimes, Trace, Traces
from aurora_rt.toolsets.origins import tried
from aurora_rt.toolsets.tables import table
from aurora_rt.toolsets.toolset import Access, Seen, ToolFailed
from aurora_rt.toolsets.traces import jaeger, tempo
from aurora_rt.toolsets.traces.asking import Origin, SearchParameters, ShowParameters
from aurora_rt.toolsets.traces.spans import Span
from aurora_rt.toolsets.traces.summing import stepped, summed

ORIGINS: Final = (jaeger.ORIGIN, tempo.ORIGIN)
MOST_ROWS: Final = 60


def configured(settings: Settings) -> list[Origin]:
    """The origins that the settings name."""
    return [one for one in ORIGINS if one.address(settings) is not None]


async def search(asked: SearchParameters, access: Access) -> Seen:
    """A sample of requests: where their time goes, and where errors begin."""
    command = _command(asked, access)
    spans, failed = await _asked(command, [one.search(asked, access) for one in configured(access.settings)])
    facts = await asyncio.to_thread(
        summed, spans, access.window.anchor, filtered=asked.filtered, failed=failed
    )
    return Seen(command, "\n".join([_told(facts), *failed]), facts)


async def show(asked: ShowParameters, access: Access) -> Seen:
    """One request, step by step. Raises `ToolFailed` when nobody knows it."""
    command = _command(asked, access)
    answers = [one.show(asked.trace_id, access) for one in configured(access.settings)]
    spans, failed = await _asked(command, answers)
    if not spans:
        raise ToolFailed(" ".join([f"There is no trace {asked.trace_id}.", *failed]), command=command)
    facts = stepped(asked.trace_id, spans)
    return Seen(command, _steps(facts), facts)


async def _asked(
    command: str, answers: list[Awaitable[tuple[Span, ...]]]
) -> tuple[tuple[Span, ...], list[str]]:
    """All spans, and why some may be missing. Raises `ToolFailed` when every origin failed."""
    told = await asyncio.gather(*map(tried, answers))
    failed = [one.reason for one in told if isinstance(one, ToolFailed)]
    if len(failed) == len(told):
        raise ToolFailed(" ".join(failed), command=command)
    spans = {
        (one.trace_id, one.id): one for found in told if not isinstance(found, ToolFailed) for one in found
    }
    return tuple(spans.values()), failed


def _command(asked: SearchParameters | ShowParameters, access: Access) -> str:
    settings = access.settings
    origins = [one for one in configured(settings) if one.complaint(settings) is None]
    return "\n".join(one.command(one.server(settings), asked) for one in origins)


def _told(facts: Traces) -> str:
    if not facts.traces:
        return "No request was found within the window."
    rows = (
        (
            one.service,
            one.operation or "(all)",
            *_numbers(one.before, facts.before),
            *_numbers(one.since, facts.since),
        )
        for one in facts.groups[:MOST_ROWS]
    )
    heading = ("SERVICE", "OPERATION", *_heads("BEFORE"), *_heads("SINCE"))
    slowest = table(
        ("TRACE", "BEGAN (UTC)", "SECONDS", "SPANS", "ERRORS", "FIRST SPAN"),
        (
            (
                one.trace_id,
                f"{one.started_at:%Y-%m-%d %H:%M:%S}",
                f"{one.seconds:.3f}",
                str(one.spans),
                str(one.errors),
                f"{one.service} {one.operation}",
            )
            for one in facts.traces
        ),
    )
    return (
        f"{facts.before} requests before the alert, {facts.since} since. Own time, without that of what is called:\n"
        f"{table(heading, rows)}\n\nRequests, failed ones first:\n{slowest}"
    )


def _heads(when: str) -> tuple[str, ...]:
    return (f"{when}: SPANS", "FAILED", "FAILED FIRST", "OWN p50 ms", "OWN p95 ms", "OWN ms A REQUEST")


def _numbers(times: SpanTimes | None, requests: int) -> tuple[str, ...]:
    if times is None:
        return ("0", "-", "-", "-", "-", "-")
    return (
        str(times.spans),
        str(times.errors),
        str(times.origins),
        f"{times.self_p50 * 1000:.1f}",
        f"{times.self_p95 * 1000:.1f}",
        f"{times.self_seconds / max(1, requests) * 1000:.1f}",
    )


def _steps(facts: Trace) -> str:
    lines = [
        f"{one.offset * 1000:9.1f} ms {'  ' * min(one.depth, 30)}{one.service} {one.operation}: "
        f"{one.seconds * 1000:.1f} ms, own {one.self_seconds * 1000:.1f} ms"
        f"{f'  FAILED: {one.error}' if one.error else ''}"
        for one in facts.spans
    ]
    return "\n".join([*lines, *(["More steps are not listed."] if facts.truncated else [])])
