"""All SQL about silences, and the alerts that they hold back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from aurora_rt.db.pool import Connection, Row, Scope


async def insert(
    scope: Scope,
    silence_id: UUID,
    matchers: Sequence[object],
    starts_at: datetime,
    ends_at: datetime,
    comment: str,
    created_by: str,
    created_by_name: str,
    at: datetime,
) -> None:
    """Keep a new silence."""
    await scope.connection.execute(
        """
        INSERT INTO silences (id, organization_id, matchers, starts_at, ends_at, comment, created_by, created_by_name,
                              created_at)
        VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9)
        """,
        scope.organization_id,
        silence_id,
        list(matchers),
        starts_at,
        ends_at,
        comment,
        created_by,
        created_by_name,
        at,
    )


async def count_lasting(scope: Scope, at: datetime) -> int:
    """How many silences are in force or will be."""
    count: int = await scope.connection.fetchval(
        "SELECT count(*) FROM silences WHERE organization_id = $1 AND ends_at > $2", scope.organization_id, at
    )
    return count


async def select_active(scope: Scope, at: datetime) -> list[Row]:
    """The silences in force."""
    return await scope.connection.fetch(
        """
        SELECT id::text, matchers, ends_at FROM silences
        WHERE organization_id = $1 AND starts_at <= $2 AND ends_at > $2
        """,
        scope.organization_id,
        at,
    )


async def select_shown(scope: Scope, at: datetime, back: timedelta) -> list[Row]:
    """The silences that are in force, will be, or ended within `back`: those that end last first."""
    return await scope.connection.fetch(
        """
        SELECT s.id::text, s.matchers, s.starts_at, s.ends_at, s.comment, s.created_by_name, s.created_at,
               (SELECT count(*) FROM silenced_alerts h WHERE h.organization_id = $1 AND h.silence = s.id::text) AS held
        FROM silences s WHERE s.organization_id = $1 AND s.ends_at > $2::timestamptz - $3::interval
        ORDER BY s.ends_at DESC, s.id
        """,
        scope.organization_id,
        at,
        back,
    )


async def count_held(scope: Scope, silences: Sequence[str]) -> dict[str, int]:
    """How many alerts each of the silences holds back."""
    rows = await scope.connection.fetch(
        """
        SELECT silence, count(*) AS held FROM silenced_alerts
        WHERE organization_id = $1 AND silence = ANY($2::text[]) GROUP BY silence
        """,
        scope.organization_id,
        list(silences),
    )
    return {row["silence"]: row["held"] for row in rows}


async def end(scope: Scope, silence_id: UUID, at: datetime) -> bool:
    """End a silence now, and with it what it holds back; whether there was one that was not over."""
    return bool(
        await scope.connection.fetchval(
            """
            WITH ended AS (
                UPDATE silences SET ends_at = $3, starts_at = least(starts_at, $3)
                WHERE organization_id = $1 AND id = $2 AND ends_at > $3 RETURNING id::text
            ), woken AS (
                UPDATE silenced_alerts h SET until = $3 FROM ended e WHERE h.organization_id = $1 AND h.silence = e.id
            )
            SELECT true FROM ended
            """,
            scope.organization_id,
            silence_id,
            at,
        )
    )


async def hold(
    scope: Scope,
    alert_ids: Sequence[UUID],
    statuses: Sequence[str],
    started: Sequence[datetime],
    changed: Sequence[datetime | None],
    silences: Sequence[str],
    delivery_ids: Sequence[UUID],
    said: Sequence[str],
    until: Sequence[datetime],
) -> None:
    """Note that alerts fire which are held back: they belong to no incident, and what they said is kept."""
    await scope.connection.execute(
        """
        WITH held AS (
            SELECT * FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::uuid[],
                                 $8::text[], $9::timestamptz[])
                AS t(alert_id, status, started_at, changed_at, silence, delivery_id, said, until)
        ), fires AS (
            UPDATE alerts a SET status = h.status, started_at = h.started_at, changed_at = h.changed_at,
                                ended_at = NULL, incident_id = NULL, told = NULL
            FROM held h WHERE a.organization_id = $1 AND a.id = h.alert_id
        )
        INSERT INTO silenced_alerts (alert_id, organization_id, silence, delivery_id, said, until)
        SELECT alert_id, $1, silence, delivery_id, said::json, until FROM held ORDER BY alert_id
        ON CONFLICT (alert_id) DO UPDATE
        SET silence = excluded.silence, delivery_id = excluded.delivery_id, said = excluded.said, until = excluded.until
        """,
        scope.organization_id,
        list(alert_ids),
        list(statuses),
        list(started),
        list(changed),
        list(silences),
        list(delivery_ids),
        list(said),
        list(until),
    )


async def release(scope: Scope, alert_ids: Sequence[UUID]) -> None:
    """Forget what alerts said that are held back no more."""
    await scope.connection.execute(
        "DELETE FROM silenced_alerts WHERE organization_id = $1 AND alert_id = ANY($2::uuid[])",
        scope.organization_id,
        list(alert_ids),
    )


async def with_due(connection: Connection, at: datetime, limit: int) -> list[UUID]:
    """The organizations with alerts that were held back until now."""
    rows = await connection.fetch(
        "SELECT DISTINCT organization_id FROM silenced_alerts WHERE until <= $1 LIMIT $2", at, limit
    )
    return [row["organization_id"] for row in rows]


async def select_due(scope: Scope, at: datetime, limit: int) -> list[Row]:
    """Alerts that were held back until now, and what they said; nothing is locked."""
    return await scope.connection.fetch(
        """
        SELECT alert_id, delivery_id, said FROM silenced_alerts
        WHERE organization_id = $1 AND until <= $2 ORDER BY until, alert_id LIMIT $3
        """,
        scope.organization_id,
        at,
        limit,
    )


async def take_due(scope: Scope, alert_ids: Sequence[UUID], at: datetime) -> set[UUID]:
    """Take alerts out of what is held back, unless somebody else has meanwhile; those that were taken."""
    rows = await scope.connection.fetch(
        """
        DELETE FROM silenced_alerts WHERE organization_id = $1 AND alert_id = ANY($2::uuid[]) AND until <= $3
        RETURNING alert_id
        """,
        scope.organization_id,
        list(alert_ids),
        at,
    )
    return {row["alert_id"] for row in rows}


async def end_elsewhere(connection: Connection, silences: Sequence[str], at: datetime) -> None:
    """Note that silences of Alertmanager are over before their time, for everybody whose alerts they hold back."""
    await connection.execute(
        "UPDATE silenced_alerts SET until = $2 WHERE silence = ANY($1::text[]) AND until > $2",
        list(silences),
        at,
    )
