"""Going on with a text after a cut, such that nothing is said twice. Pure.

A model that is asked to go on may begin a little, or far, before the place where it was cut. What it says again is
taken out while it streams: the first characters are held back until it is known where in the text they belong.
"""

from typing import Final

HEAD: Final = 32
"""Characters by which a place in the text is found again."""
LEAST: Final = 4
"""Characters that must agree at the seam, should it be shorter than that: fewer agree by chance."""


class Seam:
    """What a continuation adds to `before`."""

    def __init__(self, before: str) -> None:
        self._before = before
        self._held = ""
        self._repeats: str | None = None
        """What is left of `before` from where the continuation began; `None` while that is not known."""

    def add(self, piece: str) -> str:
        """What is new in the next piece of the continuation."""
        if self._repeats is None:
            self._held += piece
            if len(self._held) < HEAD:
                return ""
            return self._placed()
        return self._beyond(piece)

    def end(self) -> str:
        """What was held back and is new, when the continuation has come to its end."""
        return self._placed() if self._repeats is None else ""

    def _placed(self) -> str:
        held, self._held = self._held, ""
        bare = held.lstrip()
        at = self._before.rfind(bare[:HEAD]) if len(bare) >= HEAD else -1
        if at >= 0:
            self._repeats = self._before[at:]
            return self._beyond(bare)
        self._repeats = ""
        for text in (held, bare):
            for size in range(min(len(text), len(self._before)), LEAST - 1, -1):
                if self._before.endswith(text[:size]):
                    return text[size:]
        return held

    def _beyond(self, piece: str) -> str:
        """What `piece` has beyond what it repeats."""
        repeats = self._repeats or ""
        same = 0
        while same < min(len(piece), len(repeats)) and piece[same] == repeats[same]:
            same += 1
        # Where it says something else than before, it has left the beaten track: from there on it is new.
        self._repeats = repeats[same:] if same == len(piece) else ""
        return piece[same:]
