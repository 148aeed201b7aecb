"""A connection that mends itself: one link after another, and the rooms that are to be joined on each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from uuid import UUID

from aurora_rt.client.errors import UNAVAILABLE, Lost, Refused, Unreachable
from aurora_rt.client.link import Link, Told
from aurora_rt.client.pauses import Pauses
from aurora_rt.client.room import Room

STEADY_SECONDS: Final = 5.0
"""A connection that lasts this long was a good one: when it is lost, the next try is made at once."""
CLOSED: Final = "The connection is closed."


class Connection:
    """What is between a program and the server, for as long as `opened` lasts."""

    def __init__(self, url: str, headers: dict[str, str], auth: Told | None) -> None:
        self._url = url
        self._headers = headers
        self._auth = auth
        self._link: Link | None = None
        self._refused: Refused | None = None
        self._changed = asyncio.Event()
        self._rooms: dict[Room, asyncio.Task[None]] = {}
        self._running: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connect, and stay connected until the end of the block. Raises `Refused` or `Unreachable`."""
        first = await self._open()
        failure: BaseException | None = None
        async with asyncio.TaskGroup() as running:
            keeping = running.create_task(self._keep(first), name="keep")
            self._running = running
            try:
                yield
            except BaseException as error:  # noqa: BLE001 - raised below: the group would wrap it
                failure = error
            finally:
                self._running = None
                keeping.cancel()
                for room in list(self._rooms):
                    self._drop(room)
                self._changed.set()
        if failure is not None:
            raise failure

    async def present(self) -> Link:
        """The link that is up, once there is one. Raises `Refused` when there will be none."""
        while self._link is None:
            if self._refused is not None:
                raise self._refused
            if self._running is None:
                raise RuntimeError(CLOSED)
            self._changed.clear()
            await self._changed.wait()
        return self._link

    async def call(self, event: str, message: Told) -> Told:
        """Send a message that may safely be sent twice, until it is acknowledged. Raises `Refused`."""
        pauses = Pauses()
        while True:
            link = await self.present()
            await asyncio.sleep(pauses.next())
            try:
                return await link.call(event, message)
            except Lost:
                continue
            except Refused as refused:
                if refused.code != UNAVAILABLE:
                    raise

    def watch(self, name: str, since: int | None = None, epoch: str | None = None) -> Room:
        """A new reader of a room. `forget` must be called at the end."""
        if self._running is None:
            raise RuntimeError(CLOSED)
        room = Room(_canonical(name), since, epoch)
        self._rooms[room] = self._running.create_task(room.keep(self.present), name=f"room {name}")
        return room

    def forget(self, room: Room) -> None:
        """End a reader; the last one of a room leaves it."""
        if self._drop(room) and self._running is not None:
            self._running.create_task(self._leave(room.name), name=f"leave {room.name}")

    async def leave(self, name: str) -> None:
        """End all readers of a room, and leave it."""
        name = _canonical(name)
        for room in [one for one in self._rooms if one.name == name]:
            self._drop(room)
        await self._leave(name)

    def _drop(self, room: Room) -> bool:
        task = self._rooms.pop(room, None)
        if task is not None:
            task.cancel()
            room.end()
        return task is not None

    async def _leave(self, name: str) -> None:
        if self._link is not None and not any(one.name == name for one in self._rooms):
            with suppress(Lost, Refused):
                await self._link.call("leave", {"room": name})

    async def _keep(self, link: Link) -> None:
        pauses = Pauses()
        clock = asyncio.get_running_loop()
        try:
            while True:
                began = clock.time()
                self._use(link)
                await link.ended.wait()
                await link.close()
                if clock.time() - began >= STEADY_SECONDS:
                    pauses.start_over()
                link = await self._open_again(pauses)
        except Refused as refused:
            self._refused = refused
            self._changed.set()
        finally:
            await link.close()

    async def _open_again(self, pauses: Pauses) -> Link:
        while True:
            await asyncio.sleep(pauses.next())
            with suppress(Unreachable):
                return await self._open()

    async def _open(self) -> Link:
        link = Link(self._hear, self._down)
        await link.open(self._url, self._headers, self._auth)
        return link

    def _use(self, link: Link) -> None:
        if not link.ended.is_set():
            self._link = link
            self._changed.set()
            self._stir()

    def _down(self) -> None:
        self._link = None
        self._stir()

    def _stir(self) -> None:
        for room in self._rooms:
            room.stir()

    def _hear(self, event: str, told: Told) -> None:
        readers = [room for room in self._rooms if room.name == told.get("room")]
        if event == "resync" and any(room.joining for room in readers):
            return  # it is about a join, whose acknowledgement says so too, and to the right reader
        for room in readers:
            room.hear(event, told)


def _canonical(room: str) -> str:
    """The name by which the server knows a room, whichever way its UUID is written."""
    kind, colon, given = room.partition(":")
    try:
        return f"{kind}:{UUID(given)}" if colon else room
    except ValueError:
        return room
