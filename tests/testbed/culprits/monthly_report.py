"""Takes a lock on the table of orders within a transaction, and then forgets about it: `monthly_report URL`."""

import asyncio
import sys

import asyncpg


async def main() -> None:
    connection = await asyncpg.connect(sys.argv[1], server_settings={"application_name": "monthly_report"})
    await connection.execute("BEGIN")
    await connection.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
    await asyncio.sleep(3600)


asyncio.run(main())
