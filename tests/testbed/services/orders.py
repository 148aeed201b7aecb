"""Orders: kept in PostgreSQL, paid at payments (over TLS, by name), and a receipt of each written to disk."""

import asyncio
import random
import ssl
from pathlib import Path

import aiohttp
import asyncpg
from aiohttp import web

from testbed.services.names import NotResolved, resolved
from testbed.services.service import Service, Unanswered, main

RECEIPT = 8 * 1024
"""Bytes of a receipt."""
MOST_RECEIPTS = 200
"""Receipts that are kept before the oldest go."""
ACQUIRE_SECONDS = 1.0
SPENT = "SELECT sum(total) FROM orders WHERE customer_id = $1"
LATEST = "SELECT id, total FROM orders WHERE customer_id = $1 ORDER BY total DESC LIMIT 5"
STATEMENT_SECONDS = 1.5


class Orders(Service):
    """Takes orders."""

    name = "orders"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/orders", self._order)]

    async def opened(self) -> None:
        self._leaked: list[object] = []
        self._receipts: asyncio.Queue[int] = asyncio.Queue(maxsize=20_000)
        self._written = 0
        trusted = ssl.create_default_context(cafile=self.config["ca"])
        # Every call is a new connection: a certificate that is over is noticed by the next one.
        connector = aiohttp.TCPConnector(ssl=trusted, force_close=True)
        self._http = aiohttp.ClientSession(connector=connector, trust_env=False)
        self._pool = await self._opened_pool()
        self.metrics.gauge(
            "db_pool_connections_in_use", lambda: self._pool.get_size() - self._pool.get_idle_size()
        )
        self.metrics.gauge("db_pool_connections_max", lambda: self._pool.get_max_size())
        self.metrics.gauge('queue_length{queue="receipts"}', self._receipts.qsize)
        self._writing = asyncio.create_task(self._write_receipts())

    async def configured(self) -> None:
        before, self._pool = self._pool, await self._opened_pool()
        before.terminate()

    async def controlled(self) -> None:
        if not self.faults.get("leak_connections"):
            for connection in self._leaked:
                await self._pool.release(connection)
            self._leaked.clear()

    async def _opened_pool(self) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self.config["database"],
            min_size=1,
            max_size=self.config["pool_size"],
            command_timeout=STATEMENT_SECONDS,
            server_settings={"application_name": "orders"},
        )

    async def _order(self, request: web.Request) -> web.Response:
        customer = int((await request.json())["customer"])
        number, spent = await self._kept(customer)
        await self._paid(number)
        if not self._receipts.full():
            self._receipts.put_nowait(number)
        return web.json_response({"order": number, "spent": spent}, status=201)

    async def _kept(self, customer: int) -> tuple[int, float]:
        pool = self._pool
        try:
            connection = await pool.acquire(timeout=ACQUIRE_SECONDS)
        except TimeoutError:
            self.metrics.count("db_pool_timeouts_total")
            raise Unanswered(
                503,
                f"no database connection within {ACQUIRE_SECONDS:.0f} s: all {pool.get_max_size()} are in use",
            ) from None
        if self.faults.get("leak_connections") and random.random() < 0.3:
            self._leaked.append(connection)  # as a code path does that forgets to give it back
            connection = await pool.acquire(timeout=ACQUIRE_SECONDS)
        try:
            spent = await connection.fetchval(SPENT, customer)
            await connection.fetch(LATEST, customer)
            number = await connection.fetchval(
                "INSERT INTO orders (customer_id, total, note) VALUES ($1, $2, '') RETURNING id",
                customer,
                10.0,
            )
        except TimeoutError:
            raise Unanswered(
                504, f"the database did not answer within {STATEMENT_SECONDS} s: canceling statement"
            ) from None
        finally:
            await pool.release(connection)
        return number, float(spent or 0)

    async def _paid(self, number: int) -> None:
        name, port = self.config["payments_host"], self.config["payments_port"]
        seconds = self.config["payments_timeout"]
        try:
            address = await resolved(name, "127.0.0.1", self.config["dns_port"])
            url = f"https://{address}:{port}/charge"
            patience = aiohttp.ClientTimeout(total=seconds)
            charge = {"order": number}
            async with self._http.post(url, json=charge, server_hostname=name, timeout=patience) as answer:
                if answer.status >= 500:
                    raise Unanswered(502, f"payments answered {answer.status}")
        except NotResolved as error:
            raise Unanswered(502, f"payments cannot be found: {error}") from None
        except TimeoutError:
            raise Unanswered(504, f"payments did not answer within {seconds} s") from None
        except aiohttp.ClientError as error:
            raise Unanswered(502, f"payments at {name}:{port} cannot be reached: {error}") from None

    async def _write_receipts(self) -> None:
        folder = Path(self.config["receipts"])
        while True:
            number = await self._receipts.get()
            while not await asyncio.to_thread(self._wrote, folder, number):
                await asyncio.sleep(0.5)

    def _wrote(self, folder: Path, number: int) -> bool:
        file = folder / f"receipt-{self._written}.txt"
        try:
            file.write_bytes(f"order {number}\n".encode().ljust(RECEIPT, b"."))
        except OSError as error:
            self.log.error("receipt of order %d cannot be written to %s: %s", number, folder, error.strerror)
            file.unlink(missing_ok=True)
            return False
        (folder / f"receipt-{self._written - MOST_RECEIPTS}.txt").unlink(missing_ok=True)
        self._written += 1
        return True


if __name__ == "__main__":
    main(Orders)
