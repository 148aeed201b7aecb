"""What the alert itself measures: how its own expression, and the parts of it, went over time."""

from collections.abc import Mapping, Sequence
from typing import Final

from aurora_rt.investigation.builtin.deviation import NOTABLE, deviation
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.crossing import BEYOND, calm
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding
from aurora_rt.investigation.builtin.findings.series import (
    finding,
    is_particular,
    kind_of,
    moves,
    shown,
    value,
)
from aurora_rt.investigation.builtin.promql import Condition
from aurora_rt.investigation.builtin.wording import code
from aurora_rt.toolsets.facts.metrics import (
    Series,
    SeriesSet,
)

NODE: Final = "the alert's own measure"
"""The place of what is only known from the alert's own expression."""


def measure(
    seen: Evidence[SeriesSet], condition: Condition, labels: Mapping[str, str], anchor: float, kind: Kind
) -> Assessment:
    """What the alert's own measure did. `kind` is what the alert is about."""
    named = f"The alert's own measure {code(condition.measure)}"
    mine = [one for one in _mine(seen.facts.series, labels) if one.points]
    if not mine:
        return _cleared(f"{named} has no data in the time that is looked at {seen.cite}.")
    bound = (
        f" The rule fires at {code(f'{condition.operator} {condition.bound}')}." if condition.operator else ""
    )
    changes = [(one, change) for one in mine if (change := deviation(one.points, anchor))]
    if not changes:
        latest = value(seen, mine[0].points[-1][1])
        claim = f"{named} is {latest} {seen.cite}.{bound} There are too few samples to compare with before."
        return _level(kind, mine[0], claim, condition)
    one, change = max(changes, key=lambda pair: pair[1].score)
    over = calm(seen, one, condition, anchor, moved=change.score >= NOTABLE) if len(mine) == 1 else ()
    particular = f" ({code(shown(one))})" if is_particular(one) else ""
    if change.score < NOTABLE:
        claim = f"{named}{particular} has been at about {value(seen, change.before)} all along {seen.cite}.{bound}"
        return _level(kind, one, claim, condition) + Assessment(calm=over)
    claim = f"{named}{particular} {moves(seen, change)} {seen.cite}.{bound}"
    return Assessment(
        (finding(kind, one, claim, change, "symptom", node=NODE, query=seen.facts.query),), calm=over
    )


def part(seen: Evidence[SeriesSet], labels: Mapping[str, str], anchor: float) -> Assessment:
    """What one operand of the alert's expression did: the series of it that moved most."""
    query = seen.facts.query
    findings = []
    for one in _mine(seen.facts.series, labels):
        change = deviation(one.points, anchor)
        if change and change.score >= NOTABLE:
            series = f", series {code(shown(one))}," if is_particular(one) else ""
            claim = f"Its part {code(query)}{series} {moves(seen, change)} {seen.cite}."
            findings.append(finding(kind_of(query), one, claim, change, "symptom", node=NODE, query=query))
    if not findings:
        return _cleared(f"The part {code(query)} of the alert's rule stayed as before {seen.cite}.")
    return Assessment((max(findings, key=lambda found: found.strength),))


def _level(kind: Kind, one: Series, claim: str, condition: Condition) -> Assessment:
    """A measure that did not change, or cannot be compared: a symptom as long as it is beyond its bound."""
    beyond = BEYOND.get(condition.operator)
    bound = condition.threshold
    if beyond and bound is not None and beyond(one.points[-1][1], bound):
        return Assessment((Finding(kind, NODE, claim, 0.5, "symptom", on_host=False, inferred=True),))
    return _cleared(claim)


def _cleared(claim: str) -> Assessment:
    return Assessment(cleared=(Cleared("general", claim),))


def _mine(series: Sequence[Series], labels: Mapping[str, str]) -> list[Series]:
    """The series of the alert: those whose labels do not contradict the alert's; all when there is none."""
    agreeing = [
        one for one in series if all(labels.get(name, text) == text for name, text in one.labels.items())
    ]
    return agreeing or list(series)
