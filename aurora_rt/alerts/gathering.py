"""Group commit: what comes to an organization at the same time is written in one transaction.

What comes alone is written at once. What comes while something is being written waits, and makes up the next batch; so
the more there is to do, the less each delivery costs. Nothing runs beside the calls: whoever comes first writes, and
then one of those who wait writes for all of them. Nobody waits here with more than one call holds, and a batch is
bounded (`batch`).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

import structlog

from aurora_rt.alerts.batch import Batch
from aurora_rt.alerts.models import Incoming

Write = Callable[[UUID, Sequence[Incoming]], Awaitable[Set[UUID]]]
"""Writes deliveries of an organization, and tells which it wrote. An exception: none, or nobody knows."""

Turn = Literal["write", "written", "alone"]
"""What comes of waiting: to write for those who wait, to have been written, or to be dealt with alone."""

NONE: Final[Set[UUID]] = frozenset()

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    delivery: Incoming
    turn: asyncio.Future[Turn]

    def tell(self, turn: Turn) -> bool:
        """Tell the caller what comes of its waiting, unless it has gone."""
        if self.turn.done():
            return False
        self.turn.set_result(turn)
        return True


class Gathering:
    """Writes deliveries together; those of one organization go one batch after another."""

    def __init__(self, write: Write, *, at_once: int) -> None:
        """`at_once`: batches of different organizations that are written at the same time."""
        self._write = write
        self._places = asyncio.Semaphore(at_once)
        self._lines: dict[UUID, deque[_Waiting]] = {}
        """Who waits, of the organizations for which somebody is writing."""

    async def written(self, organization_id: UUID, delivery: Incoming) -> bool:
        """Have a delivery written. False: it has to be dealt with alone, with care."""
        line = self._lines.get(organization_id)
        if line is None:
            self._lines[organization_id] = line = deque()
        else:
            waiting = _Waiting(delivery, asyncio.get_running_loop().create_future())
            line.append(waiting)
            turn = await self._turn(organization_id, line, waiting)
            if turn != "write":
                return turn == "written"
        return delivery.id in await self._write_for_all(organization_id, line, delivery)

    async def _turn(self, organization_id: UUID, line: deque[_Waiting], waiting: _Waiting) -> Turn:
        try:
            return await waiting.turn
        except asyncio.CancelledError:
            if waiting in line:
                line.remove(waiting)
            elif not waiting.turn.cancelled() and waiting.turn.result() == "write":
                self._hand_on(organization_id, line)
            raise

    async def _write_for_all(
        self, organization_id: UUID, line: deque[_Waiting], delivery: Incoming
    ) -> Set[UUID]:
        batch, others, written = Batch(delivery), list[_Waiting](), NONE
        try:
            async with self._places:
                later = deque[_Waiting]()
                while line and not batch.is_full:
                    one = line.popleft()
                    (others if batch.take(one.delivery) else later).append(one)
                line.extendleft(reversed(later))
                written = await self._write(organization_id, batch.deliveries)
        except Exception as error:  # noqa: BLE001 - what fails together is looked at one by one
            log.warning("batch_not_written", deliveries=len(batch.deliveries), error=type(error).__name__)
        finally:
            for one in others:
                one.tell("written" if one.delivery.id in written else "alone")
            self._hand_on(organization_id, line)
        return written

    def _hand_on(self, organization_id: UUID, line: deque[_Waiting]) -> None:
        while line:
            if line.popleft().tell("write"):
                return
        del self._lines[organization_id]
