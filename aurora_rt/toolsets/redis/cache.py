"""What `INFO` tells, sampled twice: counts since the start become what happens now."""

import asyncio
import statistics
import time
from collections.abc import Mapping
from typing import Any, Final, Literal

from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.facts.databases import CacheState, CacheUse
from aurora_rt.toolsets.redis.connecting import KIND, cli, session
from aurora_rt.toolsets.tables import size
from aurora_rt.toolsets.toolset import Access, Seen

SAMPLE_SECONDS: Final = 1.0
PINGS: Final = 5
Info = Mapping[str, Any]


async def info(parameters: OfDatabase, access: Access) -> Seen:
    """How caches are."""
    databases = chosen(access.settings.watched_redis, KIND, parameters.database)
    found = await each(databases, _sample, patience(access.settings))
    facts = CacheState(databases=found.told, silent=found.silent)
    return Seen(cli(databases[0], "INFO all"), found.text([_shown(one) for one in found.told]), facts)


async def _sample(database: Watched) -> CacheUse:
    async with session(database) as client:
        before: Info = await client.info("all")
        began = time.monotonic()
        pings = []
        for _ in range(PINGS):
            sent = time.monotonic()
            await client.ping()
            pings.append(time.monotonic() - sent)
        await asyncio.sleep(SAMPLE_SECONDS)
        after: Info = await client.info("all")
        lasted = time.monotonic() - began
    return use(database.name, before, after, lasted, statistics.median(pings))


def use(database: str, before: Info, after: Info, lasted: float, ping: float) -> CacheUse:
    """What two answers to `INFO all`, `lasted` seconds apart, tell. Pure."""

    def grown(name: str) -> int:
        return max(0, int(after.get(name, 0)) - int(before.get(name, 0)))

    hits, misses = int(after.get("keyspace_hits", 0)), int(after.get("keyspace_misses", 0))
    replica = after.get("role") == "slave"
    return CacheUse(
        database=database,
        engine=engine(after),
        version=str(after.get("valkey_version") or after.get("redis_version", "?")),
        seconds=lasted,
        memory_used=int(after.get("used_memory", 0)),
        memory_limit=int(after.get("maxmemory", 0)),
        policy=str(after.get("maxmemory_policy", "?")),
        fragmentation=float(after.get("mem_fragmentation_ratio", 0) or 0),
        evicted=grown("evicted_keys"),
        evicted_total=int(after.get("evicted_keys", 0)),
        hits=grown("keyspace_hits"),
        misses=grown("keyspace_misses"),
        hit_ratio=hits / (hits + misses) if hits + misses else None,
        commands_rate=grown("total_commands_processed") / lasted,
        refused_writes=max(0, _refusals(after) - _refusals(before)),
        clients=int(after.get("connected_clients", 0)),
        clients_limit=int(after.get("maxclients", 0)),
        blocked_clients=int(after.get("blocked_clients", 0)),
        rejected=grown("rejected_connections"),
        rejected_total=int(after.get("rejected_connections", 0)),
        answer_seconds=ping,
        role="replica" if replica else "primary",
        link_up=not replica or after.get("master_link_status") == "up",
        behind_seconds=_behind(after, replica),
        replicas=int(after.get("connected_slaves", 0)),
        loading=bool(int(after.get("loading", 0))),
        save_failed=_unsaved(after),
        keys=sum(
            one["keys"] for name, one in after.items() if name.startswith("db") and isinstance(one, dict)
        ),
    )


def engine(told: Info) -> Literal["Redis", "Valkey"]:
    """Which of the two it is."""
    return "Valkey" if "valkey_version" in told or told.get("server_name") == "valkey" else "Redis"


def _refusals(told: Info) -> int:
    """Commands refused because memory is full; Redis counts them by kind of error since 6.2."""
    counted = told.get("errorstat_OOM", {})
    return int(counted.get("count", 0)) if isinstance(counted, dict) else 0


def _behind(told: Info, replica: bool) -> float | None:
    if replica:
        since = told.get("master_link_down_since_seconds", told.get("master_last_io_seconds_ago"))
        return None if since is None or int(since) < 0 else float(since)
    lags = [
        float(one["lag"])
        for name, one in told.items()
        if name.startswith("slave") and isinstance(one, dict) and "lag" in one
    ]
    return max(lags, default=None)


_SAVES: Final = {
    "rdb_last_bgsave_status": "the last snapshot",
    "aof_last_write_status": "the last write to the append-only file",
    "aof_last_bgrewrite_status": "the last rewrite of the append-only file",
}


def _unsaved(told: Info) -> str:
    failed = [words for name, words in _SAVES.items() if told.get(name, "ok") != "ok"]
    return f"{' and '.join(failed)} failed" if failed else ""


def _shown(one: CacheUse) -> str:
    limit = size(one.memory_limit) if one.memory_limit else "no limit"
    hits = "nothing was read yet" if one.hit_ratio is None else f"{one.hit_ratio:.1%} hits since its start"
    behind = "" if one.behind_seconds is None else f", last heard {one.behind_seconds:.0f} s ago"
    lines = [
        f"{one.database} ({one.engine} {one.version}), over {one.seconds:.1f} s: {one.keys} keys, "
        f"{one.commands_rate:.0f} commands/s, answers in {one.answer_seconds * 1000:.1f} ms",
        f"memory: {size(one.memory_used)} of {limit}, policy {one.policy}, fragmentation {one.fragmentation:g}",
        f"evicted: {one.evicted} keys now, {one.evicted_total} since its start; {one.refused_writes} commands refused "
        "for want of memory",
        f"reads: {one.hits} hits and {one.misses} misses now, {hits}",
        f"clients: {one.clients} of {one.clients_limit or '?'}, {one.blocked_clients} wait for something; "
        f"{one.rejected} refused now, {one.rejected_total} since its start",
        f"replication: {one.role}, link {'up' if one.link_up else 'DOWN'}, {one.replicas} replicas{behind}",
        f"saving: {one.save_failed or 'nothing failed'}{'; it is loading its data' if one.loading else ''}",
    ]
    return "\n".join(lines)
