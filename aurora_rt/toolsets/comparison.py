"""Measurements of many places beside what is usual for each: facts, and the text that a person reads. Pure.

Shared by every toolset that knows a system's places: whatever measures them, investigators compare them alike.
"""

from collections.abc import Iterable, Sequence
from statistics import fmean, median, pstdev
from typing import Final

from aurora_rt.toolsets.facts.places import (
    Measured,
    Telemetry,
    Usual,
)
from aurora_rt.toolsets.tables import table

MOST: Final = 600
"""Measurements in one answer."""
MOST_POINTS: Final = 240
"""Samples of one measurement; of more, neighbours are put together."""
SIGMA_OF_MAD: Final = 1.4826
ENOUGH: Final = 5
"""Samples that make something usual."""


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


def told(facts: Telemetry) -> str:
    """One line a measurement: what is usual, and its samples within the window."""
    rows = [
        [
            one.node,
            " ".join(part for part in (one.metric, one.statistic) if part),
            _number(one.usual.median) if one.usual else "-",
            " ".join(_number(value) for _, value in one.points) or "no samples",
        ]
        for one in facts.measured
    ]
    cut = f"\nMore than {MOST} measurements: the others are left out." if facts.truncated else ""
    return table(["PLACE", "MEASUREMENT", "USUALLY", "IN THE WINDOW"], rows) + cut


def _number(value: float) -> str:
    return f"{value:.4g}"
