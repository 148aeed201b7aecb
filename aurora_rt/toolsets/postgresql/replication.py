"""Standbys, what replication slots keep, and archiving."""

import asyncpg

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.facts.databases import DatabaseReplication, Replica, ReplicationState, Slot
from aurora_rt.toolsets.postgresql.connecting import KIND, psql, session
from aurora_rt.toolsets.toolset import Access, Seen


async def replication(parameters: OfDatabase, access: Access) -> Seen:
    """Who follows whom."""
    databases = chosen(access.settings.watched_postgresql, KIND, parameters.database)
    found = await each(databases, _replication, patience(access.settings))
    facts = DatabaseReplication(databases=found.told, silent=found.silent)
    command = psql(databases[0], "SELECT * FROM pg_stat_replication")
    return Seen(command, found.text([texts.replication(one) for one in found.told]), facts)


async def _replication(database: Watched) -> ReplicationState:
    async with session(database) as connection:
        (whole,) = await connection.fetch(
            """SELECT pg_is_in_recovery() AS replica,
                      CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                           ELSE pg_current_wal_lsn() END::text AS at,
                      CASE WHEN NOT pg_is_in_recovery() THEN NULL
                           WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                           ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
                      END::float8 AS behind,
                      CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
                      (SELECT concat_ws(':', sender_host, sender_port) FROM pg_stat_wal_receiver LIMIT 1) AS source,
                      (SELECT count(*) FROM pg_stat_wal_receiver) AS receivers,
                      (SELECT last_failed_wal FROM pg_stat_archiver
                        WHERE last_failed_time > coalesce(last_archived_time, '-infinity')) AS archiving_fails"""
        )
        replicas = await connection.fetch(
            """SELECT coalesce(nullif(application_name, ''), host(client_addr), pid::text) AS name,
                      coalesce(state, 'hidden') AS state, extract(epoch FROM replay_lag)::float8 AS lag,
                      pg_wal_lsn_diff($1::text::pg_lsn, replay_lsn)::bigint AS bytes
                 FROM pg_stat_replication
                LIMIT 50""",
            whole["at"],
        )
        slots = await connection.fetch(
            """SELECT slot_name, active, greatest(0, pg_wal_lsn_diff($1::text::pg_lsn, restart_lsn))::bigint AS kept,
                      coalesce(to_jsonb(s) ->> 'wal_status' = 'lost', false) AS lost
                 FROM pg_replication_slots AS s
                ORDER BY 3 DESC NULLS LAST
                LIMIT 50""",
            whole["at"],
        )
    return ReplicationState(
        database=database.name,
        role="replica" if whole["replica"] else "primary",
        replicas=tuple(
            Replica(name=one["name"], state=one["state"], lag_seconds=one["lag"], lag_bytes=one["bytes"])
            for one in replicas
        ),
        behind_seconds=whole["behind"],
        source=whole["source"] or "",
        broken=_broken(whole),
        slots=tuple(
            Slot(name=one["slot_name"], active=one["active"], retained=one["kept"] or 0, lost=one["lost"])
            for one in slots
        ),
        archiving_fails=whole["archiving_fails"] or "",
    )


def _broken(whole: asyncpg.Record) -> str:
    """Why a standby does not follow."""
    if not whole["replica"]:
        return ""
    if whole["paused"]:
        return "replaying is paused"
    return "" if whole["receivers"] else "it receives nothing from its primary"
