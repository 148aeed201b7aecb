"""All SQL about investigations and what they say."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from aurora_rt.db.pool import Row, Scope
from aurora_rt.investigation.investigator import Case, CaseAlert, Cause, Ended
from aurora_rt.investigation.models import KeptSuggestion, State
from aurora_rt.redaction import redacted_value
from aurora_rt.toolsets.facts import (
    AnyFacts,
)
from aurora_rt.toolsets.toolbox import call_key
from aurora_rt.toolsets.toolset import Observation

_facts: TypeAdapter[AnyFacts] = TypeAdapter(AnyFacts)


async def take_over(
    scope: Scope, investigation_id: UUID, incident_id: UUID, runner: UUID, investigator: str, at: datetime
) -> State:
    """Make `runner` the one who works on the investigation, new or left behind; returns its state then."""
    state: State = await scope.connection.fetchval(
        """
        INSERT INTO investigations AS v (id, organization_id, incident_id, investigator, runner, status, created_at,
                                         started_at)
        VALUES ($2, $1, $3, $5, $4, 'running', $6, $6)
        ON CONFLICT (id) DO UPDATE SET runner = $4,
            investigator = coalesce(nullif($5, ''), v.investigator),
            started_at = coalesce(v.started_at, $6),
            status = CASE WHEN v.status = 'queued' THEN 'running' ELSE v.status END
        RETURNING status
        """,
        scope.organization_id,
        investigation_id,
        incident_id,
        runner,
        investigator,
        at,
    )
    return state


async def is_running(scope: Scope, investigation_id: UUID, runner: UUID) -> bool:
    """Whether `runner` still works on the investigation; within a transaction it stays so until the end."""
    running = await scope.connection.fetchval(
        """
        SELECT true FROM investigations
        WHERE organization_id = $1 AND id = $2 AND runner = $3 AND status = 'running' FOR SHARE
        """,
        scope.organization_id,
        investigation_id,
        runner,
    )
    return bool(running)


async def finish(
    scope: Scope,
    investigation_id: UUID,
    at: datetime,
    *,
    status: State,
    causes: Sequence[Cause] = (),
    error: str = "",
    ended: Ended = "complete",
) -> bool:
    """End a running investigation; False when it had ended already."""
    found = await scope.connection.fetchval(
        """
        UPDATE investigations SET status = $3, finished_at = $4, causes = $5, error = $6, ended = $7
        WHERE organization_id = $1 AND id = $2 AND status IN ('queued', 'running') RETURNING true
        """,
        scope.organization_id,
        investigation_id,
        status,
        at,
        [{"node": one.node, "kind": one.kind, "confidence": one.confidence} for one in causes],
        error,
        ended,
    )
    return bool(found)


async def is_under_way(scope: Scope, incident_id: UUID) -> bool:
    """Whether an investigation of the incident waits or runs; one without any still waits for its first."""
    found: bool = await scope.connection.fetchval(
        """
        SELECT coalesce(bool_or(status IN ('queued', 'running')), true) FROM investigations
        WHERE organization_id = $1 AND incident_id = $2
        """,
        scope.organization_id,
        incident_id,
    )
    return found


async def insert_queued(scope: Scope, investigation_id: UUID, incident_id: UUID, at: datetime) -> None:
    """Note that an investigation waits for a worker."""
    await scope.connection.execute(
        """
        INSERT INTO investigations (id, organization_id, incident_id, status, created_at)
        VALUES ($2, $1, $3, 'queued', $4)
        """,
        scope.organization_id,
        investigation_id,
        incident_id,
        at,
    )


async def cancel_under_way(scope: Scope, incident_id: UUID, first_id: UUID, at: datetime) -> bool:
    """Cancel what runs or waits for an incident, or else `first_id` where nothing has begun yet; whether it did."""
    rows = await scope.connection.fetch(
        """
        WITH first AS (
            INSERT INTO investigations (id, organization_id, incident_id, status, created_at, finished_at)
            SELECT $3, $1, $2, 'cancelled', $4, $4
            WHERE NOT EXISTS (SELECT FROM investigations WHERE organization_id = $1 AND incident_id = $2)
            RETURNING id
        ), others AS (
            UPDATE investigations SET status = 'cancelled', finished_at = $4
            WHERE organization_id = $1 AND incident_id = $2 AND status IN ('queued', 'running') RETURNING id
        )
        SELECT id FROM first UNION ALL SELECT id FROM others
        """,
        scope.organization_id,
        incident_id,
        first_id,
        at,
    )
    return bool(rows)


async def next_citation_number(scope: Scope, incident_id: UUID) -> int:
    """The number of the incident's next citation. Numbers of looks that come to nothing are left out for ever."""
    number: int = await scope.connection.fetchval(
        """
        INSERT INTO citation_numbers AS n (incident_id, organization_id, last) VALUES ($2, $1, 1)
        ON CONFLICT (incident_id) DO UPDATE SET last = n.last + 1 WHERE n.organization_id = $1
        RETURNING last
        """,
        scope.organization_id,
        incident_id,
    )
    return number


