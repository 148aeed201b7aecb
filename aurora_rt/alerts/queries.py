"""All SQL about alerts, the webhooks they come through, and what was sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from aurora_rt.alerts.models import Alert, Joined, KnownAlert, StateChange, TokenOwner, WebhookToken
from aurora_rt.clock import new_id
from aurora_rt.db.pool import Connection, Row, Scope


async def insert_delivery(
    scope: Scope, delivery_id: UUID, token: TokenOwner, body: str, at: datetime
) -> None:
    """Keep what a source sent, word for word."""
    await scope.connection.execute(
        """
        INSERT INTO webhook_deliveries (id, organization_id, token_id, source, received_at, body)
        VALUES ($2, $1, $3, $4, $5, $6)
        """,
        scope.organization_id,
        delivery_id,
        token.id,
        token.source,
        at,
        body,
    )


async def touch_alerts(
    scope: Scope, source: str, fingerprints: Sequence[str], at: datetime
) -> dict[str, KnownAlert]:
    """Note that alerts arrived, and lock them; returns what was known of each before, by fingerprint.

    The rows are taken in the order of the fingerprints, so that two payloads never wait for each other crosswise.
    """
    rows = await scope.connection.fetch(
        """
        INSERT INTO alerts AS a (id, organization_id, source, fingerprint, status, started_at, received_count,
                                 last_received_at)
        SELECT id, $1, $2, fingerprint, 'new', $5, 1, $5
        FROM unnest($3::uuid[], $4::text[]) AS t(id, fingerprint) ORDER BY fingerprint
        ON CONFLICT (organization_id, source, fingerprint)
        DO UPDATE SET received_count = a.received_count + 1, last_received_at = $5
        RETURNING id, fingerprint, status, incident_id, started_at, ended_at
        """,
        scope.organization_id,
        source,
        [new_id() for _ in fingerprints],
        list(fingerprints),
        at,
    )
    return {row["fingerprint"]: KnownAlert(**row) for row in rows}


async def open_among(scope: Scope, incident_ids: Sequence[UUID]) -> set[UUID]:
    """Lock incidents, in the order of their ids, and return those that an alert may still join."""
    rows = await scope.connection.fetch(
        """
        SELECT id, status FROM incidents WHERE organization_id = $1 AND id = ANY($2::uuid[])
        ORDER BY id FOR NO KEY UPDATE
        """,
        scope.organization_id,
        list(incident_ids),
    )
    return {row["id"] for row in rows if row["status"] in ("investigating", "analyzed")}


async def update_states(scope: Scope, states: Sequence[StateChange]) -> None:
    """Set the present state of alerts, and what their incidents show of it."""
    await scope.connection.execute(
        """
        WITH changed AS (
            UPDATE alerts a SET status = t.status, incident_id = t.incident_id, started_at = t.started_at,
                                ended_at = t.ended_at
            FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[])
                 AS t(id, status, incident_id, started_at, ended_at)
            WHERE a.organization_id = $1 AND a.id = t.id
            RETURNING a.id, a.status, a.incident_id, a.ended_at
        )
        UPDATE incident_alerts i SET status = c.status, ended_at = c.ended_at
        FROM changed c WHERE i.organization_id = $1 AND i.alert_id = c.id AND i.incident_id = c.incident_id
        """,
        scope.organization_id,
        [one.alert_id for one in states],
        [one.status for one in states],
        [one.incident_id for one in states],
        [one.started_at for one in states],
        [one.ended_at for one in states],
    )


async def insert_joined(scope: Scope, joined: Sequence[Joined], delivery_id: UUID, at: datetime) -> None:
    """Make alerts part of incidents, as what they said when they joined."""
    await scope.connection.executemany(
        """
        INSERT INTO incident_alerts (organization_id, incident_id, alert_id, primary_alert, title, description,
                                     severity, service, status, labels, annotations, expression, source_url,
                                     strategy, reason, started_at, received_at, delivery_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'firing', $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """,
        [
            (
                scope.organization_id,
                one.incident_id,
                one.alert_id,
                one.primary,
                one.alert.title,
                one.alert.description,
                one.alert.severity,
                one.alert.service,
                one.alert.labels,
                one.alert.annotations,
                one.alert.expression,
                one.alert.source_url,
                one.strategy,
                one.reason,
                one.started_at,
                at,
                delivery_id,
            )
            for one in joined
        ],
    )


async def update_repeated(scope: Scope, repeated: Sequence[tuple[KnownAlert, Alert]]) -> list[Row]:
    """Bring what incidents show of alerts that fire on up to date; returns the primary ones that changed severity."""
    return await scope.connection.fetch(
        """
        WITH told AS (
            SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::json[], $7::json[])
                   AS t(incident_id, alert_id, description, severity, labels, annotations)
        ), before AS (
            SELECT i.incident_id, i.alert_id, i.severity FROM incident_alerts i JOIN told t
            USING (incident_id, alert_id) WHERE i.organization_id = $1
        )
        UPDATE incident_alerts i
        SET description = t.description, severity = t.severity, labels = t.labels, annotations = t.annotations
        FROM told t JOIN before b USING (incident_id, alert_id)
        WHERE i.organization_id = $1 AND i.incident_id = t.incident_id AND i.alert_id = t.alert_id
        RETURNING i.incident_id, i.severity, i.primary_alert AND i.severity <> b.severity AS severity_changed
        """,
        scope.organization_id,
        [known.incident_id for known, _ in repeated],
        [known.id for known, _ in repeated],
        [alert.description for _, alert in repeated],
        [alert.severity for _, alert in repeated],
        [alert.labels for _, alert in repeated],
        [alert.annotations for _, alert in repeated],
    )


async def select_correlated(scope: Scope, alert_ids: Sequence[UUID]) -> list[Row]:
    """Alerts as their present incidents show them, the ones that opened an incident left out."""
    return await scope.connection.fetch(
        """
        SELECT i.incident_id, a.id, a.source AS source_type, i.title AS alert_title, i.service AS alert_service,
               i.severity AS alert_severity, i.status, i.strategy AS correlation_strategy,
               i.reason AS correlation_details, i.started_at, i.received_at
        FROM alerts a JOIN incident_alerts i ON i.alert_id = a.id AND i.incident_id = a.incident_id
        WHERE a.organization_id = $1 AND a.id = ANY($2::uuid[]) AND NOT i.primary_alert
        ORDER BY i.received_at, a.id
        """,
        scope.organization_id,
        list(alert_ids),
    )


async def insert_token(scope: Scope, token: WebhookToken, token_hash: bytes) -> None:
    """Keep a new webhook token, as its hash."""
    await scope.connection.execute(
        """
        INSERT INTO webhook_tokens (id, organization_id, source, name, token_hash, created_at)
        VALUES ($2, $1, $3, $4, $5, $6)
        """,
        scope.organization_id,
        token.id,
        token.source,
        token.name,
        token_hash,
        token.created_at,
    )


async def select_tokens(scope: Scope) -> list[WebhookToken]:
    """The organization's webhook tokens, oldest first."""
    rows = await scope.connection.fetch(
        """
        SELECT id, source, name, created_at, last_used_at FROM webhook_tokens
        WHERE organization_id = $1 ORDER BY created_at, id
        """,
        scope.organization_id,
    )
    return [WebhookToken(**row) for row in rows]


async def delete_token(scope: Scope, token_id: UUID) -> bool:
    """Revoke a token; False when there is none of that id."""
    deleted = await scope.connection.fetchval(
        "DELETE FROM webhook_tokens WHERE organization_id = $1 AND id = $2 RETURNING true",
        scope.organization_id,
        token_id,
    )
    return bool(deleted)


async def find_token(connection: Connection, token_hash: bytes, at: datetime) -> TokenOwner | None:
    """Whose webhook a token opens. Outside any scope: the token is what tells the organization.

    Notes the use, once a minute at most.
    """
    row = await connection.fetchrow(
        """
        WITH found AS (
            SELECT id, organization_id, source, last_used_at FROM webhook_tokens WHERE token_hash = $1
        ), used AS (
            UPDATE webhook_tokens t SET last_used_at = $2 FROM found f
            WHERE t.id = f.id AND (f.last_used_at IS NULL OR f.last_used_at < $2::timestamptz - interval '1 minute')
        )
        SELECT id, organization_id, source FROM found
        """,
        token_hash,
        at,
    )
    return TokenOwner(**row) if row else None
