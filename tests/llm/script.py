"""What a model on the loopback says, whatever protocol it is asked in: words, calls, and everything that goes wrong."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal["stop", "tools", "length", "refused"]
"""Why an answer ends, as each provider says it in its own word."""


@dataclass(frozen=True, slots=True)
class Say:
    """Words, one token each."""

    text: str


OPENED = Say("")
"""The stream is opened, and nothing is said yet."""


@dataclass(frozen=True, slots=True)
class Think:
    """Words of thinking that are no part of the answer, where the protocol has them."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool. Arguments that are text are sent as they are, so that they may be no JSON at all."""

    tool: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)

    @property
    def json(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True, slots=True)
class Until:
    """Nothing comes until somebody sets `go`; `reached` is set when it has come so far."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing comes for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Endless:
    """The same words for ever: up to the output limit that was asked for, or for longer than that."""

    text: str = "again "
    minds_the_limit: bool = True


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is reset, as when a proxy dies."""


@dataclass(frozen=True, slots=True)
class Junk:
    """Bytes that are no frame of any protocol."""

    piece: bytes = b"\x00\xff<html>502 Bad Gateway</html>\n\n"


@dataclass(frozen=True, slots=True)
class Breaks:
    """The provider's own error in the middle of a stream that began with 200."""

    message: str = "Overloaded"


@dataclass(frozen=True, slots=True)
class End:
    """Ends the answer for another reason than that all is said; `usage` left out when `counted` is false."""

    reason: Reason | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Refuse:
    """No stream at all: a status with the provider's own error body."""

    status: int
    retry_after: float | None = None
    message: str = ""


Part = Say | Think | Call | Until | Pause | Endless | Cut | Junk | Breaks | End
Turn = Sequence[Part] | Refuse
"""What one request is answered with."""


@dataclass(slots=True)
class Asked:
    """A request as it came in, read the same way whatever its protocol."""

    protocol: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    body: dict[str, Any]
    model: str
    streaming: bool
    limit: int | None
    """The output limit that was sent, in tokens."""
    tools: tuple[str, ...]
    """The names of the tools that the model may call."""
    results: tuple[tuple[str, str], ...]
    """Id of the call (its name where the protocol has none) and what the tool gave, in order."""
    said: tuple[str, ...]
    """What the model itself said earlier in this conversation, as it is sent back."""
    tokens: int
    """Of the prompt: a quarter of its characters."""
    sent: list[str] = field(default_factory=list)
    """The words that were sent so far."""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the one who asked went away before the end."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when nothing more is sent, whatever the reason."""

    @property
    def text(self) -> str:
        return self.raw.decode(errors="replace")


Script = Callable[[Asked], Turn]


def in_order(*turns: Turn, then: Turn = (Say("That is all."),)) -> Script:
    """The first request is answered with the first turn, and so on; `then` what comes after the last."""
    left = list(turns)

    def next_turn(asked: Asked) -> Turn:
        return left.pop(0) if left else then

    return next_turn
