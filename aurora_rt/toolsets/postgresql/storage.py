"""Tables: how large, how many dead rows, how far cleaning up is behind; and the age of transaction ids."""

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.facts.databases import DatabaseTables, TableState, TableUse
from aurora_rt.toolsets.postgresql.connecting import KIND, psql, session
from aurora_rt.toolsets.postgresql.statements import named
from aurora_rt.toolsets.toolset import Access, Seen


async def tables(parameters: OfDatabase, access: Access) -> Seen:
    """How tables are kept."""
    databases = chosen(access.settings.watched_postgresql, KIND, parameters.database)
    found = await each(databases, _tables, patience(access.settings))
    facts = DatabaseTables(databases=found.told, silent=found.silent)
    command = psql(
        databases[0],
        "SELECT relname, n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables ORDER BY 3 DESC",
    )
    return Seen(command, found.text([texts.tables(one) for one in found.told]), facts)


async def _tables(database: Watched) -> TableState:
    async with session(database) as connection:
        (whole,) = await connection.fetch(
            """SELECT (SELECT coalesce(sum(relpages::bigint), 0)::bigint FROM pg_class)
                          * current_setting('block_size')::bigint AS size,
                      (SELECT max(greatest(age(datfrozenxid), mxid_age(datminmxid))) FROM pg_database) / 2147483648.0
                          AS ids,
                      current_setting('autovacuum')::bool AND current_setting('track_counts')::bool AS autovacuum"""
        )
        rows = await connection.fetch(
            """WITH kept AS (
                   SELECT s.schemaname, s.relname, s.n_live_tup AS live, s.n_dead_tup AS dead,
                          greatest(s.last_autovacuum, s.last_vacuum) AS vacuumed_at,
                          c.relpages::bigint * current_setting('block_size')::bigint AS size,
                          greatest(c.reltuples, 0) AS tuples,
                          (SELECT jsonb_object_agg(option_name, option_value) FROM pg_options_to_table(c.reloptions))
                              AS own
                     FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c.oid = s.relid)
               SELECT schemaname, relname, live, dead, vacuumed_at, size,
                      CASE WHEN own ->> 'autovacuum_enabled' IN ('false', 'off', '0', 'no') THEN 0
                           ELSE coalesce((own ->> 'autovacuum_vacuum_threshold')::float8,
                                         current_setting('autovacuum_vacuum_threshold')::float8)
                              + coalesce((own ->> 'autovacuum_vacuum_scale_factor')::float8,
                                         current_setting('autovacuum_vacuum_scale_factor')::float8) * tuples
                      END::bigint AS due
                 FROM kept
                ORDER BY dead DESC, size DESC
                LIMIT 15"""
        )
    return TableState(
        database=database.name,
        size=whole["size"],
        transaction_ids=float(whole["ids"]),
        autovacuum=whole["autovacuum"],
        tables=tuple(
            TableUse(
                table=named(one["schemaname"], one["relname"]),
                size=one["size"],
                rows=one["live"],
                dead_rows=one["dead"],
                vacuum_due=one["due"],
                vacuumed_at=one["vacuumed_at"],
            )
            for one in rows
        ),
    )
