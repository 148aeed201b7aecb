"""Rooms: nothing missed, nothing twice, in order, whatever dies in between."""

import asyncio
from collections.abc import AsyncIterator
from typing import ClassVar

import asyncpg
import pytest
from people import Person, eventually, firing, notification
from redis.asyncio import Redis
from whole import Server

from aurora_rt.db.pool import Database
from aurora_rt.events.bus import Bus
from aurora_rt.events.change import Changes
from aurora_rt.events.draft import Draft
from aurora_rt.events.envelope import EventData, incident_room

pytestmark = pytest.mark.usefixtures("people")


class Noted(EventData):
    """An event for these tests."""

    event: ClassVar[str] = "noted"

    number: int


@pytest.fixture
async def incident(onlooker: Person) -> dict:
    await onlooker.http.post(await onlooker.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await onlooker.incidents()
    return await onlooker.incident(listed["id"])


@pytest.fixture
async def outside(database: Database, redis_url: str) -> AsyncIterator[Changes]:
    """Somebody in another process who writes, and whose hints leave through the bus of that process."""
    async with Redis.from_url(redis_url) as redis:
        bus = Bus(redis)
        sending = asyncio.create_task(bus.run())
        yield Changes(database, bus)
        await bus.drained()
        sending.cancel()


@pytest.fixture
async def silent(database: Database) -> Changes:
    """A writer that dies between commit and publish: what it does is never hinted at."""
    return Changes(database, Bus(Redis.from_url("redis://127.0.0.1:1")))


async def organization_of(database: Database, person: Person) -> object:
    async with database.connection() as connection:
        return await connection.fetchval("SELECT organization_id FROM users WHERE id = $1", person.id)


async def say(changes: Changes, organization: object, room: str, *numbers: int) -> None:
    for number in numbers:
        async with changes.open(organization) as change:
            change.say(room, Noted(number=number))


async def test_a_member_hears_what_happens_elsewhere_in_order(onlooker, incident, database, outside) -> None:
    organization = await organization_of(database, onlooker)
    watcher = await onlooker.watching(incident["room"])
    await say(outside, organization, incident["room"], *range(50))
    await watcher.until(lambda one: len(one.events("noted")) == 50)
    assert [one["data"]["number"] for one in watcher.events("noted")] == list(range(50))
    assert watcher.seqs(incident["room"]) == list(range(incident["seq"] + 1, incident["seq"] + 51))


async def test_a_member_who_was_offline_gets_each_event_once(onlooker, incident, database, outside) -> None:
    organization = await organization_of(database, onlooker)
    await say(outside, organization, incident["room"], *range(1200))
    watcher = await onlooker.watching()
    ack = await watcher.call(
        "join", {"room": incident["room"], "since": incident["seq"] + 100, "epoch": incident["epoch"]}
    )
    assert ack["ok"]
    assert ack["replayed"] == 1100
    assert ack["seq"] == incident["seq"] + 1200
    assert watcher.seqs(incident["room"]) == list(range(incident["seq"] + 101, incident["seq"] + 1201))


async def test_an_event_whose_hint_was_lost_arrives_all_the_same(
    onlooker, incident, database, silent
) -> None:
    organization = await organization_of(database, onlooker)
    watcher = await onlooker.watching(incident["room"])
    await say(silent, organization, incident["room"], 1, 2, 3)
    await watcher.until(lambda one: len(one.events("noted")) == 3)
    assert [one["data"]["number"] for one in watcher.events("noted")] == [1, 2, 3]


async def test_a_position_of_another_life_of_the_database_is_answered_by_resync(onlooker, incident) -> None:
    watcher = await onlooker.watching()
    for joining in ({"since": 1, "epoch": "another"}, {"since": incident["seq"] + 99}):
        ack = await watcher.call("join", {"room": incident["room"], **joining})
        assert ack["ok"]
        assert ack["epoch"] == incident["epoch"]
    await watcher.until(lambda one: len(one.events("resync")) == 2)
    assert watcher.events("resync") == [{"room": incident["room"]}] * 2
    assert watcher.seqs(incident["room"]) == []


async def test_who_joins_while_a_text_is_written_gets_the_beginning_and_the_rest(
    onlooker, incident, outside
) -> None:
    draft = Draft(outside._bus, incident["room"], "thought", "t1")
    draft.write("Grüße, 世界 🌍: ")
    await asyncio.sleep(0.1)
    watcher = await onlooker.watching()
    ack = await eventually(lambda: watcher.call("join", {"room": incident["room"]}), lambda ack: ack["open"])
    assert ack["open"] == [{"kind": "thought", "id": "t1", "text": "Grüße, 世界 🌍: ", "offset": 13}]
    draft.write("and on. ")
    await watcher.until(lambda one: one.events("thought:delta"))
    assert watcher.events("thought:delta") == [
        {"room": incident["room"], "id": "t1", "offset": 13, "text": "and on. "}
    ]
    draft.end()
    await eventually(lambda: watcher.call("join", {"room": incident["room"]}), lambda ack: not ack["open"])


async def test_the_feed_tells_of_new_incidents_and_of_changes(onlooker, web_server) -> None:
    watcher = await onlooker.watching("feed")
    await onlooker.http.post(await onlooker.webhook(), json=notification(firing(fingerprint="f")))
    await watcher.until(lambda one: one.events("incident"))
    listed = watcher.events("incident")[0]
    assert listed["room"] == "feed"
    assert listed["data"] == (await onlooker.incidents())[0]
    await onlooker.http.patch(f"/api/incidents/{listed['data']['id']}", json={"status": "resolved"})
    await watcher.until(lambda one: one.events("incident")[-1]["data"]["status"] == "resolved")


async def test_every_room_refuses_a_stranger(onlooker, incident, web_server: Server) -> None:
    stranger = await Person.registered(web_server.base_url)
    watcher = await stranger.watching()
    for room, code in (
        (incident["room"], "incident_not_found"),
        ("incident:nonsense", "room_not_found"),
        ("chat:0192f0c4-0000-7000-8000-000000000000", "chat_session_not_found"),
        ("elsewhere", "room_not_found"),
    ):
        ack = await watcher.call("join", {"room": room})
        assert (ack["ok"], ack["code"]) == (False, code)
    await onlooker.http.patch(f"/api/incidents/{incident['id']}", json={"summary": "secret"})
    assert (await watcher.call("join", {"room": "feed"}))["seq"] == 0
    assert watcher.heard == []


@pytest.mark.parametrize("argument", [None, 7, "feed", [], {}, {"room": 7}, {"room": "feed", "since": -1}])
async def test_a_bad_message_is_refused_with_a_sentence(onlooker, argument) -> None:
    watcher = await onlooker.watching()
    ack = await watcher.call("join", argument)
    assert (ack["ok"], ack["code"]) == (False, "invalid_request")
    assert ack["error"]


async def test_nobody_connects_without_signing_in(web_server: Server) -> None:
    import socketio

    client = socketio.AsyncClient(reconnection=False)
    refusals: list[object] = []
    client.on("connect_error", lambda refusal: refusals.append(refusal))
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(web_server.base_url, transports=["websocket"])
    assert refusals[0]["data"]["code"] == "unauthenticated"


async def test_one_connection_may_be_in_sixty_four_rooms(onlooker, incident, database, outside) -> None:
    organization = await organization_of(database, onlooker)
    async with database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO chat_sessions (id, organization_id, user_id, title, created_at, updated_at)
            SELECT gen_random_uuid(), $1, $2, 't', now(), now() FROM generate_series(1, 65)
            """,
            organization,
            onlooker.id,
        )
        rows = await connection.fetch("SELECT id FROM chat_sessions")
    watcher = await onlooker.watching()
    acks = [await watcher.call("join", {"room": f"chat:{row['id']}"}) for row in rows]
    assert [ack["ok"] for ack in acks] == [True] * 64 + [False]
    assert acks[-1]["code"] == "too_many_rooms"


async def test_one_connection_has_sixty_four_messages_carried_out_at_once(onlooker, incident) -> None:
    watcher = await onlooker.watching()
    acks = await asyncio.gather(*(watcher.call("join", {"room": incident["room"]}) for _ in range(300)))
    refused = [ack for ack in acks if not ack["ok"]]
    assert {ack["code"] for ack in refused} == {"too_many_messages"}
    assert refused[0]["retry_after"] == 1.0
    assert len(acks) - len(refused) >= 64
    assert (await watcher.call("join", {"room": incident["room"]}))["ok"]


async def test_the_epoch_is_told_with_every_snapshot(onlooker, incident, database_url) -> None:
    connection = await asyncpg.connect(database_url)
    assert incident["epoch"] == await connection.fetchval("SELECT epoch FROM database_identity")
    await connection.close()
    assert incident_room(incident["id"]) == incident["room"]
