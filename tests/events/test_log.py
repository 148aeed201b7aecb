"""The log: numbered without gaps, in commit order, whatever fails or collides."""

import asyncio
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.events import log
from aurora_rt.events.bus import Bus
from aurora_rt.events.change import Changes
from aurora_rt.events.envelope import EventData


class Noted(EventData):
    """An event for these tests."""

    event: ClassVar[str] = "noted"

    text: str


class GoneWrong(Exception):
    """What a change fails with here."""


async def an_organization(database: Database) -> UUID:
    organization_id = new_id()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'Org')", organization_id)
    return organization_id


async def seqs(database: Database, organization_id: UUID, room: str) -> list[int]:
    async with database.scope(organization_id) as scope:
        return [event.seq for event in await log.replay(scope, room, 0)]


@pytest.fixture
async def changes(database: Database, redis_url: str) -> Changes:
    async with Redis.from_url(redis_url) as redis:
        yield Changes(database, Bus(redis))


async def test_what_is_said_in_one_change_is_numbered_in_its_order(database, changes) -> None:
    organization = await an_organization(database)
    async with changes.open(organization) as change:
        for text in ("one", "two", "three"):
            change.say("incident:a", Noted(text=text))
        change.say("feed", Noted(text="elsewhere"))
    async with database.scope(organization) as scope:
        events = await log.replay(scope, "incident:a", 0)
        assert [(event.seq, event.data["text"]) for event in events] == [(1, "one"), (2, "two"), (3, "three")]
        assert await log.head(scope, "incident:a") == 3
        assert await log.head(scope, "feed") == 1


async def test_a_change_that_fails_says_nothing_and_leaves_no_gap(database, changes) -> None:
    organization = await an_organization(database)
    for attempt in range(6):
        try:
            async with changes.open(organization) as change:
                change.say("incident:a", Noted(text=str(attempt)))
                if attempt % 2:
                    raise GoneWrong
        except GoneWrong:
            continue
    assert await seqs(database, organization, "incident:a") == [1, 2, 3]


async def test_another_organization_sees_none_of_it_and_cannot_write_into_it(database, changes) -> None:
    mine, theirs = await an_organization(database), await an_organization(database)
    async with changes.open(mine) as change:
        change.say("incident:a", Noted(text="ours"))
    async with changes.open(theirs) as change:
        change.say("incident:a", Noted(text="theirs"))
    assert await seqs(database, theirs, "incident:a") == []
    assert await seqs(database, mine, "incident:a") == [1]


ROOMS = ("feed", "incident:a", "incident:b", "incident:c")
changes_of_writers = st.lists(
    st.lists(st.tuples(st.lists(st.sampled_from(ROOMS), min_size=1, max_size=5), st.booleans()), max_size=6),
    min_size=2,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writers=changes_of_writers)
async def test_many_writers_never_deadlock_and_every_room_counts_one_two_three(
    database, changes, writers
) -> None:
    organization = await an_organization(database)
    names = {room: f"{room}/{organization}" for room in ROOMS}
    expected = dict.fromkeys(ROOMS, 0)

    async def write(number: int, what: list[tuple[list[str], bool]]) -> None:
        for rooms, fails in what:
            try:
                async with changes.open(organization) as change:
                    for room in rooms:
                        change.say(names[room], Noted(text=str(number)))
                    if fails:
                        raise GoneWrong
            except GoneWrong:
                continue
            for room in rooms:
                expected[room] += 1

    await asyncio.gather(*(write(number, what) for number, what in enumerate(writers)))
    for room, count in expected.items():
        assert await seqs(database, organization, names[room]) == list(range(1, count + 1))
