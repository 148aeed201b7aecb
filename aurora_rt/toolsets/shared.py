"""Looks that investigations share: in a storm forty of them want to see the same host at the same time.

Only for tools that say how long a look stays fresh, because what they see does not depend on an incident's window.
Whoever asks first looks; who asks meanwhile waits for that look, and who asks a moment later gets it, too. So the
cost on the host that is looked at does not grow with the number of incidents.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from aurora_rt.toolsets.toolset import Seen

KEPT = 200
"""Looks that are remembered, at most."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A look as it was taken, or why nothing was seen."""

    seen: Seen
    error: str | None
    at: datetime
    seconds: float


@dataclass(slots=True)
class _Slot:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    taken: Taken | None = None
    began: float = 0.0


class SharedLooks:
    """One for each process."""

    def __init__(self) -> None:
        self._slots: dict[str, _Slot] = {}

    async def take(self, key: str, fresh_for: float, look: Callable[[], Awaitable[Taken]]) -> Taken:
        """The look of that name that began at most `fresh_for` seconds ago, or a new one."""
        slot = self._slots.setdefault(key, _Slot())
        async with slot.lock:
            if slot.taken is None or time.monotonic() - slot.began > fresh_for + slot.taken.seconds:
                slot.began = time.monotonic()
                slot.taken = await look()
            taken = slot.taken
        self._forget_old()
        return taken

    def _forget_old(self) -> None:
        while len(self._slots) > KEPT:
            self._slots.pop(next(iter(self._slots)))
