"""A real PostgreSQL in trouble: what the tools see, what the rules make of it, and what a summary says."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest
from builtin_worlds import case
from databases import investigated, postgres_session, postgres_waits
from pydantic import SecretStr

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.locks import locks
from aurora_rt.investigation.builtin.findings.databases.sessions import sessions
from aurora_rt.investigation.builtin.findings.databases.statements import statements
from aurora_rt.investigation.builtin.findings.databases.storage import storage
from aurora_rt.toolsets.facts.databases import (
    DatabaseReplication,
    DatabaseSessions,
    DatabaseStatements,
    DatabaseTables,
    LockWaits,
)
from aurora_rt.toolsets.postgresql import statements as postgresql_statements
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Observation

Tools = Callable[..., Toolbox]
POSTGRESQL: Mapping[str, Any] = {"postgresql": discover()["postgresql"]}


@pytest.fixture(autouse=True)
def sampled_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is watched for two seconds elsewhere is watched for a moment here."""
    monkeypatch.setattr(postgresql_statements, "SAMPLE_SECONDS", 0.2)


@pytest.fixture
def watching(tools: Tools, database_url: str) -> Toolbox:
    """The PostgreSQL tools over this test's database, called `orders`."""
    return tools(POSTGRESQL, watched_postgresql=(SecretStr(f"orders={database_url}"),))


async def test_a_database_at_ease_is_cleared_and_cited(watching: Toolbox) -> None:
    summary, _, citations = await investigated(case("HighLatency", service="checkout"), watching)
    assert [one.observation.error for one in citations] == [None] * 5
    assert summary.causes == ()
    assert "Nobody waits for a lock in orders" in summary.text
    assert "nothing runs or holds a transaction for long" in summary.text


async def test_who_blocks_whom_is_named_down_to_its_statement(watching: Toolbox, database_url: str) -> None:
    async with AsyncExitStack() as open_ones:
        begin = open_ones.enter_async_context
        importer = await begin(postgres_session(database_url, "importer"))
        await importer.execute("CREATE TABLE carts (id int PRIMARY KEY, paid bool)")
        await importer.execute("INSERT INTO carts VALUES (1, false)")
        await importer.execute("BEGIN")
        await importer.execute("UPDATE carts SET paid = true WHERE id = 1")
        shops = [await begin(postgres_session(database_url, "shop")) for _ in range(3)]
        async with asyncio.TaskGroup() as running:
            held = [
                running.create_task(one.execute("UPDATE carts SET paid = false WHERE id = 1"))
                for one in shops
            ]
            await postgres_waits(database_url, 3)
            await asyncio.sleep(0.6)
            seen = await watching.look("postgresql.locks")
            summary, suggestions, _ = await investigated(case("HighLatency", service="checkout"), watching)
            pid = importer.get_server_pid()
            importer.terminate()
            await asyncio.gather(*held)
    assert isinstance(seen.facts, LockWaits)
    assert {one.blocker.application for one in seen.facts.waits} == {"importer", "shop"}  # they queue
    (finding,) = locks(Evidence(seen.facts, seen.cite), "postgresql").findings
    assert (finding.kind, finding.node) == ("lock_contention", "orders")
    assert "3 sessions in orders wait for a lock for `carts`" in finding.claim
    assert f"pid {pid}" in finding.claim
    assert "`importer`" in finding.claim
    assert "idle in transaction" in finding.claim
    assert "SET paid = true" in finding.claim
    assert [(one.node, one.kind) for one in summary.causes] == [("orders", "lock_contention")]
    mend = next(one for one in suggestions if "pg_terminate_backend" in one.command)
    assert str(pid) in mend.command
    assert mend.risk == "medium"
    assert "rolled back" in mend.description


async def test_statements_that_run_long_are_seen_while_they_run(watching: Toolbox, database_url: str) -> None:
    async with postgres_session(database_url, "report") as report:

        async def look() -> tuple[Observation, Observation]:
            await asyncio.sleep(1)  # from then on it is slow
            try:
                return await watching.look("postgresql.statements"), await watching.look(
                    "postgresql.activity"
                )
            finally:
                report.terminate()

        ended, (seen, active) = await asyncio.gather(
            report.execute("SELECT pg_sleep(60)"), look(), return_exceptions=True
        )
    assert isinstance(ended, asyncpg.ConnectionDoesNotExistError)
    assert isinstance(seen.facts, DatabaseStatements)
    assert "pg_sleep" in seen.facts.databases[0].statements[0].statement
    (finding,) = statements(Evidence(seen.facts, seen.cite), "postgresql").findings
    assert finding.kind == "slow_query"
    assert isinstance(active.facts, DatabaseSessions)
    assert [one.application for one in active.facts.databases[0].sessions] == ["report"]
    # As it would look five minutes later.
    long = active.facts.databases[0].sessions[0].model_copy(update={"seconds": 300.0})
    later = active.facts.databases[0].model_copy(update={"sessions": (long,)})
    facts = DatabaseSessions(databases=(later,))
    (finding,) = sessions(Evidence(facts, "[1]"), "postgresql").findings
    assert (finding.kind, finding.strength >= 0.8) == ("slow_query", True)
    assert "running for 5 min" in finding.claim


