"""The tools that ask for series: a query now, over time, and everything with the same labels."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field

from aurora_rt.toolsets.facts import Series, SeriesSet
from aurora_rt.toolsets.prometheus.answers import Answer, Listed, Result, Text
from aurora_rt.toolsets.prometheus.client import Call, Server, ask, configured
from aurora_rt.toolsets.prometheus.series import finite, most_telling, selector, within
from aurora_rt.toolsets.prometheus.text import series_text
from aurora_rt.toolsets.prometheus.times import Grid, Moment, closer, grid, latest
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

SERIES_LIMIT: Final = 50
RELATED_POINTS: Final = 150
RELATED_ASKED: Final = 1000
"""Series that are asked for to find those that move; with `RELATED_POINTS` samples each, about 5 MB."""

Query = Annotated[str, Field(min_length=1, max_length=16_000, description="PromQL.")]


class QueryParameters(Parameters):
    """What to ask for, at one moment."""

    query: Query
    time: Moment | None = None
    """When; unset: the end of the incident's window, or now while it lasts."""


class RangeParameters(Parameters):
    """What to ask for, over a stretch of time; unset: the incident's window."""

    query: Query
    start: Moment | None = None
    end: Moment | None = None
    step: Annotated[float, Field(ge=1, le=86400, description="Seconds between samples.")] | None = None


class RelatedParameters(Parameters):
    """Which labels the series must have."""

    matchers: Annotated[
        str, Field(min_length=1, max_length=4000, description='Such as instance="h:9100",job="node".')
    ]
    limit: Annotated[int, Field(ge=1, le=500)] = 200


async def query(parameters: QueryParameters, access: Access) -> Seen:
    """Evaluate a query at one moment."""
    at = parameters.time or latest(access.window)
    asked = {"query": parameters.query, "time": f"{at.timestamp():.3f}"}
    call = Call("/api/v1/query", asked, parameters.query)
    answer = await ask(configured(access.settings), access.http, call, Answer[Result])
    if isinstance(answer.data, Text):
        return Seen(parameters.query, answer.data.result[1])
    series = finite(answer.data)
    return await asyncio.to_thread(_seen, parameters.query, series, None, SERIES_LIMIT, answer.warnings)


async def query_range(parameters: RangeParameters, access: Access) -> Seen:
    """Evaluate a query over a stretch of time."""
    server = configured(access.settings)
    whole = grid(
        parameters.start or access.window.start, parameters.end or access.window.end, step=parameters.step
    )
    answer = await _over(server, access, parameters.query, whole)
    series = finite(answer.data)
    finer = closer(whole, _first(series)) if series and parameters.step is None else None
    if finer:
        whole, answer = finer, await _over(server, access, parameters.query, finer)
        series = finite(answer.data)
    return await asyncio.to_thread(_seen, parameters.query, series, whole.step, SERIES_LIMIT, answer.warnings)


async def related(parameters: RelatedParameters, access: Access) -> Seen:
    """All series that have certain labels, as they are, over the incident's window.

    Where there are too many, those that move are kept, and metrics with very many series are not asked for.
    """
    server = configured(access.settings)
    whole = grid(access.window.start, access.window.end, points=RELATED_POINTS)
    everything = selector(parameters.matchers, None)
    labels = await _labels(server, access, everything, whole)
    names = within(labels, RELATED_ASKED)
    if names == []:
        names = [min(of.get("__name__", "") for of in labels)]
    asked = selector(parameters.matchers, names)
    answer = await _over(server, access, asked, whole)
    series = finite(answer.data)
    if series and (finer := closer(whole, _first(series), RELATED_POINTS)):
        whole, answer = finer, await _over(server, access, asked, finer)
        series = finite(answer.data)
    return await asyncio.to_thread(
        _seen, asked, series, whole.step, parameters.limit, answer.warnings, len(labels)
    )


async def _labels(server: Server, access: Access, wanted: str, over: Grid) -> Sequence[dict[str, str]]:
    asked = {"match[]": wanted, "start": f"{over.start:.3f}", "end": f"{over.end:.3f}"}
    call = Call("/api/v1/series", asked, wanted)
    return (await ask(server, access.http, call, Answer[Listed[dict[str, str]]])).data


async def _over(server: Server, access: Access, wanted: str, over: Grid) -> Answer[Result]:
    asked = {
        "query": wanted,
        "start": f"{over.start:.3f}",
        "end": f"{over.end:.3f}",
        "step": f"{over.step:g}",
    }
    return await ask(server, access.http, Call("/api/v1/query_range", asked, wanted), Answer[Result])


def _first(series: Sequence[Series]) -> float:
    return min(of.points[0][0] for of in series)


def _seen(
    query: str,
    series: Sequence[Series],
    step: float | None,
    limit: int,
    warnings: Sequence[str],
    total: int = 0,
) -> Seen:
    """Keep what fits of an answer, as facts and as text. `total`: how many series there are, if more than came."""
    kept = most_telling(series, limit)
    total = max(total, len(series))
    notes = [f"note from the server: {warning}" for warning in warnings]
    if len(kept) < len(series):
        notes.append(
            f"Only {len(kept)} of {total} series are kept: those that move most, of every metric some."
        )
    facts = SeriesSet(query=query, step=step, series=tuple(kept), truncated=len(kept) < total)
    return Seen(query, series_text(kept, step=step, total=total, notes=notes), facts)
