"""What is said while work goes on, handed to whoever listens as it comes.

Streams, tools and limits are awaited in a task of their own, so that a limit of time never strikes in the listener's
code. When the listener goes, the work is cancelled and has ended before the listener is let go.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Final

from aurora_rt.investigation.investigator import Step


class Voice:
    """Says steps. Everything said is heard in the order in which it was said."""

    def __init__(self) -> None:
        self._said: asyncio.Queue[Step | None] = asyncio.Queue()

    def say(self, step: Step) -> None:
        """Say a step."""
        self._said.put_nowait(step)

    async def heard(self) -> None:
        """Wait until all that was said has been dealt with, written down for one."""
        await self._said.join()

    def end(self) -> None:
        """Say that there will be no more."""
        self._said.put_nowait(_LAST)

    async def steps(self) -> AsyncGenerator[Step, None]:
        """What is said, until its end."""
        while (step := await self._said.get()) is not None:
            yield step
            self._said.task_done()


_LAST: Final = None


async def spoken(work: Callable[[Voice], Awaitable[None]]) -> AsyncGenerator[Step, None]:
    """What `work` says, as it says it. Raises what it raises, after everything that it said before."""
    voice = Voice()
    working = asyncio.gather(_carried_out(work, voice), return_exceptions=True)
    try:
        async for step in voice.steps():
            yield step
        (failed,) = await working
        if failed is not None:
            raise failed
    finally:
        if not working.done():
            working.cancel()
            await asyncio.wait([working])
            with suppress(asyncio.CancelledError):
                working.exception()  # taken note of: it is our own cancellation


async def _carried_out(work: Callable[[Voice], Awaitable[None]], voice: Voice) -> None:
    try:
        await work(voice)
    finally:
        voice.end()
