"""A text while it is being written: pieces are gathered for a moment and passed on with their offset.

What looks like a secret is taken out before a piece leaves, and so the last word waits until it is finished.
"""

import asyncio

from aurora_rt.events.bus import Bus, Ended, Piece, TextKind
from aurora_rt.redaction import Stream, redacted

GATHER_SECONDS = 0.03
"""Tokens of one text that come within this time travel as one piece; a reader does not see the difference."""


class Draft:
    """One text in flight in one room. `end` must be called when it is finished or given up."""

    def __init__(
        self, bus: Bus, room: str, kind: TextKind, text_id: str, session_id: str | None = None
    ) -> None:
        self._bus = bus
        self._room = room
        self._kind: TextKind = kind
        self._id = text_id
        self._session_id = session_id
        self._gathered: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._offset = 0
        self._byte_offset = 0
        self._clean = Stream()
        self._sent = ""
        self.text = ""
        """What was written so far."""

    def write(self, text: str) -> None:
        """Add to the text; it leaves within `GATHER_SECONDS`."""
        if not text:
            return
        self.text += text
        self._gathered.append(text)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)

    def complete(self, text: str) -> None:
        """Write what is missing of the finished `text`, if it begins with what was passed on."""
        if not self.text:
            return
        self._flush()
        clean = redacted(text)
        if clean.startswith(self._sent):
            self._pass_on(clean[len(self._sent) :])

    def stop(self) -> str:
        """Break off; what was passed on, without the word that nobody finished: it may be half a secret."""
        self._flush()
        return self._sent

    def end(self) -> None:
        """Forget the partial text: the finished one has been told, or there will be none."""
        if self._timer is not None:
            self._timer.cancel()
        if self.text:
            self._bus.end_text(Ended(self._room, self._kind, self._id, self._session_id))

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        gathered = "".join(self._gathered)
        self._gathered.clear()
        self._pass_on(self._clean.add(gathered))

    def _pass_on(self, piece: str) -> None:
        if not piece:
            return
        self._bus.tell_piece(
            Piece(self._room, self._kind, self._id, self._offset, self._byte_offset, piece, self._session_id)
        )
        self._offset += len(piece)
        self._byte_offset += len(piece.encode())
        self._sent += piece
