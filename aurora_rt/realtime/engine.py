"""python-socketio and Engine.IO, extended where they make them extensible: `_engineio_server_class`, `create_queue`.

A websocket whose transport we find is a `Direct` socket: no writer task, no task and timer for each message received
and each ping; one loop (`Pulse`) pings everybody and frees who does not answer. All others (long polling, what was
upgraded from it, servers that we do not know) are Engine.IO's own, with a bounded queue.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qs

import engineio
import socketio
import structlog
from engineio.async_drivers.asgi import WebSocket
from engineio.async_socket import AsyncSocket
from engineio.exceptions import EngineIOError, UnknownPacketError
from engineio.packet import NOOP, OPEN, PING, Packet

from aurora_rt.realtime import wire
from aurora_rt.realtime.outbox import Outbox, Queued, Written

BEAT_SECONDS: Final = 1.0
ADMISSION_SECONDS: Final = 45.0
"""How long a connection may stay without having said who it is."""
NAMESPACE: Final = "/"
PATH: Final = "/socket.io/"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)


class Direct(AsyncSocket):  # type: ignore[misc]  # Engine.IO is untyped
    """A client whose packets are written straight to its connection."""

    def __init__(self, server: "Engine", sid: str, outbox: Written) -> None:
        super().__init__(server, sid)
        self.queue = outbox
        self.connected = self.upgraded = True
        self.born = time.monotonic()
        self.last_ping: float | None = None
        """When a ping was sent that is not answered yet. Monotonic: clocks that jump disconnect nobody."""
        self._next_ping = self.born + server.ping_interval

    async def listen(self, receive: Receive) -> None:
        """Take what the client sends until it leaves, or sends what is no packet."""
        while not self.closed:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            text = message.get("text")
            try:
                await self.receive(Packet(encoded_packet=message.get("bytes") if text is None else text))
            except UnknownPacketError:
                continue
            except Exception as error:  # noqa: BLE001 - the outermost edge; rubbish makes the parsers raise anything
                log.warning("bad_packet", error=repr(error))
                return

    async def check_ping_timeout(self) -> bool:
        """Whether it makes sense to send; `Pulse` looks after the rest."""
        return not self.closed

    def schedule_ping(self) -> None:
        """The client has answered."""
        self.last_ping = None
        self._next_ping = time.monotonic() + self.server.ping_interval

    async def beat(self, now: float) -> None:
        """Ping, when it is time; leave a client that has not answered in time."""
        if self.last_ping is None:
            if now >= self._next_ping:
                self.last_ping = now
                self.queue.put_nowait(Packet(PING))
        elif now - self.last_ping > self.server.ping_timeout:
            await self.close(wait=False, abort=True, reason=self.server.reason.PING_TIMEOUT)
            self.queue.cut()


class _Uncompressed(WebSocket):  # type: ignore[misc]
    """Engine.IO's websocket, without compression, and with an end for writers that are stuck."""

    async def __call__(self, environ: dict[str, Any]) -> Any:
        wire.refuse_compression(environ["asgi.send"])
        self.handler.__self__.queue.transport = wire.transport(environ["asgi.send"])
        return await super().__call__(environ)


