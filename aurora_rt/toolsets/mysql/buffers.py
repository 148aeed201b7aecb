"""How well tables fit into memory, over a short sample."""

import asyncio
import time
from typing import Final

from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.facts.databases import BufferPool, BufferPools
from aurora_rt.toolsets.mysql.connecting import KIND, client, session
from aurora_rt.toolsets.tables import size
from aurora_rt.toolsets.toolset import Access, Seen

SAMPLE_SECONDS: Final = 1.0


async def buffer_pool(parameters: OfDatabase, access: Access) -> Seen:
    """What is read from disk, and what goes there."""
    databases = chosen(access.settings.watched_mysql, KIND, parameters.database)
    found = await each(databases, _sample, patience(access.settings))
    facts = BufferPools(databases=found.told, silent=found.silent)
    command = client(databases[0], "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool%'")
    return Seen(command, found.text([_shown(one) for one in found.told]), facts)


async def _sample(database: Watched) -> BufferPool:
    async with session(database) as opened:
        whole = int((await opened.rows("SELECT @@innodb_buffer_pool_size AS size"))[0]["size"])
        before, began = await opened.status(), time.monotonic()
        await asyncio.sleep(SAMPLE_SECONDS)
        after, lasted = await opened.status(), time.monotonic() - began

    def grown(*names: str) -> int:
        return sum(max(0, after.get(name, 0) - before.get(name, 0)) for name in names)

    pages = after.get("innodb_buffer_pool_pages_total", 0)
    return BufferPool(
        database=database.name,
        seconds=lasted,
        size=whole,
        dirty_share=after.get("innodb_buffer_pool_pages_dirty", 0) / pages if pages else 0.0,
        read_requests=grown("innodb_buffer_pool_read_requests"),
        disk_reads=grown("innodb_buffer_pool_reads"),
        waits_free=grown("innodb_buffer_pool_wait_free"),
        full_scans=grown("select_scan", "select_full_join"),
        disk_tables=grown("created_tmp_disk_tables"),
    )


def _shown(one: BufferPool) -> str:
    return (
        f"{one.database}, over {one.seconds:.1f} s: buffer pool of {size(one.size)}, {one.dirty_share:.0%} not yet "
        f"written\n{one.read_requests} reads, {one.disk_reads} of them from disk; {one.waits_free} waits for a free "
        f"page\n{one.full_scans} full scans, {one.disk_tables} temporary tables on disk"
    )