async def test_a_table_that_is_read_without_its_index_is_told_with_the_indexes_it_has(
    watching: Toolbox, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_statements, "SAMPLE_SECONDS", 1.5)  # counts are told once a second
    async with postgres_session(database_url) as shop:
        await shop.execute("CREATE TABLE orders (id int PRIMARY KEY, customer int)")
        await shop.execute("INSERT INTO orders SELECT n, n % 5000 FROM generate_series(1, 60000) AS n")
        await shop.execute("CREATE INDEX by_customer ON orders (customer)")
        await shop.execute("SELECT pg_stat_force_next_flush()")
        await shop.execute("ANALYZE orders")
        await shop.execute("DROP INDEX by_customer")

        over = asyncio.Event()

        async def ask() -> None:
            while not over.is_set():
                await shop.fetch("SELECT * FROM orders WHERE customer = 7")

        async with asyncio.TaskGroup() as running:
            running.create_task(ask())
            seen = await watching.look("postgresql.statements")
            over.set()
    assert isinstance(seen.facts, DatabaseStatements)
    (finding,) = statements(Evidence(seen.facts, seen.cite), "postgresql").findings
    assert (finding.kind, finding.node) == ("slow_query", "orders")
    assert "`orders` (60000 rows" in finding.claim
    assert "never by index" in finding.claim
    assert "btree (id)" in finding.claim
    assert finding.strength > 0.5


async def test_dead_rows_that_nobody_cleans_up_are_bloat(watching: Toolbox, database_url: str) -> None:
    async with postgres_session(database_url) as shop:
        await shop.execute("CREATE TABLE jobs (id int, state int) WITH (autovacuum_enabled = off)")
        await shop.execute("INSERT INTO jobs SELECT n, 0 FROM generate_series(1, 20000) AS n")
        await shop.execute("UPDATE jobs SET state = 1")
        await shop.execute("UPDATE jobs SET state = 2")
        await shop.execute("SELECT pg_stat_force_next_flush()")
        await shop.execute("SELECT 1")
        seen = await watching.look("postgresql.tables")
    assert isinstance(seen.facts, DatabaseTables)
    (finding,) = storage(Evidence(seen.facts, seen.cite)).findings
    assert (finding.kind, finding.node) == ("table_bloat", "orders")
    assert "40000 dead rows beside 20000 live ones" in finding.claim
    assert "never cleaned up by itself" in finding.claim
    assert finding.subject.remedy is not None
    assert "VACUUM (ANALYZE) jobs" in finding.subject.remedy.command


async def test_a_slot_that_nobody_uses_is_told(watching: Toolbox, database_url: str) -> None:
    async with postgres_session(database_url) as shop:
        await shop.execute("SELECT pg_create_physical_replication_slot('forgotten', true)")
        try:
            seen = await watching.look("postgresql.replication")
        finally:
            await shop.execute("SELECT pg_drop_replication_slot('forgotten')")
    assert isinstance(seen.facts, DatabaseReplication)
    state = seen.facts.databases[0]
    assert (state.role, state.slots[0].name, state.slots[0].active) == ("primary", "forgotten", False)


async def test_a_user_without_rights_sees_what_it_may_and_is_told_what_not(
    tools: Tools, database_url: str
) -> None:
    async with AsyncExitStack() as open_ones:
        begin = open_ones.enter_async_context
        owner = await begin(postgres_session(database_url, "owner"))
        await owner.execute("DROP ROLE IF EXISTS onlooker")
        await owner.execute("CREATE ROLE onlooker LOGIN CONNECTION LIMIT 6")
        try:
            busy = await begin(postgres_session(database_url, "busy"))
            await busy.execute("BEGIN")
            watched = (SecretStr(f"orders={database_url.replace('postgres:@', 'onlooker:@')}"),)
            box = tools(POSTGRESQL, watched_postgresql=watched)
            every = await asyncio.gather(
                *(
                    box.look(f"postgresql.{name}")
                    for name in ("activity", "locks", "statements", "tables", "replication")
                )
            )
            # And with none of its connections left:
            for _ in range(6):
                await begin(postgres_session(database_url.replace("postgres:@", "onlooker:@")))
            full = await tools(POSTGRESQL, watched_postgresql=watched).look("postgresql.activity")
            exhausted, _, _ = await investigated(
                case("HighErrorRate", service="checkout"), tools(POSTGRESQL, watched_postgresql=watched)
            )
        finally:
            await open_ones.aclose()
            async with postgres_session(database_url) as owner:
                await owner.execute("DROP ROLE onlooker")
    assert [one.error for one in every] == [None] * 5
    assert isinstance(every[0].facts, DatabaseSessions)
    assert every[0].facts.databases[0].hidden >= 2
    assert "cannot be seen with this user's rights" in every[0].output
    assert isinstance(full.facts, DatabaseSessions)
    assert full.facts.silent[0].cause == "exhausted"
    assert [(one.node, one.kind) for one in exhausted.causes] == [("orders", "pool_exhausted")]


async def test_our_own_session_can_only_read_and_is_left_out(watching: Toolbox, database_url: str) -> None:
    seen = await watching.look("postgresql.activity")
    assert isinstance(seen.facts, DatabaseSessions)
    assert "aurora-rt" not in seen.output
    from aurora_rt.toolsets.databases.addresses import watched
    from aurora_rt.toolsets.postgresql.connecting import KIND, session

    (database,) = watched((SecretStr(database_url),), KIND)
    async with session(database) as opened:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await opened.execute("CREATE TABLE public.x ()")
