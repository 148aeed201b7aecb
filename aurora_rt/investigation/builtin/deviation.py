"""How far a time series left what it was before, robustly: medians with a floored spread. Pure.

The score is (peak − median before) / spread before. The peak is the furthest median of three neighbouring samples,
so that one stray sample does not count; the spread is the median absolute deviation scaled to a normal
distribution's sigma, floored at a share of the level, so that a series which never moved does not get an endless
score for a trifle. It does not change when the series is scaled, mirrored or moved in time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import Final

Points = Sequence[tuple[float, float]]

SIGMA_OF_MAD: Final = 1.4826
FLOOR_OF_LEVEL: Final = 0.05
FLOOR_OF_PEAK: Final = 0.01
NOTABLE: Final = 6.0
"""Scores from here on are told to people."""
_HIGHEST: Final = 1000.0
_LEADS: Final = (600.0, 300.0, 120.0, 60.0, 30.0, 15.0, 0.0)
"""Seconds before the alert from which on samples may already be of the trouble; the longest that leaves enough."""
_ENOUGH: Final = 5
_COUNTERS: Final = ("_total", "_count", "_sum")
_NOT_MEASURED: Final = ("_bucket", "_created", "_info")


@dataclass(frozen=True, slots=True)
class Deviation:
    """What became of a series."""

    before: float
    """The median before the alert."""
    peak: float
    """The furthest value after, as a median of three."""
    latest: float
    score: float
    """Spreads between `before` and `peak`, without sign."""
    sigmas: float
    """The same with mean and standard deviation."""
    factor: float
    """How many times the larger of `before` and `peak` is the smaller, at most 1000."""
    onset: float | None
    """Unix time of the first sample of the stretch that left the usual range."""

    @property
    def rose(self) -> bool:
        """Whether it went up."""
        return self.peak > self.before


def deviation(points: Points, anchor: float) -> Deviation | None:
    """How `points` deviate from before `anchor` (Unix time); `None` when there are too few to tell."""
    cut = _cut(points, anchor)
    before = [value for at, value in points if at < cut]
    after = [(at, value) for at, value in points if at >= cut]
    if len(before) < 3 or not after:
        return None
    level = median(before)
    peak = max(_smoothed([value for _, value in after]), key=lambda value: abs(value - level))
    floor = FLOOR_OF_LEVEL * abs(level) + FLOOR_OF_PEAK * abs(peak)
    spread = max(SIGMA_OF_MAD * median([abs(value - level) for value in before]), floor)
    mean, sigma = fmean(before), max(pstdev(before), floor)
    return Deviation(
        before=level,
        peak=peak,
        latest=after[-1][1],
        score=_ratio(abs(peak - level), spread),
        sigmas=_ratio(abs(fmean(value for _, value in after) - mean), sigma),
        factor=_factor(level, peak),
        onset=_onset(after, level, spread),
    )


def per_second(name: str, points: Points) -> Points | None:
    """What to compare of a metric: a counter's increase a second, a gauge as it is, `None` for what is neither."""
    if name.endswith(_NOT_MEASURED):
        return None
    return _increases(points) if is_counter(name) else points


def is_counter(name: str) -> bool:
    """Whether a metric of that name only ever grows, by the naming conventions of Prometheus."""
    return name.endswith(_COUNTERS)


def _increases(points: Points) -> Points:
    """The increase a second between neighbouring samples; a counter that fell has begun anew at zero."""
    return [
        (at, (value - earlier if value >= earlier else value) / (at - before))
        for (before, earlier), (at, value) in pairwise(points)
        if at > before
    ]


def _cut(points: Points, anchor: float) -> float:
    for lead in _LEADS:
        if sum(at < anchor - lead for at, _ in points) >= _ENOUGH:
            return anchor - lead
    return points[max(3, len(points) // 3)][0] if len(points) > 3 else anchor


def _smoothed(values: Sequence[float]) -> list[float]:
    if len(values) < 3:
        return [median(values)]
    return [median(values[n : n + 3]) for n in range(len(values) - 2)]


def _onset(after: Points, level: float, spread: float) -> float | None:
    """When the last stretch of samples beyond half of the notable score began."""
    limit = NOTABLE / 2 * spread
    beyond = [abs(value - level) > limit for _, value in after]
    for n in range(len(after)):
        if beyond[n] and (n + 1 == len(after) or beyond[n + 1]):
            return after[n][0]
    return None


def _ratio(distance: float, spread: float) -> float:
    if distance == 0:
        return 0.0
    return _HIGHEST if spread == 0 else min(_HIGHEST, distance / spread)


def _factor(one: float, other: float) -> float:
    small, large = sorted((abs(one), abs(other)))
    if large == 0:
        return 1.0
    return _HIGHEST if small == 0 else min(_HIGHEST, large / small)
