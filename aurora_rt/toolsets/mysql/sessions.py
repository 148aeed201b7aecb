"""Connections: what they run and what they hold open."""

import asyncio
from collections import Counter
from typing import Final

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.databases.statements import statement
from aurora_rt.toolsets.facts.databases import DatabaseSessions, Holder, Session, SessionState
from aurora_rt.toolsets.mysql import connecting
from aurora_rt.toolsets.mysql.connecting import KIND, Row, client, session
from aurora_rt.toolsets.toolset import Access, Seen

SAMPLE_SECONDS: Final = 1.0
REFUSALS: Final = "connection_errors_max_connections"
_OURS: Final = frozenset({"system user", "event_scheduler"})
"""Threads of the server itself."""
_SERVANTS: Final = ("Binlog Dump", "Daemon", "Slave_", "Replica_", "Connect")


async def activity(parameters: OfDatabase, access: Access) -> Seen:
    """Who is connected, and what takes long."""
    databases = chosen(access.settings.watched_mysql, KIND, parameters.database)
    found = await each(databases, _activity, patience(access.settings))
    facts = DatabaseSessions(databases=found.told, silent=found.silent)
    command = client(databases[0], "SHOW FULL PROCESSLIST")
    return Seen(command, found.text([texts.sessions(one) for one in found.told]), facts)


async def _activity(database: Watched) -> SessionState:
    async with session(database) as opened:
        limit = int((await opened.rows("SELECT @@max_connections AS most"))[0]["most"])
        before = await opened.status()
        await asyncio.sleep(SAMPLE_SECONDS)
        after = await opened.status()
        every = await sessions_of(opened)
    others = [one for one in every.values() if one.pid != opened.me]
    connected = after.get("threads_connected", 0)
    busy = [
        one for one in others if one.transaction_seconds is not None or one.state not in ("Sleep", "idle")
    ]
    busy.sort(key=lambda one: -max(one.seconds, one.transaction_seconds or 0))
    holders = Counter((one.user, one.client) for one in others)
    return SessionState(
        database=database.name,
        engine="MariaDB" if opened.mariadb else "MySQL",
        version=opened.version.split("-")[0],
        used=max(0, connected - 1),
        limit=limit,
        rejected=max(0, after.get(REFUSALS, 0) - before.get(REFUSALS, 0)),
        states=dict(Counter(one.state for one in others)),
        holders=tuple(
            Holder(user=user, application=host, count=count) for (user, host), count in holders.most_common(5)
        ),
        sessions=tuple(busy[:40]),
        hidden=max(0, connected - 1 - len(others)),
    )


async def sessions_of(opened: connecting.Session) -> dict[int, Session]:
    """The sessions that this user may see, by id; the server's own threads left out."""
    rows = await opened.rows(
        """SELECT ID AS id, USER AS user, HOST AS host, COMMAND AS command, TIME AS time, STATE AS state,
                  LEFT(INFO, 4000) AS info
             FROM information_schema.PROCESSLIST"""
    )
    open_since = await opened.rows_if_allowed(
        """SELECT trx_mysql_thread_id AS id, TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS age
             FROM information_schema.INNODB_TRX"""
    )
    # What an idle session ran last is what holds the lock; without the performance schema nobody knows.
    last = await opened.rows_if_allowed(
        """SELECT t.PROCESSLIST_ID AS id, LEFT(s.SQL_TEXT, 4000) AS text
             FROM performance_schema.threads AS t
             JOIN performance_schema.events_statements_current AS s ON s.THREAD_ID = t.THREAD_ID
            WHERE t.PROCESSLIST_ID IS NOT NULL AND s.SQL_TEXT IS NOT NULL"""
    )
    ages = {int(one["id"]): float(one["age"] or 0) for one in open_since or ()}
    said = {int(one["id"]): str(one["text"]) for one in last or ()}
    return {
        int(one["id"]): _session(one, ages, said)
        for one in rows
        if one["user"] not in _OURS and not str(one["command"]).startswith(_SERVANTS)
    }


def _session(row: Row, ages: dict[int, float], said: dict[int, str]) -> Session:
    pid = int(row["id"])
    idle = row["command"] == "Sleep"
    return Session(
        pid=pid,
        user=str(row["user"] or ""),
        application="",
        client=str(row["host"] or "").rpartition(":")[0] or str(row["host"] or ""),
        state="idle in transaction" if idle and pid in ages else "idle" if idle else str(row["command"]),
        seconds=max(0.0, float(row["time"] or 0)),
        transaction_seconds=ages.get(pid),
        waits_for=str(row["state"] or ""),
        statement=statement(str(row["info"] or said.get(pid, ""))),
    )
