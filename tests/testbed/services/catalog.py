"""The catalog: products from PostgreSQL, kept in Redis."""

import asyncio
import json

import asyncpg
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from testbed.services.service import Service, Unanswered, main

PRODUCTS = 400
FAULTY = "2.5.0"
"""The version that forgot that some products have no discount."""
PRODUCT = """
SELECT p.id, p.name, p.description, count(r.id) AS reviews, avg(r.stars)::float AS stars
FROM products p LEFT JOIN reviews r ON r.product_id % 400 = p.id % 400
WHERE p.id = $1 GROUP BY p.id
"""
ASSEMBLY = 0.12
"""Seconds that a product takes to be put together, on any machine: why there is a cache."""
EVERY_PRODUCT = PRODUCT.replace("WHERE p.id = $1", "")


class Catalog(Service):
    """Tells about products."""

    name = "catalog"

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/products/{id}", self._product)]

    async def opened(self) -> None:
        self._kept_in_memory: list[bytes] = []
        self._redis = Redis.from_url(self.config["cache"], socket_timeout=1)
        self._pool = await asyncpg.create_pool(
            self.config["database"],
            min_size=1,
            max_size=self.config["pool_size"],
            command_timeout=1.5,
            server_settings={"application_name": "catalog"},
        )
        self.metrics.gauge(
            "db_pool_connections_in_use", lambda: self._pool.get_size() - self._pool.get_idle_size()
        )
        self.metrics.gauge("db_pool_connections_max", lambda: self._pool.get_max_size())
        self.metrics.count("cache_hits_total", 0)
        self.metrics.count("cache_misses_total", 0)
        rows = await self._pool.fetch(EVERY_PRODUCT, timeout=20)
        await self._redis.mset({f"product:{row['id']}": json.dumps(_told(row)) for row in rows})

    async def controlled(self) -> None:
        if not self.faults.get("leak_bytes"):
            self._kept_in_memory.clear()

    async def _product(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"]) % PRODUCTS
        if self.faults.get("leak_bytes") and len(self._kept_in_memory) < 2000:
            self._kept_in_memory.append(bytes([number % 255 + 1]) * self.faults["leak_bytes"])
        told = await self._told(number)
        if self.config["version"] == FAULTY and number % 2:
            told["price"] = told["price"] - told["discount"]
        return web.json_response(told)

    async def _told(self, number: int) -> dict[str, object]:
        try:
            if kept := await self._redis.get(f"product:{number}"):
                self.metrics.count("cache_hits_total")
                return dict(json.loads(kept))
        except (RedisError, OSError) as error:
            self.log.warning("cache cannot be read: %s", error)
        self.metrics.count("cache_misses_total")
        try:
            async with self._pool.acquire(timeout=1) as connection:
                row = await connection.fetchrow(PRODUCT, number)
        except TimeoutError:
            raise Unanswered(504, "the database did not answer in time") from None
        await asyncio.sleep(ASSEMBLY)
        told = _told(row)
        try:
            await self._redis.set(f"product:{number}", json.dumps(told))
        except (RedisError, OSError) as error:
            self.log.warning("cache cannot be written: %s", error)
        return told


def _told(row: asyncpg.Record) -> dict[str, object]:
    return {**dict(row), "price": 10 + row["id"]}


if __name__ == "__main__":
    main(Catalog)
