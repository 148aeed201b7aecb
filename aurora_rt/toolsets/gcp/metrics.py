"""Metrics of Cloud Monitoring (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list)."""

import asyncio
import math
import shlex
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Annotated

from pydantic import Field, StringConstraints

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.clouds.timeseries import seen_series
from aurora_rt.toolsets.facts.metrics import Series
from aurora_rt.toolsets.gcp.client import Page, Part, google_of
from aurora_rt.toolsets.prometheus.times import Grid, latest
from aurora_rt.toolsets.servers import Call
from aurora_rt.toolsets.toolset import Access, Parameters, Seen


class MetricParameters(Parameters):
    """Which series to get."""

    filter: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] = Field(
        description="A filter of Cloud Monitoring.",
        examples=['metric.type="run.googleapis.com/request_count"'],
    )


class _Distribution(Part):
    mean: float = 0.0


class _Value(Part):
    double_value: float | None = None
    int64_value: float | None = Field(None, alias="int64Value")
    bool_value: bool | None = None
    distribution_value: _Distribution | None = None

    @property
    def number(self) -> float | None:
        """The value as a number; of a distribution its mean."""
        if self.distribution_value is not None:
            return self.distribution_value.mean
        told = (self.double_value, self.int64_value, self.bool_value)
        return next((float(one) for one in told if one is not None), None)


class _Interval(Part):
    end_time: datetime


class _Point(Part):
    interval: _Interval
    value: _Value


class _Labelled(Part):
    type: str = ""
    labels: dict[str, str] = Field(default_factory=dict)


class _Series(Part):
    metric: _Labelled
    resource: _Labelled = _Labelled()
    points: tuple[_Point, ...] = ()


class _SeriesPage(Page):
    time_series: tuple[_Series, ...] = ()


async def metrics(parameters: MetricParameters, access: Access) -> Seen:
    """Series over the incident's window."""
    google, window, end = await google_of(access), access.window, latest(access.window)
    path = f"/v3/projects/{google.account.project}/timeSeries"
    asked = {
        "filter": parameters.filter,
        "interval.startTime": rfc3339(window.start),
        "interval.endTime": rfc3339(end),
        "pageSize": "20000",
    }
    command = (
        "curl -G -H 'Authorization: Bearer …' "
        f"https://monitoring.googleapis.com{path} --data-urlencode {shlex.quote('filter=' + parameters.filter)}"
    )
    found, more = await google.pages("monitoring", Call(path, asked, command), _SeriesPage)
    series = await asyncio.to_thread(_joined, [one for page in found for one in page.time_series])
    grid = Grid(window.start.timestamp(), end.timestamp(), _step(series))
    seen = seen_series(command, parameters.filter, series, grid, window, truncated=more)
    return discreetly(seen, google.account.secrets)


def _joined(found: Sequence[_Series]) -> list[Series]:
    """Series with the points of all pages, in the order of time."""
    points: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    for one in found:
        labels = {"__name__": one.metric.type, **one.resource.labels, **one.metric.labels}
        known = points.setdefault(tuple(sorted(labels.items())), [])
        known += [
            (point.interval.end_time.timestamp(), value)
            for point in one.points
            if (value := point.value.number) is not None and math.isfinite(value)
        ]
    return [Series(labels=dict(key), points=tuple(sorted(known))) for key, known in points.items()]


def _step(series: Sequence[Series]) -> float:
    """Seconds between samples, as the first series has them; a minute where that is not to be seen."""
    points = series[0].points if series else ()
    gaps = [after[0] - before[0] for before, after in pairwise(points)]
    return min((gap for gap in gaps if gap > 0), default=60.0)
