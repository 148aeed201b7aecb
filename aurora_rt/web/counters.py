"""Where calls are counted: in Redis, for all processes together, or in this process alone."""

import time

from aiolimiter import AsyncLimiter
from redis.asyncio import Redis

from aurora_rt.web.gcra import Limit, Verdict, verdict

OWN_CALLERS = 10_000
"""Callers that one process remembers; the one that was longest quiet is forgotten first."""

SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local filled_until = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now), now + window)
local after = filled_until + interval * cost
if after - now > window then
  return {0, filled_until, now}
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.max(1, math.ceil((after - now) / 1000)))
return {1, after, now}
"""
"""The generic cell rate algorithm on the clock of Redis, in one round trip; who is quiet leaves nothing behind."""


class SharedCounter:
    """Counts in Redis. Raises what redis-py raises."""

    def __init__(self, redis: Redis) -> None:
        self._take = redis.register_script(SCRIPT)

    async def take(self, limit: Limit, who: str, cost: int) -> Verdict:
        """Take one call of `who`, or give one back with a cost of -1."""
        key = f"aurora:limit:{limit.name}:{who}"
        allowed, empty_at, now = await self._take(keys=[key], args=[limit.interval, limit.window, cost])
        return verdict(limit, bool(allowed), int(empty_at), int(now))


class _Bucket(AsyncLimiter):
    """aiolimiter's leaky bucket, asked without waiting: it says no instead, and how full it is."""

    def take(self, cost: int) -> bool:
        if not self.has_capacity(max(0, cost)):
            return False
        self._level = max(0.0, self._level + cost)
        return True

    @property
    def level(self) -> float:
        """Calls in the bucket."""
        return self._level


class OwnCounter:
    """Counts in this process, for a bounded number of callers. Needs a running event loop."""

    def __init__(self, callers: int = OWN_CALLERS) -> None:
        self._bound = callers
        self._buckets: dict[tuple[Limit, str], _Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, limit: Limit, who: str, cost: int) -> Verdict:
        """Take one call of `who`, or give one back with a cost of -1."""
        key = (limit, who)
        bucket = self._buckets.pop(key, None) or _Bucket(limit.calls, limit.seconds)
        allowed = bucket.take(cost)
        self._buckets[key] = bucket
        if len(self._buckets) > self._bound:
            del self._buckets[next(iter(self._buckets))]
        now = time.time_ns() // 1000
        return verdict(limit, allowed, now + round(bucket.level * limit.interval), now)
