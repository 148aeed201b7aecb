"""A real Redis in trouble: what the tools see, what the rules make of it, and what a summary says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builtin_worlds import case
from databases import investigated, redis_server
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from aurora_rt.clock import now
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.caches import big_keys, caches
from aurora_rt.investigation.builtin.findings.databases.sessions import sessions
from aurora_rt.investigation.builtin.findings.databases.statements import slow_commands
from aurora_rt.toolsets.facts.databases import BigKeys, CacheState, DatabaseSessions, DatabaseStatements
from aurora_rt.toolsets.redis import cache
from aurora_rt.toolsets.redis.cache import use
from aurora_rt.toolsets.redis.commands import shown
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolbox import Toolbox

Tools = Callable[..., Toolbox]
REDIS: Mapping[str, Any] = {"redis": discover()["redis"]}
SMALL = ("--maxmemory", "6mb")


@pytest.fixture(autouse=True)
def sampled_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is watched for a second elsewhere is watched for a moment here."""
    monkeypatch.setattr(cache, "SAMPLE_SECONDS", 0.3)


def watching(tools: Tools, url: str) -> Toolbox:
    """The Redis tools over one server, called `cache`."""
    return tools(REDIS, watched_redis=(SecretStr(f"cache={url}"),))


@asynccontextmanager
async def writing(url: str) -> AsyncIterator[Redis]:
    """Somebody writes without end, whether it is refused or not."""
    over = asyncio.Event()

    async def write(client: Redis) -> None:
        number = 0
        while not over.is_set():
            try:
                async with client.pipeline(transaction=False) as many:
                    for _ in range(100):
                        number += 1
                        many.set(f"session:{number}", "x" * 1000)
                    await many.execute(raise_on_error=False)
            except RedisError:
                return
            await asyncio.sleep(0.005)

    async with Redis.from_url(url) as client, asyncio.TaskGroup() as running:
        running.create_task(write(client))
        await asyncio.sleep(0.3)
        try:
            yield client
        finally:
            over.set()


async def test_a_cache_at_ease_is_cleared_though_it_dropped_keys_once(tools: Tools, tmp_path: Path) -> None:
    async with redis_server(tmp_path, *SMALL, "--maxmemory-policy", "allkeys-lru") as url:
        async with writing(url) as client:
            while not (await client.info("stats"))["evicted_keys"]:
                await asyncio.sleep(0.02)
        box = watching(tools, url)
        seen = await box.look("redis.info")
        summary, _, citations = await investigated(case("HighLatency", service="checkout"), box)
    assert isinstance(seen.facts, CacheState)
    assert seen.facts.databases[0].evicted_total > 0
    assert seen.facts.databases[0].evicted == 0
    assert [one.observation.error for one in citations] == [None] * 4
    assert summary.causes == ()
    assert "drops no key and refuses nobody" in summary.text


async def test_keys_that_are_dropped_now_are_an_eviction(tools: Tools, tmp_path: Path) -> None:
    async with (
        redis_server(tmp_path, *SMALL, "--maxmemory-policy", "allkeys-lru") as url,
        writing(url) as client,
    ):
        while not (await client.info("stats"))["evicted_keys"]:
            await asyncio.sleep(0.02)
        summary, suggestions, _ = await investigated(
            case("HighLatency", service="checkout"), watching(tools, url)
        )
    assert [(one.node, one.kind) for one in summary.causes] == [("cache", "cache_eviction")]
    assert "allkeys-lru" in summary.text
    assert "redis-cli INFO memory" in [one.command for one in suggestions]


async def test_writes_that_are_refused_for_want_of_memory_are_pressure(tools: Tools, tmp_path: Path) -> None:
    async with (
        redis_server(tmp_path, *SMALL, "--maxmemory-policy", "noeviction") as url,
        writing(url) as client,
    ):
        while int((await client.info("memory"))["used_memory"]) < 5.9 * 2**20:
            await asyncio.sleep(0.02)
        seen = await watching(tools, url).look("redis.info")
    assert isinstance(seen.facts, CacheState)
    (finding,) = caches(Evidence(seen.facts, seen.cite)).findings
    assert (finding.kind, finding.node, finding.strength) == ("memory_pressure", "cache", 0.95)
    assert "refused" in finding.claim


