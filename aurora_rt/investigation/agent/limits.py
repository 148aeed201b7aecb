"""How long and how far a model may look."""

import time
from dataclasses import dataclass, field
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

    def within(self, window: int) -> "Limits":
        """As far as a window has room for."""
        return Limits(self.seconds, min(self.steps, max(2, window // LEAST_WINDOW_A_STEP)), self.grace)


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
