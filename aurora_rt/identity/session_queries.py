"""The SQL of sessions. What finds out who is asking knows no organization yet and takes a `Connection`."""

from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Connection, Scope
from aurora_rt.identity.models import (
    Browser,
    OwnSession,
    Session,
)
from aurora_rt.identity.queries import caller_of


async def session_by_token(connection: Connection, token_hash: bytes, now: datetime) -> Session | None:
    """The session of that token, unless it has ended."""
    row = await connection.fetchrow(
        """
        SELECT u.id, u.organization_id, u.email, u.name, u.role, s.id AS session_id, s.last_seen_at
        FROM login_sessions s JOIN users u ON u.id = s.user_id
        WHERE s.token_hash = $1 AND s.expires_at > $2
        """,
        token_hash,
        now,
    )
    return Session(row["session_id"], caller_of(row), row["last_seen_at"]) if row else None


async def touch_session(connection: Connection, session_id: UUID, now: datetime) -> None:
    """Remember that a session was seen."""
    await connection.execute(
        "UPDATE login_sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2", session_id, now
    )


async def delete_session(connection: Connection, token_hash: bytes) -> None:
    """End the session of that token, if there is one."""
    await connection.execute("DELETE FROM login_sessions WHERE token_hash = $1", token_hash)


async def delete_ended_sessions(connection: Connection, now: datetime, most: int) -> None:
    """Forget up to `most` sessions that have ended, leaving those that somebody else is forgetting."""
    await connection.execute(
        """
        DELETE FROM login_sessions WHERE id IN (
            SELECT id FROM login_sessions WHERE expires_at <= $1
            ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        """,
        now,
        most,
    )


async def own_sessions(scope: Scope, user_id: str, current: bytes, now: datetime) -> list[OwnSession]:
    """The user's sessions that last, the one seen last first; `current` is the hash of the one that asks."""
    rows = await scope.connection.fetch(
        """
        SELECT s.id, s.address, s.agent, s.created_at, s.last_seen_at, s.token_hash = $3 AS current
        FROM login_sessions s JOIN users u ON u.id = s.user_id
        WHERE u.organization_id = $1 AND u.id = $2 AND s.expires_at > $4
        ORDER BY s.last_seen_at DESC, s.id DESC
        """,
        scope.organization_id,
        user_id,
        current,
        now,
    )
    return [OwnSession(**row) for row in rows]


async def delete_own_session(scope: Scope, user_id: str, session_id: UUID) -> bool:
    """End one of the user's sessions; False when there is no such session."""
    ended = await scope.connection.fetchval(
        """
        DELETE FROM login_sessions s USING users u
        WHERE u.id = s.user_id AND u.organization_id = $1 AND u.id = $2 AND s.id = $3 RETURNING s.id
        """,
        scope.organization_id,
        user_id,
        session_id,
    )
    return ended is not None


async def insert_session(
    scope: Scope,
    session_id: UUID,
    token_hash: bytes,
    user_id: str,
    expires_at: datetime,
    browser: Browser,
    proven_by: str | None,
) -> bool:
    """Write a new session of a user; False when they are gone or their password's hash is not `proven_by`, if given.

    Waits for a change of the password that is under way, whose end of all other sessions would miss this one.
    """
    written = await scope.connection.fetchval(
        """
        INSERT INTO login_sessions (id, token_hash, user_id, expires_at, address, agent)
        SELECT $2, $3, id, $5, $6, $7 FROM users
        WHERE id = $4 AND organization_id = $1 AND ($8::text IS NULL OR password_hash = $8)
        FOR SHARE
        RETURNING id
        """,
        scope.organization_id,
        session_id,
        token_hash,
        user_id,
        expires_at,
        browser.address,
        browser.agent,
        proven_by,
    )
    return written is not None


async def delete_other_sessions(scope: Scope, user_id: str, kept: bytes) -> None:
    """End all sessions of a user but the one whose token has the hash `kept`."""
    await scope.connection.execute(
        """
        DELETE FROM login_sessions s USING users u
        WHERE u.id = s.user_id AND u.organization_id = $1 AND u.id = $2 AND s.token_hash <> $3
        """,
        scope.organization_id,
        user_id,
        kept,
    )
