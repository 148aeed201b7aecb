"""How far one measurement of a place is from what is usual for it. Pure.

Two scores must agree: the robust one (median and scaled median absolute deviation) of the worst two neighbouring
samples, and the mean's distance in standard deviations. So neither a single stray sample nor a measurement that
always jumps about counts. Both spreads are floored at a share of the level.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Final

from aurora_rt.investigation.builtin.deviation import FLOOR_OF_LEVEL, FLOOR_OF_PEAK, deviation
from aurora_rt.toolsets.comparison import usual
from aurora_rt.toolsets.facts.places import (
    Measured,
    Usual,
)

LEAD: Final = 600.0
"""Seconds before the alert from which on samples may already be of the trouble."""
SIGMAS_FOR_SPREADS: Final = 3.0
"""Sigmas count three times: outliers of a normal time widen them, and do not widen the robust spread."""
_SHARE_OF_GOOD: Final = re.compile(r"availability|success|apdex|ready|healthy|hit_?rat", re.IGNORECASE)


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


def inverted(one: Measured) -> bool:
    """Whether less is worse: a share of what goes well."""
    return bool(_SHARE_OF_GOOD.search(one.metric))


def departure(one: Measured, anchor: float) -> Departure | None:
    """How far `one` is from usual around and after `anchor` (Unix time); `None` when there is too little to tell."""
    after = [value for at, value in one.points if at >= anchor - LEAD]
    known = one.usual or usual([value for at, value in one.points if at < anchor - LEAD])
    if known is not None and after:
        return _worse(one, known, after)
    change = deviation(one.points, anchor)
    if change is None:
        return None
    worse = (change.before - change.peak) if inverted(one) else (change.peak - change.before)
    return Departure(change.before, change.peak, max(0.0, worse), change.score if worse > 0 else 0.0)


def _worse(one: Measured, known: Usual, after: Sequence[float]) -> Departure:
    full = (100.0 if known.median > 1.5 else 1.0) if inverted(one) else None
    level = known.median if full is None else full - known.median
    mean = known.mean if full is None else full - known.mean
    values = list(after) if full is None else [full - value for value in after]
    neighbours = [fmean(pair) for pair in pairwise(values)] or values
    peak = max(neighbours, key=lambda value: abs(value - level))
    floor = FLOOR_OF_LEVEL * abs(level) + FLOOR_OF_PEAK * abs(peak)
    robust = _over(peak - level, max(known.spread, floor))
    sigmas = _over(fmean(values) - mean, max(known.sigma, floor))
    return Departure(
        before=known.median,
        peak=peak if full is None else full - peak,
        amount=max(0.0, peak - level),
        score=max(0.0, min(robust, SIGMAS_FOR_SPREADS * sigmas)),
    )


def _over(distance: float, spread: float) -> float:
    if distance == 0:
        return 0.0
    return distance / spread if spread > 0 else 1000.0
