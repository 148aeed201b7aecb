"""Telling that a model has to be waited for, to whoever listens to the work at the time."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Waiting:
    """Passes on why a request waits. Models are made before anybody listens."""

    listener: Callable[[str], None] | None = None

    def tell(self, reason: str) -> None:
        """Tell it, if anybody listens."""
        if self.listener is not None:
            self.listener(reason)
