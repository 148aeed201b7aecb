"""How many calls somebody may make: the limits that there are, and taking a call from one."""

import asyncio
from time import monotonic
from typing import Literal

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from aurora_rt.errors import TooMany
from aurora_rt.settings import Settings
from aurora_rt.web.counters import OwnCounter, SharedCounter
from aurora_rt.web.gcra import Limit, Verdict

LimitName = Literal["default", "chat", "webhook", "none"]

REDIS_SECONDS = 0.1
"""How long a call waits for Redis before this process counts it alone."""
PAUSE_SECONDS = 1.0
"""How long Redis is left alone after it failed to answer."""

log = structlog.get_logger(__name__)


class Limits:
    """Takes calls from limits, across all processes that share a Redis.

    While Redis is away or slow, or when there is none, each process counts for itself: the limit then holds
    per process, and no request fails for it.
    """

    def __init__(self, settings: Settings, redis: Redis | None) -> None:
        self._shared = SharedCounter(redis) if redis is not None else None
        self._own = OwnCounter()
        self._away_until: float | None = None
        self._named = {
            "default": _a_minute("default", settings.rate_limit),
            "chat": _a_minute("chat", settings.chat_rate_limit),
            "webhook": _a_minute("webhook", settings.webhook_rate_limit),
            "none": None,
        }

    def named(self, name: LimitName) -> Limit | None:
        """The limit of that name; None when it is turned off."""
        return self._named[name]

    async def take(self, limit: Limit, who: str) -> Verdict:
        """Take one call of `who`. Refused or not, nothing is raised; see `require`."""
        return await self._count(limit, who, 1)

    async def give_back(self, limit: Limit, who: str) -> None:
        """Undo one `take`: the call turned out to be one that is not counted."""
        await self._count(limit, who, -1)

    async def require(self, limit: Limit | None, who: str) -> None:
        """Take one call of `who`; raises `TooMany` when none is left. A limit of None is turned off."""
        if limit is not None:
            verdict = await self.take(limit, who)
            if not verdict.allowed:
                raise refusal(verdict)

    async def _count(self, limit: Limit, who: str, cost: int) -> Verdict:
        if self._shared is not None and self._may_ask():
            try:
                async with asyncio.timeout(REDIS_SECONDS):
                    verdict = await self._shared.take(limit, who, cost)
            except (RedisError, OSError) as error:  # a time-out is an OSError
                self._went_away(error)
            else:
                self._came_back()
                return verdict
        return self._own.take(limit, who, cost)

    def _may_ask(self) -> bool:
        if self._away_until is None:
            return True
        if monotonic() < self._away_until:
            return False
        self._away_until = monotonic() + PAUSE_SECONDS  # this call tries; the others go on without
        return True

    def _went_away(self, error: Exception) -> None:
        if self._away_until is None:
            log.warning("rate_limits_counted_alone", reason=repr(error))
        self._away_until = monotonic() + PAUSE_SECONDS

    def _came_back(self) -> None:
        if self._away_until is not None:
            log.info("rate_limits_counted_together")
        self._away_until = None


def refusal(verdict: Verdict) -> TooMany:
    """The error that tells a caller to slow down."""
    seconds = max(1, round(verdict.retry_after))
    return TooMany(
        f"Too many requests: {verdict.limit} a minute are allowed. Try again in {seconds} s.",
        retry_after=verdict.retry_after,
    )


def _a_minute(name: str, calls: int) -> Limit | None:
    return Limit(name, calls) if calls > 0 else None
