"""Who waits for whom, over rows and over the shape of tables."""

from typing import Final

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, Refused, chosen, each, patience
from aurora_rt.toolsets.facts.databases import LockWait, LockWaits, Session
from aurora_rt.toolsets.mysql import connecting
from aurora_rt.toolsets.mysql.connecting import KIND, Row, client, session
from aurora_rt.toolsets.mysql.sessions import sessions_of
from aurora_rt.toolsets.toolset import Access, Seen

_UNKNOWN: Final = Session(
    pid=0,
    user="",
    application="",
    client="",
    state="unknown",
    seconds=0,
    transaction_seconds=None,
    waits_for="",
    statement="",
)
_TABLE_LOCK: Final = "Waiting for table metadata lock"


async def locks(parameters: OfDatabase, access: Access) -> Seen:
    """Who waits for whom."""
    databases = chosen(access.settings.watched_mysql, KIND, parameters.database)
    found = await each(databases, _locks, patience(access.settings))
    facts = LockWaits(
        databases=tuple(name for name, _ in found.told),
        waits=tuple(wait for _, waits in found.told for wait in waits),
        silent=found.silent,
    )
    command = client(databases[0], "SELECT * FROM sys.innodb_lock_waits")
    return Seen(command, found.text([texts.locks(name, waits) for name, waits in found.told]), facts)


async def _locks(database: Watched) -> tuple[str, tuple[LockWait, ...]]:
    async with session(database) as opened:
        rows = await (_of_mariadb(opened) if opened.mariadb else _of_mysql(opened))
        if rows is None:
            raise Refused("permission", "does not let this user see locks; the privilege PROCESS would do.")
        every = await sessions_of(opened)
    known = {int(row["waiting"]) for row in rows}
    waits = [_wait(database.name, row, every) for row in rows]
    waits += [
        LockWait(
            database=database.name, blocked=one, blocker=_UNKNOWN, seconds=one.seconds, relation="", mode="metadata"
        )
        for one in every.values()
        if one.waits_for == _TABLE_LOCK and one.pid not in known
    ]  # fmt: skip
    return database.name, tuple(sorted(waits, key=lambda one: -one.seconds))


def _wait(database: str, row: Row, every: dict[int, Session]) -> LockWait:
    return LockWait(
        database=database,
        blocked=every.get(int(row["waiting"]), _UNKNOWN.model_copy(update={"pid": int(row["waiting"])})),
        blocker=every.get(int(row["blocking"]), _UNKNOWN.model_copy(update={"pid": int(row["blocking"])})),
        seconds=max(0.0, float(row["seconds"] or 0)),
        relation=str(row["locked"] or "").replace("`", ""),
        mode=str(row["mode"] or ""),
    )


async def _of_mariadb(opened: connecting.Session) -> list[Row] | None:
    return await opened.rows_if_allowed(
        """SELECT r.trx_mysql_thread_id AS waiting, b.trx_mysql_thread_id AS blocking,
                  TIMESTAMPDIFF(SECOND, r.trx_wait_started, NOW()) AS seconds, l.lock_table AS locked,
                  l.lock_mode AS mode
             FROM information_schema.INNODB_LOCK_WAITS AS w
             JOIN information_schema.INNODB_TRX AS r ON r.trx_id = w.requesting_trx_id
             JOIN information_schema.INNODB_TRX AS b ON b.trx_id = w.blocking_trx_id
             LEFT JOIN information_schema.INNODB_LOCKS AS l ON l.lock_id = w.requested_lock_id
            LIMIT 100"""
    )


async def _of_mysql(opened: connecting.Session) -> list[Row] | None:
    rows = await opened.rows_if_allowed(
        """SELECT waiting_pid AS waiting, blocking_pid AS blocking, wait_age_secs AS seconds, locked_table AS locked,
                  waiting_lock_mode AS mode
             FROM sys.innodb_lock_waits
            LIMIT 100"""
    )
    of_tables = await opened.rows_if_allowed(
        """SELECT waiting_pid AS waiting, blocking_pid AS blocking, waiting_query_secs AS seconds,
                  CONCAT(object_schema, '.', object_name) AS locked, waiting_lock_type AS mode
             FROM sys.schema_table_lock_waits
            WHERE waiting_pid <> blocking_pid
            LIMIT 100"""
    )
    return None if rows is None else [*rows, *(of_tables or ())]
