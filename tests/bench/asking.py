"""Who asks, and what: webhook requests that differ in their fingerprints, and the floors that they are compared to."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg
from driving import Asker
from measured import Measured
from people import firing, notification
from wire import HttpConnection, post

CONNECTIONS = 32
SERIAL = "0" * 12
"""Stands in a prepared body for the number that makes its fingerprints its own."""

Opened = Callable[[], AbstractAsyncContextManager[list[Asker]]]
"""Opens connections, with somebody who asks on each."""


def http_askers(url: str, requests: Iterable[bytes], hoped_for: int) -> Opened:
    """Opens connections to the server that send `requests` between them."""
    following = iter(requests)

    @asynccontextmanager
    async def opened() -> AsyncIterator[list[Asker]]:
        connections = [await HttpConnection.opened(url) for _ in range(CONNECTIONS)]

        def asker(connection: HttpConnection) -> Asker:
            async def ask() -> bool:
                return await connection.ask(next(following)) == hoped_for

            return ask

        try:
            yield [asker(one) for one in connections]
        finally:
            for one in connections:
                one.close()

    return opened


def insert_askers(server: Measured, request: bytes) -> Opened:
    """Opens connections to the server's PostgreSQL that each insert one row, as large as a webhook's body."""
    body = request.partition(b"\r\n\r\n")[2].decode()

    @asynccontextmanager
    async def opened() -> AsyncIterator[list[Asker]]:
        connections = [await asyncpg.connect(server.database_url) for _ in range(CONNECTIONS)]
        await connections[0].execute(
            "CREATE TABLE IF NOT EXISTS bench_floor (id bigint GENERATED ALWAYS AS IDENTITY, body text)"
        )

        async def asker(connection: asyncpg.Connection) -> Asker:
            statement = await connection.prepare("INSERT INTO bench_floor (body) VALUES ($1)")

            async def ask() -> bool:
                await statement.fetch(body)
                return True

            return ask

        try:
            yield [await asker(one) for one in connections]
        finally:
            await asyncio.gather(*(one.close() for one in connections))

    return opened


def prepared(url: str, alerts: int) -> bytes:
    """A webhook request with that many alerts of one rule, whose fingerprints contain `SERIAL`."""
    described = "CPU usage has been above 90 % for ten minutes on this instance; the threshold is 80 %."
    return post(
        url,
        json.dumps(
            notification(
                *(
                    firing(
                        fingerprint=f"{SERIAL}{n:04x}",
                        starts_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                        annotations={"summary": f"High CPU usage on node-{n}", "description": described},
                        instance=f"node-{n}.example:9100",
                        job="node",
                        cluster="production",
                    )
                    for n in range(alerts)
                )
            )
        ).encode(),
    )


_serials = itertools.count(1)


def distinct(request: bytes) -> Iterable[bytes]:
    """`request` again and again, each time with fingerprints that nobody has seen."""
    for serial in _serials:
        yield request.replace(SERIAL.encode(), b"%012x" % serial)


def first(count: int, requests: Iterable[bytes]) -> list[bytes]:
    return list(itertools.islice(requests, count))
