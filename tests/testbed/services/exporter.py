"""What exporters tell of PostgreSQL and Redis, under the names that theirs have."""

import asyncpg
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from testbed.services.service import Service, main

ACTIVITY = """
SELECT coalesce(state, 'none') AS state, count(*) AS number,
    coalesce(max(extract(epoch FROM now() - xact_start)), 0)::float AS oldest
FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
SCANS = "SELECT relname, seq_tup_read, coalesce(idx_tup_fetch, 0) AS idx_tup_fetch FROM pg_stat_user_tables"
STATES = ("active", "idle", "idle in transaction")
FROM_INFO = {
    "used_memory": "redis_memory_used_bytes",
    "maxmemory": "redis_memory_max_bytes",
    "evicted_keys": "redis_evicted_keys_total",
    "keyspace_hits": "redis_keyspace_hits_total",
    "keyspace_misses": "redis_keyspace_misses_total",
    "connected_clients": "redis_connected_clients",
}


class Exporter(Service):
    """Asks both servers whenever it is asked."""

    name = "exporter"

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/servers", self._servers)]

    async def opened(self) -> None:
        self.log.disabled = True
        self._redis = Redis.from_url(self.config["cache"], socket_timeout=0.5)
        self._pool = await asyncpg.create_pool(
            self.config["database"], min_size=1, max_size=1, server_settings={"application_name": "exporter"}
        )

    async def _servers(self, _: web.Request) -> web.Response:
        lines = [*await self._of_postgres(), *await self._of_redis(), ""]
        return web.Response(text="\n".join(lines))

    async def _of_postgres(self) -> list[str]:
        try:
            async with self._pool.acquire(timeout=0.5) as connection:
                rows = {row["state"]: row for row in await connection.fetch(ACTIVITY)}
                waiting = await connection.fetchval(WAITING)
                most = await connection.fetchval(
                    "SELECT setting::int FROM pg_settings WHERE name = 'max_connections'"
                )
                scans = await connection.fetch(SCANS)
        except (TimeoutError, OSError, asyncpg.PostgresError):
            return ['pg_up{service="postgres"} 0']
        lines = [
            'pg_up{service="postgres"} 1',
            f'pg_settings_max_connections{{service="postgres"}} {most}',
            f'pg_locks_waiting{{service="postgres"}} {waiting}',
        ]
        for state in STATES:
            number = rows[state]["number"] if state in rows else 0
            lines.append(f'pg_stat_activity_count{{service="postgres",state="{state}"}} {number}')
        oldest = max((row["oldest"] for row in rows.values()), default=0)
        lines.append(f'pg_stat_activity_max_tx_duration{{service="postgres"}} {oldest}')
        for row in scans:
            told = f'{{service="postgres",relname="{row["relname"]}"}}'
            lines.append(f"pg_stat_user_tables_seq_tup_read_total{told} {row['seq_tup_read']}")
            lines.append(f"pg_stat_user_tables_idx_tup_fetch_total{told} {row['idx_tup_fetch']}")
        return lines

    async def _of_redis(self) -> list[str]:
        try:
            info = await self._redis.info()
        except (RedisError, OSError):
            return ['redis_up{service="redis"} 0']
        lines = [f'{name}{{service="redis"}} {info[field]}' for field, name in FROM_INFO.items()]
        return ['redis_up{service="redis"} 1', *lines]


if __name__ == "__main__":
    main(Exporter)