class Engine(engineio.AsyncServer):  # type: ignore[misc]
    """Engine.IO's server with sockets of ours. `Pulse` must run beside it."""

    is_leaving = False
    """Whether newcomers are sent elsewhere: who was hung up on reconnects at once, and should not land here again."""
    _async: dict[str, Any]
    cors_allowed_origins: Callable[[str, dict[str, Any]], bool]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, monitor_clients=False)
        self._async = self._async | {"websocket": _Uncompressed}

    def create_queue(self, *_: Any, **__: Any) -> Outbox:
        """What waits for a client of Engine.IO's own."""
        return Queued()

    async def websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A websocket of a client that begins with one, in place of `handle_request` and all that it calls."""
        await receive()  # that it wants to connect
        if self.is_leaving:
            await send({"type": "websocket.http.response.start", "status": 503, "headers": []})
            await send({"type": "websocket.http.response.body", "body": b""})
            return
        if not self._welcome(scope):
            await send({"type": "websocket.close"})  # before it was accepted: answered by 403
            return
        wire.refuse_compression(send)
        await send({"type": "websocket.accept"})
        wire.forget_request(send)
        beneath = wire.transport(send)
        assert beneath is not None, "`takes` has looked"  # noqa: S101
        socket = Direct(self, self.generate_id(), Written(beneath))
        self.sockets[socket.sid] = socket
        try:
            socket.queue.put_nowait(Packet(OPEN, self._opening(socket.sid)))
            await self._trigger_event("connect", socket.sid, {"asgi.scope": scope}, run_async=False)
            await socket.listen(receive)
        finally:
            await socket.close(wait=False, abort=True, reason=self.reason.TRANSPORT_CLOSE)
            self.sockets.pop(socket.sid, None)
        socket.queue.put_nowait(None)

    def takes(self, scope: Scope, send: Send) -> bool:
        """Whether `websocket` is for this; everything else goes to `handle_request`."""
        if scope["type"] != "websocket":
            return False
        query = parse_qs(scope["query_string"])
        return (
            query.get(b"transport") == [b"websocket"]
            and query.get(b"EIO") == [b"4"]
            and b"sid" not in query  # it was long polling until now
            and wire.transport(send) is not None
        )

    async def _trigger_event(self, event: str, *arguments: Any, **options: Any) -> Any:
        if event == "disconnect":
            queue = self.sockets[arguments[0]].queue if arguments[0] in self.sockets else None
            if isinstance(queue, Queued):
                queue.put_nowait(
                    Packet(NOOP)
                )  # answers the poll that is open: its client waits for it to leave
        return await super()._trigger_event(event, *arguments, **options)

    def _welcome(self, scope: Scope) -> bool:
        """Whether the page that connects may; who sends no `Origin` is no page."""
        origin = next(
            (value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None
        )
        return origin is None or self.cors_allowed_origins(origin, {"asgi.scope": scope})

    def _opening(self, sid: str) -> dict[str, Any]:
        """Engine.IO's handshake (protocol v4); times in milliseconds."""
        return {
            "sid": sid,
            "upgrades": [],
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": self.max_http_buffer_size,
        }


class _Known(socketio.AsyncManager):  # type: ignore[misc]
    """Who is connected. Rooms are `fanout`'s."""

    def basic_enter_room(
        self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None
    ) -> None:
        """No room for each client of its own: with thousands, every leaving would look through all of them."""
        if room != sid:
            super().basic_enter_room(sid, namespace, room, eio_sid)


class SocketServer(socketio.AsyncServer):  # type: ignore[misc]
    """python-socketio's server on our `Engine`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, client_manager=_Known())

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    def outbox(self, sid: str) -> Outbox | None:
        """What is on its way to a client; `None` when it is gone."""
        socket = self.socket(sid)
        return None if socket is None or socket.closing else socket.queue

    def socket(self, sid: str) -> AsyncSocket | None:
        """The connection of a client; `None` when it is gone."""
        return self.eio.sockets.get(self.manager.eio_sid_from_sid(sid, NAMESPACE))


class Front:
    """An ASGI app: websockets of Socket.IO go to the engine by the shortest way, everything else to `others`."""

    def __init__(self, server: SocketServer, others: Any) -> None:
        self._engine: Engine = server.eio
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection or request."""
        if scope["type"] == "websocket" and scope["path"] == PATH and self._engine.takes(scope, send):
            await self._engine.websocket(scope, receive, send)
        else:
            await self._others(scope, receive, send)


class Pulse:
    """Pings every client, and frees the connections of those who are gone or never said who they are."""

    name = "pulse"

    def __init__(self, server: SocketServer) -> None:
        self._server = server

    async def run(self) -> None:
        """Beat for as long as the process lives."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self.beat()

    async def beat(self) -> None:
        """Look at everybody, once."""
        now, sockets = time.monotonic(), self._server.eio.sockets
        for sid, socket in list(sockets.items()):
            if isinstance(socket, Direct):
                if now - socket.born > ADMISSION_SECONDS and not self._admitted(sid):
                    await hang_up(socket)
                else:
                    await socket.beat(now)
            elif socket.closed:
                sockets.pop(sid, None)
            else:
                await self._check(socket)

    async def _check(self, socket: AsyncSocket) -> None:
        try:
            if not await socket.check_ping_timeout():
                socket.queue.cut()
        except EngineIOError as error:
            log.warning("socket_not_checked", error=repr(error))

    def _admitted(self, engine_sid: str) -> bool:
        return self._server.manager.sid_from_eio_sid(engine_sid, NAMESPACE) is not None


async def hang_up(socket: AsyncSocket) -> None:
    """Close an Engine.IO connection, its websocket included.

    Engine.IO's own `close` sends a packet that the JavaScript client ignores; the `None` closes the websocket.
    """
    if not socket.closed:
        await socket.close(wait=False)
        socket.queue.put_nowait(None)
