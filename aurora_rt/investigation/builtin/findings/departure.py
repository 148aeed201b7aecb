"""How far one measurement of a place is from what is usual for it. Pure.

Two scores must agree: the robust one (median and scaled median absolute deviation) of the worst two neighbouring
samples, and the distance of the mean of the worst half of the time in standard deviations. So neither a single stray
sample nor a measurement that always jumps about counts. Both spreads are floored at a share of the level. Where both
a normal time and the time right before are known, it must be out of what either was: days differ, and trouble differs
from both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from statistics import fmean, median
from typing import Final

from aurora_rt.investigation.builtin.deviation import FLOOR_OF_LEVEL, FLOOR_OF_PEAK, deviation
from aurora_rt.investigation.builtin.measures import Aspect, aspect_of
from aurora_rt.toolsets.comparison import before, earlier_points, later_values, usual
from aurora_rt.toolsets.facts.places import (
    Measured,
    Usual,
)

GRAIN: Final = 30.0
"""Seconds: samples that are closer together count as their median, so that what lasts a moment only does not count."""
SIGMAS_FOR_SPREADS: Final = 3.0
"""Sigmas count three times: outliers of a normal time widen them, and do not widen the robust spread."""
_SHARE_OF_GOOD: Final = re.compile(
    r"availab(?!.*(error|fail))|success|apdex|ready|healthy|hit_?rat|(?<![a-z])up$|free|idle", re.IGNORECASE
)

_WORSE_BY_MORE: Final = frozenset[Aspect]({"errors", "latency", "queue", "pool", "io", "network"})


@dataclass(frozen=True, slots=True)
class Departure:
    """What became of a measurement."""

    before: float
    peak: float
    """The worst two neighbouring samples' mean."""
    amount: float
    """How much worse than usual, in the measurement's unit; never negative."""
    score: float
    """In spreads; never negative."""
    lowest: float = 0.0
    highest: float = 0.0
    """Samples since the trouble can have begun."""
    shown: float = 0.0
    """`before`, as the look's output has it."""


def inverted(one: Measured) -> bool:
    """Whether less is worse: a share of what goes well."""
    of = aspect_of(one.metric, one.statistic)
    return of not in _WORSE_BY_MORE and bool(_SHARE_OF_GOOD.search(one.metric))


def departure(one: Measured, anchor: float) -> Departure | None:
    """How far `one` is from usual around and after `anchor` (Unix time); `None` when there is too little to tell."""
    points = _grained(one.points)
    after = later_values(points, anchor)
    earlier = usual([value for _, value in earlier_points(points, anchor)])
    known = [found for found in (one.usual, earlier) if found is not None]
    if known and after:
        raw = later_values(one.points, anchor)
        least = min((_worse(one, found, after) for found in known), key=lambda found: found.score)
        shown = before(one, anchor) if least.before != getattr(one.usual, "median", None) else None
        return replace(
            least, lowest=min(raw), highest=max(raw), shown=least.before if shown is None else shown
        )
    change = deviation(one.points, anchor)
    if change is None:
        return None
    worse = (change.before - change.peak) if inverted(one) else (change.peak - change.before)
    values = [value for at, value in one.points if at >= anchor] or [change.latest]
    return Departure(
        change.before,
        change.peak,
        max(0.0, worse),
        change.score if worse > 0 else 0.0,
        min(*values, change.peak),
        max(*values, change.peak),
        change.before,
    )


def _grained(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    if len(points) < 3 or (points[-1][0] - points[0][0]) / (len(points) - 1) >= GRAIN / 2:
        return points
    groups: dict[float, list[float]] = {}
    for at, value in points:
        groups.setdefault(at // GRAIN * GRAIN, []).append(value)
    return [(at, median(values)) for at, values in groups.items()]


def _worse(one: Measured, known: Usual, after: Sequence[float]) -> Departure:
    full = (100.0 if known.median > 1.5 else 1.0) if inverted(one) else None
    level = known.median if full is None else full - known.median
    mean = known.mean if full is None else full - known.mean
    values = list(after) if full is None else [full - value for value in after]
    peak = max([fmean(pair) for pair in pairwise(values)] or values)
    floor = FLOOR_OF_LEVEL * abs(level) + FLOOR_OF_PEAK * abs(peak)
    robust = _over(peak - level, max(known.spread, floor))
    sigmas = _over(_worst_half(values) - mean, max(known.sigma, floor))
    return Departure(
        before=known.median,
        peak=peak if full is None else full - peak,
        amount=max(0.0, peak - level),
        score=max(0.0, min(robust, SIGMAS_FOR_SPREADS * sigmas)),
    )


def _worst_half(values: Sequence[float]) -> float:
    """The highest mean of half of the values that follow one another."""
    width = -(-len(values) // 2)
    sums = [0.0, *accumulate(values)]
    return max(sums[n + width] - sums[n] for n in range(len(values) - width + 1)) / width


def _over(distance: float, spread: float) -> float:
    if distance == 0:
        return 0.0
    return distance / spread if spread > 0 else 1000.0
