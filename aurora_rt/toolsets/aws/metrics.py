"""Metrics and alarms of CloudWatch."""

import math
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.aws.account import account_of
from aurora_rt.toolsets.aws.client import aws_of, request
from aurora_rt.toolsets.aws.shapes import Alarm, AlarmPage, MetricPage
from aurora_rt.toolsets.clouds.listing import seen_resources
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.clouds.timeseries import seen_series
from aurora_rt.toolsets.facts.cloud import CloudResource
from aurora_rt.toolsets.facts.metrics import Series
from aurora_rt.toolsets.prometheus.times import Grid, latest, step_for
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

POINTS: Final = 250
MINUTE: Final = 60
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]


class MetricParameters(Parameters):
    """Which metric to get."""

    namespace: Annotated[Word, Field(examples=["AWS/RDS"])]
    metric: Annotated[Word, Field(examples=["CPUUtilization"])]
    dimensions: Annotated[dict[Word, Word], Field(max_length=30)] = Field(
        default_factory=dict, description="Name → value; all that the metric has."
    )
    statistic: Word = Field("Average", description="Average, Sum, Minimum, Maximum, SampleCount, p99, …")
    period: Annotated[int, Field(ge=1, le=86400)] | None = Field(
        None, description="Seconds; by default so that there are about 250 samples at most."
    )


async def metrics(parameters: MetricParameters, access: Access) -> Seen:
    """One metric over the incident's window."""
    account = account_of(access.settings)
    aws, window, end = aws_of(account, access), access.window, latest(access.window)
    seconds = (end - window.start).total_seconds()
    period = parameters.period or math.ceil(step_for(max(seconds, 1), POINTS) / MINUTE) * MINUTE
    dimensions = [{"Name": name, "Value": value} for name, value in parameters.dimensions.items()]
    metric = {
        "Namespace": parameters.namespace,
        "MetricName": parameters.metric,
        "Dimensions": dimensions,
    }
    wanted = request(
        "cloudwatch",
        "GetMetricData",
        "NextToken",
        StartTime=rfc3339(window.start),
        EndTime=rfc3339(end),
        ScanBy="TimestampAscending",
        MetricDataQueries=[
            {"Id": "m", "MetricStat": {"Metric": metric, "Period": period, "Stat": parameters.statistic}}
        ],
    )
    found, more = await aws.pages(wanted, MetricPage)
    points = sorted(
        (at.timestamp(), value)
        for page in found
        for one in page.results
        for at, value in zip(one.times, one.values, strict=False)
        if math.isfinite(value)
    )
    labels = {"__name__": parameters.metric, "namespace": parameters.namespace, **parameters.dimensions}
    series = (Series(labels=labels, points=tuple(points)),) if points else ()
    grid = Grid(window.start.timestamp(), end.timestamp(), period)
    seen = seen_series(aws.command(wanted), _named(parameters), series, grid, window, truncated=more)
    return discreetly(seen, account.secrets)


async def alarms(_parameters: Parameters, access: Access) -> Seen:
    """Alarms that are in the state ALARM."""
    account = account_of(access.settings)
    aws = aws_of(account, access)
    wanted = request("cloudwatch", "DescribeAlarms", "NextToken", StateValue="ALARM", MaxRecords=100)
    found, more = await aws.pages(wanted, AlarmPage)
    resources = [_alarm(one) for page in found for one in (*page.alarms, *page.composite)]
    return discreetly(seen_resources(aws.command(wanted), "AWS", resources, truncated=more), account.secrets)


def _alarm(one: Alarm) -> CloudResource:
    about: Sequence[str] = [dimension.value for dimension in one.dimensions]
    return CloudResource(
        sort="alarm",
        name=one.name,
        state=one.state,
        healthy=one.state != "ALARM",
        reason=one.reason,
        changed_at=one.changed_at,
        also=(*about, one.metric),
    )


def _named(parameters: MetricParameters) -> str:
    dimensions = ", ".join(f"{name}={value}" for name, value in parameters.dimensions.items())
    return f"{parameters.statistic} {parameters.namespace} {parameters.metric} {{{dimensions}}}"
