"""Carrying out inquiries side by side, and handing on what they see as they see it.

All looks run at the same time, each inquiry within `PATIENCE`; whoever reads a `Gathering` gets each look as it ends
and each inquiry's outcome after its looks. When it is closed, early or not, nothing is left running.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.investigator import ThoughtType
from aurora_rt.toolsets.toolset import Looking, Observation

PATIENCE: Final = 22.0
"""Seconds for all that an inquiry looks at: an analysis has to end within 30."""

log = structlog.get_logger(__name__)


class Look(Protocol):
    """Looks through a tool and hands the observation on at once."""

    async def __call__(self, tool: str, **parameters: object) -> Observation:
        """Look. Never raises for what the tool meets."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an inquiry came to: how its thought goes on, and what was found."""

    text: str
    type: ThoughtType = "observation"
    assessment: Assessment = field(default=Assessment())
    gaps: tuple[str, ...] = ()
    """What could not be seen, in sentences."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One line of looking: the thought that opens it, and what it does."""

    key: str
    opening: str
    """What is looked at and why; the thought goes on with the outcome's text."""
    pursue: Callable[[Look], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Ended:
    """An inquiry has come to its outcome."""

    inquiry: Inquiry
    outcome: Outcome


class Gathering:
    """Inquiries under way. Read it with `next`; close it with `aclose`."""

    def __init__(self, inquiries: Sequence[Inquiry], tools: Looking, patience: float) -> None:
        self._tools = tools
        self._patience = patience
        self._left = len(inquiries)
        self._reports: asyncio.Queue[Observation | Ended] = asyncio.Queue()
        self._running = asyncio.gather(*map(self._carry_out, inquiries), return_exceptions=True)

    async def next(self) -> Observation | Ended | None:
        """The next observation or outcome, in the order in which they come; `None` after the last."""
        if not self._left:
            return None
        report = await self._reports.get()
        self._left -= isinstance(report, Ended)
        return report

    async def aclose(self) -> None:
        """End what still runs, and wait until it has ended."""
        self._running.cancel()
        await asyncio.wait([self._running])
        with suppress(asyncio.CancelledError):
            self._running.exception()  # taken note of: it is our own cancellation

    async def _carry_out(self, inquiry: Inquiry) -> None:
        try:
            async with asyncio.timeout(self._patience):
                outcome = await inquiry.pursue(self._look)
        except TimeoutError:
            reason = f"This took longer than {self._patience:.0f} s and was left."
            outcome = Outcome(reason, "limitation", gaps=(f"{inquiry.key}: {reason}",))
        except Exception:  # one inquiry that goes wrong must not take the others with it
            log.exception("inquiry_failed", inquiry=inquiry.key)
            reason = (
                "What was seen here could not be weighed, because of an error in the investigator itself."
            )
            outcome = Outcome(reason, "limitation", gaps=(f"{inquiry.key}: {reason}",))
        self._reports.put_nowait(Ended(inquiry, outcome))

    async def _look(self, tool: str, **parameters: object) -> Observation:
        observation = await self._tools.look(tool, **parameters)
        self._reports.put_nowait(observation)
        return observation
