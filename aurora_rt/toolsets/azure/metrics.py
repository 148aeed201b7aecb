"""Metrics of Azure Monitor (https://learn.microsoft.com/rest/api/monitor/metrics/list)."""

import math
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.azure.client import Part, azure_of
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.clouds.timeseries import seen_series
from aurora_rt.toolsets.facts.metrics import Series
from aurora_rt.toolsets.prometheus.times import Grid, latest
from aurora_rt.toolsets.servers import Call
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

STEPS: Final = ((250, 60, "PT1M"), (1250, 300, "PT5M"), (15000, 3600, "PT1H"))
"""(Minutes up to which, seconds between samples, as Azure writes it)."""
DAILY: Final = (86400, "P1D")

ResourceId = Annotated[
    str, StringConstraints(pattern=r"^/subscriptions/\w[\w.-]*(?:/[\w(][\w.()-]*)+$", max_length=1000)
]


class MetricParameters(Parameters):
    """Which metric to get, and of what."""

    resource: ResourceId = Field(description="Its full identifier: /subscriptions/…/providers/….")
    metric: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        examples=["Percentage CPU"]
    )
    statistic: Literal["Average", "Total", "Minimum", "Maximum", "Count"] = "Average"


class _Name(Part):
    value: str = ""


class _Label(Part):
    name: _Name = _Name()
    value: str = ""


class _Point(Part):
    time_stamp: datetime
    average: float | None = None
    total: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    count: float | None = None


class _Series(Part):
    labels: tuple[_Label, ...] = Field((), alias="metadatavalues")
    data: tuple[_Point, ...] = ()


class _Metric(Part):
    name: _Name
    timeseries: tuple[_Series, ...] = ()


class _Metrics(Part):
    value: tuple[_Metric, ...]


async def metrics(parameters: MetricParameters, access: Access) -> Seen:
    """A metric over the incident's window."""
    azure, window, end = azure_of(access), access.window, latest(access.window)
    minutes = (end - window.start).total_seconds() / 60
    seconds, interval = next((step[1:] for step in STEPS if minutes <= step[0]), DAILY)
    asked = {
        "api-version": "2018-01-01",
        "metricnames": parameters.metric,
        "timespan": f"{rfc3339(window.start)}/{rfc3339(end)}",
        "interval": interval,
        "aggregation": parameters.statistic,
    }
    command = (
        f"az monitor metrics list --resource {parameters.resource} --metric {shlex.quote(parameters.metric)} "
        f"--aggregation {parameters.statistic} --interval {interval}"
    )
    call = Call(f"{parameters.resource}/providers/microsoft.insights/metrics", asked, command)
    answer = await azure.ask(call, _Metrics)
    series = _series(answer.value, parameters.statistic, parameters.resource.rpartition("/")[2])
    grid = Grid(window.start.timestamp(), end.timestamp(), seconds)
    query = f"{parameters.statistic} {parameters.metric} {parameters.resource}"
    return discreetly(seen_series(command, query, series, grid, window), azure.account.secrets)


def _series(found: Sequence[_Metric], statistic: str, resource: str) -> list[Series]:
    return [
        Series(
            labels={
                "__name__": metric.name.value,
                "resource": resource,
                **{label.name.value: label.value for label in one.labels},
            },
            points=tuple(
                (_unix(point.time_stamp), value)
                for point in one.data
                if (value := getattr(point, statistic.lower())) is not None and math.isfinite(value)
            ),
        )
        for metric in found
        for one in metric.timeseries
    ]


def _unix(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
