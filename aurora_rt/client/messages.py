"""What a room tells its readers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

TextKind = Literal["thought", "summary", "answer", "looks"]
DELTAS: Final[dict[str, TextKind]] = {
    "thought:delta": "thought",
    "summary:delta": "summary",
    "token": "answer",
    "looks:delta": "looks",
}
"""Socket.IO event → the kind of text that it brings a piece of."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened; `data` has the field names of the REST contract."""

    room: str
    seq: int
    at: datetime
    type: str
    data: Any

    @classmethod
    def of(cls, event_type: str, told: dict[str, Any]) -> "Event":
        """The event that the server told."""
        at = datetime.fromisoformat(told["at"])
        return cls(told["room"], told["seq"], at, event_type, told["data"])


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of a text that is being written; the pieces of one `id`, joined, are the text so far."""

    room: str
    kind: TextKind
    id: str
    offset: int
    """Unicode code points of the text before this piece."""
    text: str
    session_id: str | None = None
    """The chat of an answer."""

    @classmethod
    def of(cls, kind: TextKind, room: str, told: dict[str, Any], offset: int) -> "Piece":
        """The piece that the server told."""
        return cls(room, kind, told["id"], offset, told["text"], told.get("session_id"))


@dataclass(frozen=True, slots=True)
class Resync:
    """Events are missing here that the server cannot give any more; what comes next has a `seq` after this one."""

    room: str
    seq: int


Message = Event | Piece | Resync
