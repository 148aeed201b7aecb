"""The arithmetic of rate limits: a leaky bucket, the generic cell rate algorithm (ITU-T I.371), without memory.

A limit of 100 a minute is a bucket that drains one call each 0.6 seconds and holds 100. All that is
remembered of a caller is the moment at which the bucket will be empty again. The whole limit can be used in
one burst.
"""

from dataclasses import dataclass

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in so many seconds. `name` keeps counts of different limits apart."""

    name: str
    calls: int
    seconds: int = 60

    @property
    def interval(self) -> int:
        """Microseconds in which one call drains."""
        return max(1, self.seconds * MICROSECONDS // self.calls)

    @property
    def window(self) -> int:
        """Microseconds in which a full bucket drains."""
        return self.interval * self.calls


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a call on a limit came to."""

    allowed: bool
    limit: int
    remaining: int
    resets_at: float
    """Seconds since 1970 at which the whole limit is there again."""
    retry_after: float
    """Seconds after which one call will be allowed; 0 when this one was."""


def verdict(limit: Limit, allowed: bool, empty_at: int, now: int) -> Verdict:
    """What a decision means for the caller. Times in microseconds since 1970."""
    free = limit.window - (empty_at - now)
    return Verdict(
        allowed=allowed,
        limit=limit.calls,
        remaining=max(0, min(limit.calls, free // limit.interval)),
        resets_at=max(empty_at, now) / MICROSECONDS,
        retry_after=0.0 if allowed else max(0, limit.interval - free) / MICROSECONDS,
    )
