"""A change: one transaction that says what it did."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from aurora_rt.clock import now
from aurora_rt.db.pool import Database, Scope
from aurora_rt.events import log
from aurora_rt.events.bus import Bus
from aurora_rt.events.envelope import EventData


@dataclass(frozen=True, slots=True)
class Change(Scope):
    """A scope that also speaks. What is said is written at the end, in the same transaction."""

    said: list[log.Said] = field(default_factory=list)

    def say(self, room: str, event: EventData) -> None:
        """Remember that `event` happened in `room`."""
        self.said.append(log.Said(room, event.event, event.model_dump(mode="json", by_alias=True)))


class Changes:
    """Opens changes: the only way in which anything that somebody watches is written."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    @asynccontextmanager
    async def open(self, organization_id: UUID) -> AsyncIterator[Change]:
        """One transaction. Leaving it well commits it and then tells everybody; an exception undoes it all."""
        async with self._database.connection() as connection:
            async with connection.transaction():
                change = Change(connection, organization_id)
                yield change
                events = await log.append(change, change.said, now())
            for event in events:
                self._bus.tell_event(event)
