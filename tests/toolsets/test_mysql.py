"""A real MariaDB in trouble: what the tools see, what the rules make of it, and what a summary says."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomysql
import pytest
from builtin_worlds import case
from databases import investigated, mariadb_server, mysql_session
from pydantic import SecretStr

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.locks import locks
from aurora_rt.investigation.builtin.findings.databases.replication import replication
from aurora_rt.investigation.builtin.findings.databases.sessions import sessions
from aurora_rt.investigation.builtin.findings.databases.statements import statements
from aurora_rt.toolsets.facts.databases import (
    BufferPools,
    DatabaseReplication,
    DatabaseSessions,
    DatabaseStatements,
    LockWaits,
)
from aurora_rt.toolsets.mysql import buffers
from aurora_rt.toolsets.mysql import sessions as mysql_sessions
from aurora_rt.toolsets.mysql import statements as mysql_statements
from aurora_rt.toolsets.mysql.replication import state_of
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolbox import Toolbox

Tools = Callable[..., Toolbox]
SAMPLED = (mysql_sessions, mysql_statements, buffers)
MYSQL: Mapping[str, Any] = {"mysql": discover()["mysql"]}
EVERY = ("activity", "locks", "statements", "replication", "buffer_pool")


@pytest.fixture(scope="module")
def mariadb() -> Iterator[str]:
    """The URL of a MariaDB of this module's own."""
    with (
        tempfile.TemporaryDirectory(prefix="aurora-test-") as directory,
        mariadb_server(Path(directory)) as url,
    ):
        asyncio.run(_with_a_shop(url))
        yield url


async def _with_a_shop(url: str) -> None:
    async with session(url, "CREATE DATABASE shop"):
        pass


