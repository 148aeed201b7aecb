"""The schema comes into being, and only goes forward."""

import asyncio

import asyncpg

from aurora_rt import jobs
from aurora_rt.db.migrate import is_current, migrate, migrations
from aurora_rt.db.pool import Database


async def test_a_migrated_database_is_current_and_migrating_again_changes_nothing(database: Database) -> None:
    async with database.connection() as connection:
        assert await is_current(connection)
        assert await migrate(connection, jobs.install) == []


async def test_an_empty_database_is_not_current(servers, database_url: str) -> None:
    connection = await asyncpg.connect(servers.database_url)
    assert not await is_current(connection)
    await connection.close()


async def test_two_processes_that_migrate_at_once_apply_each_migration_once(servers) -> None:
    admin = await asyncpg.connect(servers.database_url)
    await admin.execute("CREATE DATABASE migrated_twice")
    url = servers.database_url.replace("/postgres?", "/migrated_twice?")
    first, second = await asyncpg.connect(url), await asyncpg.connect(url)
    applied = await asyncio.gather(migrate(first, jobs.install), migrate(second, jobs.install))
    assert sorted(map(len, applied)) == [0, len(migrations())]
    await first.close()
    await second.close()
    await admin.execute("DROP DATABASE migrated_twice")
    await admin.close()
