"""All SQL of identity. What finds out who is asking knows no organization yet and takes a `Connection`."""

from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Connection, Row, Scope
from aurora_rt.identity.models import (
    ApiToken,
    Browser,
    Caller,
    Credentials,
    Invitation,
    OwnSession,
    Role,
    Session,
)

REGISTRATION_LOCK = 0x4155_524F_5242
"""The advisory lock under which it is settled who is the first user."""


async def caller_by_id(connection: Connection, user_id: str) -> Caller | None:
    """The user with that id."""
    row = await connection.fetchrow(
        "SELECT id, organization_id, email, name, role FROM users WHERE id = $1", user_id
    )
    return _caller(row) if row else None


async def credentials_by_email(connection: Connection, email: str) -> Credentials | None:
    """The user with that e-mail, in its canonical spelling."""
    row = await connection.fetchrow(
        "SELECT id, organization_id, email, name, role, password_hash FROM users WHERE email = $1", email
    )
    return Credentials(_caller(row), row["password_hash"]) if row else None


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
    return Session(row["session_id"], _caller(row), row["last_seen_at"]) if row else None


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
    return _caller(row), token


async def touch_api_token(connection: Connection, token_id: UUID, now: datetime) -> None:
    """Remember that an API token was used."""
    await connection.execute(
        "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 AND coalesce(last_used_at < $2, true)",
        token_id,
        now,
    )


async def insert_socket_token(scope: Scope, token_hash: bytes, user_id: str, expires_at: datetime) -> None:
    """Write a new socket token of a user of the scope's organization."""
    await scope.connection.execute(
        """
        INSERT INTO socket_tokens (token_hash, user_id, expires_at)
        SELECT $3, id, $4 FROM users WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        user_id,
        token_hash,
        expires_at,
    )


async def take_socket_token(connection: Connection, token_hash: bytes, now: datetime) -> Caller | None:
    """Use a socket token up; its user, unless it is unknown, used or ended."""
    row = await connection.fetchrow(
        """
        DELETE FROM socket_tokens t USING users u
        WHERE u.id = t.user_id AND t.token_hash = $1 AND t.expires_at > $2
        RETURNING u.id, u.organization_id, u.email, u.name, u.role
        """,
        token_hash,
        now,
    )
    return _caller(row) if row else None


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


async def insert_session(
    scope: Scope, session_id: UUID, token_hash: bytes, user_id: str, expires_at: datetime, browser: Browser
) -> None:
    """Write a new session of a user of the scope's organization."""
    await scope.connection.execute(
        """
        INSERT INTO login_sessions (id, token_hash, user_id, expires_at, address, agent)
        SELECT $2, $3, id, $5, $6, $7 FROM users WHERE id = $4 AND organization_id = $1
        """,
        scope.organization_id,
        session_id,
        token_hash,
        user_id,
        expires_at,
        browser.address,
        browser.agent,
    )


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


async def organization_name(scope: Scope) -> str:
    """The name of the scope's organization."""
    return str(
        await scope.connection.fetchval("SELECT name FROM organizations WHERE id = $1", scope.organization_id)
    )


def _caller(row: Row) -> Caller:
    return Caller(row["id"], row["organization_id"], row["email"], row["name"], row["role"])


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


async def insert_invitation(scope: Scope, invitation: Invitation, token_hash: bytes) -> None:
    """Write a new invitation into the scope's organization."""
    await scope.connection.execute(
        """
        INSERT INTO invitations (organization_id, id, token_hash, role, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        scope.organization_id,
        invitation.id,
        token_hash,
        invitation.role,
        invitation.created_at,
        invitation.expires_at,
    )


async def invitations(scope: Scope, now: datetime) -> list[Invitation]:
    """The organization's open invitations, oldest first."""
    rows = await scope.connection.fetch(
        """
        SELECT id, role, created_at, expires_at FROM invitations
        WHERE organization_id = $1 AND expires_at > $2 ORDER BY created_at, id
        """,
        scope.organization_id,
        now,
    )
    return [Invitation(**row) for row in rows]


async def delete_invitation(scope: Scope, invitation_id: UUID) -> bool:
    """Forget an invitation; False when there is no such invitation."""
    gone = await scope.connection.fetchval(
        "DELETE FROM invitations WHERE organization_id = $1 AND id = $2 RETURNING id",
        scope.organization_id,
        invitation_id,
    )
    return gone is not None


async def invited_to(connection: Connection, token_hash: bytes, now: datetime) -> tuple[UUID, Role] | None:
    """The organization and the role of an open invitation."""
    row = await connection.fetchrow(
        "SELECT organization_id, role FROM invitations WHERE token_hash = $1 AND expires_at > $2",
        token_hash,
        now,
    )
    return (row["organization_id"], row["role"]) if row else None


async def use_invitation(scope: Scope, token_hash: bytes) -> bool:
    """Use an invitation up; False when somebody else was quicker."""
    used = await scope.connection.fetchval(
        "DELETE FROM invitations WHERE organization_id = $1 AND token_hash = $2 RETURNING id",
        scope.organization_id,
        token_hash,
    )
    return used is not None


async def members(scope: Scope) -> list[Caller]:
    """The organization's users, in the order in which they came."""
    rows = await scope.connection.fetch(
        """
        SELECT id, organization_id, email, name, role FROM users
        WHERE organization_id = $1 ORDER BY created_at, id
        """,
        scope.organization_id,
    )
    return [_caller(row) for row in rows]


async def lock_admins(scope: Scope) -> list[str]:
    """The organization's admins, as they are once nobody else is changing roles; until the transaction ends."""
    await scope.connection.execute(
        "SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE", scope.organization_id
    )
    rows = await scope.connection.fetch(
        "SELECT id FROM users WHERE organization_id = $1 AND role = 'admin'", scope.organization_id
    )
    return [row["id"] for row in rows]


async def set_role(scope: Scope, user_id: str, role: Role) -> bool:
    """Give a member another role; False when there is no such member."""
    changed = await scope.connection.fetchval(
        "UPDATE users SET role = $3 WHERE organization_id = $1 AND id = $2 RETURNING id",
        scope.organization_id,
        user_id,
        role,
    )
    return changed is not None


async def delete_user(scope: Scope, user_id: str) -> bool:
    """Forget a member; False when there is no such member."""
    gone = await scope.connection.fetchval(
        "DELETE FROM users WHERE organization_id = $1 AND id = $2 RETURNING id",
        scope.organization_id,
        user_id,
    )
    return gone is not None