@pytest.fixture(autouse=True)
def sampled_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is watched for seconds elsewhere is watched for a moment here."""
    for module in SAMPLED:
        monkeypatch.setattr(module, "SAMPLE_SECONDS", 0.2)


@pytest.fixture
def watching(tools: Tools, mariadb: str) -> Toolbox:
    """The MySQL tools over it, called `billing`."""
    return tools(MYSQL, watched_mysql=(SecretStr(f"billing={mariadb}"),))


@asynccontextmanager
async def session(
    url: str, *statements: str, database: str | None = None
) -> AsyncIterator[aiomysql.Connection]:
    """A session in which `statements` were run, cut at the end."""
    connection = await mysql_session(url, database)
    try:
        await run(connection, *statements)
        yield connection
    finally:
        connection.close()


async def run(connection: aiomysql.Connection, *statements: str) -> list[tuple[Any, ...]]:
    async with connection.cursor() as cursor:
        for one in statements:
            await cursor.execute(one)
        return list(await cursor.fetchall()) if cursor.description else []


async def test_a_database_at_ease_is_cleared_and_cited(watching: Toolbox) -> None:
    summary, _, citations = await investigated(case("HighLatency", service="checkout"), watching)
    assert [one.observation.error for one in citations] == [None] * 5
    assert summary.causes == ()
    assert "Nobody waits for a lock in billing" in summary.text
    assert "has no replica" in summary.text


async def test_who_blocks_whom_is_named_down_to_its_statement(watching: Toolbox, mariadb: str) -> None:
    async with (
        session(
            mariadb,
            "CREATE OR REPLACE TABLE shop.carts (id int PRIMARY KEY, paid int)",
            "INSERT INTO shop.carts VALUES (1, 0)",
            "BEGIN",
            "UPDATE shop.carts SET paid = 1 WHERE id = 1",
        ) as importer,
        session(mariadb) as waiter,
    ):

        async def look() -> Any:
            try:
                async with session(mariadb) as other:
                    while not await run(other, "SELECT 1 FROM information_schema.INNODB_LOCK_WAITS"):
                        await asyncio.sleep(0.1)
                await asyncio.sleep(1.1)  # it counts whole seconds
                return (
                    await watching.look("mysql.locks"),
                    await investigated(case("HighLatency", service="checkout"), watching),
                )
            finally:
                await run(importer, "ROLLBACK")

        _, (seen, (summary, suggestions, _)) = await asyncio.gather(
            run(waiter, "UPDATE shop.carts SET paid = 0 WHERE id = 1"), look()
        )
        pid = importer.thread_id()
    assert isinstance(seen.facts, LockWaits)
    (finding,) = locks(Evidence(seen.facts, seen.cite), "mysql").findings
    assert (finding.kind, finding.node) == ("lock_contention", "billing")
    assert "1 session in billing waits for a lock for `shop.carts`" in finding.claim
    assert f"pid {pid}" in finding.claim
    assert "idle in transaction" in finding.claim
    assert "SET paid = 1" in finding.claim
    assert [(one.node, one.kind) for one in summary.causes] == [("billing", "lock_contention")]
    assert any(f"KILL {pid}" in one.command for one in suggestions)


async def test_statements_that_run_long_are_seen_while_they_run(watching: Toolbox, mariadb: str) -> None:
    async with session(mariadb) as report, session(mariadb) as owner:

        async def look() -> Any:
            await asyncio.sleep(1)  # it counts whole seconds
            try:
                return await watching.look("mysql.statements"), await watching.look("mysql.activity")
            finally:
                await run(owner, f"KILL QUERY {report.thread_id()}")

        _, (seen, active) = await asyncio.gather(
            run(report, "SELECT SLEEP(60)"), look(), return_exceptions=True
        )
    assert isinstance(seen.facts, DatabaseStatements)
    assert "SLEEP" in seen.facts.databases[0].statements[0].statement
    assert "slow_query" in [one.kind for one in statements(Evidence(seen.facts, "[1]"), "mysql").findings]
    assert isinstance(active.facts, DatabaseSessions)
    state = active.facts.databases[0]
    assert (state.engine, state.limit) == ("MariaDB", 20)
    assert [one.statement for one in state.sessions] == ["SELECT SLEEP(60)"]


async def test_a_table_that_is_read_without_its_index_is_told_with_the_indexes_it_has(
    watching: Toolbox, mariadb: str
) -> None:
    async with session(
        mariadb,
        "CREATE OR REPLACE TABLE shop.orders (id int PRIMARY KEY, customer int)",
        "INSERT INTO shop.orders SELECT seq, seq % 5000 FROM shop.seq_1_to_50000",
        "ANALYZE TABLE shop.orders",
    ) as shop:
        over = asyncio.Event()

        async def ask() -> None:
            while not over.is_set():
                await run(shop, "SELECT * FROM shop.orders WHERE customer = 7")

        async with asyncio.TaskGroup() as running:
            running.create_task(ask())
            seen = await watching.look("mysql.statements")
            over.set()
    assert isinstance(seen.facts, DatabaseStatements)
    finding = next(
        one
        for one in statements(Evidence(seen.facts, seen.cite), "mysql").findings
        if "end to end" in one.claim
    )
    assert (finding.kind, finding.node) == ("slow_query", "billing")
    assert "`shop.orders`" in finding.claim
    assert "its indexes are `(id)`" in finding.claim


async def test_connections_that_run_out_are_told_also_when_none_is_left_for_us(
    tools: Tools, mariadb: str
) -> None:
    watched = (SecretStr(f"billing={mariadb}"),)
    every = [await mysql_session(mariadb) for _ in range(19)]
    try:
        nearly = await tools(MYSQL, watched_mysql=watched).look("mysql.activity")
        # The last but one is kept for an administrator, as which we come.
        every += [await mysql_session(mariadb) for _ in range(2)]
        summary, _, _ = await investigated(
            case("HighErrorRate", service="checkout"), tools(MYSQL, watched_mysql=watched)
        )
    finally:
        for one in every:
            one.close()
    assert isinstance(nearly.facts, DatabaseSessions)
    (finding,) = sessions(Evidence(nearly.facts, nearly.cite), "mysql").findings
    assert (finding.kind, "19 of its 20 connections" in finding.claim) == ("pool_exhausted", True)
    assert [(one.node, one.kind) for one in summary.causes] == [("billing", "pool_exhausted")]
    assert "has no connection left" in summary.text


async def test_a_user_without_rights_sees_what_it_may_and_is_told_what_not(
    tools: Tools, mariadb: str
) -> None:
    async with session(mariadb, "CREATE OR REPLACE USER onlooker@'127.0.0.1' IDENTIFIED BY 'per,haps'"):
        address = mariadb.replace("root@", "onlooker:per%2Chaps@")
        box = tools(MYSQL, watched_mysql=(SecretStr(f"billing={address}"),))
        every = {name: await box.look(f"mysql.{name}") for name in EVERY}
        wrong = mariadb.replace("root@", "onlooker:wr0ng@")
        refused = await tools(MYSQL, watched_mysql=(SecretStr(f"billing={wrong}"),)).look("mysql.activity")
    assert [one.error for one in every.values()] == [None] * 5
    assert "cannot be seen with this user's rights" in every["activity"].output
    assert "PROCESS would do" in every["locks"].output
    assert "REPLICATION CLIENT would do" in every["replication"].output
    assert isinstance(refused.facts, DatabaseSessions)
    assert refused.facts.silent[0].cause == "login"
    assert "wr0ng" not in f"{refused}{refused.facts}"


async def test_the_buffer_pool_and_replication_are_told(watching: Toolbox) -> None:
    pool, followed = await watching.look("mysql.buffer_pool"), await watching.look("mysql.replication")
    assert isinstance(pool.facts, BufferPools)
    assert pool.facts.databases[0].size == 24 * 2**20
    assert isinstance(followed.facts, DatabaseReplication)
    assert followed.facts.databases[0].role == "primary"


STOPPED = {
    "slave_io_running": "Yes",
    "slave_sql_running": "No",
    "master_host": "db-1",
    "last_sql_error": "Duplicate entry",
    "seconds_behind_master": None,
}
LATE = {
    "replica_io_running": "Yes",
    "replica_sql_running": "Yes",
    "source_host": "db-1",
    "seconds_behind_source": 300,
}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (STOPPED, "does not apply what it read (No): Duplicate entry"),
        (LATE, "is 5 min behind `db-1`"),
    ],
)
def test_a_replica_that_does_not_follow_is_told_in_the_words_of_either(
    row: dict[str, Any], words: str
) -> None:
    facts = DatabaseReplication(databases=(state_of("billing", [row], []),))
    (finding,) = replication(Evidence(facts, "[1]"), "mysql").findings
    assert finding.kind == "replication_lag"
    assert words in finding.claim


async def test_our_own_session_can_only_read(watching: Toolbox, mariadb: str) -> None:
    from aurora_rt.toolsets.databases.addresses import watched
    from aurora_rt.toolsets.mysql.connecting import KIND
    from aurora_rt.toolsets.mysql.connecting import session as ours

    (database,) = watched((SecretStr(mariadb),), KIND)
    async with ours(database) as opened:
        with pytest.raises(aiomysql.MySQLError, match="READ ONLY"):
            await opened.rows("CREATE TABLE mysql.x (id int)")
