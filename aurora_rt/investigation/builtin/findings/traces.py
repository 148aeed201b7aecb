"""Where requests have begun to lose time or to fail since an alert, by what their spans say. Pure."""

from collections.abc import Iterable
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Subject
from aurora_rt.investigation.builtin.wording import code, counted, plain
from aurora_rt.toolsets.facts.traces import SpanGroup, SpanTimes, Traces

ENOUGH: Final = 5
"""Requests on each side of the alert that can be compared."""
GREW: Final = 1.5
"""How many times the own time of a service must be what it was."""
SHARE: Final = 0.3
"""The share of all time gained that makes a service worth naming."""
LEAST_SECONDS: Final = 0.005
"""Own time a request that is worth naming, however much it grew."""
FAILED: Final = 0.05
"""The share of requests in which errors must begin at a service."""
A_FEW: Final = 3
MOST_TOLD: Final = 3


def traced(seen: Evidence[Traces]) -> Assessment:
    """The services whose own time grew most, and those where errors begin."""
    facts = seen.facts
    if not facts.traces or facts.filtered:
        return Assessment()
    services = [one for one in facts.groups if not one.operation]
    findings = [*_failing(seen, services), *_slower(seen, services)]
    if findings:
        return Assessment(tuple(findings))
    if min(facts.before, facts.since) < ENOUGH:
        return Assessment()
    requests = counted(facts.since, "request")
    claim = f"{requests} since the alert spend their time and fail as {facts.before} before did {seen.cite}."
    return Assessment(cleared=(Cleared("latency", claim),))


def _slower(seen: Evidence[Traces], services: Iterable[SpanGroup]) -> list[Finding]:
    facts = seen.facts
    if min(facts.before, facts.since) < ENOUGH:
        return []
    gained = {
        one.service: (_each(one.before, facts.before), _each(one.since, facts.since))
        for one in services
        if one.since is not None
    }
    total = sum(max(0.0, after - before) for before, after in gained.values())
    findings = []
    for service, (before, after) in sorted(gained.items(), key=lambda pair: pair[1][0] - pair[1][1]):
        growth = after - before
        if growth < LEAST_SECONDS or after < GREW * before or growth < SHARE * total:
            continue
        claim = (
            f"Requests spend {plain(round(after * 1000, 1))} ms in {code(service)} itself since the alert, "
            f"{plain(round(before * 1000, 1))} ms before{_where(facts, service)}: "
            f"{growth / total:.0%} of all the time that they lost {seen.cite}."
        )
        strength = 0.5 + 0.38 * (growth / total) * min(1.0, growth / max(before, LEAST_SECONDS) / 3)
        subject = Subject(command=seen.short_command)
        findings.append(
            Finding("latency", service, claim, strength, subject=subject, on_host=False, inferred=True)
        )
    return findings[:MOST_TOLD]


def _failing(seen: Evidence[Traces], services: Iterable[SpanGroup]) -> list[Finding]:
    facts = seen.facts
    every = [(one, _origins(one.since), _origins(one.before)) for one in services]
    total = sum(since for _, since, _ in every)
    findings = []
    for one, since, before in sorted(every, key=lambda told: -told[1]):
        rate = since / max(1, facts.since)
        usual = before / facts.before if facts.before else 0.0
        if since < A_FEW or rate < FAILED or rate < 3 * usual:
            continue
        claim = (
            f"Errors begin in {code(one.service)}: {counted(since, 'span')} of it failed first in "
            f"{counted(facts.since, 'request')} since the alert, {before} in {facts.before} before{_asked(facts, one)} "
            f"{seen.cite}."
        )
        strength = 0.55 + 0.33 * (since / total) * min(1.0, rate / 0.5)
        subject = Subject(command=seen.short_command)
        findings.append(
            Finding("error_rate", one.service, claim, strength, subject=subject, on_host=False, inferred=True)
        )
    return findings[:MOST_TOLD]


def _each(times: SpanTimes | None, requests: int) -> float:
    """Own seconds a request."""
    return times.self_seconds / requests if times and requests else 0.0


def _origins(times: SpanTimes | None) -> int:
    return times.origins if times else 0


def _where(facts: Traces, service: str) -> str:
    """The operation whose own time grew most."""
    found = [one for one in facts.groups if one.service == service and one.operation]
    grown = max(
        found, key=lambda one: _each(one.since, facts.since) - _each(one.before, facts.before), default=None
    )
    return f", most of it in {code(grown.operation, 80)}" if grown and len(found) > 1 else ""


def _asked(facts: Traces, group: SpanGroup) -> str:
    """The operation that failed first most often."""
    found = [one for one in facts.groups if one.service == group.service and one.operation]
    worst = max(found, key=lambda one: _origins(one.since), default=None)
    return f", mostly {code(worst.operation, 80)}" if worst else ""
