"""All SQL about which investigations wait and which may run.

Whoever changes that holds the organization's lock until the transaction ends, and counts only then: so no place is
given twice, and none that becomes free is overlooked.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Row, Scope


async def insert_turns(scope: Scope, turns: Sequence[tuple[UUID, UUID, int]], at: datetime) -> None:
    """Let investigations wait for their turn: their ids, their incidents' and their priorities."""
    await scope.connection.execute(
        """
        WITH locked AS MATERIALIZED (
            SELECT pg_advisory_xact_lock(hashtextextended('investigation_turns ' || $1::uuid, 0))
        )
        INSERT INTO investigation_turns (investigation_id, organization_id, incident_id, priority, queued_at)
        SELECT t.investigation_id, $1, t.incident_id, t.priority, $2
        FROM locked, unnest($3::uuid[], $4::uuid[], $5::integer[]) AS t(investigation_id, incident_id, priority)
        ON CONFLICT DO NOTHING
        """,
        scope.organization_id,
        at,
        [investigation_id for investigation_id, _, _ in turns],
        [incident_id for _, incident_id, _ in turns],
        [priority for _, _, priority in turns],
    )


async def delete_turn(scope: Scope, investigation_id: UUID) -> None:
    """Give back an investigation's place."""
    await scope.connection.execute(
        """
        WITH locked AS MATERIALIZED (
            SELECT pg_advisory_xact_lock(hashtextextended('investigation_turns ' || $1::uuid, 0))
        )
        DELETE FROM investigation_turns t USING locked
        WHERE t.organization_id = $1 AND t.investigation_id = $2
        """,
        scope.organization_id,
        investigation_id,
    )


async def admit(scope: Scope, at: datetime) -> list[tuple[UUID, UUID, int]]:
    """Give the free places to those with the highest priority, the first come first; who got one, in that order.

    A place that was given two hours ago is taken for lost: nothing is looked into for that long. To be asked by whoever
    holds the lock.
    """
    rows = await scope.connection.fetch(
        """
        WITH free AS (
            SELECT greatest(0, o.investigations_at_once - (
                SELECT count(*) FROM investigation_turns
                WHERE organization_id = $1 AND admitted_at > $2::timestamptz - interval '2 hours'
            )) AS places
            FROM organizations o WHERE o.id = $1
        ), next AS (
            SELECT investigation_id FROM investigation_turns
            WHERE organization_id = $1 AND admitted_at IS NULL
            ORDER BY priority DESC, queued_at, investigation_id LIMIT (SELECT places FROM free)
        ), admitted AS (
            UPDATE investigation_turns t SET admitted_at = $2 FROM next n
            WHERE t.organization_id = $1 AND t.investigation_id = n.investigation_id
            RETURNING t.investigation_id, t.incident_id, t.priority, t.queued_at
        )
        SELECT investigation_id, incident_id, priority FROM admitted
        ORDER BY priority DESC, queued_at, investigation_id
        """,
        scope.organization_id,
        at,
    )
    return [(row["investigation_id"], row["incident_id"], row["priority"]) for row in rows]


async def select_line(scope: Scope, limit: int) -> Row | None:
    """How many investigations may run and do, how many wait, and the incidents of those that wait, the next first."""
    return await scope.connection.fetchrow(
        """
        WITH waiting AS (
            SELECT incident_id, priority, queued_at, investigation_id FROM investigation_turns
            WHERE organization_id = $1 AND admitted_at IS NULL
            ORDER BY priority DESC, queued_at, investigation_id LIMIT $2
        )
        SELECT o.investigations_at_once AS at_once,
               (SELECT count(*) FROM investigation_turns
                WHERE organization_id = $1 AND admitted_at > now() - interval '2 hours') AS running,
               (SELECT count(*) FROM investigation_turns
                WHERE organization_id = $1 AND admitted_at IS NULL) AS waiting,
               ARRAY(SELECT incident_id FROM waiting ORDER BY priority DESC, queued_at, investigation_id) AS line
        FROM organizations o WHERE o.id = $1
        """,
        scope.organization_id,
        limit,
    )
