"""How long and how far a model may look."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

LEAST_WINDOW_A_STEP: Final = 700
"""Tokens of the window that a step of looking needs at least: in a small window there is room for few."""


@dataclass(frozen=True, slots=True)
class Limits:
    """For one investigation or one answer."""

    seconds: float
    """Until it is told to conclude."""
    steps: int
    """Answers of the model in which it looks further."""
    grace: float = 60.0
    """Seconds to conclude in, after that."""
    specialists: bool = False
    """Whether several may look side by side first, where there is room for it."""

    def within(self, window: int) -> "Limits":
        """As far as a window has room for."""
        return replace(self, steps=min(self.steps, max(2, window // LEAST_WINDOW_A_STEP)))


class TimeIsUp(Exception):
    """The time of a limit is over. A database that does not answer in time is something else: work waits for it."""


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Raise `TimeIsUp` when the block takes longer."""
    time_out = asyncio.timeout(seconds)
    try:
        async with time_out:
            yield
    except TimeoutError as error:
        if time_out.expired():
            raise TimeIsUp from error
        raise


@dataclass(slots=True)
class Clock:
    """How much of the time is used."""

    limits: Limits
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until it has to conclude, below 0 past that."""
        return self.began + self.limits.seconds - time.monotonic()

    @property
    def is_short(self) -> bool:
        """Whether it should conclude soon."""
        return self.left < self.limits.seconds / 4

    def bound(self) -> AbstractAsyncContextManager[None]:
        """Raise `TimeIsUp` when the block takes longer than all of it, with the time to conclude in."""
        return within(self.limits.seconds + self.limits.grace)
