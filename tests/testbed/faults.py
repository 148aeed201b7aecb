"""Causing each fault for real, and undoing it: the block of each is the time in which it lasts.

What a block yields are places that count as the cause beside those that are known before: processes by their id.
"""

import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil
from redis.asyncio import Redis

from testbed.servers.postgres import INDEX
from testbed.shop import Shop

BEHIND, AHEAD = 10, -10
"""How nice the catalog is to its neighbours, and they to it."""

Places = AsyncIterator[tuple[str, ...]]


def place_of(*pids: int) -> tuple[str, ...]:
    """Processes as the built-in investigator names them."""
    return tuple(f"process {pid} ({psutil.Process(pid).name()})" for pid in pids)


@asynccontextmanager
async def culprits(shop: Shop, *commands: tuple[str, ...]) -> AsyncIterator[list[Process]]:
    """Run programs that do harm."""
    running = [await shop.children.python(f"culprits.{name}", *arguments) for name, *arguments in commands]
    try:
        yield running
    finally:
        for process in running:
            await shop.children.end(process)


def cores() -> list[str]:
    """The cores that we may use."""
    return [str(core) for core in sorted(os.sched_getaffinity(0))]


@asynccontextmanager
async def cpu_hog(shop: Shop) -> Places:
    """One process a core computes without a pause."""
    async with culprits(shop, *(("encode_videos", core) for core in cores())) as running:
        yield place_of(*(one.pid for one in running))


@asynccontextmanager
async def noisy_neighbour(shop: Shop) -> Places:
    """Programs on the very core that the catalog has to live on, and that come before it."""
    core, pid = cores()[-1], shop.pid("catalog")
    os.sched_setaffinity(pid, {int(core)})
    give_priority(pid, BEHIND)
    try:
        async with culprits(shop, *[("encode_videos", core)] * 2) as running:
            for one in running:
                give_priority(one.pid, AHEAD)
            yield place_of(*(one.pid for one in running))
    finally:
        await restarted(shop, "catalog")  # only root may give a process its place back


def give_priority(pid: int, nice: int) -> None:
    """Let a process, and the session that it leads, come before others or after them; only root may do both."""
    os.setpriority(os.PRIO_PROCESS, pid, nice)
    group = Path(f"/proc/{pid}/autogroup")
    if group.exists():  # then priorities hold within a session alone, and sessions have their own
        group.write_text(str(nice))


@asynccontextmanager
async def memory_leak(shop: Shop) -> Places:
    """The catalog keeps something of each request for ever."""
    await shop.control("catalog", leak_bytes=400_000)
    try:
        yield place_of(shop.pid("catalog"))
    finally:
        await shop.control("catalog")
        await restarted(shop, "catalog")  # Python does not give memory back at once


@asynccontextmanager
async def slow_dependency(shop: Shop) -> Places:
    """Payments takes its time."""
    await shop.control("payments", delay=0.6)
    try:
        yield ()
    finally:
        await shop.control("payments")


@asynccontextmanager
async def dependency_down(shop: Shop) -> Places:
    """Payments has ended."""
    await shop.stop("payments")
    try:
        yield ()
    finally:
        await shop.start("payments")
        await shop.answers("payments")


@asynccontextmanager
async def bad_deploy(shop: Shop) -> Places:
    """A new version of the catalog fails for half of the products."""
    shop.change("catalog", version="2.5.0")
    shop.note("catalog", "deploy", "discounts are shown", version="2.5.0")
    await restarted(shop, "catalog")
    try:
        yield ()
    finally:
        shop.change("catalog", version="2.4.1")
        shop.note("catalog", "rollback", "back to the version before", version="2.4.1")
        await restarted(shop, "catalog")


@asynccontextmanager
async def pool_exhausted(shop: Shop) -> Places:
    """Orders does not give connections back."""
    await shop.control("orders", leak_connections=True)
    try:
        yield ()
    finally:
        await shop.control("orders")


@asynccontextmanager
async def short_timeout(shop: Shop) -> Places:
    """Orders is told to wait for payments for less time than payments takes."""
    shop.change("orders", payments_timeout=0.008)
    shop.note("orders", "config", "payments_timeout 1.5 -> 0.008")
    await shop.reload("orders")
    try:
        yield ()
    finally:
        shop.change("orders", payments_timeout=1.5)
        shop.note("orders", "config", "payments_timeout 0.008 -> 1.5")
        await shop.reload("orders")


@asynccontextmanager
async def wrong_port(shop: Shop) -> Places:
    """Orders is told a port of payments at which nobody listens."""
    shop.change("orders", payments_port=9)
    shop.note("orders", "config", f"payments_port {shop.tls_port} -> 9")
    await shop.reload("orders")
    try:
        yield ()
    finally:
        shop.change("orders", payments_port=shop.tls_port)
        shop.note("orders", "config", f"payments_port 9 -> {shop.tls_port}")
        await shop.reload("orders")


@asynccontextmanager
async def postgres_lock(shop: Shop) -> Places:
    """A session holds the table of orders and does nothing."""
    async with culprits(shop, ("monthly_report", shop.database_url)) as running:
        yield place_of(*(one.pid for one in running))


@asynccontextmanager
async def dropped_index(shop: Shop) -> Places:
    """The index that orders are found by is gone."""
    await _execute(shop, ["DROP INDEX orders_customer_id"])
    try:
        yield ()
    finally:
        await _execute(shop, [INDEX, "ANALYZE orders"])


@asynccontextmanager
async def redis_evictions(shop: Shop) -> Places:
    """Somebody else fills the cache."""
    try:
        async with culprits(shop, *[("session_import", shop.cache_url)] * 2) as running:
            yield place_of(*(one.pid for one in running))
    finally:
        async with Redis.from_url(shop.cache_url) as client:
            await client.flushall()
        await restarted(shop, "catalog")  # it fills its cache when it starts


@asynccontextmanager
async def disk_full(shop: Shop) -> Places:
    """The file system of the receipts is full."""
    assert shop.mounted, "a file system of a few megabytes can be mounted by root alone"
    dump = shop.spool / "debug.dump"
    try:
        async with culprits(shop, ("debug_dump", str(shop.spool))) as running:
            yield f"file system {shop.spool}", f"file {dump}", *place_of(running[0].pid)
    finally:
        dump.unlink(missing_ok=True)


@asynccontextmanager
async def dns_failure(shop: Shop) -> Places:
    """The name server knows no name any more."""
    shop.names.broken = True
    try:
        yield ()
    finally:
        shop.names.broken = False


@asynccontextmanager
async def certificate_expired(shop: Shop) -> Places:
    """Payments' certificate is over."""
    shop.change("payments", certificate=str(shop.certificates.expired))
    await shop.reload("payments")
    try:
        yield ()
    finally:
        shop.change("payments", certificate=str(shop.certificates.good))
        await shop.reload("payments")


async def restarted(shop: Shop, name: str) -> None:
    """Start a service anew."""
    await shop.stop(name)
    await shop.start(name)
    await shop.answers(name)


async def _execute(shop: Shop, statements: Iterable[str]) -> None:
    connection = await asyncpg.connect(shop.database_url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
