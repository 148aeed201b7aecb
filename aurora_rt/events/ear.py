"""What Redis carries, heard: the receiving side of the bus."""

import asyncio
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from aurora_rt.events.bus import BACK_OFF_SECONDS, PRESENCE, channel, is_sharded, room_of

SILENCE_SECONDS: Final = 30.0
TOGETHER: Final = 64
"""Messages that are handed on before others may run, at most."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HeardEvent:
    """That an event was committed, and what clients get of it. Read by nobody: it is passed on as it is."""

    room: str
    seq: int
    message: bytes


@dataclass(frozen=True, slots=True)
class HeardPiece:
    """A piece of a text, as clients get it."""

    room: str
    message: bytes


@dataclass(frozen=True, slots=True)
class HeardPresence:
    """That somebody came to a room, or left it."""

    room: str


Heard = HeardEvent | HeardPiece | HeardPresence | None
"""`None`: something may have been missed, ask the log."""


def decode(channel_name: bytes, data: bytes) -> Heard:
    """What was heard; what cannot be understood, of a later release perhaps, is a hint to ask the log."""
    room = room_of(channel_name)
    if data == PRESENCE:
        return HeardPresence(room)
    seq, _, message = data.partition(b" ")
    if not seq.isdigit() or not message:
        return None
    return HeardEvent(room, int(seq), message) if int(seq) else HeardPiece(room, message)


class Inbox(asyncio.Queue[Heard]):
    """What was heard and waits, in order."""

    take: Callable[[Heard], bool] | None = None
    """Takes a message at once if it need not wait for anything; else it comes into the queue."""

    async def hand(self, message: Heard) -> None:
        """Have a message taken now, or in its turn. Waits only while the queue is full."""
        if not (self.empty() and self.take and self.take(message)):
            await self.put(message)


class Ear:
    """The receiving side, one for each process: hears the rooms that it is told to."""

    name = "ear"

    def __init__(self, redis: "Redis", heard: Inbox) -> None:
        self._redis = redis
        self._heard = heard
        self._confirmed: dict[str, asyncio.Event] = {}
        self._pubsub: Any = None
        self._sharded = False
        self._silent = False

    async def listen_to(self, room: str) -> None:
        """Hear a room from now on; returns when Redis has confirmed it, or after a second without that."""
        confirmed = self._confirmed.setdefault(channel(room), asyncio.Event())
        try:
            async with asyncio.timeout(1.0):
                if self._pubsub is not None and not confirmed.is_set():
                    await self._subscribe(self._pubsub, channel(room))
                await confirmed.wait()
        except (RedisError, OSError, TimeoutError):
            log.warning("subscription_unconfirmed")

    async def stop_listening(self, rooms: Sequence[str]) -> None:
        """Stop hearing rooms that nobody here is in any more."""
        for room in rooms:
            self._confirmed.pop(channel(room), None)
        if self._pubsub is not None and rooms:
            try:
                async with asyncio.timeout(1.0):
                    stop = self._pubsub.sunsubscribe if self._sharded else self._pubsub.unsubscribe
                    await stop(*(channel(room) for room in rooms))
            except (RedisError, OSError, TimeoutError):
                log.warning("unsubscription_failed")

    async def run(self) -> None:
        """Receive for as long as the process lives, through every outage of Redis."""
        failures = 0
        while True:
            try:
                self._sharded = await is_sharded(self._redis)
                async with self._redis.pubsub() as pubsub:
                    # One channel that always exists keeps the connection in its subscribed state.
                    await pubsub.subscribe("aurora:ears")
                    if self._confirmed:
                        await self._subscribe(pubsub, *self._confirmed)
                    self._pubsub = pubsub
                    self._heard_gap()
                    failures = 0
                    await self._receive(pubsub)
            except* (RedisError, OSError, TimeoutError) as lost:
                if failures == 0:
                    log.warning("ear_lost", error=str(lost.exceptions[0]))
                await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
                failures += 1
            finally:
                self._pubsub = None
                for confirmed in self._confirmed.values():
                    confirmed.clear()

    async def _subscribe(self, pubsub: Any, *channels: str) -> None:
        await (pubsub.ssubscribe if self._sharded else pubsub.subscribe)(*channels)

    async def _receive(self, pubsub: Any) -> None:
        """Hear until the connection ends; raises `TimeoutError` when it has fallen silent."""
        async with asyncio.TaskGroup() as both:
            asking = both.create_task(self._ask_for_signs_of_life(pubsub))
            try:
                await self._read(pubsub.connection)
            finally:
                asking.cancel()

    async def _read(self, connection: Any) -> None:
        # redis-py's own way to the next message (`get_message`) costs four times what reading its connection does.
        for number in itertools.count(1):
            answer = await connection.read_response(timeout=math.inf)  # waits only when nothing has come yet
            self._silent = False
            match answer:
                case [b"message" | b"smessage", channel_name, data]:
                    await self._heard.hand(decode(channel_name, data))
                case [b"subscribe" | b"ssubscribe", channel_name, _]:
                    if confirmed := self._confirmed.get(channel_name.decode()):
                        confirmed.set()
            if number % TOGETHER == 0:
                await asyncio.sleep(0)

    async def _ask_for_signs_of_life(self, pubsub: Any) -> None:
        """Ping a connection on which nothing is heard; where that is not answered either, it is dead."""
        while True:
            self._silent = True
            await asyncio.sleep(SILENCE_SECONDS / 2)
            if self._silent:
                await pubsub.ping()
                await asyncio.sleep(SILENCE_SECONDS / 2)
                if self._silent:
                    raise TimeoutError("Redis has fallen silent")

    def _heard_gap(self) -> None:
        if not self._heard.full():
            self._heard.put_nowait(None)
