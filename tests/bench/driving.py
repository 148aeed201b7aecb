"""Driving a server: many askers at once, as fast as they are answered or at a steady pace, and what came of it."""

import asyncio
import itertools
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

Asker = Callable[[], Awaitable[bool]]
"""Asks once, on a connection of its own; tells whether the answer was the one that was hoped for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a stretch of load; times in seconds."""

    answered: int
    refused: int
    seconds: float
    waits: tuple[float, ...]
    """From when each answered request was due until its answer, shortest first."""
    load_cpu: float
    """The share of one core that the load itself used. Near 1, it is the load that was measured."""

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.answered / self.seconds


async def drive(askers: Sequence[Asker], seconds: float, *, rate: float | None = None) -> Outcome:
    """Let all `askers` ask for `seconds`: each as soon as it is answered, or at `rate` a second all together.

    At a rate, waiting counts from the moment at which a request was due, so that a server that stalls cannot hide
    the requests that it kept from being sent.
    """
    numbers = itertools.count()
    waits: list[float] = []
    refused = 0
    cpu, start = time.process_time(), time.perf_counter()

    async def keep_asking(ask: Asker) -> None:
        nonlocal refused
        for number in numbers:
            due = start + number / rate if rate else time.perf_counter()
            if due >= start + seconds:
                return
            if rate:
                await asyncio.sleep(due - time.perf_counter())
            if await ask():
                waits.append(time.perf_counter() - due)
            else:
                refused += 1

    await asyncio.gather(*map(keep_asking, askers))
    took = time.perf_counter() - start
    return Outcome(len(waits), refused, took, tuple(sorted(waits)), (time.process_time() - cpu) / took)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that `share` of the `ordered` values do not exceed (nearest rank); NaN when there are none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan
