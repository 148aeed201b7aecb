"""Putting the Socket.IO server together."""

import asyncio
from typing import Any

import socketio
from redis.asyncio import Redis

from aurora_rt.db.pool import Database
from aurora_rt.events.bus import Bus
from aurora_rt.events.change import Changes
from aurora_rt.events.ear import Ear, Inbox
from aurora_rt.realtime.admission import Admission
from aurora_rt.realtime.engine import Front, Pulse, SocketServer, hang_up
from aurora_rt.realtime.fanout import Fanout
from aurora_rt.realtime.handlers import Handlers
from aurora_rt.realtime.handshake import Handshake
from aurora_rt.realtime.presence import Presence
from aurora_rt.realtime.rooms import Rooms
from aurora_rt.settings import Settings
from aurora_rt.web.limits import Limits

MESSAGE_LIMIT = 64 * 1024
HEARD_BOUND = 10_000
PING_INTERVAL_SECONDS = 20
PING_TIMEOUT_SECONDS = 20


class Realtime:
    """The Socket.IO server of a process, with what runs beside it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        redis: "Redis",
        bus: Bus,
        changes: Changes,
        limits: Limits,
    ) -> None:
        handshake = Handshake(settings, database)
        self.server = SocketServer(
            async_mode="asgi",
            cors_allowed_origins=handshake.origin_allowed,
            transports=None if settings.long_polling else ["websocket"],
            max_http_buffer_size=MESSAGE_LIMIT,
            ping_interval=PING_INTERVAL_SECONDS,
            ping_timeout=PING_TIMEOUT_SECONDS,
        )
        self.pulse = Pulse(self.server)
        fanout = Fanout(self.server)
        self.presence = Presence(redis, bus, fanout)
        # A full queue makes the ear wait, and Redis drop us: the log then tells what was missed.
        heard = Inbox(HEARD_BOUND)
        self.ear = Ear(redis, heard)
        self.rooms = Rooms(database, bus, self.ear, heard, fanout, self.presence)
        self.admission = Admission(database, fanout.cut)
        handlers = Handlers(database, changes, limits, handshake, self.rooms, self.admission)
        handlers.register(self.server)

    def over_http(self, rest: Any) -> Any:
        """One ASGI app: Socket.IO at `/socket.io/`, and `rest` everywhere else."""
        return socketio.ASGIApp(self.server, other_asgi_app=rest)

    def app(self, others: Any) -> Any:
        """`others` behind our own way with websockets."""
        return Front(self.server, others)

    async def drain(self) -> None:
        """Close every socket, and take no more; clients reconnect, to another process or to the next start."""
        self.server.eio.is_leaving = True
        await asyncio.gather(
            *(hang_up(socket) for socket in list(self.server.eio.sockets.values())),
            return_exceptions=True,
        )