async def insert_thought(
    scope: Scope,
    thought_id: UUID,
    incident_id: UUID,
    investigation_id: UUID,
    content: str,
    thought_type: str,
    at: datetime,
    by: str = "",
) -> bool:
    """Keep a thought; False when it, or the same text, is there already."""
    inserted = await scope.connection.fetchval(
        """
        INSERT INTO thoughts (id, organization_id, incident_id, investigation_id, type, content, at, by)
        SELECT $2, $1, $3, $4, $6, $5, $7, $8
        WHERE NOT EXISTS (SELECT FROM thoughts WHERE incident_id = $3 AND content = $5)
        ON CONFLICT (id) DO NOTHING RETURNING true
        """,
        scope.organization_id,
        thought_id,
        incident_id,
        investigation_id,
        content,
        thought_type,
        at,
        by,
    )
    return bool(inserted)


async def insert_citation(
    scope: Scope, citation_id: UUID, incident_id: UUID, investigation_id: UUID | None, seen: Observation
) -> bool:
    """Keep a look as a citation; False when it is there already."""
    inserted = await scope.connection.fetchval(
        """
        INSERT INTO citations (id, organization_id, incident_id, investigation_id, number, call, tool, parameters,
                               command, output, facts, error, executed_at, seconds, kind)
        VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        scope.organization_id,
        citation_id,
        incident_id,
        investigation_id,
        seen.number,
        call_key(seen.tool, seen.parameters),
        seen.tool,
        dict(seen.parameters),
        seen.command,
        seen.output,
        redacted_value(seen.facts.model_dump(mode="json")) if seen.facts is not None else None,
        seen.error,
        seen.executed_at,
        seen.seconds,
        seen.kind,
    )
    return bool(inserted)


async def insert_suggestion(
    scope: Scope, incident_id: UUID, investigation_id: UUID | None, made: KeptSuggestion, at: datetime
) -> bool:
    """Keep a suggestion, of an investigation or an answer; False when it is there already, or another made the same."""
    inserted = await scope.connection.fetchval(
        """
        INSERT INTO suggestions (id, organization_id, incident_id, investigation_id, title, description, type, risk,
                                 command, at, effect, undo, is_action)
        SELECT $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        WHERE NOT EXISTS (
            SELECT FROM suggestions
            WHERE incident_id = $3 AND investigation_id IS DISTINCT FROM $4 AND title = $5 AND command = $9)
        ON CONFLICT (id) DO NOTHING RETURNING true
        """,
        scope.organization_id,
        made.id,
        incident_id,
        investigation_id,
        made.title,
        made.description,
        made.type,
        made.risk,
        made.command,
        at,
        made.effect,
        made.undo,
        made.is_action,
    )
    return bool(inserted)


async def select_case(scope: Scope, incident_id: UUID) -> Case | None:
    """What is known of an incident: itself, and its alerts, the one that opened it first."""
    incident = await scope.connection.fetchrow(
        """
        SELECT id, title, service, severity, environment, source, started_at, description,
               coalesce((SELECT content FROM organization_notes WHERE organization_id = $1), '') AS notes
        FROM incidents WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        incident_id,
    )
    if incident is None:
        return None
    alerts = await scope.connection.fetch(
        """
        SELECT title, description, severity, service, status, labels, annotations, started_at, expression,
               source_url
        FROM shown_alerts WHERE organization_id = $1 AND incident_id = $2
        ORDER BY primary_alert DESC, received_at, alert_id LIMIT 50
        """,
        scope.organization_id,
        incident_id,
    )
    return Case(
        incident_id=incident["id"],
        title=incident["title"],
        service=incident["service"],
        severity=incident["severity"],
        environment=incident["environment"],
        source=incident["source"],
        started_at=incident["started_at"],
        alerts=tuple(CaseAlert(**row) for row in alerts) or (_alert_of(incident),),
        notes=incident["notes"],
    )


