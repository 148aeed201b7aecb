"""One Socket.IO connection, from its beginning to its end."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import aiohttp
import socketio
from socketio.exceptions import SocketIOError

from aurora_rt.client.errors import Lost, Refused, Unreachable

OPEN_SECONDS: Final = 15.0
ACKNOWLEDGE_SECONDS: Final = 60.0
"""Until the acknowledgement; a join gives it after all that was missed."""
CLOSE_SECONDS: Final = 2.0
NOT_OPENED: Final = (SocketIOError, aiohttp.ClientError, OSError, ValueError)

log = logging.getLogger("aurora_rt.client")
log.addHandler(logging.NullHandler())
log.setLevel(logging.ERROR)  # a lost connection is no news: it is mended

Told = dict[str, Any]


class Link:
    """A connection. It is opened once; when it has ended another one takes its place."""

    def __init__(self, hear: Callable[[str, Told], None], ended: Callable[[], None]) -> None:
        """`hear` gets every message in the order in which they come; `ended` is called once, at the end."""
        self._hear = hear
        self._on_end = ended
        self._waiting: set[asyncio.Future[Told]] = set()
        self._refusal: Refused | None = None
        self.ended = asyncio.Event()
        self._client = socketio.AsyncClient(
            reconnection=False, handle_sigint=False, logger=log, engineio_logger=log
        )
        # Not coroutines: Socket.IO then calls them in the order in which messages come.
        self._client.on("*", self._take)
        self._client.on("connect_error", self._refused)
        self._client.on("disconnect", self._end)

    async def open(self, url: str, headers: dict[str, str], auth: Told | None) -> None:
        """Connect. Raises `Refused` or `Unreachable`."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._client.connect(
                    url,
                    headers=dict(headers),
                    auth=auth,
                    transports=["websocket"],
                    wait_timeout=OPEN_SECONDS,
                )
        except NOT_OPENED as error:
            await self.close()
            raise self._refusal or Unreachable(f"No Aurora RT server answers at {url}.") from error
        except BaseException:
            await self.close()
            raise
        # It may have ended before `connect` returned, and then nobody is told of a disconnection.
        self._client.eio.read_loop_task.add_done_callback(self._end)

    async def call(self, event: str, message: Told, heed: Callable[[Told], None] | None = None) -> Told:
        """Send a message; gives the acknowledgement. Raises `Refused`, or `Lost` when the connection ended first.

        `heed` is called with it at once, before any message that comes after it.
        """
        answered: asyncio.Future[Told] = asyncio.get_running_loop().create_future()

        def take(told: Told) -> None:
            if answered.done():
                return
            if not told.get("ok"):
                answered.set_exception(Refused.of(told))
                return
            if heed is not None:
                heed(told)
            answered.set_result(told)

        self._waiting.add(answered)
        try:
            if self.ended.is_set():
                raise Lost
            async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                await self._client.emit(event, message, callback=take)
                return await answered
        except SocketIOError as error:  # it is no longer connected
            self._waiting.discard(answered)
            self._end()
            raise Lost from error
        except TimeoutError as error:
            raise Lost from error
        finally:
            self._waiting.discard(answered)

    async def close(self) -> None:
        """End the connection; harmless when it has ended."""
        with suppress(*NOT_OPENED):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._client.disconnect()
        self._end()

    def _take(self, event: str, told: object = None, *_: object) -> None:
        if isinstance(told, dict):
            self._hear(event, told)

    def _refused(self, told: object = None, *_: object) -> None:
        reason = told.get("data") if isinstance(told, dict) else None
        if isinstance(reason, dict) and "code" in reason:
            self._refusal = Refused.of(reason)

    def _end(self, *_: object) -> None:
        if self.ended.is_set():
            return
        self.ended.set()
        for answered in self._waiting:
            if not answered.done():
                answered.set_exception(Lost())
        self._on_end()
