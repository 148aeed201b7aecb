"""The HTTP servers that can carry our ASGI app: hypercorn, which is always there, and uvicorn, an extra.

hypercorn speaks HTTP/2, too; uvicorn does HTTP/1.1 at less than half the cost. Whoever starts one owns its
lifetime: neither touches signals, Quart's lifespan, the log's configuration, or what a header claims about the peer.
"""

import asyncio
import math
import socket
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Literal

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from aurora_rt.errors import Misconfigured
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from uvicorn import Server

ServerName = Literal["hypercorn", "uvicorn"]
Carry = Callable[[Any, Settings, socket.socket, asyncio.Event, int], Coroutine[None, None, None]]
"""Serve an app on a bound socket, which is closed at the end, until the event is set and what was begun has ended.

The last argument is the most bytes of a websocket message.
"""

KEEP_ALIVE_SECONDS = 75


def carrier(name: ServerName) -> Carry:
    """The server of that name. Raises `Misconfigured` when it is not installed."""
    if name == "hypercorn":
        return _hypercorn
    try:
        import httptools  # noqa: F401 - an extra
        import uvicorn  # noqa: F401
    except ModuleNotFoundError as error:
        raise Misconfigured(
            f"AURORA_SERVER is uvicorn, but {error.name} is not installed. "
            "Install it with: pip install 'aurora-rt[uvicorn]'"
        ) from error
    return _uvicorn


async def _hypercorn(
    app: Any, settings: Settings, listener: socket.socket, unplug: asyncio.Event, message_limit: int
) -> None:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = settings.shutdown_seconds
    config.include_server_header = False
    config.websocket_max_message_size = message_limit
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.errorlog = None
    await hypercorn_serve(app, config, shutdown_trigger=unplug.wait)


async def _uvicorn(
    app: Any, settings: Settings, listener: socket.socket, unplug: asyncio.Event, message_limit: int
) -> None:
    server = _quiet_uvicorn(app, settings, message_limit)
    async with asyncio.TaskGroup() as running:
        serving = running.create_task(server.serve(sockets=[listener]), name="uvicorn")
        unplugged = running.create_task(unplug.wait(), name="unplugged")
        await asyncio.wait((serving, unplugged), return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True  # it looks ten times a second
        unplugged.cancel()


def _quiet_uvicorn(app: Any, settings: Settings, message_limit: int) -> "Server":
    """uvicorn without its own ideas about the process."""
    import uvicorn

    class Quiet(uvicorn.Server):
        def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
            return nullcontext()  # signals are `serve`'s

    return Quiet(
        uvicorn.Config(
            app,
            http="httptools",
            ws="wsproto",  # hypercorn brings it along
            ws_max_size=message_limit,
            ws_ping_interval=None,  # Engine.IO has pings of its own
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # else whoever is on loopback chooses the address that they are counted as
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds),
        )
    )
