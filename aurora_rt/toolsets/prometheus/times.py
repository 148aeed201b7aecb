"""When to ask for: moments that a caller gives, and the grid of a range query."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from aurora_rt.clock import now
from aurora_rt.toolsets.toolset import ToolFailed, Window

POINTS: Final = 250
MOST_POINTS: Final = 500
STEPS: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
"""Seconds; steps that people read easily."""
DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def _utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:  # the first or last day of the calendar, in another time zone
        raise ValueError("is not a moment that can be asked for") from error


def _seconds(value: object) -> object:
    """Read `1h30m` and the like, as PromQL writes durations; anything else is left to be read as a number."""
    found = DURATION.fullmatch(value.strip()) if isinstance(value, str) and value.strip() else None
    if found is None:
        return value
    return sum(
        int(count or 0) * unit for count, unit in zip(found.groups(), (86400, 3600, 60, 1), strict=True)
    )


Moment = Annotated[datetime, AfterValidator(_utc), Field(description="RFC 3339, or Unix time in seconds.")]
Step = Annotated[
    float,
    BeforeValidator(_seconds),
    Field(ge=1, le=STEPS[-1], description="Seconds, or a duration such as `30s` or `5m`."),
]


@dataclass(frozen=True, slots=True)
class Grid:
    """The moments of a range query, in Unix seconds: `end`, and every `step` before it back to `start`.

    Counted from the end, because the latest sample says most about an alert that has just begun.
    """

    start: float
    end: float
    step: float


def latest(window: Window) -> datetime:
    """The end of the window, or the present moment while the window lasts."""
    return min(window.end, now())


def step_for(seconds: float, points: int) -> float:
    """The smallest readable step, at least a second, that gives at most `points` samples."""
    least = seconds / points
    return next((step for step in STEPS if step >= least), math.ceil(least / STEPS[-1]) * STEPS[-1])


def grid(start: datetime, end: datetime, *, step: float | None = None, points: int = POINTS) -> Grid:
    """The grid from `start` to `end`, which is never after now; a `step` that is too fine is made coarser.

    Raises `ToolFailed` when there is no time between them.
    """
    first, last = start.timestamp(), min(end, now()).timestamp()
    if first >= last:
        raise ToolFailed(
            "There is nothing to see: the time that was asked for ends before it starts, or is to come."
        )
    if step is None or (last - first) / step > MOST_POINTS:
        step = step_for(last - first, points if step is None else MOST_POINTS)
    return Grid(last - math.floor((last - first) / step) * step, last, step)


def closer(whole: Grid, first_sample: float, points: int = POINTS) -> Grid | None:
    """A finer grid where samples exist in the later half only (a server or a process that is young), else `None`."""
    if first_sample - whole.start <= (whole.end - whole.start) / 2 or whole.step <= STEPS[0]:
        return None
    start = first_sample - whole.step
    step = step_for(whole.end - start, points)
    if step >= whole.step:
        return None
    return Grid(whole.end - math.floor((whole.end - start) / step) * step, whole.end, step)
