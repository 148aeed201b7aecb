"""Where calls are counted: in Redis, for all processes together, or in this process alone."""

import time

from redis.asyncio import Redis

from aurora_rt.web.gcra import Limit, Verdict, decide, verdict

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
"""`gcra.decide`, on the clock of Redis, in one round trip; a caller who is quiet leaves nothing behind."""


class SharedCounter:
    """Counts in Redis. Raises what redis-py raises."""

    def __init__(self, redis: Redis) -> None:
        self._take = redis.register_script(SCRIPT)

    async def take(self, limit: Limit, who: str, cost: int) -> Verdict:
        """Take one call of `who`, or give one back with a cost of -1."""
        key = f"aurora:limit:{limit.name}:{who}"
        allowed, empty_at, now = await self._take(keys=[key], args=[limit.interval, limit.window, cost])
        return verdict(limit, bool(allowed), int(empty_at), int(now))


class OwnCounter:
    """Counts in this process, for a bounded number of callers."""

    def __init__(self, callers: int = OWN_CALLERS) -> None:
        self._bound = callers
        self._empty_at: dict[tuple[str, str], int] = {}

    def __len__(self) -> int:
        return len(self._empty_at)

    def take(self, limit: Limit, who: str, cost: int) -> Verdict:
        """Take one call of `who`, or give one back with a cost of -1."""
        now = time.time_ns() // 1000
        key = (limit.name, who)
        allowed, empty_at = decide(limit, self._empty_at.pop(key, 0), now, cost)
        self._empty_at[key] = empty_at
        if len(self._empty_at) > self._bound:
            del self._empty_at[next(iter(self._empty_at))]
        return verdict(limit, allowed, empty_at, now)
