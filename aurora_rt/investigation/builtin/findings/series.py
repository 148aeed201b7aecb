"""Which time series with the alert's labels left their usual range, which first and which most.

Ranks by three scores (robust score, sigmas, factor) are fused, so that no single one decides; series of the
metrics that the rule itself reads come first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aurora_rt.investigation.builtin.deviation import NOTABLE, Deviation, deviation, is_counter, per_second
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import KIND_OF_FAMILY, Kind, families_in
from aurora_rt.investigation.builtin.findings.finding import (
    Assessment,
    Cleared,
    Finding,
    Role,
    Subject,
    share_of,
)
from aurora_rt.investigation.builtin.wording import clock, code, counted, from_unix, plain
from aurora_rt.toolsets.facts.metrics import (
    Series,
    SeriesSet,
)

MOST_NAMED: Final = 4
STRONGEST: Final = 0.55
"""A series says where and when, seldom why: weaker than a culprit that was seen at work."""
_FUSION: Final = 10
_PLACES: Final = ("pod", "container", "service", "app", "deployment", "workload", "name")
_BORING: Final = frozenset({"__name__", "instance", "job", "namespace", "cluster", "endpoint", "prometheus"})


@dataclass(frozen=True, slots=True)
class Moved:
    """A series that deviates from before the alert."""

    series: Series
    name: str
    """Its metric; `""` for a computed one."""
    deviation: Deviation
    own: bool
    """Of a metric that the alert's rule reads."""


def moved(series: Sequence[Series], anchor: float, own: frozenset[str]) -> list[Moved]:
    """The series that left their usual range, best first: own metrics, then by fused rank."""
    found = []
    for one in series:
        name = one.labels.get("__name__", "")
        points = per_second(name, one.points)
        change = deviation(points, anchor) if points else None
        if change and change.score >= NOTABLE:
            found.append(Moved(one, name, change, name in own))
    order = _fused([one.deviation for one in found])
    return [found[n] for n in sorted(range(len(found)), key=lambda n: (not found[n].own, -order[n], n))]


def related(seen: Evidence[SeriesSet], anchor: float, own: frozenset[str]) -> Assessment:
    """Which of the series with the alert's labels moved, which first and which most."""
    ranked = moved(seen.facts.series, anchor, own)
    looked = counted(len(seen.facts.series), "series", "series")
    if not ranked:
        claim = f"None of {looked} with the alert's labels left its usual range {seen.cite}."
        return Assessment(cleared=(Cleared("general", claim),))
    findings = [
        finding(kind_of(one.name), one.series, _told(seen, one), one.deviation) for one in ranked[:MOST_NAMED]
    ]
    first = min(ranked, key=lambda one: one.deviation.onset or float("inf"))
    most = ranked[0]
    begin = f", at {clock(from_unix(first.deviation.onset))}" if first.deviation.onset else ""
    claim = (
        f"Of {looked}, {len(ranked)} left their usual range; the first was {code(shown(first.series))}{begin}, "
        f"the one that moved most was {code(shown(most.series))} {seen.cite}."
    )
    findings.append(finding(kind_of(first.name), first.series, claim, first.deviation, "clue"))
    return Assessment(tuple(findings))


def shown(series: Series) -> str:
    """A series as people write it, without the labels that all series of its kind have."""
    labels = [f'{name}="{value}"' for name, value in sorted(series.labels.items()) if name not in _BORING]
    name = series.labels.get("__name__", "")
    return f"{name}{{{','.join(labels)}}}" if labels or not name else name


def is_particular(series: Series) -> bool:
    """Whether a series has a label that tells it from its siblings."""
    return bool(set(series.labels) - _BORING)


def place_of(series: Series) -> str:
    """Where a series was measured, as `Cause.node`: a service, pod or the like, else the series itself."""
    for label in _PLACES:
        if value := series.labels.get(label):
            return f"{label} {value}"
    return f"series {shown(series)}"


def kind_of(text: str) -> Kind:
    """What a metric that moved is a sign of, by its name."""
    found = families_in(text)
    return KIND_OF_FAMILY[found[0]] if found else "metric_deviation"


def moves(seen: Evidence[SeriesSet], change: Deviation, unit: str = "") -> str:
    """How a series moved: `rose from 0.3 to 3.9, from 13:59:00 UTC on`."""
    way = "rose" if change.rose else "fell"
    since = f", from {clock(from_unix(change.onset))} on" if change.onset else ""
    return f"{way} from {value(seen, change.before)} to {value(seen, change.peak)}{unit}{since}"


def value(seen: Evidence[SeriesSet], amount: float) -> str:
    """A sample's value, as it stands in the output if it does."""
    fixed = (f"{amount:.{digits}f}" for digits in (6, 4, 3, 2, 1, 0))
    # A small amount must not read as none at all.
    honest = [form for form in fixed if amount == 0 or float(form) != 0]
    return seen.shown(plain(amount), *honest, f"{amount:.6g}")


def finding(
    kind: Kind,
    one: Series,
    claim: str,
    change: Deviation,
    role: Role = "culprit",
    *,
    node: str = "",
    query: str = "",
) -> Finding:
    """What a series that moved comes to."""
    return Finding(
        kind,
        node or place_of(one),
        claim,
        STRONGEST * share_of(change.score, 50),
        role,
        Subject(query=query or shown(one)),
        from_unix(change.onset) if change.onset else None,
        on_host=False,
        inferred=True,
    )


def _told(seen: Evidence[SeriesSet], one: Moved) -> str:
    unit = " a second" if is_counter(one.name) else ""
    return f"{code(shown(one.series))} {moves(seen, one.deviation, unit)} {seen.cite}."


def _fused(changes: Sequence[Deviation]) -> list[float]:
    """Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009) of three ways to rank."""
    total = [0.0] * len(changes)
    for scores in (
        [change.score for change in changes],
        [change.sigmas for change in changes],
        [change.factor for change in changes],
    ):
        order = sorted(zip(scores, range(len(scores)), strict=True), key=lambda pair: (-pair[0], pair[1]))
        for rank, (_, n) in enumerate(order):
            total[n] += 1 / (_FUSION + rank)
    return total
