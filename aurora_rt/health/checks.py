"""The looks behind the probes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from aurora_rt.clock import now
from aurora_rt.db import migrate
from aurora_rt.db.pool import Database
from aurora_rt.knowledge.store import Store

LOOK_SECONDS = 2.0
KEPT_SECONDS = 1.0
WORKER_SILENCE = timedelta(seconds=30)

Status = Literal["healthy", "degraded", "unhealthy"]


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found."""

    status: Status
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What all looks together found."""

    overall: Status
    at: datetime
    seconds: float
    checks: dict[str, Check]


class Readiness:
    """Whether this process takes work: off from the first moment of shutdown."""

    def __init__(self) -> None:
        self.on = True

    def off(self) -> None:
        """Take no new work."""
        self.on = False


class Checks:
    """Looks at what this process depends on."""

    def __init__(
        self,
        database: Database,
        redis: "Redis",
        readiness: Readiness,
        sockets: Callable[[], Awaitable[None]],
        knowledge: Store,
    ) -> None:
        self._database = database
        self._redis = redis
        self._readiness = readiness
        self._sockets = sockets
        self._knowledge = knowledge
        self._kept: Report | None = None
        self._kept_until = 0.0
        self._one_at_a_time = asyncio.Lock()
        self._migrated = False

    async def report(self) -> Report:
        """A report that is at most a second old."""
        async with self._one_at_a_time:
            if self._kept is None or time.monotonic() >= self._kept_until:
                self._kept = await self._look()
                self._kept_until = time.monotonic() + KEPT_SECONDS
            return self._kept

    async def why_not_ready(self) -> str | None:
        """A sentence when no work should be sent here, else `None`."""
        if not self._readiness.on:
            return "The server is shutting down."
        database = await _limited(self._database_look, "Database")
        if database.status != "healthy":
            return database.message
        return None if self._migrated else "The database is not migrated yet."

    async def _look(self) -> Report:
        began = time.monotonic()
        looks = {
            "database": _limited(self._database_look, "Database"),
            "redis": _limited(self._redis_look, "Redis", otherwise="degraded"),
            "celery": _limited(self._workers_look, "Background workers"),
            "chatbot_websocket": _limited(self._sockets_look, "Chatbot"),
            "weaviate": _limited(self._knowledge_look, "Knowledge", otherwise="degraded"),
        }
        checks = dict(zip(looks, await asyncio.gather(*looks.values()), strict=True))
        return Report(_worst(checks), now(), time.monotonic() - began, checks)

    async def _database_look(self) -> Check:
        async with self._database.connection() as connection:
            await connection.fetchval("SELECT 1")
            self._migrated = self._migrated or await migrate.is_current(connection)
        return Check("healthy", "Database connection successful")

    async def _redis_look(self) -> Check:
        await self._redis.ping()
        return Check("healthy", "Redis connection successful")

    async def _workers_look(self) -> Check:
        async with self._database.connection() as connection:
            active = await connection.fetchval(
                "SELECT count(*) FROM workers WHERE seen_at > $1", now() - WORKER_SILENCE
            )
        if not active:
            return Check("degraded", "No background worker is active")
        return Check("healthy", f"{active} background worker{'s' if active != 1 else ''} active")

    async def _knowledge_look(self) -> Check:
        """Under Weaviate's documented name, wherever knowledge is searched."""
        standing = await self._knowledge.look()
        return Check(standing.status, standing.message)

    async def _sockets_look(self) -> Check:
        await self._sockets()
        return Check("healthy", "Chatbot connection successful")


async def _limited(look: Callable[[], Awaitable[Check]], what: str, otherwise: Status = "unhealthy") -> Check:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await look()
    except TimeoutError:
        return Check(otherwise, f"{what} did not answer within {LOOK_SECONDS:.0f} s")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, RedisError):
        return Check(otherwise, f"{what} connection failed")


def _worst(checks: dict[str, Check]) -> Status:
    found = {check.status for check in checks.values()}
    if "unhealthy" in found:
        return "unhealthy"
    return "degraded" if "degraded" in found else "healthy"
