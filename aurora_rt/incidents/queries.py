"""All SQL about incidents. The detail's read model joins the tables of the packages that write to an incident."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from aurora_rt.db.pool import Row, Scope
from aurora_rt.incidents.models import Incident, NewIncident

_columns = itemgetter(*(one.name for one in fields(Incident)))
"""A row's columns as an incident has its fields, `affected_services` last; the quickest way for a thousand rows."""


async def insert_incidents(scope: Scope, new: Sequence[NewIncident], at: datetime) -> list[Incident]:
    """Open incidents; each counts the alert that opens it among its own, not among the correlated ones."""
    rows = await scope.connection.fetch(
        """
        INSERT INTO incidents (id, organization_id, source, source_alert_id, title, service, severity, environment,
                               source_url, status, aurora_status, affected_services, started_at, created_at,
                               updated_at)
        SELECT id, $1, source, source_alert_id, title, service, severity, environment, source_url,
               'investigating', 'running', array_remove(ARRAY[service], ''), started_at, $2, $2
        FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                    $10::text[], $11::timestamptz[])
             AS t(id, source, source_alert_id, title, service, severity, environment, source_url, started_at)
        RETURNING *
        """,
        scope.organization_id,
        at,
        [one.id for one in new],
        [one.source for one in new],
        [one.source_alert_id for one in new],
        [one.title for one in new],
        [one.service for one in new],
        [one.severity for one in new],
        [one.environment for one in new],
        [one.source_url for one in new],
        [one.started_at for one in new],
    )
    return [_incident(row) for row in rows]


async def add_correlated(
    scope: Scope, incident_ids: Sequence[UUID], services: Sequence[str], at: datetime
) -> list[Incident]:
    """Count one more correlated alert, of the service beside it, for each of the incident ids."""
    rows = await scope.connection.fetch(
        """
        UPDATE incidents i
        SET correlated_alert_count = i.correlated_alert_count + added.count,
            affected_services = ARRAY(
                SELECT DISTINCT s FROM unnest(i.affected_services || added.services) AS s WHERE s <> '' ORDER BY s),
            updated_at = $4
        FROM (SELECT id, count(*) AS count, array_agg(service) AS services
              FROM unnest($2::uuid[], $3::text[]) AS t(id, service) GROUP BY id) AS added
        WHERE i.organization_id = $1 AND i.id = added.id
        RETURNING i.*
        """,
        scope.organization_id,
        list(incident_ids),
        list(services),
        at,
    )
    return [_incident(row) for row in rows]


async def resolve_if_over(scope: Scope, incident_ids: Sequence[UUID], at: datetime) -> list[Incident]:
    """Resolve those of the incidents of which no alert fires any more; returns the ones it resolved."""
    rows = await scope.connection.fetch(
        """
        UPDATE incidents i SET status = 'resolved', resolved_at = $3, updated_at = $3
        WHERE i.organization_id = $1 AND i.id = ANY($2::uuid[]) AND i.status <> 'resolved'
          AND NOT EXISTS (SELECT FROM incident_alerts a WHERE a.incident_id = i.id AND a.status = 'firing')
        RETURNING i.*
        """,
        scope.organization_id,
        list(incident_ids),
        at,
    )
    return [_incident(row) for row in rows]


async def lock_incident(scope: Scope, incident_id: UUID) -> Incident | None:
    """Read an incident and keep others from changing it until the transaction ends."""
    row = await scope.connection.fetchrow(
        "SELECT * FROM incidents WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
        scope.organization_id,
        incident_id,
    )
    return _incident(row) if row else None


async def update_incident(
    scope: Scope,
    incident_id: UUID,
    at: datetime,
    *,
    status: str | None = None,
    aurora_status: str | None = None,
    summary: str | None = None,
    active_tab: str | None = None,
) -> Incident | None:
    """Set what is given, stamp what follows from it, and return the incident as it now is."""
    row = await scope.connection.fetchrow(
        """
        UPDATE incidents
        SET status = coalesce($4, status),
            aurora_status = coalesce($5, aurora_status),
            summary = coalesce($6, summary),
            active_tab = coalesce($7, active_tab),
            analyzed_at = CASE WHEN $4 = 'analyzed' THEN $3 ELSE analyzed_at END,
            resolved_at = CASE WHEN $4 = 'resolved' THEN coalesce(resolved_at, $3)
                               WHEN $4 IS NULL THEN resolved_at END,
            updated_at = $3
        WHERE organization_id = $1 AND id = $2
        RETURNING *
        """,
        scope.organization_id,
        incident_id,
        at,
        status,
        aurora_status,
        summary,
        active_tab,
    )
    return _incident(row) if row else None


