"""When a request may go out: so many a minute and so many at once to each provider. What comes beyond waits.

And how patient we are with a provider that does not answer; `retrying` goes by it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from aiolimiter import AsyncLimiter

TELL_AFTER: Final = 1.0
"""Seconds of waiting that nobody needs to hear of."""

Waiting = Callable[[str], None]
"""Told, with a sentence for a person, that a request has to wait."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a request is tried."""

    attempts: int = 5
    seconds: float = 120.0
    """From the first attempt on, all waiting counted; an attempt that runs is not cut."""
    first: float = 0.5
    """Seconds before the second attempt, doubled for each further one, and jittered."""
    longest: float = 60.0
    """Seconds of one wait at most, whatever a provider asks for."""


@contextmanager
def told(waiting: Waiting | None, reason: str, after: float = TELL_AFTER) -> Iterator[None]:
    """Tell why it takes so long, should the block take longer than `after` seconds."""
    timer = asyncio.get_running_loop().call_later(after, waiting, reason) if waiting else None
    try:
        yield
    finally:
        if timer is not None:
            timer.cancel()


class Pace:
    """How fast one provider is asked by this process."""

    def __init__(self, title: str, a_minute: int, at_once: int) -> None:
        self._title = title
        self._a_minute = a_minute
        self._at_once = at_once
        self._limiter = AsyncLimiter(a_minute, 60)
        self._turns = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def turn(self, waiting: Waiting | None) -> AsyncIterator[None]:
        """One of the requests that may be made at once; first come, first served."""
        reason = f"Waiting for a turn: {self._at_once} requests to {self._title} are being answered, the most at once."
        with told(waiting, reason):
            await self._turns.acquire()
        try:
            yield
        finally:
            self._turns.release()

    async def go(self, waiting: Waiting | None) -> None:
        """Wait until one more request may go out."""
        reason = f"Waiting: {self._title} is asked {self._a_minute} times a minute at most."
        with told(waiting, reason):
            await self._limiter.acquire()
