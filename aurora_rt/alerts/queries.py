"""All SQL about alerts, the webhooks they come through, and what was sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from aurora_rt.alerts.models import (
    Alert,
    AlertStatus,
    EndedAlert,
    Home,
    Joined,
    KnownAlert,
    TokenOwner,
    WebhookToken,
)
from aurora_rt.clock import new_id
from aurora_rt.db.pool import Connection, Row, Scope

Key = tuple[str, str]
"""Which alert it is: its source and its fingerprint."""
OPEN = ("investigating", "analyzed")
"""The statuses of incidents that an alert may still join."""


async def take(scope: Scope, counts: Mapping[Key, int], at: datetime) -> dict[Key, KnownAlert]:
    """Note that alerts arrived, each so often, and lock them; returns what was known of each before.

    The rows are taken in the order of sources and fingerprints, so that two transactions never wait for each other
    crosswise.
    """
    keys = sorted(counts)
    rows = await scope.connection.fetch(
        """
        INSERT INTO alerts AS a (id, organization_id, source, fingerprint, status, started_at, received_count,
                                 last_received_at)
        SELECT id, $1, source, fingerprint, 'new', $2, received, $2
        FROM unnest($3::uuid[], $4::text[], $5::text[], $6::integer[]) AS t(id, source, fingerprint, received)
        ON CONFLICT (organization_id, source, fingerprint)
        DO UPDATE SET received_count = a.received_count + excluded.received_count, last_received_at = $2
        RETURNING id, source, fingerprint, status, incident_id, started_at, ended_at, changed_at, flips, told
        """,
        scope.organization_id,
        at,
        [new_id() for _ in keys],
        [source for source, _ in keys],
        [fingerprint for _, fingerprint in keys],
        [counts[key] for key in keys],
    )
    return {(row["source"], row["fingerprint"]): _known(row) for row in rows}


async def lock_homes(scope: Scope, incident_ids: Sequence[UUID]) -> dict[UUID, Home]:
    """Lock incidents, and those that they were merged into, in the order of their ids; where their alerts belong."""
    rows = await scope.connection.fetch(
        """
        SELECT id, status, merged_into FROM incidents
        WHERE organization_id = $1
          AND id IN (SELECT unnest($2::uuid[]) UNION
                     SELECT merged_into FROM incidents WHERE organization_id = $1 AND id = ANY($2::uuid[]))
        ORDER BY id FOR NO KEY UPDATE
        """,
        scope.organization_id,
        list(incident_ids),
    )
    statuses = {row["id"]: row["status"] for row in rows}
    homes = {row["id"]: row["merged_into"] or row["id"] for row in rows}
    return {
        own: Home(shown_in, is_merged=own != shown_in, is_open=statuses[shown_in] in OPEN)
        for own, shown_in in homes.items()
        if shown_in in statuses
    }


async def lock_alerts_of(scope: Scope, incident_id: UUID) -> list[UUID]:
    """Keep others from taking in anything about the alerts of an incident; their ids."""
    rows = await scope.connection.fetch(
        """
        SELECT id FROM alerts
        WHERE organization_id = $1 AND id IN (SELECT alert_id FROM incident_alerts WHERE incident_id = $2)
        ORDER BY source, fingerprint FOR NO KEY UPDATE
        """,
        scope.organization_id,
        incident_id,
    )
    return [row["id"] for row in rows]


async def select_alert_ids(scope: Scope, incident_id: UUID) -> list[UUID]:
    """The alerts of an incident, in the order in which they joined it."""
    rows = await scope.connection.fetch(
        """
        SELECT alert_id FROM incident_alerts WHERE organization_id = $1 AND incident_id = $2
        ORDER BY received_at, alert_id
        """,
        scope.organization_id,
        incident_id,
    )
    return [row["alert_id"] for row in rows]


async def end_alerts(scope: Scope, ended: Sequence[EndedAlert]) -> None:
    """Note that alerts do not fire any more, and what their incidents show of it."""
    await scope.connection.execute(
        """
        WITH changed AS (
            UPDATE alerts a SET status = 'resolved', started_at = t.started_at, ended_at = t.ended_at,
                changed_at = t.changed_at,
                flips = CASE WHEN t.flipped THEN (a.flips || t.ended_at)[greatest(1, cardinality(a.flips) - 18):]
                             ELSE a.flips END
            FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::boolean[])
                 AS t(id, started_at, ended_at, changed_at, flipped)
            WHERE a.organization_id = $1 AND a.id = t.id
            RETURNING a.id, a.incident_id, a.ended_at
        )
        UPDATE incident_alerts i SET status = 'resolved', ended_at = c.ended_at
        FROM changed c WHERE i.organization_id = $1 AND i.alert_id = c.id AND i.incident_id = c.incident_id
        """,
        scope.organization_id,
        [one.alert_id for one in ended],
        [one.started_at for one in ended],
        [one.ended_at for one in ended],
        [one.changed_at for one in ended],
        [one.flipped for one in ended],
    )


async def join(scope: Scope, joined: Sequence[Joined], at: datetime) -> None:
    """Make alerts that begin to fire part of incidents, as what they say now; one may return to where it was."""
    await scope.connection.execute(
        """
        WITH joined AS (
            SELECT * FROM unnest($2::uuid[], $4::uuid[], $5::uuid[], $6::boolean[], $7::text[], $8::text[], $9::text[],
                                 $10::text[], $11::json[], $12::json[], $13::text[], $14::text[], $15::text[],
                                 $16::text[], $17::timestamptz[], $18::text[], $19::timestamptz[], $20::bytea[],
                                 $21::double precision[], $22::text[], $23::text[])
                AS t(delivery_id, incident_id, alert_id, primary_alert, title, description, severity, service,
                     labels, annotations, expression, source_url, strategy, reason, started_at, status, changed_at,
                     told, score, kind, acknowledged_by)
        ), fires AS (
            UPDATE alerts a
            SET status = j.status, incident_id = j.incident_id, started_at = j.started_at, ended_at = NULL,
                changed_at = j.changed_at, told = j.told,
                flips = (a.flips || coalesce(j.changed_at, j.started_at))[greatest(1, cardinality(a.flips) - 18):]
            FROM joined j WHERE a.organization_id = $1 AND a.id = j.alert_id
        )
        INSERT INTO incident_alerts (organization_id, incident_id, alert_id, primary_alert, title, description,
                                     severity, service, status, labels, annotations, expression, source_url,
                                     strategy, reason, started_at, received_at, delivery_id, score, kind,
                                     acknowledged_at, acknowledged_by)
        SELECT $1, incident_id, alert_id, primary_alert, title, description, severity, service, status, labels,
               annotations, expression, source_url, strategy, reason, started_at, $3, delivery_id, score, kind,
               CASE WHEN status = 'acknowledged' THEN coalesce(changed_at, $3) END,
               CASE WHEN status = 'acknowledged' THEN acknowledged_by ELSE '' END
        FROM joined
        ON CONFLICT (incident_id, alert_id) DO UPDATE
        SET title = excluded.title, description = excluded.description, severity = excluded.severity,
            service = excluded.service, status = excluded.status, labels = excluded.labels,
            annotations = excluded.annotations, started_at = excluded.started_at, ended_at = NULL,
            acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by
        """,
        scope.organization_id,
        [one.delivery_id for one in joined],
        at,
        [one.incident_id for one in joined],
        [one.alert_id for one in joined],
        [one.primary for one in joined],
        [one.alert.title for one in joined],
        [one.alert.description for one in joined],
        [one.alert.severity for one in joined],
        [one.alert.service for one in joined],
        [one.alert.labels for one in joined],
        [one.alert.annotations for one in joined],
        [one.alert.expression for one in joined],
        [one.alert.source_url for one in joined],
        [one.strategy for one in joined],
        [one.reason for one in joined],
        [one.started_at for one in joined],
        [one.alert.status for one in joined],
        [one.alert.changed_at for one in joined],
        [one.alert.digest() for one in joined],
        [one.score for one in joined],
        [one.kind for one in joined],
        [one.alert.acknowledged_by for one in joined],
    )


async def update_repeated(
    scope: Scope, repeated: Sequence[tuple[KnownAlert, Alert, AlertStatus]], at: datetime
) -> list[Row]:
    """Bring what incidents show of alerts that go on up to date, with the state that each has now.

    Returns of each its `alert_id` and `incident_id`, its `severity`, whether that of an alert that opened its incident
    changed, and whether its state did.
    """
    return await scope.connection.fetch(
        """
        WITH told AS (
            SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::json[], $7::json[], $8::text[],
                                 $9::timestamptz[], $10::bytea[], $11::text[])
                   AS t(incident_id, alert_id, description, severity, labels, annotations, status, changed_at, told,
                        acknowledged_by)
        ), before AS (
            SELECT i.incident_id, i.alert_id, i.severity, i.status FROM incident_alerts i JOIN told t
            USING (incident_id, alert_id) WHERE i.organization_id = $1
        ), moved AS (
            UPDATE alerts a SET status = t.status, told = t.told,
                changed_at = CASE WHEN a.status <> t.status THEN coalesce(t.changed_at, a.changed_at)
                             ELSE a.changed_at END
            FROM told t WHERE a.organization_id = $1 AND a.id = t.alert_id
        )
        UPDATE incident_alerts i
        SET description = t.description, severity = t.severity, labels = t.labels, annotations = t.annotations,
            status = t.status,
            acknowledged_at = CASE WHEN t.status = 'acknowledged' THEN
                CASE WHEN b.status = 'acknowledged' THEN i.acknowledged_at ELSE coalesce(t.changed_at, $12) END END,
            acknowledged_by = CASE WHEN t.status <> 'acknowledged' THEN ''
                                   ELSE coalesce(nullif(t.acknowledged_by, ''), i.acknowledged_by) END
        FROM told t JOIN before b USING (incident_id, alert_id)
        WHERE i.organization_id = $1 AND i.incident_id = t.incident_id AND i.alert_id = t.alert_id
        RETURNING i.incident_id, i.alert_id, i.severity,
                  i.primary_alert AND i.severity <> b.severity AS severity_changed, i.status <> b.status AS moved
        """,
        scope.organization_id,
        [known.incident_id for known, _, _ in repeated],
        [known.id for known, _, _ in repeated],
        [alert.description for _, alert, _ in repeated],
        [alert.severity for _, alert, _ in repeated],
        [alert.labels for _, alert, _ in repeated],
        [alert.annotations for _, alert, _ in repeated],
        [status for _, _, status in repeated],
        [alert.changed_at for _, alert, _ in repeated],
        [alert.digest() for _, alert, _ in repeated],
        [alert.acknowledged_by for _, alert, _ in repeated],
        at,
    )


async def select_shown(scope: Scope, alert_ids: Sequence[UUID], incident_ids: Sequence[UUID]) -> list[Row]:
    """How the incidents show the alerts, each as often as one of the incidents has it."""
    return await scope.connection.fetch(
        """
        SELECT s.incident_id, s.primary_alert, a.id, a.source AS source_type, s.title AS alert_title,
               s.service AS alert_service, s.severity AS alert_severity, s.status,
               s.strategy AS correlation_strategy, s.score AS correlation_score, s.reason AS correlation_details,
               s.started_at, s.received_at
        FROM shown_alerts s JOIN alerts a ON a.id = s.alert_id
        WHERE s.organization_id = $1 AND s.alert_id = ANY($2::uuid[]) AND s.incident_id = ANY($3::uuid[])
        ORDER BY s.received_at, a.id
        """,
        scope.organization_id,
        list(alert_ids),
        list(incident_ids),
    )


async def select_own_incident(scope: Scope, incident_id: UUID, alert_id: UUID) -> Row | None:
    """Which incident an alert is of that another one shows: this one, or one that was merged into it."""
    return await scope.connection.fetchrow(
        """
        SELECT a.incident_id, a.primary_alert FROM incident_alerts a JOIN incidents i ON i.id = a.incident_id
        WHERE a.organization_id = $1 AND a.alert_id = $3 AND (i.id = $2 OR i.merged_into = $2)
        ORDER BY i.id = $2 DESC LIMIT 1
        """,
        scope.organization_id,
        incident_id,
        alert_id,
    )


async def lock_joined(scope: Scope, incident_id: UUID, alert_id: UUID) -> Row | None:
    """What an incident shows of an alert of its own, which nobody else changes until the transaction ends."""
    return await scope.connection.fetchrow(
        """
        SELECT a.source, a.fingerprint, j.title, j.service, j.severity, j.source_url, j.started_at, j.primary_alert
        FROM alerts a JOIN incident_alerts j ON j.alert_id = a.id AND j.incident_id = $2
        WHERE a.organization_id = $1 AND a.id = $3
        FOR NO KEY UPDATE OF a
        """,
        scope.organization_id,
        incident_id,
        alert_id,
    )


async def move_to_own(
    scope: Scope, alert_id: UUID, incident_id: UUID, own_incident_id: UUID, reason: str
) -> None:
    """Make an alert of an incident the one that opened another."""
    await scope.connection.execute(
        """
        WITH moved AS (
            UPDATE alerts SET incident_id = $4 WHERE organization_id = $1 AND id = $2 AND incident_id = $3
        )
        UPDATE incident_alerts SET incident_id = $4, primary_alert = true, strategy = 'primary', reason = $5,
            score = 1
        WHERE organization_id = $1 AND alert_id = $2 AND incident_id = $3
        """,
        scope.organization_id,
        alert_id,
        incident_id,
        own_incident_id,
        reason,
    )


async def select_home(scope: Scope, source: str, fingerprint: str) -> UUID | None:
    """The incident that shows an alert; None while it belongs to none."""
    home: UUID | None = await scope.connection.fetchval(
        """
        SELECT coalesce(i.merged_into, i.id) FROM alerts a JOIN incidents i ON i.id = a.incident_id
        WHERE a.organization_id = $1 AND a.source = $2 AND a.fingerprint = $3
        """,
        scope.organization_id,
        source,
        fingerprint,
    )
    return home


def _known(row: Row) -> KnownAlert:
    fields = {name: value for name, value in row.items() if name != "source"}
    return KnownAlert(**{**fields, "flips": tuple(row["flips"])})


async def insert_token(
    scope: Scope, token: WebhookToken, token_hash: bytes, sealed_secret: bytes | None
) -> None:
    """Keep a new webhook token, as its hash."""
    await scope.connection.execute(
        """
        INSERT INTO webhook_tokens (id, organization_id, source, name, token_hash, created_at, sealed_secret, mapping)
        VALUES ($2, $1, $3, $4, $5, $6, $7, $8)
        """,
        scope.organization_id,
        token.id,
        token.source,
        token.name,
        token_hash,
        token.created_at,
        sealed_secret,
        token.mapping,
    )


async def select_tokens(scope: Scope) -> list[WebhookToken]:
    """The organization's webhook tokens, oldest first."""
    rows = await scope.connection.fetch(
        """
        SELECT id, source, name, created_at, last_used_at, sealed_secret IS NOT NULL AS has_secret, mapping,
               coalesce(f.failed, 0) AS failed
        FROM webhook_tokens t
        LEFT JOIN (SELECT token_id, count(*) AS failed FROM webhook_deliveries
                   WHERE organization_id = $1 AND status = 'failed' GROUP BY token_id) f ON f.token_id = t.id
        WHERE organization_id = $1 ORDER BY created_at, id
        """,
        scope.organization_id,
    )
    return [WebhookToken(**row) for row in rows]


