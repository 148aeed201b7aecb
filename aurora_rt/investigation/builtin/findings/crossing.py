"""How often, and when last, the alert's own measure was beyond the bound that fires it. Pure."""

import operator
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Calm
from aurora_rt.investigation.builtin.promql import Condition
from aurora_rt.investigation.builtin.wording import clock, from_unix
from aurora_rt.toolsets.facts.metrics import Series, SeriesSet

OFTEN: Final = 3
"""Crossings into the bound from which on an alert comes and goes."""
ENOUGH: Final = 10
MOSTLY: Final = 0.8
"""Samples before the alert, and the share of them that must be beyond the bound for it to be no news."""
SETTLED: Final = 3
"""Samples on the good side at the end that make it over."""
BEYOND: Final[dict[str, Callable[[float, float], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


def calm(
    seen: Evidence[SeriesSet], one: Series, condition: Condition, anchor: float, *, moved: bool
) -> tuple[Calm, ...]:
    """Whether the measure is back, comes and goes, or has always been about its bound. `moved`: it left its range."""
    beyond, bound = BEYOND.get(condition.operator), condition.threshold
    if beyond is None or bound is None or len(one.points) <= SETTLED:
        return ()
    out = [beyond(value, bound) for _, value in one.points]
    crossed = sum(later and not earlier for earlier, later in pairwise([False, *out]))
    found = []
    if crossed >= OFTEN and moved:
        said = f"The alert's own measure went beyond its bound {crossed} times in the time that is looked at"
        found.append(Calm("flapping", f"{said}: it comes and goes {seen.cite}."))
    elif crossed >= OFTEN:
        said = f"The alert's own measure is as it has always been, and was beyond its bound {crossed} times"
        found.append(Calm("tight", f"{said}: the bound lies inside its usual range {seen.cite}."))
    elif not moved and _always([beyond(value, bound) for at, value in one.points if at < anchor]):
        said = (
            "The alert's own measure is as it has always been, and was beyond its bound long before the alert"
        )
        found.append(Calm("tight", f"{said}: the bound is new, or too tight {seen.cite}."))
    if any(out) and not any(out[-SETTLED:]):
        last = max(n for n, one in enumerate(out) if one)
        since = one.points[last + 1][0]
        if since >= anchor:
            said = f"The alert's own measure has not been beyond its bound since {clock(from_unix(since))}"
            found.append(Calm("recovered", f"{said}: it is back {seen.cite}."))
    return tuple(found)


def _always(before: Sequence[bool]) -> bool:
    return len(before) >= ENOUGH and sum(before) >= MOSTLY * len(before)
