"""The tools that ask for series."""

import asyncio
import math
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.facts.metrics import (
    Series,
    SeriesSet,
)
from aurora_rt.toolsets.prometheus.answers import Answer, Matrix, Result, Sample, Scalar, Vector
from aurora_rt.toolsets.prometheus.client import configured
from aurora_rt.toolsets.prometheus.texts import instant_text, range_command, range_text, word
from aurora_rt.toolsets.prometheus.times import (
    POINTS,
    Grid,
    Moment,
    Step,
    closer,
    grid,
    latest,
)
from aurora_rt.toolsets.servers import Call, Server, ask
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

SERIES_KEPT: Final = 200
RELATED_POINTS: Final = 120
LEFT_OUT: Final = '__name__!~".+_(bucket|created|info)"'
"""Buckets of histograms, times of creation and constants: many series that nobody compares one by one."""

Promql = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


def _bare(matchers: str) -> str:
    text = matchers.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    return text.strip().rstrip(",").rstrip()


class QueryParameters(Parameters):
    """What to ask for, and when."""

    query: Promql
    time: Moment | None = None
    """By default the end of the incident's window, or now while that lasts."""


class RangeParameters(Parameters):
    """What to ask for, and over which time; by default over the incident's window."""

    query: Promql
    start: Moment | None = None
    end: Moment | None = None
    step: Step | None = None
    """By default so that there are about 250 samples at most."""


class RelatedParameters(Parameters):
    """Which series to get."""

    matchers: Annotated[Promql, AfterValidator(_bare), Field(examples=['instance="h:9100",job="node"'])]
    """Label matchers of PromQL, without a metric's name."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 400


async def query(parameters: QueryParameters, access: Access) -> Seen:
    """Evaluate an expression at one moment."""
    server = configured(access.settings)
    at = parameters.time or latest(access.window)
    command = f"promtool query instant --time={rfc3339(at)} {word(server.address)} {word(parameters.query)}"
    asked = {"query": parameters.query, "time": f"{at.timestamp():.3f}"}
    answer = await ask(server, access.http, Call("/api/v1/query", asked, command), Answer[Result])
    found = list(_series(answer.data))
    facts = SeriesSet(
        query=parameters.query,
        step=None,
        series=_kept(found, SERIES_KEPT),
        truncated=len(found) > SERIES_KEPT,
    )
    return Seen(command, instant_text(facts, at.timestamp(), len(found), answer.warnings), facts)


async def query_range(parameters: RangeParameters, access: Access) -> Seen:
    """Evaluate an expression over time."""
    asked = grid(
        parameters.start or access.window.start, parameters.end or access.window.end, step=parameters.step
    )
    points = None if parameters.step else POINTS
    return await _over_time(access, parameters.query, asked, points, SERIES_KEPT)


async def related(parameters: RelatedParameters, access: Access) -> Seen:
    """Get all series with the same labels over the window, as they were scraped."""
    query = f"{{{parameters.matchers},{LEFT_OUT}}}"
    asked = grid(access.window.start, access.window.end, points=RELATED_POINTS)
    return await _over_time(access, query, asked, RELATED_POINTS, parameters.limit)


async def _over_time(access: Access, query: str, asked: Grid, points: int | None, limit: int) -> Seen:
    """Ask once, and again on a finer grid when the series are young and the step is ours to choose."""
    server = configured(access.settings)
    answer = await _ranged(server, access, query, asked)
    first = min((one.values[0][0] for one in answer.data.result if one.values), default=asked.start)
    finer = closer(asked, first, points) if points else None
    if finer is not None:
        with suppress(ToolFailed):  # the coarser answer is an answer all the same
            answer, asked = await _ranged(server, access, query, finer), finer
    return await asyncio.to_thread(_seen, server, query, asked, answer, limit, access)


async def _ranged(server: Server, access: Access, query: str, asked: Grid) -> Answer[Matrix]:
    times = {"start": f"{asked.start:.3f}", "end": f"{asked.end:.3f}", "step": f"{asked.step:g}"}
    call = Call("/api/v1/query_range", {"query": query, **times}, range_command(server.address, query, asked))
    return await ask(server, access.http, call, Answer[Matrix])


def _seen(
    server: Server, query: str, asked: Grid, answer: Answer[Matrix], limit: int, access: Access
) -> Seen:
    found = list(_series(answer.data))
    facts = SeriesSet(query=query, step=asked.step, series=_kept(found, limit), truncated=len(found) > limit)
    anchor = access.window.anchor.timestamp()
    text = range_text(facts, asked, anchor, len(found), answer.warnings)
    return Seen(range_command(server.address, query, asked), text, facts)


def _series(result: Result) -> Iterable[Series]:
    if isinstance(result, Vector):
        for one in result.result:
            yield Series(labels=one.metric, points=_finite(() if one.value is None else (one.value,)))
    elif isinstance(result, Matrix):
        for many in result.result:
            yield Series(labels=many.metric, points=_finite(many.values))
    elif isinstance(result, Scalar):
        yield Series(labels={}, points=_finite((result.result,)))


def _finite(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    return tuple(sample for sample in samples if math.isfinite(sample[1]))


def _kept(found: list[Series], limit: int) -> tuple[Series, ...]:
    """At most `limit` series in the server's order: those that change first, some of every metric."""
    if len(found) <= limit:
        return tuple(found)
    still: dict[str, list[int]] = {}
    moving: dict[str, list[int]] = {}
    for number, one in enumerate(found):
        changes = len({value for _, value in one.points}) > 1
        (moving if changes else still).setdefault(one.labels.get("__name__", ""), []).append(number)
    in_turn = chain.from_iterable(zip_longest(*moving.values()))
    then = chain.from_iterable(zip_longest(*still.values()))
    chosen = [number for number in chain(in_turn, then) if number is not None][:limit]
    return tuple(found[number] for number in sorted(chosen))
