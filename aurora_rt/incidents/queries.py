"""All SQL about incidents. The detail's read model joins the tables of the packages that write to an incident."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from aurora_rt.db.pool import Connection, Scope
from aurora_rt.incidents.models import Incident, NewIncident, incident_of


async def insert_incidents(scope: Scope, new: Sequence[NewIncident], at: datetime) -> list[Incident]:
    """Open incidents, those left out whose `client_id` has opened one before.

    Each counts the alert that opens it among its own, not among the correlated ones.
    """
    rows = await scope.connection.fetch(
        """
        INSERT INTO incidents (id, organization_id, source, source_alert_id, title, service, severity, environment,
                               source_url, status, aurora_status, affected_services, started_at, created_at,
                               updated_at, description, client_id)
        SELECT id, $1, source, source_alert_id, title, service, severity, environment, source_url,
               'investigating', 'running', array_remove(ARRAY[service], ''), started_at, $2, $2, description, client_id
        FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                    $10::text[], $11::timestamptz[], $12::text[], $13::text[])
             AS t(id, source, source_alert_id, title, service, severity, environment, source_url, started_at,
                  description, client_id)
        ON CONFLICT (organization_id, client_id) WHERE client_id IS NOT NULL DO NOTHING
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
        [one.description for one in new],
        [one.client_id for one in new],
    )
    return [incident_of(row) for row in rows]


async def recount(
    scope: Scope, incident_ids: Sequence[UUID], worst_first: Sequence[str], at: datetime
) -> list[Incident]:
    """Derive from the alerts that they show what incidents, and those they were merged into, tell of themselves."""
    rows = await scope.connection.fetch(
        """
        UPDATE incidents i
        SET correlated_alert_count = (
                SELECT count(*) FROM shown_alerts s WHERE s.incident_id = i.id AND NOT s.primary_alert),
            affected_services = ARRAY(
                SELECT v FROM (SELECT i.service UNION SELECT s.service FROM shown_alerts s WHERE s.incident_id = i.id
                               UNION SELECT m.service FROM incidents m WHERE m.merged_into = i.id) AS t(v)
                WHERE v <> '' ORDER BY v),
            own_severity = coalesce(i.own_severity, i.severity),
            severity = (
                SELECT v FROM (SELECT coalesce(i.own_severity, i.severity), 0
                               UNION ALL SELECT coalesce(m.own_severity, m.severity), 1 FROM incidents m
                               WHERE m.merged_into = i.id) AS t(v, n)
                ORDER BY array_position($3::text[], v) NULLS LAST, n LIMIT 1),
            (acknowledged_at, acknowledged_by) = (
                SELECT a.acknowledged_at, a.acknowledged_by FROM incident_alerts a
                WHERE a.status = 'acknowledged' AND a.incident_id IN (
                    SELECT i.id UNION ALL SELECT m.id FROM incidents m WHERE m.merged_into = i.id)
                ORDER BY a.acknowledged_at DESC NULLS LAST LIMIT 1),
            updated_at = $4
        WHERE i.organization_id = $1
          AND i.id IN (SELECT unnest($2::uuid[]) UNION
                       SELECT merged_into FROM incidents WHERE organization_id = $1 AND id = ANY($2::uuid[]))
        RETURNING i.*
        """,
        scope.organization_id,
        list(incident_ids),
        list(worst_first),
        at,
    )
    return [incident_of(row) for row in rows]


