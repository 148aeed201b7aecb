"""A room as one reader sees it: a position, a bounded queue, and being a member of it again and again."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final, Self

from aurora_rt.client.errors import UNAVAILABLE, Lost, Refused
from aurora_rt.client.link import Link, Told
from aurora_rt.client.messages import DELTAS, Event, Message, Piece, Resync
from aurora_rt.client.pauses import Pauses
from aurora_rt.client.texts import Texts

QUEUE_BOUND: Final = 1000
"""Messages that wait for the reader, at most."""
PIECES_BOUND: Final = QUEUE_BOUND // 2
"""Above this pieces of text are left out; at this there is room again to ask for events that were left out."""


class Room:
    """What happens in a room, to be iterated by one reader. It ends when the room is left.

    Iterating raises `Refused` once the server will not let the reader in any more.
    """

    def __init__(self, name: str, since: int | None, epoch: str | None) -> None:
        self.name = name
        self._position = since
        """The `seq` up to which the queue got everything; None: not known before the first join."""
        self._epoch = epoch
        self._head = 0
        """The newest `seq` that was heard of: above the position, something must be asked for."""
        self._texts = Texts()
        self._queue: deque[Message] = deque()
        self._held: list[Piece] | None = None
        """Pieces that come during a join: what they follow on is told at its end."""
        self._resyncing = False
        self._over: Refused | bool = False
        self._filled = asyncio.Event()
        self._stirred = asyncio.Event()
        self._settled = asyncio.Event()

    @property
    def joining(self) -> bool:
        """Whether a join of this reader is under way."""
        return self._held is not None

    async def joined(self) -> None:
        """Wait for the first join. Raises `Refused`."""
        await self._settled.wait()
        if isinstance(self._over, Refused):
            raise self._over

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        while not self._queue:
            if isinstance(self._over, Refused):
                raise self._over
            if self._over:
                raise StopAsyncIteration
            self._filled.clear()
            await self._filled.wait()
        if len(self._queue) == PIECES_BOUND + 1:
            self._stirred.set()
        return self._queue.popleft()

    def hear(self, event_type: str, told: Told) -> None:
        """Take a message of this room."""
        if event_type == "resync":
            self._ask_anew()
        elif event_type in DELTAS:
            self._hear_piece(Piece.of(DELTAS[event_type], self.name, told, told["offset"]))
        elif "seq" in told:
            self._hear_event(event_type, told)

    def end(self, refused: Refused | None = None) -> None:
        """End the iteration, after what is in the queue; with `refused`, by raising it."""
        self._over = self._over or refused or True
        self._filled.set()
        self._settled.set()

    def stir(self) -> None:
        """Look again whether a join is needed: the connection has changed."""
        self._stirred.set()

    async def keep(self, present: Callable[[], Awaitable[Link]]) -> None:
        """Be a member, on whatever connection there is, until cancelled or refused."""
        pauses, member_on = Pauses(), None
        try:
            while True:
                link = await present()
                self._stirred.clear()
                if not self._has_room or (member_on is link and not self._is_behind):
                    await self._stirred.wait()
                    continue
                await asyncio.sleep(pauses.next())
                before = self._position
                if await self._join(link):
                    member_on = link
                    if self._position != before or not self._is_behind:
                        pauses.start_over()
        except Refused as refused:
            self.end(refused)

    @property
    def _has_room(self) -> bool:
        return len(self._queue) <= PIECES_BOUND

    @property
    def _is_behind(self) -> bool:
        return self._resyncing or self._head > (self._position or 0)

    async def _join(self, link: Link) -> bool:
        """Join from the position; False when it has to be tried again. Raises `Refused`."""
        joining: dict[str, Any] = {"room": self.name}
        if self._position is not None:
            joining["since"] = self._position
            if self._epoch is not None:
                joining["epoch"] = self._epoch
        self._held = []
        try:
            await link.call("join", joining, self._enter)
        except Lost:
            return False
        except Refused as refused:
            if refused.code != UNAVAILABLE:
                raise
            return False
        finally:
            self._held = None
        return True

    def _enter(self, told: Told) -> None:
        """Take what the acknowledgement of a join tells."""
        if told.get("resync"):
            self._ask_anew()
            return
        held, self._held = self._held or [], None
        self._epoch = told["epoch"]
        if self._position is None:
            self._position = told["seq"]
            if self._resyncing:
                self._resyncing = False
                self._put(Resync(self.name, self._position))
        self._head = max(self._head, told["seq"])
        for text in told["open"]:
            if text["kind"] == "answer" or not self._texts.at_rest:
                self._take_piece(Piece.of(text["kind"], self.name, text, 0))
        for piece in held:
            self._take_piece(piece)
        self._settled.set()

    def _ask_anew(self) -> None:
        """Go on from now: the server cannot tell what came after the position."""
        self._position, self._epoch, self._head = None, None, 0
        self._resyncing = True
        self._stirred.set()

    def _hear_event(self, event_type: str, told: Told) -> None:
        seq = told["seq"]
        self._head = max(self._head, seq)
        if self._position is None or seq > self._position + 1:
            self._stirred.set()
        elif seq == self._position + 1 and len(self._queue) < QUEUE_BOUND:
            event = Event.of(event_type, told)
            self._position = seq
            self._texts.follow(event)
            self._put(event)

    def _hear_piece(self, piece: Piece) -> None:
        if self._held is None:
            self._take_piece(piece)
        elif len(self._held) < PIECES_BOUND:
            self._held.append(piece)

    def _take_piece(self, piece: Piece) -> None:
        fresh = self._texts.fresh(piece)
        if fresh is not None and len(self._queue) < PIECES_BOUND:
            self._texts.take(fresh)
            self._put(fresh)

    def _put(self, message: Message) -> None:
        self._queue.append(message)
        self._filled.set()
