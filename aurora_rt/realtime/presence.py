"""Who is in an incident's room, on all processes together.

Each process keeps the names of its own people under a key of its own, which Redis forgets soon after the process no
longer renews it: who was on a process that was killed is gone within 20 seconds, and nobody has to notice the death.
A change is hinted at in the room's channel; everybody then reads all names of the room, and tells its members when
they differ from what it told last. Without Redis, the people of one's own process are what is told.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final

import structlog
from pydantic_core import from_json, to_json
from redis.asyncio import Redis
from redis.exceptions import RedisError

from aurora_rt.events.bus import Bus
from aurora_rt.events.envelope import INCIDENT
from aurora_rt.identity.models import Caller
from aurora_rt.realtime.fanout import Fanout, encode

RENEW_SECONDS: Final = 5.0
FORGET_SECONDS: Final = 15
GATHER_SECONDS: Final = 0.1
"""Comings and goings within this time are told together."""
REDIS_SECONDS: Final = 2.0

Names = Mapping[str, str]
"""Names by user id."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Room:
    """Who is in it, on this process."""

    callers: dict[str, Caller] = field(default_factory=dict)
    """By connection."""
    connections: Counter[str] = field(default_factory=Counter)
    """By user."""
    told: bytes = b""
    """What its members were told last."""

    @property
    def names(self) -> dict[str, str]:
        return {one.user_id: one.name or one.email for one in self.callers.values()}


class Presence:
    """The people of this process, and what its members were told of everybody."""

    name = "presence"

    def __init__(self, redis: "Redis", bus: Bus, fanout: Fanout) -> None:
        self._redis = redis
        self._bus = bus
        self._fanout = fanout
        self._process = token_hex(8)
        self._rooms: dict[str, _Room] = {}
        self._changed: set[str] = set()
        self._hinted: set[str] = set()
        self._woken = asyncio.Event()
        self._renewed = 0.0

    def entered(self, sid: str, room: str, caller: Caller) -> None:
        """A client is in a room; it is told who else is."""
        if not room.startswith(INCIDENT):
            return
        here = self._rooms.setdefault(room, _Room())
        if sid not in here.callers:
            here.callers[sid] = caller
            here.connections[caller.user_id] += 1
        if here.told:
            self._fanout.to_client(sid, here.told)
        if here.connections[caller.user_id] == 1:
            self._wake(self._changed, room)

    def left(self, sid: str, room: str) -> None:
        """A client is in a room no more; harmless when it never was."""
        here = self._rooms.get(room)
        caller = here.callers.pop(sid, None) if here is not None else None
        if here is not None and caller is not None:
            here.connections[caller.user_id] -= 1
            if not here.connections[caller.user_id]:
                del here.connections[caller.user_id]
                self._wake(self._changed, room)

    def hinted(self, room: str) -> None:
        """Somebody came to a room, or left it, on some process."""
        if room in self._rooms:
            self._wake(self._hinted, room)

    async def run(self) -> None:
        """Keep what is known of us, and tell what is known of all, for as long as the process lives."""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(RENEW_SECONDS):
                        await self._woken.wait()
                        await asyncio.sleep(GATHER_SECONDS)
                await self.look()
        finally:
            await self._withdraw()

    async def look(self) -> None:
        """Say who is here, and tell who is anywhere, once: in the rooms that changed, and now and then in all."""
        changed, said = self._changed, set(self._changed)
        if time.monotonic() - self._renewed >= RENEW_SECONDS:
            self._renewed = time.monotonic()
            said.update(self._rooms)
        looked_at = said | self._hinted
        self._changed, self._hinted = set(), set()
        self._woken.clear()
        if not looked_at:
            return
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                await self._say(said)
                for room in changed:
                    self._bus.tell_presence(room)
                everybody = await self._read(sorted(looked_at))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("presence_unavailable", error=str(error))
            everybody = {room: self._names(room) for room in looked_at}
        for room, names in everybody.items():
            self._tell(room, names)

    async def _say(self, rooms: set[str]) -> None:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for room in rooms:
                names = self._names(room)
                if names:
                    pipeline.set(self._own_key(room), to_json(names), ex=FORGET_SECONDS)
                    pipeline.sadd(_processes_key(room), self._process)
                    pipeline.expire(_processes_key(room), 4 * FORGET_SECONDS)
                else:
                    pipeline.delete(self._own_key(room))
                    pipeline.srem(_processes_key(room), self._process)
            await pipeline.execute()

    async def _read(self, rooms: list[str]) -> dict[str, Names]:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for room in rooms:
                pipeline.smembers(_processes_key(room))
            processes: list[set[bytes]] = await pipeline.execute()
        keys = [
            (room, _key(room, one.decode()))
            for room, found in zip(rooms, processes, strict=True)
            for one in found
        ]
        values: list[Any] = await self._redis.mget([key for _, key in keys]) if keys else []
        everybody: dict[str, Names] = {room: {} for room in rooms}
        for (room, _), value in zip(keys, values, strict=True):
            if value is not None:
                everybody[room] = {**everybody[room], **from_json(value)}
        return everybody

    def _tell(self, room: str, names: Names) -> None:
        users = [{"id": user_id, "name": name} for user_id, name in sorted(names.items(), key=_by_name)]
        message = encode("presence", {"room": room, "users": users})
        here = self._rooms.get(room)
        if here is None:
            return
        if not here.callers:
            del self._rooms[room]
        elif here.told != message:
            here.told = message
            self._fanout.to_room(room, message, droppable=True)

    async def _withdraw(self) -> None:
        """A process that ends in an orderly way takes its people out at once."""
        rooms = set(self._rooms)
        self._rooms.clear()
        if rooms:
            try:
                async with asyncio.timeout(REDIS_SECONDS):
                    await self._say(rooms)
                    for room in rooms:
                        self._bus.tell_presence(room)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("presence_not_withdrawn", error=str(error))

    def _wake(self, rooms: set[str], room: str) -> None:
        rooms.add(room)
        self._woken.set()

    def _names(self, room: str) -> Names:
        here = self._rooms.get(room)
        return here.names if here is not None else {}

    def _own_key(self, room: str) -> str:
        return _key(room, self._process)


def _by_name(user: tuple[str, str]) -> tuple[str, str]:
    user_id, name = user
    return name.casefold(), user_id


def _processes_key(room: str) -> str:
    return f"aurora:present:{room}"


def _key(room: str, process: str) -> str:
    return f"aurora:present:{room}:{process}"
