"""Connections: what they run, what they hold open, and who waits for whom."""

from typing import Final

import asyncpg

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.databases.statements import statement
from aurora_rt.toolsets.facts.databases import (
    DatabaseSessions,
    Holder,
    LockWait,
    LockWaits,
    Session,
    SessionState,
)
from aurora_rt.toolsets.postgresql.connecting import APPLICATION, KIND, psql, session
from aurora_rt.toolsets.toolset import Access, Seen

HIDDEN: Final = "<insufficient privilege>"


async def activity(parameters: OfDatabase, access: Access) -> Seen:
    """Who is connected, and what takes long."""
    databases = chosen(access.settings.watched_postgresql, KIND, parameters.database)
    found = await each(databases, _activity, patience(access.settings))
    facts = DatabaseSessions(databases=found.told, silent=found.silent)
    command = psql(databases[0], "SELECT * FROM pg_stat_activity ORDER BY xact_start")
    return Seen(command, found.text([texts.sessions(one) for one in found.told]), facts)


async def locks(parameters: OfDatabase, access: Access) -> Seen:
    """Who waits for whom."""
    databases = chosen(access.settings.watched_postgresql, KIND, parameters.database)
    found = await each(databases, _locks, patience(access.settings))
    facts = LockWaits(
        databases=tuple(name for name, _ in found.told),
        waits=tuple(wait for _, waits in found.told for wait in waits),
        silent=found.silent,
    )
    command = psql(
        databases[0], "SELECT pid, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    )  # fmt: skip
    return Seen(command, found.text([texts.locks(name, waits) for name, waits in found.told]), facts)


async def _activity(database: Watched) -> SessionState:
    async with session(database) as connection:
        (limits,) = await connection.fetch(
            """SELECT current_setting('server_version') AS version,
                      current_setting('max_connections')::int
                          - current_setting('superuser_reserved_connections')::int
                          - coalesce(current_setting('reserved_connections', true)::int, 0) AS open_to_all"""
        )
        groups = await connection.fetch(
            """SELECT coalesce(usename, '') AS usename, coalesce(application_name, '') AS application,
                      coalesce(state, '') AS state, count(*) AS count
                 FROM pg_stat_activity
                WHERE pid <> pg_backend_pid()
                  AND (backend_type = 'client backend' OR backend_type IS NULL AND usesysid IS NOT NULL)
                GROUP BY 1, 2, 3"""
        )
        hidden = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE query = $1 AND usesysid IS NOT NULL", HIDDEN
        )
        long = await connection.fetch(
            """SELECT pid, usename, application_name, host(client_addr) AS client, state, left(query, 4000) AS query,
                      concat_ws(': ', wait_event_type, wait_event) AS waits_for,
                      greatest(0, extract(epoch FROM clock_timestamp()
                          - CASE WHEN state = 'active' THEN query_start ELSE state_change END))::float8 AS seconds,
                      greatest(0, extract(epoch FROM clock_timestamp() - xact_start))::float8 AS transaction_seconds
                 FROM pg_stat_activity
                WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'
                  AND application_name <> $1
                ORDER BY coalesce(xact_start, query_start) NULLS LAST
                LIMIT 40""",
            APPLICATION,
        )
    return SessionState(
        database=database.name,
        engine="PostgreSQL",
        version=limits["version"].split()[0],
        used=sum(one["count"] for one in groups),
        limit=limits["open_to_all"],
        rejected=None,
        states=_states(groups),
        holders=_holders(groups),
        sessions=tuple(_session(one) for one in long),
        hidden=hidden,
    )


def _states(groups: list[asyncpg.Record]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for one in groups:
        counted[one["state"] or "hidden"] = counted.get(one["state"] or "hidden", 0) + one["count"]
    return counted


def _holders(groups: list[asyncpg.Record]) -> tuple[Holder, ...]:
    counted: dict[tuple[str, str], int] = {}
    for one in groups:
        key = (one["usename"], one["application"])
        counted[key] = counted.get(key, 0) + one["count"]
    most = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    return tuple(Holder(user=user, application=name, count=count) for (user, name), count in most)


def _session(row: asyncpg.Record, prefix: str = "") -> Session:
    return Session(
        pid=row[f"{prefix}pid"] or 0,
        user=row[f"{prefix}usename"] or "",
        application=row[f"{prefix}application_name"] or "",
        client=row[f"{prefix}client"] or "",
        state=row[f"{prefix}state"] or "hidden",
        seconds=row[f"{prefix}seconds"] or 0.0,
        transaction_seconds=row[f"{prefix}transaction_seconds"],
        waits_for=row[f"{prefix}waits_for"] or "",
        statement=statement(row[f"{prefix}query"]),
    )


async def _locks(database: Watched) -> tuple[str, tuple[LockWait, ...]]:
    async with session(database) as connection:
        rows = await connection.fetch(
            """WITH seen AS (
                   SELECT pid, usename, application_name, host(client_addr) AS client, state,
                          left(query, 4000) AS query, concat_ws(': ', wait_event_type, wait_event) AS waits_for,
                          greatest(0, extract(epoch FROM clock_timestamp()
                              - CASE WHEN state = 'active' THEN query_start ELSE state_change END))::float8 AS seconds,
                          greatest(0, extract(epoch FROM clock_timestamp() - xact_start))::float8
                              AS transaction_seconds
                     FROM pg_stat_activity WHERE pid <> pg_backend_pid()),
               waiting AS (
                   SELECT DISTINCT ON (l.pid) l.pid, l.mode,
                          coalesce(l.relation, t.relation)::regclass::text AS relation,
                          extract(epoch FROM clock_timestamp()
                              - (to_jsonb(l) ->> 'waitstart')::timestamptz)::float8 AS waited
                     FROM pg_locks AS l
                     LEFT JOIN pg_locks AS t ON t.pid = l.pid AND t.locktype = 'tuple' AND t.granted
                    WHERE NOT l.granted
                    ORDER BY l.pid
                    LIMIT 200)
               SELECT w.mode, w.relation, w.waited,
                      a.pid AS a_pid, a.usename AS a_usename, a.application_name AS a_application_name,
                      a.client AS a_client, a.state AS a_state, a.query AS a_query, a.waits_for AS a_waits_for,
                      a.seconds AS a_seconds, a.transaction_seconds AS a_transaction_seconds,
                      by.pid AS b_pid, b.usename AS b_usename, b.application_name AS b_application_name,
                      b.client AS b_client, b.state AS b_state, b.query AS b_query, b.waits_for AS b_waits_for,
                      b.seconds AS b_seconds, b.transaction_seconds AS b_transaction_seconds
                 FROM waiting AS w
                 JOIN seen AS a ON a.pid = w.pid
                CROSS JOIN LATERAL (SELECT DISTINCT unnest(pg_blocking_pids(w.pid)) AS pid) AS by
                 LEFT JOIN seen AS b ON b.pid = by.pid
                ORDER BY coalesce(w.waited, a.seconds) DESC
                LIMIT 100"""
        )
    return database.name, tuple(
        LockWait(
            database=database.name,
            blocked=_session(one, "a_"),
            blocker=_session(one, "b_"),
            seconds=max(0.0, one["waited"] if one["waited"] is not None else one["a_seconds"] or 0.0),
            relation=(one["relation"] or "").removeprefix("public."),
            mode=one["mode"],
        )
        for one in rows
    )
