"""Comparing all places that a metrics server knows of with what they were before the alert."""

import asyncio
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Final

from pydantic import Field

from aurora_rt.toolsets.comparison import measured, telemetry, told
from aurora_rt.toolsets.facts.places import Measured
from aurora_rt.toolsets.origins import tried
from aurora_rt.toolsets.prometheus.answers import Answer, ManySamples, Matrix
from aurora_rt.toolsets.prometheus.client import configured
from aurora_rt.toolsets.prometheus.times import Grid, closer, grid, latest
from aurora_rt.toolsets.servers import Call, Server, ask
from aurora_rt.toolsets.telemetry.conventions import Question, questions
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

POINTS: Final = 130
AT_ONCE: Final = 4
"""Questions that the metrics server is asked at the same time."""
LOOKED_AT: Final = 120.0
"""Seconds whose samples tell how often they are taken."""
SLOWEST: Final = 60.0


class CompareParameters(Parameters):
    """Which measurements to compare."""

    node: str = Field("", max_length=300, description="A part of the place's name; empty: every place.")
    metric: str = Field("", max_length=300, description="The measurement's name; empty: all.")
    statistic: str = Field("", max_length=100, description="Average, p99, Sum …; empty: all.")


async def compare(parameters: CompareParameters, access: Access) -> Seen:
    """Every place's measurements over the window. Raises `ToolFailed` when nothing is measured by the conventions."""
    server = configured(access.settings)
    command = _command(parameters)
    names = await ask(
        server, access.http, Call("/api/v1/label/__name__/values", _times(access), command), _Names
    )
    interval, first = await asyncio.gather(_interval(server, access), _first(server, access))
    asked = grid(access.window.start, access.window.end, points=POINTS)
    asked = (closer(asked, first, POINTS) if first else None) or asked
    rate = f"{math.ceil(max(4 * interval, asked.step))}s"
    wanted = [one for one in questions(names.data, rate) if parameters.metric in ("", one.metric)]
    wanted = [one for one in wanted if parameters.statistic in ("", one.statistic)]
    if not wanted:
        raise ToolFailed("No metric there is named as traffic, errors, slowness or use are.", command=command)
    answers = await _answers(server, access, wanted, asked)
    return await asyncio.to_thread(_seen, command, wanted, answers, parameters, access)


_Names = Answer[tuple[str, ...]]


def _times(access: Access) -> dict[str, str]:
    return {"start": _unix(access.window.start), "end": _unix(latest(access.window))}


def _unix(moment: datetime) -> str:
    return f"{moment.timestamp():.3f}"


async def _interval(server: Server, access: Access) -> float:
    """Seconds between samples, by those of a while; where they do not tell, the longest that is usual."""
    query = {"query": f"up[{LOOKED_AT:.0f}s]", "time": _unix(latest(access.window))}
    with suppress(ToolFailed):  # an answer that is too long: then rates are taken over longer
        answer = await ask(server, access.http, Call("/api/v1/query", query), Answer[Matrix])
        for one in answer.data.result:
            if len(one.values) > 1:
                return median(later[0] - earlier[0] for earlier, later in pairwise(one.values))
    return SLOWEST


async def _first(server: Server, access: Access) -> float | None:
    """When samples begin within the window, in Unix seconds; `None` where there are none."""
    asked = grid(access.window.start, access.window.end, points=POINTS)
    answer = await _ranged(server, access, "count(up)", asked)
    return min((one.values[0][0] for one in answer.data.result if one.values), default=None)


async def _ranged(server: Server, access: Access, query: str, asked: Grid) -> Answer[Matrix]:
    times = {"start": f"{asked.start:.3f}", "end": f"{asked.end:.3f}", "step": f"{asked.step:g}"}
    return await ask(
        server, access.http, Call("/api/v1/query_range", {"query": query, **times}), Answer[Matrix]
    )


async def _answers(
    server: Server, access: Access, wanted: Iterable[Question], asked: Grid
) -> list[Answer[Matrix] | ToolFailed]:
    """The answers, in order; a question that fails leaves the others be, unless all do."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(question: Question) -> Answer[Matrix] | ToolFailed:
        async with turns:
            return await tried(_ranged(server, access, question.query, asked))

    found = await asyncio.gather(*map(one, wanted))
    failures = [answer for answer in found if isinstance(answer, ToolFailed)]
    if len(failures) == len(found):
        raise failures[0]
    return list(found)


def _seen(
    command: str,
    wanted: list[Question],
    answers: list[Answer[Matrix] | ToolFailed],
    parameters: CompareParameters,
    access: Access,
) -> Seen:
    found: list[Measured] = []
    for question, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, ToolFailed):
            continue
        for place, points in sorted(_by_place(answer.data.result, question.places).items()):
            if re.search(re.escape(parameters.node), place, re.IGNORECASE):
                found.append(measured(place, question.metric, question.statistic, points))
    if not found:
        raise ToolFailed("Nothing was measured in the incident's window.", command=command)
    facts = telemetry(found)
    window = access.window
    since = f"Window {window.start:%Y-%m-%d %H:%M} to {window.end:%H:%M} UTC, alert at {window.anchor:%H:%M:%S}.\n"
    return Seen(command, since + told(facts, window.anchor.timestamp()), facts)


def _by_place(
    series: Iterable[ManySamples], labels: tuple[str, ...]
) -> Mapping[str, list[tuple[float, float]]]:
    """The sum of all series of each place. Several may be one place's that is told by different labels."""
    sums: defaultdict[str, dict[float, float]] = defaultdict(dict)
    for one in series:
        place = next((value for label in labels if (value := one.metric.get(label))), None)
        if place is None:
            continue
        for at, amount in one.values:
            if math.isfinite(amount):
                sums[place][at] = sums[place].get(at, 0.0) + amount
    return {place: sorted(points.items()) for place, points in sums.items()}


def _command(parameters: CompareParameters) -> str:
    given = parameters.model_dump(mode="json", exclude_defaults=True)
    return " ".join(["telemetry.compare", *(f"{key}={value}" for key, value in given.items())])
