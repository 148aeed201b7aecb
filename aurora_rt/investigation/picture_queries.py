"""The SQL of what the incident's page draws: what the record holds beside its texts."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter

from aurora_rt.db.pool import Row, Scope
from aurora_rt.toolsets.facts import AnyFacts

_facts: TypeAdapter[AnyFacts] = TypeAdapter(AnyFacts)


async def select_facts(scope: Scope, incident_id: UUID, citation_id: UUID) -> AnyFacts | None:
    """The facts of one citation; `None` where there is no such citation, or it holds none that are drawn."""
    facts = await scope.connection.fetchval(
        """
        SELECT facts FROM citations
        WHERE organization_id = $1 AND incident_id = $2 AND id = $3 AND kind IN ('series', 'telemetry')
        """,
        scope.organization_id,
        incident_id,
        citation_id,
    )
    return None if facts is None else _facts.validate_python(facts)


async def has_citation(scope: Scope, incident_id: UUID, citation_id: UUID) -> bool:
    """Whether the organization's incident has a citation with this id."""
    found = await scope.connection.fetchval(
        "SELECT true FROM citations WHERE organization_id = $1 AND incident_id = $2 AND id = $3",
        scope.organization_id,
        incident_id,
        citation_id,
    )
    return bool(found)


async def select_surroundings(scope: Scope, incident_id: UUID) -> Sequence[tuple[int, AnyFacts]]:
    """What was told of changes and of who calls whom, with the number of the citation that holds it."""
    rows = await scope.connection.fetch(
        """
        SELECT number, facts FROM citations
        WHERE organization_id = $1 AND incident_id = $2 AND kind IN ('changes', 'call_graph') ORDER BY number
        """,
        scope.organization_id,
        incident_id,
    )
    return [(row["number"], _facts.validate_python(row["facts"])) for row in rows]


async def select_incident(scope: Scope, incident_id: UUID) -> Row | None:
    """The services of an incident, and what its latest finished investigation holds for the cause."""
    return await scope.connection.fetchrow(
        """
        SELECT i.service, i.affected_services, i.started_at,
            (SELECT causes FROM investigations
             WHERE organization_id = $1 AND incident_id = $2 AND status = 'complete'
             ORDER BY finished_at DESC LIMIT 1) AS causes
        FROM incidents i WHERE i.organization_id = $1 AND i.id = $2
        """,
        scope.organization_id,
        incident_id,
    )


async def select_alerts(scope: Scope, incident_id: UUID) -> Sequence[Row]:
    """When the alerts of an incident, those of incidents merged into it too, began and ended; oldest first."""
    return await scope.connection.fetch(
        """
        SELECT a.alert_id AS id, a.title, a.service, a.severity, a.status, a.primary_alert, a.started_at, a.ended_at,
               s.received_count
        FROM incident_alerts a JOIN incidents i ON i.id = a.incident_id JOIN alerts s ON s.id = a.alert_id
        WHERE a.organization_id = $1 AND i.organization_id = $1 AND (i.id = $2 OR i.merged_into = $2)
        ORDER BY a.started_at, a.alert_id LIMIT 500
        """,
        scope.organization_id,
        incident_id,
    )
