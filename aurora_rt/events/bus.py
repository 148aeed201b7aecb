"""Redis as the fast path: hints of events, pieces of text in flight, and the partial texts themselves.

Nothing here is needed for an event to arrive; all of it makes arriving fast. So telling never waits and never
fails: messages go through a bounded queue to one sender, and when Redis is away or slow the oldest are dropped.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import structlog
from pydantic_core import from_json, to_json
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from aurora_rt.events.envelope import Event, public_name

QUEUE_BOUND = 10_000
BATCH = 500
SEND_SECONDS = 2.0
BACK_OFF_SECONDS = (0.1, 0.25, 0.5, 1.0)
TEXT_KEPT_SECONDS = 3600
"""How long the partial text of somebody who died stays; the finished text comes as an event anyway."""

CHANNEL: Final = "aurora:room:"
PRESENCE: Final = b"presence"
"""What is published when somebody came to a room or left it."""

TextKind = Literal["thought", "summary", "answer", "looks"]
"""`looks`: what is looked at for an answer, a line each, told before each look is taken."""

DELTA_EVENTS: Final[dict[TextKind, str]] = {
    "thought": "thought:delta",
    "summary": "summary:delta",
    "answer": "token",
    "looks": "looks:delta",
}
"""The Socket.IO events of pieces."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that is still being written."""

    room: str
    kind: TextKind
    id: str
    offset: int
    """Characters (Unicode code points) of the text before this piece."""
    byte_offset: int
    """The same in bytes of UTF-8; where the piece goes in the kept partial text."""
    text: str
    session_id: str | None = None

    def message(self) -> bytes:
        """What a client gets, as JSON: its name and its object."""
        delta: dict[str, Any] = {
            "room": public_name(self.room),
            "id": self.id,
            "offset": self.offset,
            "text": self.text,
        }
        if self.session_id is not None:
            delta["session_id"] = self.session_id
        return to_json([DELTA_EVENTS[self.kind], delta])


@dataclass(frozen=True, slots=True)
class OpenText:
    """A text that is being written, as far as it is written."""

    kind: TextKind
    id: str
    text: str
    session_id: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a text's being written: its partial text can be forgotten."""

    room: str
    kind: TextKind
    id: str
    session_id: str | None


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """That somebody came to a room, or left it."""

    room: str


Message = Event | Piece | Ended | PresenceChanged


def channel(room: str) -> str:
    """The Redis channel of a room: one each, so that a message costs only the processes with a member."""
    return CHANNEL + room


def _text_key(text_id: str) -> str:
    return f"aurora:text:{text_id}"


def _open_key(room: str) -> str:
    return f"aurora:open:{room}"


async def is_sharded(redis: "Redis") -> bool:
    """Whether the server offers sharded channels (Redis 7, Valkey): on a cluster, a message then stays on its shard."""
    (known,) = await redis.execute_command("COMMAND", "INFO", "SPUBLISH")  # type: ignore[no-untyped-call]
    return known is not None


class Bus:
    """The sending side, one for each process. `run` must be running for anything to leave."""

    name = "bus"

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._waiting: deque[Message] = deque(maxlen=QUEUE_BOUND)
        self._filled = asyncio.Event()
        self._publish: str | None = None
        """The command that publishes; `None` until the server was asked."""
        self._idle = asyncio.Event()
        self._idle.set()
        self.dropped = 0
        """How many messages were given up because Redis was away or slow."""

    def tell_event(self, event: Event) -> None:
        """Hint that `event` was committed."""
        self._put(event)

    def tell_piece(self, piece: Piece) -> None:
        """Pass on a piece of text, and keep it for those who join while the text is being written."""
        self._put(piece)

    def tell_presence(self, room: str) -> None:
        """Hint that somebody came to a room, or left it."""
        self._put(PresenceChanged(room))

    def end_text(self, ended: Ended) -> None:
        """Forget a partial text: the finished one has been told as an event, or there will be none."""
        self._put(ended)

    async def open_texts(self, room: str) -> list[OpenText]:
        """The texts that are being written in a room. Empty when Redis does not answer in time."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._read_open(room)
        except (RedisError, OSError, TimeoutError):
            log.warning("open_texts_unavailable")
            return []

    async def run(self) -> None:
        """Send what is waiting, batch by batch, for as long as the process lives."""
        failures = 0
        while True:
            await self._filled.wait()
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if not self._waiting:
                self._filled.clear()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send(batch)
                failures = 0
            except (RedisError, OSError, TimeoutError) as error:
                self.dropped += len(batch)
                if failures == 0:
                    log.warning("bus_lost", error=str(error))
                await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
                failures += 1
            if not self._waiting:
                self._idle.set()

    async def drained(self) -> None:
        """Wait until everything that was told has been sent or given up."""
        await self._idle.wait()

    def _put(self, message: Message) -> None:
        if len(self._waiting) == QUEUE_BOUND:
            self.dropped += 1
        self._waiting.append(message)
        self._idle.clear()
        self._filled.set()

    async def _send(self, batch: Iterable[Message]) -> None:
        if self._publish is None:
            self._publish = "SPUBLISH" if await is_sharded(self._redis) else "PUBLISH"
        async with self._redis.pipeline(transaction=False) as pipeline:
            for message in batch:
                match message:
                    case Event():
                        pipeline.execute_command(self._publish, channel(message.room), encode_event(message))
                    case Piece():
                        self._send_piece(pipeline, message)
                    case PresenceChanged():
                        pipeline.execute_command(self._publish, channel(message.room), PRESENCE)
                    case Ended():
                        pipeline.srem(_open_key(message.room), _member(message))
                        pipeline.delete(_text_key(message.id))
            await pipeline.execute()

    def _send_piece(self, pipeline: "Pipeline", piece: Piece) -> None:
        key, members = _text_key(piece.id), _open_key(piece.room)
        pipeline.setrange(key, piece.byte_offset, piece.text)
        pipeline.expire(key, TEXT_KEPT_SECONDS)
        if piece.offset == 0:
            pipeline.sadd(members, _member(piece))
            pipeline.expire(members, TEXT_KEPT_SECONDS)
        pipeline.execute_command(self._publish, channel(piece.room), encode_piece(piece))

    async def _read_open(self, room: str) -> list[OpenText]:
        members = [from_json(member) for member in await self._redis.smembers(_open_key(room))]
        if not members:
            return []
        texts: list[Any] = await self._redis.mget([_text_key(text_id) for _, text_id, _ in members])
        return [
            OpenText(kind, text_id, text.decode(errors="ignore"), session_id)
            for (kind, text_id, session_id), text in zip(members, texts, strict=True)
            # A Redis that lost its data pads with NUL what was written before: such a text has no beginning.
            if text and not text.startswith(b"\0")
        ]


def _member(text: Piece | Ended) -> bytes:
    return to_json([text.kind, text.id, text.session_id])


def encode_event(event: Event) -> bytes:
    """An event as it travels between processes: its number, and the message as clients get it."""
    return b"%d %b" % (event.seq, event.message())


def encode_piece(piece: Piece) -> bytes:
    """A piece of text as it travels between processes: like an event with the number 0."""
    return b"0 " + piece.message()


def room_of(name: bytes) -> str:
    """The room of a channel."""
    return name.decode().removeprefix(CHANNEL)
