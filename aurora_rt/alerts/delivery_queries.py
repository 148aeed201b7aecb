"""All SQL about what was sent to webhooks, word for word, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from aurora_rt.alerts.models import Content, Delivery, DeliveryStatus, Incoming
from aurora_rt.db.pool import Connection, Scope


async def keep(scope: Scope, delivery_id: UUID, source: str, content: Content) -> bool:
    """Keep what a source sent; False when it, or a delivery of the same identity, is kept already."""
    kept = await scope.connection.fetchval(
        """
        INSERT INTO webhook_deliveries (id, organization_id, token_id, source, received_at, status, headers, body, raw,
                                        once)
        VALUES ($2, $1, $3, $4, $5, 'received', $6, $7, $8, $9)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        scope.organization_id,
        delivery_id,
        content.token_id,
        source,
        content.received_at,
        content.headers,
        content.body,
        content.raw,
        content.once,
    )
    return bool(kept)


async def keep_processed(scope: Scope, deliveries: Sequence[tuple[Incoming, Content]]) -> set[UUID]:
    """Keep deliveries that are dealt with in this transaction, and tell which were.

    Those are not that had been kept before, or whose token has been revoked or changed since it was looked at.
    """
    rows = await scope.connection.fetch(
        """
        INSERT INTO webhook_deliveries (id, organization_id, token_id, source, received_at, status, headers, body, raw,
                                        once, alerts, attempts)
        SELECT t.id, $1, k.id, t.source, t.received_at, 'processed', t.headers, t.body, t.raw, t.once, t.alerts, 1
        FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::json[], $7::text[], $8::bytea[],
                    $9::bytea[], $10::integer[], $11::integer[])
             AS t(id, token_id, source, received_at, headers, body, raw, once, alerts, version)
        JOIN webhook_tokens k ON k.organization_id = $1 AND k.id = t.token_id AND k.version = t.version
        ON CONFLICT DO NOTHING RETURNING id
        """,
        scope.organization_id,
        [one.id for one, _ in deliveries],
        [content.token_id for _, content in deliveries],
        [one.source for one, _ in deliveries],
        [content.received_at for _, content in deliveries],
        [content.headers for _, content in deliveries],
        [content.body for _, content in deliveries],
        [content.raw for _, content in deliveries],
        [content.once for _, content in deliveries],
        [one.count for one, _ in deliveries],
        [content.token_version for _, content in deliveries],
    )
    return {row["id"] for row in rows}


async def mark_processed(scope: Scope, deliveries: Sequence[Incoming]) -> set[UUID]:
    """Note that kept deliveries are dealt with in this transaction; which of them nobody had dealt with."""
    rows = await scope.connection.fetch(
        """
        UPDATE webhook_deliveries d
        SET status = 'processed', code = '', reason = '', alerts = t.alerts, attempts = attempts + 1
        FROM unnest($2::uuid[], $3::integer[]) AS t(id, alerts)
        WHERE d.organization_id = $1 AND d.id = t.id AND d.status <> 'processed'
        RETURNING d.id
        """,
        scope.organization_id,
        [one.id for one in deliveries],
        [one.count for one in deliveries],
    )
    return {row["id"] for row in rows}


async def select_before(
    scope: Scope, delivery_id: UUID, content: Content
) -> tuple[UUID, DeliveryStatus] | None:
    """The delivery that is in the way of keeping another one, and what became of it."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, status FROM webhook_deliveries
        WHERE organization_id = $1 AND (id = $2 OR (token_id = $3 AND once = $4))
        """,
        scope.organization_id,
        delivery_id,
        content.token_id,
        content.once,
    )
    return (row["id"], row["status"]) if row else None


async def mark_failed(scope: Scope, delivery_id: UUID, code: str, reason: str) -> None:
    """Note why a delivery could not be understood or dealt with; what was processed meanwhile stays so."""
    await scope.connection.execute(
        """
        UPDATE webhook_deliveries SET status = 'failed', code = $3, reason = $4, attempts = attempts + 1
        WHERE organization_id = $1 AND id = $2 AND status <> 'processed'
        """,
        scope.organization_id,
        delivery_id,
        code,
        reason,
    )


