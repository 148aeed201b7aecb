"""The SQL of members and of invitations."""

from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Connection, Scope
from aurora_rt.identity.models import (
    Caller,
    Destination,
    Invitation,
    Role,
)
from aurora_rt.identity.queries import caller_of


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


async def count_invitations(scope: Scope, now: datetime) -> int:
    """How many open invitations there are; keeps others from adding one until the transaction ends."""
    await scope.connection.execute(
        "SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE", scope.organization_id
    )
    return int(
        await scope.connection.fetchval(
            "SELECT count(*) FROM invitations WHERE organization_id = $1 AND expires_at > $2",
            scope.organization_id,
            now,
        )
    )


async def delete_ended_invitations(connection: Connection, now: datetime, most: int) -> None:
    """Forget up to `most` invitations that have ended, leaving those that somebody else is forgetting."""
    await connection.execute(
        """
        DELETE FROM invitations WHERE id IN (
            SELECT id FROM invitations WHERE expires_at <= $1
            ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        """,
        now,
        most,
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


async def where_invited(connection: Connection, token_hash: bytes, now: datetime) -> Destination | None:
    """Where an open invitation leads."""
    row = await connection.fetchrow(
        """
        SELECT o.name AS organization, i.role, i.expires_at
        FROM invitations i JOIN organizations o ON o.id = i.organization_id
        WHERE i.token_hash = $1 AND i.expires_at > $2
        """,
        token_hash,
        now,
    )
    return Destination(**row) if row else None


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
    return [caller_of(row) for row in rows]


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
