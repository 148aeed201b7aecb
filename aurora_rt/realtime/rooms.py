"""Rooms with members here: a cursor each, hints from Redis, the log for everything else."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import assert_never
from uuid import UUID

import structlog

from aurora_rt.db.pool import AWAY, Database
from aurora_rt.events import log as event_log
from aurora_rt.events.bus import Bus, OpenText
from aurora_rt.events.ear import Ear, Heard, HeardEvent, HeardPiece, HeardPresence, Inbox
from aurora_rt.identity.models import Caller
from aurora_rt.realtime.fanout import Fanout, resync
from aurora_rt.realtime.presence import Presence

POLL_SECONDS = 1.5
REPLAY_LIMIT = 5000
"""Events that a join replays, at most; who missed more reads the snapshot instead."""
TOGETHER = 64
"""Messages that are handed on before they must leave, at most."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class LiveRoom:
    """A room that somebody here is in, or is about to be in."""

    name: str
    organization_id: UUID
    cursor: int | None = None
    """The `seq` up to which members here have been sent everything; `None` until it is known."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    entering: int = 0


@dataclass(frozen=True, slots=True)
class Joined:
    """Where a client stands after joining. With `resync` it is not a member: it must read the snapshot first."""

    epoch: str
    seq: int
    replayed: int = 0
    open_texts: tuple[OpenText, ...] = ()
    resync: bool = False


class Rooms:
    """The rooms of this process."""

    name = "rooms"

    def __init__(
        self,
        database: Database,
        bus: Bus,
        ear: Ear,
        heard: Inbox,
        fanout: Fanout,
        presence: Presence,
    ) -> None:
        self._database = database
        self._bus = bus
        self._ear = ear
        self._heard = heard
        self._heard.take = self._take
        self._fanout = fanout
        self._presence = presence
        self._live: dict[str, LiveRoom] = {}
        self._busy = False
        """Whether a message is being delivered that must wait for something: no other may overtake it."""

    async def join(self, sid: str, room: str, caller: Caller, since: int | None, epoch: str | None) -> Joined:
        """Make a client a member, after it was sent what it missed since `since`; `None`: begin at now."""
        async with self._database.connection() as connection:
            present = await event_log.epoch(connection)
        try:
            with self._entering(room, caller.organization_id) as live:
                if since is not None:  # who joins again has missed something: first that, then what is new
                    self._fanout.leave(sid, room)
                seq = await self._present(live, since)
                if since is not None and (
                    epoch not in (None, present) or not 0 <= seq - since <= REPLAY_LIMIT
                ):
                    self._fanout.to_client(sid, resync(room))
                    return Joined(present, seq, resync=True)
                position, replayed = await self._replay(sid, live, seq if since is None else since)
                self._presence.entered(sid, room, caller)
        finally:
            await self._forget_empty([room])
        texts = tuple(await self._bus.open_texts(room))
        return Joined(present, position, replayed, texts)

    async def leave(self, sid: str, room: str) -> None:
        """End a membership."""
        self._fanout.leave(sid, room)
        self._presence.left(sid, room)
        await self._forget_empty([room])

    async def left_all(self, sid: str, rooms: set[str]) -> None:
        """End all memberships of a client that is gone."""
        for room in rooms:
            self._fanout.leave(sid, room)
            self._presence.left(sid, room)
        await self._forget_empty(sorted(rooms))

    async def run(self) -> None:
        """Deliver what is heard and cannot be taken at once, for as long as the process lives."""
        for number in itertools.count(1):
            message = await self._heard.get()  # does not let others run while there is more
            self._busy = True
            if number % TOGETHER == 0:
                await asyncio.sleep(0)
            if message is None:
                await self._ask_heads()
            elif not self._takes(message) and isinstance(message, HeardEvent):
                await self._deliver(message)
            self._busy = False

    def _take(self, message: Heard) -> bool:
        return not self._busy and message is not None and self._takes(message)

    def _takes(self, message: HeardEvent | HeardPiece | HeardPresence) -> bool:
        """Deliver a message if that is all there is to do; false when the log must be asked, or waited for."""
        match message:
            case HeardPiece():
                self._fanout.to_room(message.room, message.message, droppable=True)
            case HeardPresence():
                self._presence.hinted(message.room)
            case HeardEvent():
                live = self._live.get(message.room)
                if live is None or live.cursor is None or message.seq <= live.cursor:
                    return True
                if live.lock.locked() or message.seq > live.cursor + 1:
                    return False
                self._send(live, message.seq, message.message)
            case never:
                assert_never(never)
        return True

    async def poll(self) -> None:
        """Ask for the heads of the rooms with members, every second or so, for as long as the process lives."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self._ask_heads()

    @contextmanager
    def _entering(self, room: str, organization_id: UUID) -> Iterator[LiveRoom]:
        live = self._live.setdefault(room, LiveRoom(room, organization_id))
        live.entering += 1
        try:
            yield live
        finally:
            live.entering -= 1

    async def _present(self, live: LiveRoom, since: int | None) -> int:
        """The room's cursor; brought up to the log's head when `since` is ahead of it."""
        async with live.lock:
            if live.cursor is None:
                await self._ear.listen_to(live.name)
                async with self._database.scope(live.organization_id) as scope:
                    live.cursor = await event_log.head(scope, live.name)
            elif since is not None and since > live.cursor:
                await self._catch_up(live)
            return live.cursor

    async def _replay(self, sid: str, live: LiveRoom, since: int) -> tuple[int, int]:
        """Send the client what it missed, and make it a member at the very moment when it has everything."""
        position, replayed = since, 0
        while True:
            async with live.lock:
                cursor = live.cursor or 0
                if position >= cursor:
                    self._fanout.enter(sid, live.name)
                    return position, replayed
            async with self._database.scope(live.organization_id) as scope:
                missed = await event_log.replay(scope, live.name, position, up_to=cursor)
            for event in missed:
                await self._fanout.room_for(sid)
                self._fanout.to_client(sid, event.message())
            position, replayed = missed[-1].seq, replayed + len(missed)

    async def _deliver(self, event: HeardEvent) -> None:
        """Deliver an event that others come before: in its turn, or by what the log says."""
        live = self._live.get(event.room)
        if live is None or live.cursor is None:
            return
        async with live.lock:
            if event.seq == live.cursor + 1:
                self._send(live, event.seq, event.message)
            elif event.seq > live.cursor:
                await self._try_to_catch_up(live)

    async def _ask_heads(self) -> None:
        if not self._live:
            return
        try:
            async with self._database.connection() as connection:
                heads = await event_log.heads(connection, list(self._live))
        except AWAY as error:
            log.warning("heads_unavailable", error=str(error))
            return
        for room, head in heads.items():
            live = self._live.get(room)
            if live is not None and live.cursor is not None and head > live.cursor:
                async with live.lock:
                    await self._try_to_catch_up(live)

    async def _try_to_catch_up(self, live: LiveRoom) -> None:
        try:
            await self._catch_up(live)
        except AWAY as error:  # the next look at the heads tries again
            log.warning("log_unavailable", error=str(error))

    async def _catch_up(self, live: LiveRoom) -> None:
        """Send the members what the log has after the cursor. The room's lock must be held."""
        while True:
            async with self._database.scope(live.organization_id) as scope:
                missed = await event_log.replay(scope, live.name, live.cursor or 0)
            for event in missed:
                self._send(live, event.seq, event.message())
                await asyncio.sleep(0)  # what was sent leaves: catching up makes nobody slow
            if len(missed) < event_log.READ_BATCH:
                return

    def _send(self, live: LiveRoom, seq: int, message: bytes) -> None:
        self._fanout.to_room(live.name, message)
        live.cursor = seq

    async def _forget_empty(self, rooms: list[str]) -> None:
        empty = [
            room
            for room in rooms
            if (live := self._live.get(room)) and not live.entering and self._fanout.is_empty(room)
        ]
        for room in empty:
            del self._live[room]
        await self._ear.stop_listening(empty)
