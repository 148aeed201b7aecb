"""The world: calls the gateway at a constant rate, which `POST /control {"factor": …}` multiplies."""

import asyncio
import itertools
import random

import aiohttp

from testbed.services.service import Service, main

PRODUCTS_PER_SECOND = 14
CHECKOUTS_PER_SECOND = 6
MOST_AT_ONCE = 150
"""Calls under way; more are not begun: the world gives up, too."""


class Traffic(Service):
    """Keeps calling, whatever comes back."""

    name = "traffic"

    async def opened(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5), trust_env=False)
        self._under_way: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count()
        self._calling = [
            asyncio.create_task(self._call_on(PRODUCTS_PER_SECOND, self._product)),
            asyncio.create_task(self._call_on(CHECKOUTS_PER_SECOND, self._checkout)),
        ]

    async def _call_on(self, per_second, call) -> None:
        while True:
            await asyncio.sleep(random.uniform(0.8, 1.2) / (per_second * self.faults.get("factor", 1)))
            if len(self._under_way) < MOST_AT_ONCE:
                task = asyncio.create_task(call())
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _product(self) -> None:
        await self._asked("GET", f"/products/{next(self._numbers) * 7 % 400}")

    async def _checkout(self) -> None:
        await self._asked("POST", "/checkout", {"customer": random.randrange(2000)})

    async def _asked(self, method: str, path: str, body: object = None) -> None:
        try:
            async with self._http.request(method, self.config["gateway"] + path, json=body) as answer:
                await answer.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            self.log.warning("%s %s: %s", method, path, type(error).__name__)


if __name__ == "__main__":
    main(Traffic)
