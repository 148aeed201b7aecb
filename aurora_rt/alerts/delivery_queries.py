"""All SQL about what was sent to webhooks, word for word, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from aurora_rt.alerts.models import Delivery, DeliveryStatus, TokenOwner
from aurora_rt.db.pool import Connection, Scope


async def keep(
    scope: Scope,
    delivery_id: UUID,
    token: TokenOwner,
    headers: Mapping[str, str],
    body: str,
    raw: bytes | None,
    once: bytes | None,
    at: datetime,
) -> bool:
    """Keep what a source sent; False when a delivery of the same identity is kept already."""
    kept = await scope.connection.fetchval(
        """
        INSERT INTO webhook_deliveries (id, organization_id, token_id, source, received_at, status, headers, body, raw,
                                        once)
        VALUES ($2, $1, $3, $4, $5, 'received', $6, $7, $8, $9)
        ON CONFLICT (token_id, once) WHERE once IS NOT NULL DO NOTHING
        RETURNING true
        """,
        scope.organization_id,
        delivery_id,
        token.id,
        token.source,
        at,
        headers,
        body,
        raw,
        once,
    )
    return bool(kept)


async def select_once(scope: Scope, token_id: UUID, once: bytes) -> tuple[UUID, DeliveryStatus] | None:
    """The delivery of an identity that was kept before, and what became of it."""
    row = await scope.connection.fetchrow(
        "SELECT id, status FROM webhook_deliveries WHERE organization_id = $1 AND token_id = $2 AND once = $3",
        scope.organization_id,
        token_id,
        once,
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