async def select_delivery(scope: Scope, delivery_id: UUID) -> Delivery | None:
    """One delivery with its body."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, token_id, source, received_at, status, code, reason, alerts, attempts,
               coalesce(octet_length(raw), octet_length(body)) AS size, headers, body, raw
        FROM webhook_deliveries WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        delivery_id,
    )
    return Delivery(**row) if row else None


async def select_latest_of(scope: Scope, token_id: UUID) -> Delivery | None:
    """The latest delivery that came with a token."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, token_id, source, received_at, status, code, reason, alerts, attempts,
               coalesce(octet_length(raw), octet_length(body)) AS size, headers, body, raw
        FROM webhook_deliveries WHERE organization_id = $1 AND token_id = $2
        ORDER BY received_at DESC, id DESC LIMIT 1
        """,
        scope.organization_id,
        token_id,
    )
    return Delivery(**row) if row else None


async def select_deliveries(
    scope: Scope,
    status: str | None,
    source: str | None,
    token_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> list[Delivery]:
    """Deliveries without their bodies, the latest first; `before` is the last one of the page before."""
    rows = await scope.connection.fetch(
        """
        SELECT id, token_id, source, received_at, status, code, reason, alerts, attempts,
               coalesce(octet_length(raw), octet_length(body)) AS size, headers, '' AS body, NULL::bytea AS raw
        FROM webhook_deliveries
        WHERE organization_id = $1 AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR source = $3)
          AND ($4::uuid IS NULL OR token_id = $4)
          AND ($5::uuid IS NULL OR (received_at, id) < (
              SELECT received_at, id FROM webhook_deliveries WHERE organization_id = $1 AND id = $5))
        ORDER BY received_at DESC, id DESC LIMIT $6
        """,
        scope.organization_id,
        status,
        source,
        token_id,
        before,
        limit,
    )
    return [Delivery(**row) for row in rows]


async def select_failed(scope: Scope, token_id: UUID | None, limit: int) -> list[UUID]:
    """Deliveries that failed: those that were tried least often first, and of these the oldest."""
    rows = await scope.connection.fetch(
        """
        SELECT id FROM webhook_deliveries
        WHERE organization_id = $1 AND status = 'failed' AND ($2::uuid IS NULL OR token_id = $2)
        ORDER BY attempts, received_at, id LIMIT $3
        """,
        scope.organization_id,
        token_id,
        limit,
    )
    return [row["id"] for row in rows]


async def count_unprocessed(scope: Scope) -> tuple[int, int]:
    """How many deliveries wait, and how many failed."""
    row: Any = await scope.connection.fetchrow(
        """
        SELECT (SELECT count(*) FROM webhook_deliveries WHERE organization_id = $1 AND status = 'received') AS waiting,
               (SELECT count(*) FROM webhook_deliveries WHERE organization_id = $1 AND status = 'failed') AS failed
        """,
        scope.organization_id,
    )
    return row["waiting"], row["failed"]


async def delete_failed(scope: Scope, delivery_id: UUID) -> bool:
    """Forget a delivery that failed; False when there is none of that id that did."""
    deleted = await scope.connection.fetchval(
        """
        DELETE FROM webhook_deliveries WHERE organization_id = $1 AND id = $2 AND status = 'failed' RETURNING true
        """,
        scope.organization_id,
        delivery_id,
    )
    return bool(deleted)


async def select_waiting(connection: Connection, before: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Organizations and ids of deliveries that were kept before a time and that nobody has looked at since."""
    rows = await connection.fetch(
        """
        SELECT organization_id, id FROM webhook_deliveries
        WHERE status = 'received' AND received_at < $1 ORDER BY received_at LIMIT $2
        """,
        before,
        limit,
    )
    return [(row["organization_id"], row["id"]) for row in rows]


async def select_mapping(scope: Scope, token_id: UUID) -> Mapping[str, str] | None:
    """The mapping that a token has now; None without one, and for a token that was revoked."""
    mapping: Mapping[str, str] | None = await scope.connection.fetchval(
        "SELECT mapping FROM webhook_tokens WHERE organization_id = $1 AND id = $2",
        scope.organization_id,
        token_id,
    )
    return mapping
