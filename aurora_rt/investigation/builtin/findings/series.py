"""Which time series left their usual range: the alert's own measure, and what moved with it, first and most.

Ranks by three scores (robust score, sigmas, factor) are fused, so that no single one decides; series of the
metrics that the rule itself reads come first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_rt.investigation.builtin.deviation import NOTABLE, Deviation, deviation, per_second
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
from aurora_rt.investigation.builtin.promql import Condition
from aurora_rt.investigation.builtin.wording import clock, code, counted, from_unix, plain
from aurora_rt.toolsets.facts import Series, SeriesSet

MOST_NAMED: Final = 4
STRONGEST: Final = 0.7
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


def shown(series: Series, fallback: str = "value") -> str:
    """A series as people write it, without the labels that all series of its kind have."""
    labels = [f'{name}="{value}"' for name, value in sorted(series.labels.items()) if name not in _BORING]
    name = series.labels.get("__name__", fallback)
    return f"{name}{{{','.join(labels)}}}" if labels else name


def place_of(series: Series) -> str:
    """Where a series was measured, as `Cause.node`: a service, pod or the like, else the series itself."""
    for label in _PLACES:
        if value := series.labels.get(label):
            return f"{label} {value}"
    return f"series {shown(series)}"


def measure(
    seen: Evidence[SeriesSet], condition: Condition, labels: Mapping[str, str], anchor: float, kind: Kind
) -> Assessment:
    """What the alert's own measure did. `kind` is what the alert is about."""
    mine = _mine(seen.facts.series, labels)
    changes = [(one, change) for one in mine if (change := deviation(one.points, anchor))]
    if not changes:
        return _too_short(seen, mine, condition)
    one, change = max(changes, key=lambda pair: pair[1].score)
    bound = f"; the rule fires at `{condition.operator} {condition.bound}`" if condition.operator else ""
    values = f"from {_value(seen, change.before)} to {_value(seen, change.peak)}"
    if change.score < NOTABLE:
        claim = (
            f"The alert's own measure {code(condition.measure)} hardly moved: {values} {seen.cite}{bound}."
        )
        return Assessment(cleared=(Cleared("general", claim),))
    moves = f"{'rose' if change.rose else 'fell'} {values}{_since(change)}"
    where = f" ({code(shown(one))})" if set(one.labels) - _BORING else ""
    claim = f"The alert's own measure {code(condition.measure)}{where} {moves} {seen.cite}{bound}."
    return Assessment((_finding(kind, one, claim, change, "symptom", seen.facts.query),))


def parts(seen: Evidence[SeriesSet], labels: Mapping[str, str], anchor: float) -> Assessment:
    """What one operand of the alert's expression did."""
    findings = []
    for one in _mine(seen.facts.series, labels):
        change = deviation(one.points, anchor)
        if change and change.score >= NOTABLE:
            way = "rose" if change.rose else "fell"
            values = f"from {_value(seen, change.before)} to {_value(seen, change.peak)}"
            claim = f"Its part {code(seen.facts.query)} {way} {values}{_since(change)} {seen.cite}."
            findings.append(_finding(kind_of(seen.facts.query), one, claim, change, "clue", seen.facts.query))
    findings.sort(key=lambda finding: -finding.strength)
    if findings:
        return Assessment(tuple(findings[:1]))
    return Assessment(
        cleared=(Cleared("general", f"The part {code(seen.facts.query)} stayed as before {seen.cite}."),)
    )


def related(seen: Evidence[SeriesSet], anchor: float, own: frozenset[str]) -> Assessment:
    """Which of the series with the alert's labels moved, which first and which most."""
    ranked = moved(seen.facts.series, anchor, own)
    looked = counted(len(seen.facts.series), "series", "series")
    if not ranked:
        claim = f"None of {looked} with the alert's labels left its usual range {seen.cite}."
        return Assessment(cleared=(Cleared("general", claim),))
    findings = [
        _finding(kind_of(one.name), one.series, _told(seen, one), one.deviation, "culprit", "")
        for one in ranked[:MOST_NAMED]
    ]
    first = min(
        (one for one in ranked if one.deviation.onset), key=lambda one: one.deviation.onset or 0, default=None
    )
    if first:
        claim = (
            f"Of {looked}, {len(ranked)} left their usual range {seen.cite}; the first was {code(shown(first.series))}"
            f"{_since(first.deviation, ', at')}, the most moved was {code(shown(ranked[0].series))} {seen.cite}."
        )
        findings.append(_finding(kind_of(first.name), first.series, claim, first.deviation, "clue", ""))
    return Assessment(tuple(findings))


def kind_of(text: str) -> Kind:
    """What a metric that moved is a sign of, by its name."""
    found = families_in(text)
    return KIND_OF_FAMILY[found[0]] if found else "metric_deviation"


def _mine(series: Sequence[Series], labels: Mapping[str, str]) -> list[Series]:
    """The series of the alert: those whose labels do not contradict the alert's; all when there is none."""
    agreeing = [
        one for one in series if all(labels.get(name, value) == value for name, value in one.labels.items())
    ]
    return agreeing or list(series)


def _too_short(seen: Evidence[SeriesSet], mine: Sequence[Series], condition: Condition) -> Assessment:
    values = [one.points[-1][1] for one in mine if one.points]
    what = (
        f"too few samples to compare with before; its latest value is {_value(seen, values[0])}"
        if values
        else "no data"
    )
    claim = f"The alert's own measure {code(condition.measure)} has {what} {seen.cite}."
    return Assessment(cleared=(Cleared("general", claim),))


def _told(seen: Evidence[SeriesSet], one: Moved) -> str:
    change = one.deviation
    way = "rose" if change.rose else "fell"
    unit = " a second" if per_second(one.name, ((0, 0), (1, 1))) != ((0, 0), (1, 1)) else ""
    values = f"from {_value(seen, change.before)} to {_value(seen, change.peak)}{unit}"
    return f"{code(shown(one.series))} {way} {values}{_since(change)} {seen.cite}."


def _since(change: Deviation, words: str = ", from") -> str:
    return (
        f"{words} {clock(from_unix(change.onset))}{' on' if words == ', from' else ''}"
        if change.onset
        else ""
    )


def _value(seen: Evidence[SeriesSet], value: float) -> str:
    return seen.shown(
        plain(value), f"{value:.6g}", f"{value:.3f}", f"{value:.2f}", f"{value:.1f}", f"{value:.0f}"
    )


def _finding(kind: Kind, one: Series, claim: str, change: Deviation, role: Role, query: str) -> Finding:
    return Finding(
        kind,
        place_of(one),
        claim,
        STRONGEST * share_of(change.score, 50),
        role,
        Subject(query=query or shown(one)),
        from_unix(change.onset) if change.onset else None,
        on_host=False,
    )


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
