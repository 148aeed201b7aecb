"""How the toolsets are: looked at on a schedule, never on the path of an incident."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

import httpx
import structlog

from aurora_rt.clock import now
from aurora_rt.settings import Settings
from aurora_rt.toolsets.toolset import Toolset

EVERY_SECONDS: Final = 60.0
PATIENCE_SECONDS: Final = 10.0

Standing = Literal["healthy", "unhealthy", "disabled", "unknown"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """How one toolset is, and since when that is known."""

    toolset: Toolset
    status: Standing
    """`disabled`: not usable as configured; `unknown`: not looked at yet."""
    message: str
    at: datetime | None = None


class Checkup:
    """Looks at all toolsets every minute; what it found last can be asked for at any time."""

    name = "checkup"

    def __init__(self, settings: Settings, http: httpx.AsyncClient, toolsets: Mapping[str, Toolset]) -> None:
        self._settings = settings
        self._http = http
        self._toolsets = toolsets
        self._found = {name: self._first(toolset) for name, toolset in sorted(toolsets.items())}

    def report(self) -> tuple[Checked, ...]:
        """What was found last, by name, with the tools that there are by now."""
        return tuple(replace(one, toolset=self._toolsets[name]) for name, one in self._found.items())

    async def run(self) -> None:
        """Look for as long as the process lives."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Look at all of them, side by side."""
        every = [self._toolsets[name] for name in self._found]
        for found in await asyncio.gather(*map(self._check, every)):
            self._found[found.toolset.name] = found

    def _first(self, toolset: Toolset) -> Checked:
        reason = toolset.unusable(self._settings)
        if reason is not None:
            return Checked(toolset, "disabled", reason)
        return Checked(toolset, "unknown", "It has not been looked at yet.")

    async def _check(self, toolset: Toolset) -> Checked:
        reason = toolset.unusable(self._settings)
        if reason is not None:
            return Checked(toolset, "disabled", reason, now())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                health = await toolset.health(self._settings, self._http)
        except TimeoutError:
            said = f"It did not answer within {PATIENCE_SECONDS:.0f} s."
            return Checked(toolset, "unhealthy", said, now())
        except Exception as error:  # the outermost edge: one toolset must not hide how the others are
            log.error("toolset_check_failed", toolset=toolset.name, exc_info=error)
            return Checked(toolset, "unhealthy", f"Looking at it failed ({type(error).__name__}).", now())
        return Checked(toolset, health.status, health.message, now())