async def lock_token(scope: Scope, token_id: UUID) -> WebhookToken | None:
    """One of them, which nobody else changes until the transaction ends."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, source, name, created_at, last_used_at, sealed_secret IS NOT NULL AS has_secret, mapping
        FROM webhook_tokens WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE
        """,
        scope.organization_id,
        token_id,
    )
    return WebhookToken(**row) if row else None


async def update_token(
    scope: Scope, token: WebhookToken, *, reseal: bool, sealed_secret: bytes | None
) -> None:
    """Keep a token's name and mapping, and with `reseal` its secret."""
    await scope.connection.execute(
        """
        UPDATE webhook_tokens
        SET name = $3, mapping = $4, version = version + 1, sealed_secret = CASE WHEN $5 THEN $6 ELSE sealed_secret END
        WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        token.id,
        token.name,
        token.mapping,
        reseal,
        sealed_secret,
    )


async def update_token_hash(scope: Scope, token_id: UUID, token_hash: bytes) -> None:
    """Let another token open the same webhook; the one before opens nothing any more."""
    await scope.connection.execute(
        "UPDATE webhook_tokens SET token_hash = $3, version = version + 1 WHERE organization_id = $1 AND id = $2",
        scope.organization_id,
        token_id,
        token_hash,
    )


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
            SELECT id, organization_id, source, last_used_at, sealed_secret, mapping, version, token_hash
            FROM webhook_tokens WHERE token_hash = $1
        ), used AS (
            UPDATE webhook_tokens t SET last_used_at = $2 FROM found f
            WHERE t.id = f.id AND (f.last_used_at IS NULL OR f.last_used_at < $2::timestamptz - interval '1 minute')
        )
        SELECT id, organization_id, source, sealed_secret, mapping, version, token_hash FROM found
        """,
        token_hash,
        at,
    )
    return TokenOwner(**row) if row else None
