"""Somebody who writes about an incident as another process does, for tests that must say what comes when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar
from uuid import UUID

from people import Person, firing, notification
from redis.asyncio import Redis

from aurora_rt.chat.schemas import MessageSaid
from aurora_rt.clock import now
from aurora_rt.db.pool import Database
from aurora_rt.events.bus import Bus, TextKind
from aurora_rt.events.change import Changes
from aurora_rt.events.draft import Draft
from aurora_rt.events.envelope import EventData
from aurora_rt.investigation.schemas import ThoughtFinished


class Noted(EventData):
    """An event for tests."""

    event: ClassVar[str] = "noted"

    number: int


class Author:
    """Writes events and texts in one room."""

    def __init__(self, changes: Changes, bus: Bus, organization: Any, room: str) -> None:
        self._changes, self._bus, self._organization, self._room = changes, bus, organization, room

    async def note(self, *numbers: int) -> None:
        """An event for each number, all in one change."""
        await self._say(*(Noted(number=number) for number in numbers))

    def draft(self, text_id: object, kind: TextKind = "thought", session_id: str | None = None) -> Draft:
        """The beginning of a text."""
        return Draft(self._bus, self._room, kind, str(text_id), session_id)

    async def think(self, text_id: UUID, content: str) -> None:
        """The end of a thought."""
        await self._say(ThoughtFinished(id=text_id, content=content, timestamp=now(), type="analysis"))

    async def answer(self, text_id: UUID, session_id: str, text: str, status: str = "complete") -> None:
        """The end of an answer."""
        await self._say(
            MessageSaid(
                id=text_id,
                session_id=UUID(session_id),
                sender="assistant",
                text=text,
                timestamp=now(),
                status=status,
            )
        )

    async def _say(self, *events: EventData) -> None:
        async with self._changes.open(self._organization) as change:
            for event in events:
                change.say(self._room, event)


@asynccontextmanager
async def authoring(
    database: Database, redis_url: str | None, person: Person, room: str
) -> AsyncIterator[Author]:
    """Somebody of that person's organization who writes in a room."""
    async with database.connection() as connection:
        organization = await connection.fetchval("SELECT organization_id FROM users WHERE id = $1", person.id)
    async with Redis.from_url(redis_url or "") as redis:
        bus = Bus(redis)
        sending = asyncio.create_task(bus.run())
        yield Author(Changes(database, bus), bus, organization, room)
        await bus.drained()
        sending.cancel()


async def reported(person: Person) -> dict[str, Any]:
    """A new incident of that person, as it is just after its alert came."""
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint=person.email)))
    (listed,) = await person.incidents()
    return await person.incident(listed["id"])
