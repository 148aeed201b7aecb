"""Handing messages to every member of a room: encoded and framed once, gathered for a tick, bounded for each reader.

What is said in one tick of the event loop leaves in one write for each member: when messages come faster than they can
be written, the writes get larger instead of more. Nothing is delayed for it.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import structlog
from pydantic_core import to_json

from aurora_rt.events.envelope import public_name
from aurora_rt.realtime.engine import SocketServer, hang_up
from aurora_rt.realtime.outbox import Batch, Encoded, Outbox, far_behind

PAUSE_SECONDS = 0.02

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Room:
    """Who is in it here, and what they are about to be sent."""

    members: dict[str, Outbox] = field(default_factory=dict)
    gathered: list[Encoded] = field(default_factory=list)


class Fanout:
    """The members of this process's rooms, and sending to them."""

    def __init__(self, server: SocketServer) -> None:
        self._server = server
        self._rooms: dict[str, _Room] = {}

    def enter(self, sid: str, room: str) -> None:
        """Make a client a member, from the next message on; harmless when it is one, or is gone."""
        outbox = self._server.outbox(sid)
        if outbox is not None:
            self._flush(room)
            self._rooms.setdefault(room, _Room()).members[sid] = outbox

    def leave(self, sid: str, room: str) -> None:
        """End a membership; harmless when there is none."""
        here = self._rooms.get(room)
        if here is not None:
            here.members.pop(sid, None)
            if not here.members:
                del self._rooms[room]

    def is_empty(self, room: str) -> bool:
        """Whether nobody here is in the room."""
        return room not in self._rooms

    def to_room(self, room: str, message: bytes, *, droppable: bool = False) -> None:
        """Send a message, encoded as `encode` does, to every member at the end of this tick.

        A `droppable` one is left out for those who are behind.
        """
        here = self._rooms.get(room)
        if here is None:
            return
        if not here.gathered:
            asyncio.get_running_loop().call_soon(self._flush, room)
        here.gathered.append(Encoded(message, droppable=droppable))

    def to_client(self, sid: str, message: bytes) -> None:
        """Send to one client, now."""
        outbox = self._server.outbox(sid)
        if outbox is not None:
            outbox.put_nowait(Encoded(message))

    async def room_for(self, sid: str) -> None:
        """Wait until a client has read enough for more to be sent: replaying must not make it too slow."""
        while (outbox := self._server.outbox(sid)) is not None and far_behind(outbox):  # noqa: ASYNC110
            await asyncio.sleep(PAUSE_SECONDS)  # transports have no event for this that is ours to take

    async def cut(self, sid: str) -> None:
        """Close a client's connection; harmless when it is gone."""
        socket = self._server.socket(sid)
        if socket is not None:
            await hang_up(socket)

    def _flush(self, room: str) -> None:
        here = self._rooms.get(room)
        if here is None or not here.gathered:
            return
        batch, here.gathered = Batch(here.gathered), []
        lost = [sid for sid, outbox in here.members.items() if not outbox.offer(batch)]
        for sid in lost:
            log.warning("slow_client_resync", room=room)
            self.leave(sid, room)
            self.to_client(sid, resync(room))


def encode(event: str, message: Any) -> bytes:
    """A Socket.IO event's JSON."""
    return to_json([event, message])


def resync(room: str) -> bytes:
    """What a client is told that could not be kept whole: to read the snapshot, and to join again."""
    return encode("resync", {"room": public_name(room)})
