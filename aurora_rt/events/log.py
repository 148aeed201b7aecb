"""The log of events: numbering, writing, reading again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aurora_rt.db.pool import Connection, Scope
from aurora_rt.events.envelope import Event

READ_BATCH = 500
"""Events that one read returns, at most."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said in a change and is not yet numbered."""

    room: str
    type: str
    data: Any


async def append(scope: Scope, said: Sequence[Said], at: datetime) -> list[Event]:
    """Number and write what was said, in its order within each room, and return it as events.

    The counter rows are locked in the order of the rooms' names, in the same statement that writes, and until
    the transaction ends: so commit order is the order of `seq`, and a rollback leaves no gap.
    """
    if not said:
        return []
    rows = await scope.connection.fetch(
        """
        WITH said AS (
            SELECT room, type, data, ord FROM unnest($2::text[], $3::text[], $4::json[])
            WITH ORDINALITY AS t(room, type, data, ord)
        ), counts AS (
            SELECT room, count(*) AS added FROM said GROUP BY room
        ), counters AS (
            INSERT INTO rooms AS r (room, organization_id, seq)
            SELECT room, $1, added FROM counts ORDER BY room
            ON CONFLICT (room) DO UPDATE SET seq = r.seq + excluded.seq WHERE r.organization_id = $1
            RETURNING room, seq
        )
        INSERT INTO events (room, seq, organization_id, at, type, data)
        SELECT s.room,
               c.seq - n.added + row_number() OVER (PARTITION BY s.room ORDER BY s.ord),
               $1, $5, s.type, s.data
        FROM said s JOIN counters c USING (room) JOIN counts n USING (room)
        ORDER BY s.ord
        RETURNING room, seq, at, type, data
        """,
        scope.organization_id,
        [one.room for one in said],
        [one.type for one in said],
        [one.data for one in said],
        at,
    )
    return [Event(**row) for row in rows]


async def replay(scope: Scope, room: str, after: int, *, up_to: int | None = None) -> list[Event]:
    """The events of a room after position `after`, oldest first, `READ_BATCH` at most."""
    rows = await scope.connection.fetch(
        """
        SELECT room, seq, at, type, data FROM events
        WHERE organization_id = $1 AND room = $2 AND seq > $3 AND ($4::bigint IS NULL OR seq <= $4)
        ORDER BY seq LIMIT $5
        """,
        scope.organization_id,
        room,
        after,
        up_to,
        READ_BATCH,
    )
    return [Event(**row) for row in rows]


async def head(scope: Scope, room: str) -> int:
    """The `seq` of the newest event of a room; 0 when nothing was said there yet."""
    seq: int | None = await scope.connection.fetchval(
        "SELECT seq FROM rooms WHERE organization_id = $1 AND room = $2", scope.organization_id, room
    )
    return seq or 0


async def heads(connection: Connection, rooms: Sequence[str]) -> dict[str, int]:
    """The newest `seq` of each of the rooms that anything was said in. For the server's own cursors."""
    rows = await connection.fetch("SELECT room, seq FROM rooms WHERE room = ANY($1::text[])", list(rooms))
    return {row["room"]: row["seq"] for row in rows}


async def epoch(connection: Connection) -> str:
    """The name of this life of the database: positions of another life mean nothing here."""
    name: str = await connection.fetchval("SELECT epoch FROM database_identity")
    return name


async def position(scope: Scope, room: str) -> tuple[str, int]:
    """From where to listen on in a room: `epoch` and `head`, in one question."""
    (row,) = await scope.connection.fetch(
        """
        SELECT epoch, coalesce((SELECT seq FROM rooms WHERE organization_id = $1 AND room = $2), 0) AS seq
        FROM database_identity
        """,
        scope.organization_id,
        room,
    )
    return row["epoch"], row["seq"]