async def resolve_if_over(
    scope: Scope, incident_ids: Sequence[UUID], at: datetime, quiet: timedelta
) -> list[Incident]:
    """Resolve those of the incidents of which no alert has fired for the time `quiet`; returns the ones it resolved.

    Of those where none fires any more, but did so more recently, the time at which they are to be resolved is noted.
    In place of a merged incident the one that it was merged into is looked at, with all the alerts that it shows.
    """
    rows = await scope.connection.fetch(
        """
        WITH firing AS NOT MATERIALIZED (
            SELECT incident_id FROM incident_alerts
            WHERE organization_id = $1 AND status IN ('firing', 'acknowledged')
        ), over AS (
            SELECT i.id, least($3, (
                SELECT max(a.ended_at) FROM incident_alerts a
                WHERE a.incident_id = i.id
                   OR a.incident_id IN (SELECT m.id FROM incidents m WHERE m.merged_into = i.id))) + $4 AS quiet_at
            FROM incidents i
            WHERE i.organization_id = $1 AND i.status <> 'resolved'
              AND i.id IN (SELECT coalesce(merged_into, id) FROM incidents
                           WHERE organization_id = $1 AND id = ANY($2::uuid[]))
              AND EXISTS (SELECT FROM shown_alerts s WHERE s.incident_id = i.id)
              AND NOT EXISTS (SELECT FROM firing f WHERE f.incident_id = i.id)
              AND NOT EXISTS (SELECT FROM incidents m JOIN firing f ON f.incident_id = m.id WHERE m.merged_into = i.id)
        )
        UPDATE incidents i
        SET status = CASE WHEN o.quiet_at <= $3 THEN 'resolved' ELSE i.status END,
            resolved_at = CASE WHEN o.quiet_at <= $3 THEN $3 ELSE i.resolved_at END,
            quiet_at = CASE WHEN o.quiet_at <= $3 THEN NULL ELSE o.quiet_at END, updated_at = $3
        FROM over o WHERE i.organization_id = $1 AND i.id = o.id
        RETURNING i.*
        """,
        scope.organization_id,
        list(incident_ids),
        at,
        quiet,
    )
    return [incident_of(row) for row in rows if row["status"] == "resolved"]


async def organizations_with_quiet(connection: Connection, at: datetime) -> list[UUID]:
    """Where incidents have been quiet for long enough."""
    rows = await connection.fetch(
        "SELECT DISTINCT organization_id FROM incidents WHERE quiet_at IS NOT NULL AND quiet_at <= $1", at
    )
    return [row["organization_id"] for row in rows]


async def lock_quiet(scope: Scope, at: datetime, limit: int) -> list[UUID]:
    """Incidents that have been quiet for long enough and that nobody else is changing, locked."""
    rows = await scope.connection.fetch(
        """
        SELECT id FROM incidents WHERE organization_id = $1 AND quiet_at IS NOT NULL AND quiet_at <= $2
        ORDER BY id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
        """,
        scope.organization_id,
        at,
        limit,
    )
    return [row["id"] for row in rows]


async def forget_quiet(scope: Scope, incident_ids: Sequence[UUID]) -> None:
    """These are not to be resolved by themselves, as it turned out."""
    await scope.connection.execute(
        "UPDATE incidents SET quiet_at = NULL WHERE organization_id = $1 AND id = ANY($2::uuid[])",
        scope.organization_id,
        list(incident_ids),
    )


async def reopen(
    scope: Scope, incident_ids: Sequence[UUID], flapping: Sequence[UUID], at: datetime
) -> list[Incident]:
    """Let incidents go on in which an alert fires again, as far as they had been looked into."""
    rows = await scope.connection.fetch(
        """
        UPDATE incidents
        SET status = CASE WHEN status <> 'resolved' THEN status
                          WHEN aurora_status = 'complete' OR analyzed_at IS NOT NULL THEN 'analyzed'
                          ELSE 'investigating' END,
            resolved_at = CASE WHEN status = 'resolved' THEN NULL ELSE resolved_at END,
            quiet_at = NULL, flapping = flapping OR id = ANY($3::uuid[]), updated_at = $4
        WHERE organization_id = $1 AND id = ANY($2::uuid[])
          AND (status = 'resolved' OR quiet_at IS NOT NULL OR (id = ANY($3::uuid[]) AND NOT flapping))
        RETURNING *
        """,
        scope.organization_id,
        list(incident_ids),
        list(flapping),
        at,
    )
    return [incident_of(row) for row in rows]


