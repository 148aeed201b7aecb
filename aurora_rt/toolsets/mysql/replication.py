"""What a replica follows, and who follows."""

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, Refused, chosen, each, patience
from aurora_rt.toolsets.facts.databases import DatabaseReplication, Replica, ReplicationState
from aurora_rt.toolsets.mysql import connecting
from aurora_rt.toolsets.mysql.connecting import KIND, Row, client, session
from aurora_rt.toolsets.toolset import Access, Seen


async def replication(parameters: OfDatabase, access: Access) -> Seen:
    """Who follows whom."""
    databases = chosen(access.settings.watched_mysql, KIND, parameters.database)
    found = await each(databases, _replication, patience(access.settings))
    facts = DatabaseReplication(databases=found.told, silent=found.silent)
    command = client(databases[0], r"SHOW REPLICA STATUS\G")
    return Seen(command, found.text([texts.replication(one) for one in found.told]), facts)


async def _replication(database: Watched) -> ReplicationState:
    async with session(database) as opened:
        followed = await _followed(opened)
        if followed is None:
            raise Refused(
                "permission", "does not let this user see replication; REPLICATION CLIENT would do."
            )
        dumps = await opened.rows(
            """SELECT USER AS user, HOST AS host, STATE AS state FROM information_schema.PROCESSLIST
                WHERE COMMAND LIKE %s""",
            ("Binlog Dump%",),
        )
    return state_of(database.name, followed, dumps)


def state_of(database: str, followed: list[Row], dumps: list[Row]) -> ReplicationState:
    """What a replica's channels and a primary's followers tell. Pure."""
    replicas = tuple(
        Replica(name=str(one["host"]), state=str(one["state"] or ""), lag_seconds=None, lag_bytes=None)
        for one in dumps
    )
    behind = [float(str(value)) for one in followed if (value := _of(one, "seconds_behind")) is not None]
    broken = [text for one in followed if (text := _broken(one))]
    return ReplicationState(
        database=database,
        role="replica" if followed else "primary",
        replicas=replicas,
        behind_seconds=max(behind, default=None),
        source=str(_of(followed[0], "source_host") or "") if followed else "",
        broken="; ".join(broken),
    )


async def _followed(opened: connecting.Session) -> list[Row] | None:
    """The channels that it follows; MySQL 8.4 knows only the new words, older ones and MariaDB only theirs."""
    if opened.mariadb:
        return await opened.rows_if_allowed("SHOW ALL SLAVES STATUS")
    found = await opened.rows_if_allowed("SHOW REPLICA STATUS")
    return await opened.rows_if_allowed("SHOW SLAVE STATUS") if found is None else found


def _of(row: Row, name: str) -> object:
    """A column by what it is called now, or was called before MySQL 8.0.22 and is in MariaDB."""
    old = {
        "seconds_behind": ("seconds_behind_source", "seconds_behind_master"),
        "source_host": ("source_host", "master_host"),
        "io": ("replica_io_running", "slave_io_running"),
        "sql": ("replica_sql_running", "slave_sql_running"),
    }[name]
    return next((row[one] for one in old if one in row), None)


def _broken(row: Row) -> str:
    reading, applying = str(_of(row, "io")), str(_of(row, "sql"))
    if reading == "Yes" and applying == "Yes":
        return ""
    said = str(row.get("last_sql_error") or row.get("last_io_error") or "").strip().rstrip(".")
    parts = []
    if reading != "Yes":
        parts.append(f"it does not read from its source ({reading})")
    if applying != "Yes":
        parts.append(f"it does not apply what it read ({applying})")
    return " and ".join(parts) + (f": {said[:300]}" if said else "")
