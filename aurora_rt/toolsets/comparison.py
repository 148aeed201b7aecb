"""Measurements of many places beside what is usual for each: facts, and the text that a person reads. Pure.

Shared by every toolset that knows a system's places: whatever measures them, investigators compare them alike.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import Final

from aurora_rt.toolsets.facts.places import (
    Measured,
    Telemetry,
    Usual,
)
from aurora_rt.toolsets.tables import table

MOST: Final = 1000
"""Measurements in one answer."""
MOST_POINTS: Final = 160
"""Samples of one measurement; of more, neighbours are put together."""
SIGMA_OF_MAD: Final = 1.4826
ENOUGH: Final = 5
"""Samples that make something usual."""
LEAD: Final = 600.0
"""Seconds before the alert from which on samples may already be of the trouble."""
MOST_TOLD: Final = 55_000
"""Characters of an answer's text; with more measurements, fewer samples of each are written."""
_COUNTERS: Final = re.compile(r"_(total|count|sum)$", re.IGNORECASE)
_ACCUMULATES: Final = re.compile(r"mem|used|usage|size|lag|queue|depth|backlog|free|avail", re.IGNORECASE)
"""Names of what may well grow without end and is no counter: that it grows is the trouble."""
_SURELY: Final = 20
"""Samples that tell a counter that is not called one."""

Points = Sequence[tuple[float, float]]


def measured(node: str, metric: str, statistic: str, points: Points, normal: Points = ()) -> Measured:
    """A measurement in the window beside what it is in a normal time; of a counter, its increase a second.

    Without samples of a normal time nothing is usual. A counter is known by its name, or by never falling, as long
    as what was recorded does not contradict.
    """
    if counts(metric, [*normal, *points]):
        points, normal = increases(points), increases(normal)
    return Measured(
        node=node,
        metric=metric,
        statistic=statistic,
        usual=usual([value for _, value in normal]),
        points=thinned(points),
    )


def counts(metric: str, points: Points) -> bool:
    """Whether a measurement is a counter that only grows, until it begins anew."""
    steps = [later[1] - earlier[1] for earlier, later in pairwise(points)]
    falls, rises = sum(one < 0 for one in steps), sum(one > 0 for one in steps)
    if _COUNTERS.search(metric):
        return 10 * falls <= len(steps) and rises > 0
    return (
        len(steps) >= _SURELY and falls <= 1 and rises > 0.9 * len(steps) and not _ACCUMULATES.search(metric)
    )


def increases(points: Points) -> Points:
    """The increase a second between neighbouring samples; a counter that fell has begun anew at zero."""
    return [
        (at, (value - earlier if value >= earlier else value) / (at - before))
        for (before, earlier), (at, value) in pairwise(points)
        if at > before
    ]


def before(one: Measured, anchor: float) -> float | None:
    """The median of a measurement in the window before the alert; `None` when there are no samples."""
    earlier = [value for _, value in earlier_points(one.points, anchor)]
    return median(earlier) if earlier else None


def earlier_points(points: Points, anchor: float) -> Points:
    """The samples of the window from before the trouble can have begun: at least three fifths of what precedes it."""
    if not points:
        return ()
    cut = anchor - min(LEAD, max(0.0, 0.4 * (anchor - points[0][0])))
    return [point for point in points if point[0] < cut]


def later_values(points: Points, anchor: float) -> list[float]:
    """What was measured since the trouble can have begun."""
    return [value for _, value in points[len(earlier_points(points, anchor)) :]]


def usual(values: Sequence[float]) -> Usual | None:
    """What `values` of a normal time come to; `None` when they are too few to tell."""
    if len(values) < ENOUGH:
        return None
    middle = median(values)
    return Usual(
        median=middle,
        spread=SIGMA_OF_MAD * median([abs(one - middle) for one in values]),
        mean=fmean(values),
        sigma=pstdev(values),
        samples=len(values),
    )


def thinned(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """At most `MOST_POINTS` samples: of more, the medians of neighbours, each at its first one's time."""
    width = -(-len(points) // MOST_POINTS)
    if width <= 1:
        return tuple(points)
    groups = (points[n : n + width] for n in range(0, len(points), width))
    return tuple((group[0][0], median([value for _, value in group])) for group in groups)


def telemetry(measured: Iterable[Measured]) -> Telemetry:
    """As many as are kept; of more, those that have samples in the window come first."""
    every = sorted(measured, key=lambda one: not one.points)
    return Telemetry(measured=tuple(every[:MOST]), truncated=len(every) > MOST)


def told(facts: Telemetry, anchor: float) -> str:
    """One line a measurement: what is usual, how far it went around and after `anchor`, and samples of the window."""
    room = MOST_TOLD // max(1, len(facts.measured))
    rows = [_row(one, anchor, samples=max(0, (room - 100) // 8)) for one in facts.measured]
    cut = f"\nMore than {MOST} measurements: the others are left out." if facts.truncated else ""
    return (
        table(["PLACE", "MEASUREMENT", "USUALLY", "BEFORE", "LOWEST", "HIGHEST SINCE", "IN THE WINDOW"], rows)
        + cut
    )


def _row(one: Measured, anchor: float, samples: int) -> list[str]:
    known, later = before(one, anchor), later_values(one.points, anchor)
    every = -(-len(one.points) // samples) if samples else 0
    written = " ".join(_number(value) for _, value in one.points[::every]) if every else ""
    return [
        one.node,
        " ".join(part for part in (one.metric, one.statistic) if part),
        _number(one.usual.median) if one.usual else "-",
        "-" if known is None else _number(known),
        _number(min(later)) if later else "-",
        _number(max(later)) if later else "-",
        written if one.points else "no samples",
    ]


def _number(value: float) -> str:
    if 1000 <= abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.4g}" if abs(value) < 1e6 else f"{value:.3g}"
