"""What a metrics server measured of every place in a live case: the series of a recording."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from aurora_rt.investigation.evaluation.live import Measure
from aurora_rt.investigation.evaluation.recording import Measure as Column
from aurora_rt.investigation.evaluation.recording import Points
from aurora_rt.toolsets.facts.metrics import SeriesSet
from aurora_rt.toolsets.toolbox import Toolbox

PLACE: Final = "service"
"""The label that names the place."""
RESOLUTION: Final = 2
"""Seconds between samples."""


async def measured(
    measures: Iterable[Measure], tools: Toolbox, start: datetime, end: datetime
) -> dict[Column, Points]:
    """The series of `measures` between two moments; those that cannot be had are left out."""
    found: dict[Column, Points] = {}
    for one in measures:
        seen = await tools.look(
            "prometheus.query_range",
            query=one.query,
            start=start.isoformat(),
            end=end.isoformat(),
            step=f"{RESOLUTION}s",
        )
        if isinstance(seen.facts, SeriesSet):
            for series in seen.facts.series:
                if place := series.labels.get(PLACE):
                    found[Column(place, one.metric, one.statistic)] = series.points
    return found