async def test_clients_without_a_place_are_told_also_when_we_are_one_of_them(
    tools: Tools, tmp_path: Path
) -> None:
    async with redis_server(tmp_path, "--maxclients", "8") as url:
        every = [Redis.from_url(url, single_connection_client=True, client_name="shop") for _ in range(7)]
        for one in every:
            await one.ping()
        waiting = asyncio.gather(
            *(one.blpop(["jobs"], timeout=30) for one in every[:5]), return_exceptions=True
        )
        box = watching(tools, url)
        who = await box.look("redis.clients")
        seen = await box.look("redis.info")
        async with Redis.from_url(url, single_connection_client=True) as last:
            await last.ping()
            full = await watching(tools, url).look("redis.info")
            exhausted, _, _ = await investigated(
                case("HighErrorRate", service="checkout"), watching(tools, url)
            )
        for one in every:
            await one.aclose()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert isinstance(who.facts, DatabaseSessions)
    state = who.facts.databases[0]
    assert (state.holders[0].application, state.holders[0].count) == ("shop", 7)
    assert state.states["blocked"] == 5
    assert {one.statement for one in state.sessions} == {"BLPOP"}
    assert isinstance(seen.facts, CacheState)
    assert seen.facts.databases[0].blocked_clients == 5
    assert [one.kind for one in caches(Evidence(seen.facts, seen.cite)).findings] == ["pool_exhausted"]
    assert [one.kind for one in sessions(Evidence(who.facts, who.cite), "redis").findings] == []
    assert isinstance(full.facts, CacheState)
    assert full.facts.silent[0].cause == "exhausted"
    assert [(one.node, one.kind) for one in exhausted.causes] == [("cache", "pool_exhausted")]


async def test_big_keys_and_slow_commands_are_told_by_name_and_never_by_value(
    tools: Tools, tmp_path: Path
) -> None:
    async with redis_server(tmp_path, "--slowlog-log-slower-than", "1000") as url:
        async with Redis.from_url(url) as client:
            await client.rpush("feed:all", *("hunter2" * 20 for _ in range(20_000)))
            for number in range(300):
                await client.set(f"cart:{number}", "hunter2")
            await client.eval("local n = 0 for i = 1, 20000000 do n = n + i end return 'hunter2'", 0)
        box = watching(tools, url)
        keys, slow = await box.look("redis.big_keys"), await box.look("redis.slowlog")
    assert isinstance(keys.facts, BigKeys)
    biggest = keys.facts.databases[0].keys[0]
    assert (biggest.key, biggest.type, biggest.length) == ("feed:all", "list", 20_000)
    (finding,) = big_keys(Evidence(keys.facts, keys.cite)).findings
    assert (finding.kind, finding.node) == ("memory_pressure", "cache")
    assert "`feed:all` of 20000 members" in finding.claim
    assert isinstance(slow.facts, DatabaseStatements)
    (finding,) = slow_commands(Evidence(slow.facts, slow.cite), now()).findings
    assert finding.kind == "slow_query"
    assert "`EVAL`" in finding.claim
    assert not slow_commands(Evidence(slow.facts, slow.cite), now() + timedelta(hours=1)).findings
    assert "hunter2" not in f"{keys} {slow}"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (b"SET cart:7 secret", "SET cart:7"),
        (b"keys *", "KEYS *"),
        (b"CONFIG SET requirepass hunter2", "CONFIG"),
        (b"\xff\x00", "\ufffd\ufffd"),
        ("", ""),
    ],
)
def test_a_command_is_shown_by_its_name_and_key(command: bytes | str, text: str) -> None:
    assert shown(command) == text


def test_a_replica_that_lost_its_primary_and_a_save_that_failed_are_told() -> None:
    told = {
        "role": "slave",
        "master_link_status": "down",
        "master_link_down_since_seconds": 90,
        "rdb_last_bgsave_status": "err",
        "maxclients": 100,
    }
    one = use("cache", told, told, 1.0, 0.001)
    findings = caches(Evidence(CacheState(databases=(one,)), "[1]")).findings
    assert [finding.kind for finding in findings] == ["replication_lag", "disk_filling"]
    assert "for 90 s" in findings[0].claim


async def test_a_refused_password_is_a_gap_and_no_fault_of_the_cache(tools: Tools, tmp_path: Path) -> None:
    async with redis_server(tmp_path, "--requirepass", "right") as url:
        box = watching(tools, url.replace("redis://", "redis://:wr0ng%2C@"))
        seen = await box.look("redis.info")
        summary, _, _ = await investigated(case("HighLatency", service="checkout"), box)
    assert isinstance(seen.facts, CacheState)
    assert seen.facts.silent[0].cause == "login"
    assert summary.causes == ()
    assert "does not let us in" in summary.text
    assert "wr0ng" not in f"{seen}{summary}"
