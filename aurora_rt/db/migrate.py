"""Bringing a database to the present schema: numbered files, forward only, each in one transaction."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

import structlog

from aurora_rt.db.pool import Connection

LOCK = 0x4155_524F_5241
"""The advisory lock that lets one process migrate at a time ('AURORA')."""

LOCK_TIMEOUT = "10s"
STATEMENT_TIMEOUT = "60s"

log = structlog.get_logger(__name__)


def migrations() -> list[tuple[str, str]]:
    """Name and text of every migration there is, in order."""
    folder = files("aurora_rt.db") / "migrations"
    return sorted(
        (entry.name, entry.read_text()) for entry in folder.iterdir() if entry.name.endswith(".sql")
    )


async def migrate(connection: Connection, *foreign: Callable[[Connection], Awaitable[None]]) -> list[str]:
    """Apply what is missing, then each of the `foreign` schemas, and return the names of what was applied.

    Safe to run from several processes at once, and while the release before this one is serving.
    """
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
    try:
        applied = []
        for name, text in await _missing(connection):
            await _apply(connection, name, text)
            applied.append(name)
        for install in foreign:
            await install(connection)
        return applied
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def is_current(connection: Connection) -> bool:
    """Whether every migration has been applied."""
    if await connection.fetchval("SELECT to_regclass('schema_migrations')") is None:
        return False
    done = {row["name"] for row in await connection.fetch("SELECT name FROM schema_migrations")}
    return all(name in done for name, _ in migrations())


async def _missing(connection: Connection) -> list[tuple[str, str]]:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations"
        " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    done = {row["name"] for row in await connection.fetch("SELECT name FROM schema_migrations")}
    return [(name, text) for name, text in migrations() if name not in done]


async def _apply(connection: Connection, name: str, text: str) -> None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        await connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
        await connection.execute(text)
        await connection.execute("INSERT INTO schema_migrations (name) VALUES ($1)", name)
    log.info("migration_applied", name=name)
