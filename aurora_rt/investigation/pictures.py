"""What the incident's page draws: the series of a metric query, and what lies around the incident. Mostly pure.

Series come ranked, those first that changed most when the alert began, and only as many as a person can tell apart.
Of the call graph only the neighbourhood of the incident's services is kept: who calls them, whom they call.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import fmean, median
from typing import Any, Final
from uuid import UUID

from aurora_rt.db.pool import Database
from aurora_rt.errors import NotFound
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.investigation import picture_queries as queries
from aurora_rt.investigation.schemas import (
    AlertSpan,
    ChangeSeen,
    CitationSeries,
    SeriesDrawn,
    ServiceDrawn,
    Surroundings,
)
from aurora_rt.toolsets.facts import AnyFacts
from aurora_rt.toolsets.facts.changes import Changes
from aurora_rt.toolsets.facts.metrics import SeriesSet
from aurora_rt.toolsets.facts.places import CallGraph, Telemetry

MOST_SERIES: Final = 24
MOST_SERVICES: Final = 28
MOST_CHANGES: Final = 200

Points = tuple[tuple[float, float], ...]


class CitationNotFound(NotFound):
    """The incident has no citation with this id."""

    code = "citation_not_found"


async def series_of(
    database: Database, organization_id: UUID, incident_id: UUID, citation_id: UUID
) -> CitationSeries:
    """The series of a citation, none where it holds none. Raises `CitationNotFound`."""
    async with database.scope(organization_id) as scope:
        case = await queries.select_incident(scope, incident_id)
        if case is None or not await queries.has_citation(scope, incident_id, citation_id):
            raise CitationNotFound("There is no such citation.")
        facts = await queries.select_facts(scope, incident_id, citation_id)
    return drawn(facts, case["started_at"])


async def surroundings_of(database: Database, organization_id: UUID, incident_id: UUID) -> Surroundings:
    """What lies around an incident. Raises `IncidentNotFound`."""
    async with database.scope(organization_id) as scope:
        case = await queries.select_incident(scope, incident_id)
        if case is None:
            raise IncidentNotFound("There is no such incident.")
        told = await queries.select_surroundings(scope, incident_id)
        alerts = await queries.select_alerts(scope, incident_id)
    causes = {str(one["node"]): float(one["confidence"]) for one in reversed(case["causes"] or [])}
    affected = {case["service"], *case["affected_services"]} - {""}
    services, calls = neighbourhood(_calls(told), affected, causes)
    return Surroundings(
        alerts=tuple(AlertSpan(**row) for row in alerts),
        changes=_changes(told),
        services=services,
        calls=calls,
    )


def drawn(facts: AnyFacts | None, anchor: datetime) -> CitationSeries:
    """The series that facts hold, those first that changed most at `anchor`, when the alert began."""
    match facts:
        case SeriesSet():
            found = [SeriesDrawn(labels=one.labels, points=one.points) for one in facts.series]
            query, step, truncated = facts.query, facts.step, facts.truncated
        case Telemetry():
            found = [
                SeriesDrawn(labels=_named(one.node, one.metric, one.statistic), points=one.points)
                for one in facts.measured
            ]
            query, step, truncated = "", None, facts.truncated
        case _:
            found, query, step, truncated = [], "", None, False
    at = anchor.timestamp()
    ranked = sorted(found, key=lambda one: -departure(one.points, at))
    return CitationSeries(
        query=query,
        step=step,
        series=tuple(ranked[:MOST_SERIES]),
        found=len(found),
        truncated=truncated,
    )


def departure(points: Points, at: float) -> float:
    """How far a series went from its usual value after `at`, in units of what it usually varies by; 0 if unknown."""
    before = [value for when, value in points if when < at]
    since = [value for when, value in points if when >= at]
    if not before or not since:
        return 0.0
    usual = median(before)
    spread = fmean(abs(value - usual) for value in before)
    floor = max(abs(usual) * 0.02, 1e-12)
    return max(abs(value - usual) for value in since) / max(spread, floor)


def neighbourhood(
    calls: Sequence[tuple[str, str]], affected: Iterable[str], causes: Mapping[str, float]
) -> tuple[tuple[ServiceDrawn, ...], tuple[tuple[str, str], ...]]:
    """The affected services, the suspected ones, and who calls them or is called by them, with the calls among all.

    Affected and suspected ones come first when there are more than can be drawn; nothing is drawn without a call.
    """
    centre = dict.fromkeys([*affected, *causes])
    near = {name: None for pair in calls if not centre.keys().isdisjoint(pair) for name in pair}
    kept = dict.fromkeys([*(name for name in centre if name in near), *near])
    names = list(kept)[:MOST_SERVICES]
    within = set(names)
    pairs = tuple(dict.fromkeys(pair for pair in calls if within.issuperset(pair)))
    told = {name for pair in pairs for name in pair}
    affected = set(affected)
    return (
        tuple(
            ServiceDrawn(name=name, affected=name in affected, suspicion=causes.get(name))
            for name in names
            if name in told
        ),
        pairs,
    )


def _calls(told: Iterable[tuple[int, AnyFacts]]) -> list[tuple[str, str]]:
    return [pair for _, facts in told if isinstance(facts, CallGraph) for pair in facts.calls]


def _changes(told: Iterable[tuple[int, AnyFacts]]) -> tuple[ChangeSeen, ...]:
    """Each change once, the oldest first; those whose time nobody tells cannot be placed and are left out."""
    seen: dict[tuple[Any, ...], ChangeSeen] = {}
    for number, facts in told:
        if not isinstance(facts, Changes):
            continue
        for one in facts.changes:
            if one.at is None:
                continue
            change = ChangeSeen(
                at=one.at,
                service=one.service,
                kind=one.kind,
                version=one.version,
                by=one.by,
                text=one.text,
                origin=one.origin,
                failed=one.failed,
                citation=str(number),
            )
            seen.setdefault((one.at, one.service, one.kind, one.version, one.text), change)
    return tuple(sorted(seen.values(), key=lambda one: one.at))[-MOST_CHANGES:]


def _named(node: str, metric: str, statistic: str) -> Mapping[str, str]:
    labels = {"__name__": metric, "node": node, "statistic": statistic}
    return {name: value for name, value in labels.items() if value}
