"""Writing one text as a model says it, also when it is gone on with after a cut."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aurora_rt.investigation.agent.stitching import Seam


@dataclass(slots=True)
class Pen:
    """Writes pieces with `write`, and knows what was written."""

    write: Callable[[str], None]
    text: str = ""
    _seam: Seam | None = field(default=None, repr=False)

    def begin(self) -> None:
        """An answer begins; or goes on, if something was written before it was cut."""
        self._seam = Seam(self.text) if self.text else None

    def put(self, piece: str) -> None:
        """The next piece of the answer."""
        self._put(self._seam.add(piece) if self._seam else piece)

    def end(self) -> None:
        """The answer is whole, or cut."""
        if self._seam:
            self._put(self._seam.end())
        self._seam = None

    def _put(self, piece: str) -> None:
        if piece:
            self.text += piece
            self.write(piece)


def opening_with(openings: tuple[str, ...], write: Callable[[str], None]) -> Callable[[str], None]:
    """Write a text only if it begins so; nothing of any other."""
    held = ""
    right: bool | None = None

    def put(piece: str) -> None:
        nonlocal held, right
        if right is None:
            held += piece
            if len(held.lstrip()) >= max(map(len, openings)):
                right = held.lstrip().startswith(openings)
                piece = held
        if right:
            write(piece)

    return put
