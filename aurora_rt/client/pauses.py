"""How long to wait before trying again."""

import random
from typing import Final

FIRST_SECONDS: Final = 0.1
LONGEST_SECONDS: Final = 2.0


class Pauses:
    """None before the first try, then longer and longer ones; shortened at random, so that clients come apart."""

    def __init__(self) -> None:
        self._tries = 0

    def next(self) -> float:
        """Seconds to wait before the next try."""
        tries, self._tries = self._tries, self._tries + 1
        if tries == 0:
            return 0.0
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(tries - 1, 10))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret

    def start_over(self) -> None:
        """Note that it went well."""
        self._tries = 0
