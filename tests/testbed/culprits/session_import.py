"""Writes large values into Redis all the time, so that it evicts what others need: `session_import URL`."""

import asyncio
import itertools
import sys

from redis.asyncio import Redis


async def main() -> None:
    value = b"x" * 40_000
    async with Redis.from_url(sys.argv[1]) as client:
        for number in itertools.count():
            await client.set(f"imported-session:{number}", value)
            await asyncio.sleep(0.004)


asyncio.run(main())
