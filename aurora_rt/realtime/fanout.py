"""Handing one message to every member of a room: encoded once, queued for each, bounded for each.

python-socketio's own `emit` makes a task for each client and message and lets a slow client's queue grow without
end. This puts the same encoded packet straight into each client's Engine.IO queue.
"""

import asyncio
from typing import Any

import socketio
import structlog
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio.packet import EVENT

NAMESPACE = "/"
QUEUE_BOUND = 1000
"""Messages that wait for one client, at most."""
DELTA_BOUND = QUEUE_BOUND // 2
"""Above this a client gets no more pieces of text; the finished texts come as events."""

log = structlog.get_logger(__name__)


class Fanout:
    """The members of this process's rooms, and sending to them."""

    name = "fanout"

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server
        self._too_slow: asyncio.Queue[str] = asyncio.Queue()
        self._dropping: set[str] = set()

    def enter(self, sid: str, room: str) -> None:
        """Make a client a member of a room."""
        self._server.manager.basic_enter_room(sid, NAMESPACE, room)

    def leave(self, sid: str, room: str) -> None:
        """End a membership; harmless when there is none."""
        if sid in self._server.manager.rooms.get(NAMESPACE, {}).get(room, {}):
            self._server.manager.basic_leave_room(sid, NAMESPACE, room)

    def is_empty(self, room: str) -> bool:
        """Whether nobody here is in the room."""
        return not self._server.manager.rooms.get(NAMESPACE, {}).get(room)

    def to_room(self, room: str, event: str, message: Any, *, droppable: bool = False) -> None:
        """Send to every member; a `droppable` message is left out for those who are behind."""
        if self.is_empty(room):
            return
        packet = self._encode(event, message)
        for _, engine_sid in list(self._server.manager.get_participants(NAMESPACE, room)):
            self._put(engine_sid, packet, droppable=droppable)

    def to_client(self, sid: str, event: str, message: Any) -> None:
        """Send to one client."""
        engine_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE)
        if engine_sid is not None:
            self._put(engine_sid, self._encode(event, message), droppable=False)

    async def room_for(self, sid: str) -> None:
        """Wait until a client has read enough for more to be sent: replaying must not make it too slow."""
        engine_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE)
        socket = self._server.eio.sockets.get(engine_sid)
        while socket is not None and not socket.closed and socket.queue.qsize() > DELTA_BOUND:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # Engine.IO's queue has no event for this

    async def run(self) -> None:
        """Disconnect those who are too slow, for as long as the process lives."""
        while True:
            engine_sid = await self._too_slow.get()
            if socket := self._server.eio.sockets.get(engine_sid):
                log.warning("slow_client_disconnected")
                while not socket.queue.empty():
                    socket.queue.get_nowait()
                    socket.queue.task_done()
                await self.close(socket)
            self._dropping.discard(engine_sid)

    async def cut(self, sid: str) -> None:
        """Close a client's connection; harmless when it is gone."""
        engine_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE)
        if socket := self._server.eio.sockets.get(engine_sid):
            await self.close(socket)

    @staticmethod
    async def close(socket: Any) -> None:
        """Close an Engine.IO connection, its websocket included.

        Engine.IO's own `close` sends a packet that the JavaScript client ignores; the `None` ends the writer, and
        that closes the websocket.
        """
        await socket.close(wait=False)
        socket.queue.put_nowait(None)

    def _encode(self, event: str, message: Any) -> EnginePacket:
        encoded = self._server.packet_class(EVENT, namespace=NAMESPACE, data=[event, message]).encode()
        return EnginePacket(MESSAGE, encoded)

    def _put(self, engine_sid: str, packet: EnginePacket, *, droppable: bool) -> None:
        socket = self._server.eio.sockets.get(engine_sid)
        if socket is None or socket.closing or engine_sid in self._dropping:
            return
        waiting = socket.queue.qsize()
        if waiting >= QUEUE_BOUND:
            self._dropping.add(engine_sid)
            self._too_slow.put_nowait(engine_sid)
        elif not (droppable and waiting >= DELTA_BOUND):
            socket.queue.put_nowait(packet)
