"""The SQL of users and organizations. What finds out who is asking takes a `Connection`."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Connection, Row, Scope
from aurora_rt.identity.models import Caller, Credentials

REGISTRATION_LOCK = 0x4155_524F_5242
"""The advisory lock under which it is settled who is the first user."""


async def caller_by_id(connection: Connection, user_id: str) -> Caller | None:
    """The user with that id."""
    row = await connection.fetchrow(
        "SELECT id, organization_id, email, name, role FROM users WHERE id = $1", user_id
    )
    return caller_of(row) if row else None


async def lasting_credentials(
    connection: Connection, credentials: Collection[str], now: datetime
) -> set[str]:
    """Those of the credentials (`session:<id>`, `token:<id>`, `user:<id>`) that open something at `now`."""
    rows = await connection.fetch(
        """
        WITH asked AS (
            SELECT credential, split_part(credential, ':', 1) AS kind, split_part(credential, ':', 2) AS id
            FROM unnest($1::text[]) AS credential
        )
        SELECT credential FROM asked JOIN login_sessions s ON s.id = CASE kind WHEN 'session' THEN asked.id::uuid END
        WHERE s.expires_at > $2
        UNION ALL
        SELECT credential FROM asked JOIN api_tokens t ON t.id = CASE kind WHEN 'token' THEN asked.id::uuid END
        WHERE t.expires_at IS NULL OR t.expires_at > $2
        UNION ALL
        SELECT credential FROM asked JOIN users u ON kind = 'user' AND u.id = asked.id
        """,
        list(credentials),
        now,
    )
    return {row["credential"] for row in rows}


async def credentials_by_email(connection: Connection, email: str) -> Credentials | None:
    """The user with that e-mail, in its canonical spelling."""
    row = await connection.fetchrow(
        "SELECT id, organization_id, email, name, role, password_hash FROM users WHERE email = $1", email
    )
    return Credentials(caller_of(row), row["password_hash"]) if row else None


async def any_user(connection: Connection) -> bool:
    """Whether anybody has registered yet."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM users)"))


async def email_taken(connection: Connection, email: str) -> bool:
    """Whether somebody registered with that e-mail."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM users WHERE email = $1)", email))


async def lock_registration(scope: Scope) -> None:
    """Let one registration at a time go on, until the transaction ends."""
    await scope.connection.execute("SELECT pg_advisory_xact_lock($1)", REGISTRATION_LOCK)


async def insert_organization(scope: Scope, name: str) -> None:
    """Write the scope's own organization."""
    await scope.connection.execute(
        "INSERT INTO organizations (id, name) VALUES ($1, $2)", scope.organization_id, name
    )


async def insert_user(scope: Scope, caller: Caller, password_hash: str) -> bool:
    """Write a new user; False when somebody has that e-mail already."""
    written = await scope.connection.fetchval(
        """
        INSERT INTO users (id, organization_id, email, name, password_hash, role)
        VALUES ($2, $1, $3, $4, $5, $6)
        ON CONFLICT (email) DO NOTHING RETURNING id
        """,
        scope.organization_id,
        caller.user_id,
        caller.email,
        caller.name,
        password_hash,
        caller.role,
    )
    return written is not None


async def password_hash(scope: Scope, user_id: str) -> str | None:
    """What the user's password is checked against."""
    found: str | None = await scope.connection.fetchval(
        "SELECT password_hash FROM users WHERE organization_id = $1 AND id = $2",
        scope.organization_id,
        user_id,
    )
    return found


async def replace_password(scope: Scope, user_id: str, old_hash: str, new_hash: str) -> bool:
    """Give the user another password; False when it is no longer the old one that is stored."""
    changed = await scope.connection.fetchval(
        """
        UPDATE users SET password_hash = $4
        WHERE organization_id = $1 AND id = $2 AND password_hash = $3 RETURNING id
        """,
        scope.organization_id,
        user_id,
        old_hash,
        new_hash,
    )
    return changed is not None


async def set_name(scope: Scope, user_id: str, name: str) -> None:
    """Give a user another name."""
    await scope.connection.execute(
        "UPDATE users SET name = $3 WHERE organization_id = $1 AND id = $2",
        scope.organization_id,
        user_id,
        name,
    )


async def organization_name(scope: Scope) -> str:
    """The name of the scope's organization."""
    return str(
        await scope.connection.fetchval("SELECT name FROM organizations WHERE id = $1", scope.organization_id)
    )


async def organizations_of(connection: Connection, email: str | None, limit: int) -> list[UUID]:
    """The organization of the user with that e-mail, or of any user."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT organization_id FROM users WHERE $1::text IS NULL OR email = $1 LIMIT $2
        """,
        email,
        limit,
    )
    return [row["organization_id"] for row in rows]


def caller_of(row: Row) -> Caller:
    """A user from the columns of their row."""
    return Caller(row["id"], row["organization_id"], row["email"], row["name"], row["role"])
