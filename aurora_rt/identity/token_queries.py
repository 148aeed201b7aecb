"""The SQL of API tokens and socket tokens. What finds out who is asking takes a `Connection`."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Connection, Scope
from aurora_rt.identity.models import (
    ApiToken,
    Caller,
)
from aurora_rt.identity.queries import caller_of


async def count_tokens(scope: Scope, user_id: str) -> int:
    """How many API tokens the user has; keeps others from adding one until the transaction ends."""
    await scope.connection.execute(
        "SELECT FROM users WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
        scope.organization_id,
        user_id,
    )
    return int(
        await scope.connection.fetchval(
            """
            SELECT count(*) FROM api_tokens t JOIN users u ON u.id = t.user_id
            WHERE u.organization_id = $1 AND u.id = $2
            """,
            scope.organization_id,
            user_id,
        )
    )


async def insert_api_token(scope: Scope, user_id: str, token: ApiToken, token_hash: bytes) -> None:
    """Write a new API token of a user of the scope's organization."""
    await scope.connection.execute(
        """
        INSERT INTO api_tokens (id, user_id, name, token_hash, scope, created_at, expires_at)
        SELECT $3, id, $4, $5, $6, $7, $8 FROM users WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        user_id,
        token.id,
        token.name,
        token_hash,
        token.scope,
        token.created_at,
        token.expires_at,
    )


async def api_tokens(scope: Scope, user_id: str) -> list[ApiToken]:
    """The user's API tokens, oldest first."""
    rows = await scope.connection.fetch(
        """
        SELECT t.id, t.name, t.scope, t.created_at, t.expires_at, t.last_used_at
        FROM api_tokens t JOIN users u ON u.id = t.user_id
        WHERE u.organization_id = $1 AND u.id = $2 ORDER BY t.created_at, t.id
        """,
        scope.organization_id,
        user_id,
    )
    return [ApiToken(**row) for row in rows]


async def delete_api_token(scope: Scope, user_id: str, token_id: UUID) -> bool:
    """Forget one of the user's API tokens; False when there is no such token."""
    gone = await scope.connection.fetchval(
        """
        DELETE FROM api_tokens t USING users u
        WHERE u.id = t.user_id AND u.organization_id = $1 AND u.id = $2 AND t.id = $3 RETURNING t.id
        """,
        scope.organization_id,
        user_id,
        token_id,
    )
    return gone is not None


async def api_token_by_hash(
    connection: Connection, token_hash: bytes, now: datetime
) -> tuple[Caller, ApiToken] | None:
    """The API token with that hash and its user, unless it has ended."""
    row = await connection.fetchrow(
        """
        SELECT u.id, u.organization_id, u.email, u.name, u.role, t.id AS token_id, t.name AS token_name,
               t.scope, t.created_at, t.expires_at, t.last_used_at
        FROM api_tokens t JOIN users u ON u.id = t.user_id
        WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)
        """,
        token_hash,
        now,
    )
    if row is None:
        return None
    token = ApiToken(
        row["token_id"],
        row["token_name"],
        row["scope"],
        row["created_at"],
        row["expires_at"],
        row["last_used_at"],
    )
    return caller_of(row), token


async def touch_api_token(connection: Connection, token_id: UUID, now: datetime) -> None:
    """Remember that an API token was used."""
    await connection.execute(
        "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 AND coalesce(last_used_at < $2, true)",
        token_id,
        now,
    )


async def insert_socket_token(scope: Scope, token_hash: bytes, caller: Caller, expires_at: datetime) -> None:
    """Write a new socket token of a user of the scope's organization."""
    await scope.connection.execute(
        """
        INSERT INTO socket_tokens (token_hash, user_id, expires_at, made_by)
        SELECT $3, id, $4, $5 FROM users WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        caller.user_id,
        token_hash,
        expires_at,
        caller.credential,
    )


async def take_socket_token(connection: Connection, token_hash: bytes, now: datetime) -> Caller | None:
    """Use a socket token up; its user, unless it is unknown, used or ended."""
    row = await connection.fetchrow(
        """
        DELETE FROM socket_tokens t USING users u
        WHERE u.id = t.user_id AND t.token_hash = $1 AND t.expires_at > $2
        RETURNING u.id, u.organization_id, u.email, u.name, u.role, t.made_by
        """,
        token_hash,
        now,
    )
    return replace(caller_of(row), credential=row["made_by"]) if row else None


async def delete_ended_socket_tokens(connection: Connection, now: datetime, most: int) -> None:
    """Forget up to `most` socket tokens that have ended, leaving those that somebody else is forgetting."""
    await connection.execute(
        """
        DELETE FROM socket_tokens WHERE token_hash IN (
            SELECT token_hash FROM socket_tokens WHERE expires_at <= $1
            ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        """,
        now,
        most,
    )
