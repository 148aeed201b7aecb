"""What takes most time, and which tables are read from end to end, over a short sample."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from typing import Final

import asyncpg

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.databases.statements import statement
from aurora_rt.toolsets.facts.databases import DatabaseStatements, StatementState, StatementUse, TableScans
from aurora_rt.toolsets.postgresql.connecting import APPLICATION, KIND, psql, session
from aurora_rt.toolsets.toolset import Access, Seen

SAMPLE_SECONDS: Final = 2.0
"""PostgreSQL makes counts known about once a second."""
MOST: Final = 10
OWN: Final = re.compile(r"\bpg_(?:stat_(?:statements|user_tables|activity|archiver|replication)|locks)\b")
"""Statements of those who watch, us among them."""
Cost = tuple[int, float]
"""(calls, seconds), up to now."""
Reads = tuple[int, int, int]
"""(scans, rows that they read, index scans), up to now."""


async def statements(parameters: OfDatabase, access: Access) -> Seen:
    """What is worked on while it is watched."""
    databases = chosen(access.settings.watched_postgresql, KIND, parameters.database)
    found = await each(databases, _sample, patience(access.settings))
    facts = DatabaseStatements(databases=found.told, silent=found.silent)
    command = psql(
        databases[0], "SELECT relname, seq_scan, seq_tup_read, idx_scan FROM pg_stat_user_tables ORDER BY 3 DESC"
    )  # fmt: skip
    return Seen(command, found.text([texts.statements(one) for one in found.told]), facts)


async def _sample(database: Watched) -> StatementState:
    async with session(database) as connection:
        counted = await _find_extension(connection)
        began = time.monotonic()
        before = (await _costs(connection) if counted else {}, await _reads(connection))
        await asyncio.sleep(SAMPLE_SECONDS)
        costs, reads = (await _costs(connection) if counted else {}, await _reads(connection))
        lasted = time.monotonic() - began
        used = await _dearest(connection, before[0], costs) if counted else ()
        return StatementState(
            database=database.name,
            seconds=lasted,
            source="Statements counted by pg_stat_statements, and those that run now."
            if counted
            else "Only statements that run now: the extension pg_stat_statements is not there, or not for this user.",
            statements=(*await _running(connection), *used)[:MOST],
            scans=await _scans(connection, before[1], reads),
            invalid_indexes=await _invalid(connection),
        )


async def _find_extension(connection: asyncpg.Connection) -> bool:
    """Whether statements are counted; they can be asked for by their plain name then."""
    schema = await connection.fetchval(
        """SELECT quote_ident(n.nspname) FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
            WHERE e.extname = 'pg_stat_statements'"""
    )
    if schema is None:
        return False
    await connection.execute("SELECT set_config('search_path', 'pg_catalog, ' || $1, false)", schema)
    try:
        await connection.fetchval("SELECT 1 FROM pg_stat_statements LIMIT 1")
    except asyncpg.PostgresError:  # created, but not loaded at the server's start
        return False
    return True


async def _costs(connection: asyncpg.Connection) -> dict[tuple[int, int, int], Cost]:
    # PostgreSQL 13 renamed total_time; as JSON both can be asked for.
    rows = await connection.fetch(
        """SELECT s.userid::bigint AS userid, s.dbid::bigint AS dbid, s.queryid, sum(s.calls)::bigint AS calls,
                  sum(coalesce(to_jsonb(s) ->> 'total_exec_time', to_jsonb(s) ->> 'total_time')::float8) AS total
             FROM pg_stat_statements(false) AS s
            WHERE s.queryid IS NOT NULL
            GROUP BY 1, 2, 3
            LIMIT 10000"""
    )
    return {(one["userid"], one["dbid"], one["queryid"]): (one["calls"], one["total"] / 1000) for one in rows}


async def _dearest(
    connection: asyncpg.Connection,
    before: Mapping[tuple[int, int, int], Cost],
    after: Mapping[tuple[int, int, int], Cost],
) -> tuple[StatementUse, ...]:
    """The statements that took most time between two moments."""
    spent = [
        (calls - before.get(key, (0, 0.0))[0], total - before.get(key, (0, 0.0))[1], key[2])
        for key, (calls, total) in after.items()
    ]
    dear = sorted((one for one in spent if one[0] > 0 and one[1] > 0), key=lambda one: -one[1])[:MOST]
    total = sum(seconds for calls, seconds, _ in spent if calls > 0) or 1.0
    rows = await connection.fetch(
        "SELECT DISTINCT ON (queryid) queryid, left(query, 4000) AS query FROM pg_stat_statements "
        "WHERE queryid = ANY($1::bigint[])",
        [one[2] for one in dear],
    )
    wording = {one["queryid"]: statement(one["query"]) for one in rows}
    return tuple(
        StatementUse(
            statement=wording.get(key, "?"), calls=calls, mean_seconds=seconds / calls, share=seconds / total
        )
        for calls, seconds, key in dear
        if not OWN.search(wording.get(key, "?"))
    )


async def _running(connection: asyncpg.Connection) -> tuple[StatementUse, ...]:
    """What runs at this moment for more than half a second, statements alike together."""
    rows = await connection.fetch(
        """SELECT left(query, 4000) AS query, count(*)::int AS count,
                  avg(extract(epoch FROM clock_timestamp() - query_start))::float8 AS mean
             FROM pg_stat_activity
            WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
              AND application_name <> $1 AND wait_event_type IS DISTINCT FROM 'Lock'
              AND query_start < clock_timestamp() - interval '0.5 s'
            GROUP BY 1
            ORDER BY count(*) * avg(extract(epoch FROM clock_timestamp() - query_start)) DESC
            LIMIT 10""",
        APPLICATION,
    )
    whole = sum(one["count"] * one["mean"] for one in rows) or 1.0
    return tuple(
        StatementUse(
            statement=statement(one["query"]),
            calls=one["count"],
            mean_seconds=one["mean"],
            share=one["count"] * one["mean"] / whole,
        )
        for one in rows
    )


async def _reads(connection: asyncpg.Connection) -> dict[int, Reads]:
    rows = await connection.fetch(
        """SELECT relid::bigint AS relid, coalesce(seq_scan, 0) AS scans, coalesce(seq_tup_read, 0) AS rows_read,
                  coalesce(idx_scan, 0) AS index_scans
             FROM pg_stat_user_tables
            ORDER BY seq_tup_read DESC NULLS LAST
            LIMIT 5000"""
    )
    return {one["relid"]: (one["scans"], one["rows_read"], one["index_scans"]) for one in rows}


async def _scans(
    connection: asyncpg.Connection, before: Mapping[int, Reads], after: Mapping[int, Reads]
) -> tuple[TableScans, ...]:
    """The tables of which most rows were read by scans between two moments."""
    grown: dict[int, Sequence[int]] = {
        table: tuple(new - old for new, old in zip(now, before.get(table, now), strict=True))
        for table, now in after.items()
    }
    most = sorted((one for one in grown if grown[one][1] > 0), key=lambda one: -grown[one][1])[:MOST]
    # By pages and not pg_relation_size, which would wait for whoever has the table locked.
    rows = await connection.fetch(
        """SELECT s.relid::bigint AS relid, s.schemaname, s.relname, s.n_live_tup AS live,
                  c.relpages::bigint * current_setting('block_size')::bigint AS size,
                  ARRAY(SELECT substring(pg_get_indexdef(i.indexrelid) FROM ' USING (.*)$')
                          FROM pg_index AS i WHERE i.indrelid = s.relid AND i.indisvalid ORDER BY 1) AS indexes
             FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c.oid = s.relid
            WHERE s.relid = ANY($1::bigint[]::oid[])""",
        most,
    )
    known = {one["relid"]: one for one in rows}
    return tuple(
        TableScans(
            table=named(known[one]["schemaname"], known[one]["relname"]),
            size=known[one]["size"],
            rows=known[one]["live"] or 0,
            scans=max(0, grown[one][0]),
            rows_read=grown[one][1],
            index_scans=max(0, grown[one][2]),
            indexes=tuple(known[one]["indexes"]),
        )
        for one in most
        if one in known
    )


def named(schema: str, table: str) -> str:
    """A table's name, with its schema unless that is the usual one."""
    return table if schema == "public" else f"{schema}.{table}"


async def _invalid(connection: asyncpg.Connection) -> tuple[str, ...]:
    rows = await connection.fetch(
        """SELECT i.indexrelid::regclass::text AS index, i.indrelid::regclass::text AS table
             FROM pg_index AS i
            WHERE NOT i.indisvalid AND i.indexrelid NOT IN (
                SELECT index_relid FROM pg_stat_progress_create_index WHERE index_relid IS NOT NULL)
            LIMIT 10"""
    )
    return tuple(
        f"{one['index'].removeprefix('public.')} on {one['table'].removeprefix('public.')}" for one in rows
    )
