"""The SQL of accounts, and of sign-ins that are under way."""

from datetime import datetime
from uuid import UUID

from aurora_rt.connectors.models import KeptAccount, KeptSignIn
from aurora_rt.db.pool import Row, Scope


async def accounts(scope: Scope) -> list[KeptAccount]:
    """The organization's accounts, the oldest first."""
    rows = await scope.connection.fetch(
        """
        SELECT id, provider, identity, title, shown, sealed, created_by, created_at, updated_by, updated_at
        FROM accounts WHERE organization_id = $1 ORDER BY id
        """,
        scope.organization_id,
    )
    return [_account(row) for row in rows]


async def locked_account(scope: Scope, account_id: UUID) -> KeptAccount | None:
    """An account, which nobody else changes until the end of the transaction."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, provider, identity, title, shown, sealed, created_by, created_at, updated_by, updated_at
        FROM accounts WHERE organization_id = $1 AND id = $2 FOR UPDATE
        """,
        scope.organization_id,
        account_id,
    )
    return None if row is None else _account(row)


async def one_at_a_time(scope: Scope, provider: str) -> None:
    """Wait until nobody else connects an account of the organization with that provider, and keep others waiting."""
    await scope.connection.execute(
        """
        SELECT pg_advisory_xact_lock(hashtextextended(one.organization_id || $2, 21))
        FROM (SELECT $1::text AS organization_id) AS one
        """,
        str(scope.organization_id),
        provider,
    )


async def account_id(scope: Scope, provider: str, identity: str) -> UUID | None:
    """Which account has that identity."""
    found: UUID | None = await scope.connection.fetchval(
        "SELECT id FROM accounts WHERE organization_id = $1 AND provider = $2 AND identity = $3",
        scope.organization_id,
        provider,
        identity,
    )
    return found


async def keep_account(scope: Scope, account: KeptAccount) -> None:
    """Write an account; one that is there keeps who made it and when."""
    await scope.connection.execute(
        """
        INSERT INTO accounts (id, organization_id, provider, identity, title, shown, sealed,
                              created_by, created_at, updated_by, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE SET
            identity = excluded.identity, title = excluded.title, shown = excluded.shown,
            sealed = excluded.sealed, updated_by = excluded.updated_by, updated_at = excluded.updated_at
        WHERE accounts.organization_id = excluded.organization_id
        """,
        account.id,
        scope.organization_id,
        account.provider,
        account.identity,
        account.title,
        account.shown,
        account.sealed,
        account.created_by,
        account.created_at,
        account.updated_by,
        account.updated_at,
    )


async def seal_again(scope: Scope, account_id: UUID, sealed: bytes) -> None:
    """Write what a provider gave in place of what ends: nobody changed the account."""
    await scope.connection.execute(
        "UPDATE accounts SET sealed = $3 WHERE organization_id = $1 AND id = $2",
        scope.organization_id,
        account_id,
        sealed,
    )


async def forget_account(scope: Scope, account_id: UUID) -> None:
    """Forget an account, and what is sealed in it."""
    await scope.connection.execute(
        "DELETE FROM accounts WHERE organization_id = $1 AND id = $2", scope.organization_id, account_id
    )


async def begin_sign_in(scope: Scope, state_hash: bytes, sign_in: KeptSignIn) -> None:
    """Remember a sign-in, and forget those that never came back."""
    await scope.connection.execute(
        """
        WITH gone AS (DELETE FROM account_sign_ins WHERE organization_id = $2 AND expires_at < now())
        INSERT INTO account_sign_ins (state_hash, organization_id, user_id, provider, sealed, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        state_hash,
        scope.organization_id,
        sign_in.user_id,
        sign_in.provider,
        sign_in.sealed,
        sign_in.expires_at,
    )


async def take_sign_in(scope: Scope, state_hash: bytes, user_id: str, at: datetime) -> KeptSignIn | None:
    """A sign-in of that user that came back in time: once."""
    row = await scope.connection.fetchrow(
        """
        DELETE FROM account_sign_ins
        WHERE organization_id = $1 AND state_hash = $2 AND user_id = $3 AND expires_at >= $4
        RETURNING user_id, provider, sealed, expires_at
        """,
        scope.organization_id,
        state_hash,
        user_id,
        at,
    )
    return None if row is None else KeptSignIn(**row)


def _account(row: Row) -> KeptAccount:
    return KeptAccount(**row)
