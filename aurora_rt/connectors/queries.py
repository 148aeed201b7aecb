"""The SQL of data keys."""

from aurora_rt.db.pool import Scope


async def newest_data_key(scope: Scope) -> tuple[int, bytes] | None:
    """Number and wrapped key of what the organization's secrets are sealed under now."""
    row = await scope.connection.fetchrow(
        "SELECT number, wrapped FROM data_keys WHERE organization_id = $1 ORDER BY number DESC LIMIT 1",
        scope.organization_id,
    )
    return None if row is None else (row["number"], row["wrapped"])


async def data_key(scope: Scope, number: int) -> bytes | None:
    """A wrapped data key of the organization."""
    wrapped: bytes | None = await scope.connection.fetchval(
        "SELECT wrapped FROM data_keys WHERE organization_id = $1 AND number = $2",
        scope.organization_id,
        number,
    )
    return wrapped


async def keep_data_key(scope: Scope, number: int, wrapped: bytes) -> tuple[int, bytes]:
    """Write a wrapped data key, and return the one that counts: another's that was there first stays."""
    row = await scope.connection.fetchrow(
        """
        INSERT INTO data_keys (organization_id, number, wrapped) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id, number) DO UPDATE SET wrapped = data_keys.wrapped
        RETURNING number, wrapped
        """,
        scope.organization_id,
        number,
        wrapped,
    )
    return (number, wrapped) if row is None else (row["number"], row["wrapped"])
