"""What Redis carries, heard: the receiving side of the bus."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from aurora_rt.events.bus import BACK_OFF_SECONDS, PRESENCE, channel, is_sharded, room_of

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


class Ear:
    """The receiving side, one for each process: hears the rooms that it is told to."""

    name = "ear"

    def __init__(self, redis: "Redis", heard: "asyncio.Queue[Heard]") -> None:
        self._redis = redis
        self._heard = heard
        self._confirmed: dict[str, asyncio.Event] = {}
        self._pubsub: Any = None
        self._sharded = False

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
            except (RedisError, OSError, TimeoutError) as error:
                if failures == 0:
                    log.warning("ear_lost", error=str(error))
                await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
                failures += 1
            finally:
                self._pubsub = None
                for confirmed in self._confirmed.values():
                    confirmed.clear()

    async def _subscribe(self, pubsub: Any, *channels: str) -> None:
        await (pubsub.ssubscribe if self._sharded else pubsub.subscribe)(*channels)

    async def _receive(self, pubsub: Any) -> None:
        while True:
            message = await pubsub.get_message(timeout=30)
            if message is None:
                await pubsub.ping()
            elif message["type"] in ("subscribe", "ssubscribe"):
                if confirmed := self._confirmed.get(message["channel"].decode()):
                    confirmed.set()
            elif message["type"] in ("message", "smessage"):
                await self._heard.put(decode(message["channel"], message["data"]))

    def _heard_gap(self) -> None:
        if not self._heard.full():
            self._heard.put_nowait(None)