async def select_observations(
    scope: Scope, incident_id: UUID, investigation_id: UUID | None = None
) -> tuple[Observation, ...]:
    """The looks of an incident, or of one of its investigations, by number."""
    rows = await scope.connection.fetch(
        """
        SELECT number, tool, parameters, command, output, executed_at, seconds, facts, error FROM citations
        WHERE organization_id = $1 AND incident_id = $2
          AND ($3::uuid IS NULL OR investigation_id = $3)
        ORDER BY number
        """,
        scope.organization_id,
        incident_id,
        investigation_id,
    )
    return tuple(_observation(row) for row in rows)


async def select_said_ids(scope: Scope, investigation_id: UUID) -> frozenset[UUID]:
    """The ids of the thoughts and suggestions that an investigation has said."""
    rows = await scope.connection.fetch(
        """
        SELECT id FROM thoughts WHERE organization_id = $1 AND investigation_id = $2
        UNION ALL
        SELECT id FROM suggestions WHERE organization_id = $1 AND investigation_id = $2
        """,
        scope.organization_id,
        investigation_id,
    )
    return frozenset(row["id"] for row in rows)


async def select_earlier_thoughts(scope: Scope, incident_id: UUID, investigation_id: UUID) -> tuple[str, ...]:
    """The texts of what other investigations thought about the incident."""
    rows = await scope.connection.fetch(
        """
        SELECT content FROM thoughts WHERE organization_id = $1 AND incident_id = $2 AND investigation_id <> $3
        """,
        scope.organization_id,
        incident_id,
        investigation_id,
    )
    return tuple(row["content"] for row in rows)


async def select_summary_and_thoughts(scope: Scope, incident_id: UUID) -> tuple[str, tuple[str, ...]]:
    """What was concluded and thought about an incident."""
    summary = await scope.connection.fetchval(
        "SELECT summary FROM incidents WHERE organization_id = $1 AND id = $2",
        scope.organization_id,
        incident_id,
    )
    rows = await scope.connection.fetch(
        "SELECT content FROM thoughts WHERE organization_id = $1 AND incident_id = $2 ORDER BY at, id",
        scope.organization_id,
        incident_id,
    )
    return summary or "", tuple(row["content"] for row in rows)


async def select_suggestions(scope: Scope, incident_id: UUID) -> tuple[KeptSuggestion, ...]:
    """What was suggested for an incident."""
    rows = await scope.connection.fetch(
        """
        SELECT id, title, description, type, risk, command, effect, undo, is_action FROM suggestions
        WHERE organization_id = $1 AND incident_id = $2 ORDER BY at, id
        """,
        scope.organization_id,
        incident_id,
    )
    return tuple(KeptSuggestion(**row) for row in rows)


async def select_kept(scope: Scope, of_work: UUID) -> dict[str, str]:
    """What an investigator kept for itself of an investigation or an answer, in the order in which it did."""
    rows = await scope.connection.fetch(
        """
        SELECT key, text FROM investigator_memory WHERE organization_id = $1 AND of_work = $2 ORDER BY number
        """,
        scope.organization_id,
        of_work,
    )
    return {row["key"]: row["text"] for row in rows}


async def insert_kept(scope: Scope, of_work: UUID, key: str, text: str) -> None:
    """Keep a text of an investigator's own; one that is there already stays."""
    await scope.connection.execute(
        """
        INSERT INTO investigator_memory (organization_id, of_work, key, text) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        scope.organization_id,
        of_work,
        key,
        text,
    )


def _alert_of(incident: Row) -> CaseAlert:
    """An incident without alerts still has something to look into: itself."""
    return CaseAlert(
        title=incident["title"],
        description=incident["description"],
        severity=incident["severity"],
        service=incident["service"],
        status="firing",
        labels={},
        annotations={},
        started_at=incident["started_at"],
    )


def _observation(row: Row) -> Observation:
    fields = dict(row)
    facts = fields.pop("facts")
    return Observation(**fields, facts=_facts.validate_python(facts) if facts is not None else None)