async def update_severity(scope: Scope, incident_id: UUID, severity: str, at: datetime) -> list[Incident]:
    """Set how severe an incident is; empty when there is no such incident."""
    rows = await scope.connection.fetch(
        """
        UPDATE incidents SET severity = $3, updated_at = $4 WHERE organization_id = $1 AND id = $2 RETURNING *
        """,
        scope.organization_id,
        incident_id,
        severity,
        at,
    )
    return [_incident(row) for row in rows]


async def select_incidents(scope: Scope, *, limit: int) -> list[Incident]:
    """The organization's incidents, newest first."""
    rows = await scope.connection.fetch(
        """
        SELECT * FROM incidents WHERE organization_id = $1
        ORDER BY started_at DESC, id DESC LIMIT $2
        """,
        scope.organization_id,
        limit,
    )
    return [_incident(row) for row in rows]


async def select_incident(scope: Scope, incident_id: UUID) -> Incident | None:
    """One incident."""
    row = await scope.connection.fetchrow(
        "SELECT * FROM incidents WHERE organization_id = $1 AND id = $2", scope.organization_id, incident_id
    )
    return _incident(row) if row else None


async def select_raw_payload(scope: Scope, incident_id: UUID) -> str:
    """What the source sent when the incident was opened; `""` for one that nothing was sent for."""
    payload: str | None = await scope.connection.fetchval(
        """
        SELECT d.body FROM incident_alerts a JOIN webhook_deliveries d ON d.id = a.delivery_id
        WHERE a.organization_id = $1 AND a.incident_id = $2 AND a.primary_alert
        """,
        scope.organization_id,
        incident_id,
    )
    return payload or ""


async def select_thoughts(scope: Scope, incident_id: UUID) -> list[Row]:
    """Thoughts, in the order in which they were finished."""
    return await scope.connection.fetch(
        """
        SELECT id::text, content, at AS timestamp, type FROM thoughts
        WHERE organization_id = $1 AND incident_id = $2 ORDER BY at, id
        """,
        scope.organization_id,
        incident_id,
    )


async def select_citations(scope: Scope, incident_id: UUID) -> list[Row]:
    """Citations by their number, with their whole output."""
    return await scope.connection.fetch(
        """
        SELECT id::text, number::text AS key, tool AS tool_name, command, executed_at,
               CASE WHEN error IS NULL THEN output ELSE btrim(error || E'\n\n' || output, E' \n\t\r') END AS output
        FROM citations
        WHERE organization_id = $1 AND incident_id = $2 ORDER BY number
        """,
        scope.organization_id,
        incident_id,
    )


async def select_suggestions(scope: Scope, incident_id: UUID) -> list[Row]:
    """Suggestions, in the order in which they were made."""
    return await scope.connection.fetch(
        """
        SELECT id::text, title, description, type, risk, command FROM suggestions
        WHERE organization_id = $1 AND incident_id = $2 ORDER BY at, id
        """,
        scope.organization_id,
        incident_id,
    )


async def select_alerts(scope: Scope, incident_id: UUID) -> list[Row]:
    """The alerts that joined an incident after the one that opened it, oldest first."""
    return await scope.connection.fetch(
        """
        SELECT a.alert_id::text AS id, s.source AS source_type, a.title AS alert_title, a.service AS alert_service,
               a.severity AS alert_severity, a.status, a.strategy AS correlation_strategy,
               a.reason AS correlation_details, a.started_at, a.received_at
        FROM incident_alerts a JOIN alerts s ON s.id = a.alert_id
        WHERE a.organization_id = $1 AND a.incident_id = $2 AND NOT a.primary_alert
        ORDER BY a.received_at, a.alert_id
        """,
        scope.organization_id,
        incident_id,
    )


async def select_chat_sessions(scope: Scope, incident_id: UUID) -> list[Row]:
    """The chats about an incident with all their messages, oldest first."""
    return await scope.connection.fetch(
        """
        SELECT s.id::text, s.title, s.status, s.created_at, s.updated_at,
               coalesce(m.messages, '[]'::json) AS messages
        FROM chat_sessions s
        LEFT JOIN LATERAL (
            SELECT json_agg(json_build_object('id', id, 'sender', sender, 'text', text, 'timestamp', at,
                                              'status', status) ORDER BY number) AS messages
            FROM chat_messages WHERE session_id = s.id
        ) m ON true
        WHERE s.organization_id = $1 AND s.incident_id = $2 AND s.deleted_at IS NULL
        ORDER BY s.created_at
        """,
        scope.organization_id,
        incident_id,
    )


def _incident(row: Row) -> Incident:
    *values, services = _columns(row)
    values.append(tuple(services))
    return Incident(*values)
