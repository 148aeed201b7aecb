"""Looking at the metrics server: the alert's own expression, what moved with it, what does not answer."""

import asyncio
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence, evidence_of
from aurora_rt.investigation.builtin.families import KIND_OF_FAMILY
from aurora_rt.investigation.builtin.findings.finding import Assessment, together
from aurora_rt.investigation.builtin.findings.measure import measure, part
from aurora_rt.investigation.builtin.findings.series import related
from aurora_rt.investigation.builtin.findings.targets import fires, no_longer, other_alerts, targets
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.promql import Condition, aggregated, conditions, operands
from aurora_rt.investigation.builtin.reading import Reading, matchers
from aurora_rt.toolsets.facts.metrics import (
    FiringAlerts,
    Rules,
    SeriesSet,
    Targets,
)
from aurora_rt.toolsets.toolset import Looking, Observation

MOST_CONDITIONS: Final = 2
MOST_PARTS: Final = 3


def expression_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """The alert's own expression over time, and its parts."""
    anchor = tools.window.anchor.timestamp()

    async def pursue(look: Look) -> Outcome:
        expression, seen = await _expression(reading, tools, look)
        asked = conditions(expression)[:MOST_CONDITIONS]
        if not asked:
            return Outcome("Nobody could tell the rule's expression.", "limitation", gaps=_no_rule(seen))
        answers = await asyncio.gather(*(look("prometheus.query_range", query=one.measure) for one in asked))
        seen.extend(answers)
        found = [_measured(one, answer, reading, anchor) for one, answer in zip(asked, answers, strict=True)]
        if any(answer.error is None for answer in answers):
            for query in _parts(asked):
                seen.append(await look("prometheus.query_range", query=query))
                if answered := evidence_of(seen[-1], SeriesSet):
                    found.append(part(answered, reading.alert.labels, anchor))
        return outcome(together(found), seen, reading.families)

    opening = (
        "What the alert measures says when it began and how far it went. "
        "Asking for the rule's own expression over time, and for its parts."
    )
    return Inquiry("alert-expression", opening, pursue)


def related_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """All series with the alert's labels: which left its usual range, first and most."""
    anchor = tools.window.anchor.timestamp()

    async def pursue(look: Look) -> Outcome:
        seen: list[Observation] = []
        for wanted in matchers(reading.alert):
            seen.append(await look("prometheus.related", matchers=wanted))
            answer = evidence_of(seen[-1], SeriesSet)
            if answer is None:
                break
            if answer.facts.series:
                found = await asyncio.to_thread(related, answer, anchor, reading.own_metrics)
                return outcome(found, seen, reading.families)
        known = outcome(Assessment(), seen)
        if known.gaps:
            return known
        cites = " ".join(one.cite for one in seen)
        missing = f"The metrics server has no series with the alert's labels {cites}".rstrip() + "."
        return Outcome(missing, "limitation", gaps=(f"Related series: {missing}",))

    opening = (
        "What else changed at that time shows where the trouble comes from. "
        "Comparing all series that carry the alert's labels with what they were before."
    )
    return Inquiry("related-series", opening, pursue)


def targets_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What does not answer the metrics server, and what else fires."""

    async def pursue(look: Look) -> Outcome:
        wanted = [name for name in ("prometheus.targets", "prometheus.alerts") if tools.has(name)]
        seen = list(await asyncio.gather(*(look(name) for name in wanted)))
        found = Assessment()
        for one in tuple(seen):
            if known := evidence_of(one, Targets):
                found += targets(known, reading.alert.labels)
            if firing := evidence_of(one, FiringAlerts):
                found += other_alerts(firing, reading.alert.labels)
                found += await _over(firing, reading, tools, look, seen)
        return outcome(found, seen, reading.families)

    opening = "Is something down, or does more fire than this? Asking which scrape targets answer."
    return Inquiry("scrape-targets", opening, pursue)


async def _over(
    firing: Evidence[FiringAlerts], reading: Reading, tools: Looking, look: Look, seen: list[Observation]
) -> Assessment:
    """Whether the alert that is looked into fires no more."""
    name = reading.alert.labels.get("alertname", "")
    if not name or fires(firing, reading.alert.labels) or not tools.has("prometheus.rules"):
        return Assessment()
    asked = await look("prometheus.rules", name=name)
    rules = evidence_of(asked, Rules)
    if rules is not None:
        seen.append(asked)
    return no_longer(firing, rules, reading.alert.labels)


async def _expression(reading: Reading, tools: Looking, look: Look) -> tuple[str, list[Observation]]:
    """The rule's expression: from the alert, else from the metrics server; and what was looked at for it."""
    if reading.alert.expression:
        return reading.alert.expression, []
    name = reading.alert.labels.get("alertname") or reading.alert.title
    if not name or not tools.has("prometheus.rules"):
        return "", []
    seen = await look("prometheus.rules", name=name)
    rules = evidence_of(seen, Rules)
    found = [rule.expression for rule in rules.facts.rules if rule.name == name] if rules else []
    return (found[0] if found else ""), [seen]


def _no_rule(seen: list[Observation]) -> tuple[str, ...]:
    failed = outcome(Assessment(), seen).gaps
    cites = " ".join(one.cite for one in seen)
    return failed or (
        f"The alert's expression: neither the alert nor the metrics server tells it {cites}".rstrip() + ".",
    )


def _measured(asked: Condition, answer: Observation, reading: Reading, anchor: float) -> Assessment:
    seen = evidence_of(answer, SeriesSet)
    if seen is None:
        return Assessment()
    return measure(seen, asked, reading.alert.labels, anchor, KIND_OF_FAMILY[reading.families[0]])


def _parts(asked: tuple[Condition, ...]) -> list[str]:
    """What else to ask for: the operands of the measures, or of what they aggregate."""
    measures = {one.measure for one in asked}
    wholes = [aggregated(one.measure) or one.measure for one in asked]
    found = [part for whole in wholes for part in operands(whole) if part not in measures]
    return list(dict.fromkeys(found))[:MOST_PARTS]