async def lock_incidents(scope: Scope, incident_ids: Sequence[UUID]) -> list[Incident]:
    """Read incidents and keep others from changing them, in the order of their ids."""
    rows = await scope.connection.fetch(
        """
        SELECT * FROM incidents WHERE organization_id = $1 AND id = ANY($2::uuid[])
        ORDER BY id FOR NO KEY UPDATE
        """,
        scope.organization_id,
        list(incident_ids),
    )
    return [incident_of(row) for row in rows]


async def has_merged(scope: Scope, incident_id: UUID) -> bool:
    """Whether other incidents were merged into this one."""
    found: bool = await scope.connection.fetchval(
        "SELECT EXISTS (SELECT FROM incidents WHERE organization_id = $1 AND merged_into = $2)",
        scope.organization_id,
        incident_id,
    )
    return found


async def mark_merged(scope: Scope, incident_id: UUID, into: UUID, by: str, at: datetime) -> Incident:
    """Note that an incident was merged, into which one and by whom."""
    rows = await scope.connection.fetch(
        """
        UPDATE incidents
        SET status = 'merged', status_unmerged = status, merged_into = $3, merged_by = $4, updated_at = $5
        WHERE organization_id = $1 AND id = $2 RETURNING *
        """,
        scope.organization_id,
        incident_id,
        into,
        by,
        at,
    )
    return incident_of(rows[0])


async def mark_unmerged(scope: Scope, incident_id: UUID, at: datetime) -> Incident:
    """Note that an incident stands by itself again, as it did before it was merged."""
    rows = await scope.connection.fetch(
        """
        UPDATE incidents
        SET status = coalesce(status_unmerged, status), status_unmerged = NULL, merged_into = NULL, merged_by = NULL,
            updated_at = $3
        WHERE organization_id = $1 AND id = $2 RETURNING *
        """,
        scope.organization_id,
        incident_id,
        at,
    )
    return incident_of(rows[0])


async def lock_incident(scope: Scope, incident_id: UUID) -> Incident | None:
    """Read an incident and keep others from changing it until the transaction ends."""
    row = await scope.connection.fetchrow(
        "SELECT * FROM incidents WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
        scope.organization_id,
        incident_id,
    )
    return incident_of(row) if row else None


async def update_incident(
    scope: Scope,
    incident_id: UUID,
    at: datetime,
    *,
    status: str | None = None,
    aurora_status: str | None = None,
    summary: str | None = None,
    summary_ended: str | None = None,
    active_tab: str | None = None,
) -> Incident | None:
    """Set what is given, stamp what follows from it, and return the incident as it now is."""
    row = await scope.connection.fetchrow(
        """
        UPDATE incidents
        SET status = coalesce($4, status),
            aurora_status = coalesce($5, aurora_status),
            summary = coalesce($6, summary),
            summary_ended = CASE WHEN $6 IS NULL THEN summary_ended ELSE coalesce($8, 'complete') END,
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
        summary_ended,
    )
    return incident_of(row) if row else None


async def update_severity(scope: Scope, incident_id: UUID, severity: str) -> None:
    """Set how severe an incident is by itself; `recount` must follow."""
    await scope.connection.execute(
        "UPDATE incidents SET own_severity = $3 WHERE organization_id = $1 AND id = $2",
        scope.organization_id,
        incident_id,
        severity,
    )


async def select_incident(scope: Scope, incident_id: UUID) -> Incident | None:
    """One incident."""
    row = await scope.connection.fetchrow(
        "SELECT * FROM incidents WHERE organization_id = $1 AND id = $2", scope.organization_id, incident_id
    )
    return incident_of(row) if row else None


async def select_by_client(scope: Scope, client_id: str) -> Incident | None:
    """The incident that was opened by hand under this id."""
    row = await scope.connection.fetchrow(
        "SELECT * FROM incidents WHERE organization_id = $1 AND client_id = $2",
        scope.organization_id,
        client_id,
    )
    return incident_of(row) if row else None
