"""A program that watches: each event once and in order, each text whole, whatever happens in between."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from authors import Author, authoring, reported
from people import PATIENCE, Person, eventually
from programs import free_port, life
from whole import Server
from wires import wire_to

from aurora_rt.client import Event, Message, Piece, Refused, Resync, Room, Unreachable, connect
from aurora_rt.client.room import QUEUE_BOUND
from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


async def until(room: Room, enough: Callable[[list[Message]], Any]) -> list[Message]:
    """What a room tells, until it is enough."""
    heard: list[Message] = []
    async with asyncio.timeout(2 * PATIENCE):
        while not enough(heard):
            heard.append(await anext(room))
    return heard


def seqs(heard: list[Message]) -> list[int]:
    return [one.seq for one in heard if isinstance(one, Event)]


def notes(heard: list[Message]) -> list[int]:
    return [one.data["number"] for one in heard if isinstance(one, Event) and one.type == "noted"]


def texts(heard: list[Message]) -> dict[str, str]:
    """The texts that the pieces make; each piece must be the next one."""
    made: dict[str, str] = {}
    for one in heard:
        if isinstance(one, Piece):
            assert one.offset == len(made.get(one.id, ""))
            made[one.id] = made.get(one.id, "") + one.text
    return made


def thoughts(heard: list[Message]) -> dict[str, str]:
    told = [one.data for one in heard if isinstance(one, Event) and one.type == "thought"]
    return {one["id"]: one["content"] for one in told}


def analysis_ended(heard: list[Message]) -> bool:
    match heard:
        case [*_, Event(type="status", data={"auroraStatus": "complete"})]:
            return True
    return False


async def test_an_investigation_is_told_once_and_in_order_and_its_texts_as_they_are_written(
    person: Person, fresh: dict[str, Any]
) -> None:
    async with (
        connect(person.base_url, token=await person.token("read")) as aurora,
        aurora.join(fresh["room"], since=0) as room,
    ):
        heard = await until(room, analysis_ended)
        told = await aurora.incident(fresh["id"])
    assert seqs(heard) == list(range(1, told["seq"] + 1))
    assert thoughts(heard) == {one["id"]: one["content"] for one in told["streamingThoughts"]}
    written = texts(heard)
    assert written
    for text_id, text in written.items():
        assert thoughts(heard).get(text_id, told["summary"]).startswith(text)


async def test_who_comes_in_the_middle_of_a_text_gets_its_beginning_and_the_rest(
    onlooker: Person, incident: dict[str, Any], author: Author
) -> None:
    draft, whole = author.draft(text_id := uuid4()), "Grüße, 世界 🌍: and on, 🌍🌍 to the end."
    async with (
        connect(onlooker.base_url, token=await onlooker.token()) as aurora,
        aurora.join(incident["room"]) as early,
    ):
        draft.write(whole[:12])
        heard = await until(early, texts)
        async with aurora.join(incident["room"]) as late:
            draft.write(whole[12:25])
            draft.complete(whole)
            for room, before in ((early, heard), (late, [])):
                await until(room, lambda rest, before=before: texts(before + rest) == {str(text_id): whole})
            await author.think(text_id, whole)
            draft.end()
            for room in (early, late):
                assert thoughts(await until(room, thoughts)) == {str(text_id): whole}


async def test_a_server_that_restarts_costs_no_event_and_repeats_none(
    settings: Settings, database: Database
) -> None:
    port = free_port()
    async with AsyncExitStack() as first_life:
        url = await first_life.enter_async_context(life("web", port, settings))
        person = await Person.registered(url)
        incident = await reported(person)
        async with (
            connect(url, token=await person.token()) as aurora,
            aurora.join(incident["room"], since=incident["seq"], epoch=incident["epoch"]) as room,
            authoring(database, settings.redis_url, person, incident["room"]) as author,
        ):
            await author.note(1, 2, 3)
            heard = await until(room, lambda heard: len(notes(heard)) == 3)
            await person.close()
            await first_life.aclose()
            await author.note(4, 5)
            async with life("web", port, settings):
                heard += await until(room, lambda heard: len(notes(heard)) == 2)
                await author.note(6, 7)
                heard += await until(room, lambda heard: len(notes(heard)) == 2)
    assert notes(heard) == [1, 2, 3, 4, 5, 6, 7]
    assert seqs(heard) == list(range(incident["seq"] + 1, incident["seq"] + 8))


async def test_a_connection_that_breaks_again_and_again_costs_no_event_and_no_text(
    onlooker: Person, incident: dict[str, Any], author: Author
) -> None:
    draft, whole = author.draft(text_id := uuid4()), "It is the 🌍 that turns. " * 20
    async with (
        wire_to(onlooker.base_url) as wire,
        connect(wire.url, token=await onlooker.token()) as aurora,
        aurora.join(incident["room"], since=incident["seq"]) as room,
    ):
        heard: list[Message] = []
        for number in range(8):
            await author.note(number)
            draft.write(whole[number * 60 : number * 60 + 60])
            if number % 2:
                heard += await until(room, lambda heard: len(notes(heard)) == 2)
            wire.cut()
        draft.complete(whole)
        await author.think(text_id, whole)
        draft.end()
        heard += await until(room, thoughts)
    assert wire.connections > 4
    assert notes(heard) == list(range(8))
    assert seqs(heard) == list(range(incident["seq"] + 1, incident["seq"] + 10))
    assert whole.startswith(texts(heard).get(str(text_id), ""))


async def test_two_readers_of_a_room_have_a_position_each(
    onlooker: Person, incident: dict[str, Any], author: Author
) -> None:
    async with (
        connect(onlooker.base_url, token=await onlooker.token()) as aurora,
        aurora.join(incident["room"].upper().replace("INCIDENT", "incident")) as now,
    ):
        await author.note(1, 2)
        assert notes(await until(now, lambda heard: len(notes(heard)) == 2)) == [1, 2]
        async with aurora.join(incident["room"], since=0) as then:
            heard = await until(then, lambda heard: len(notes(heard)) == 2)
            assert seqs(heard) == list(range(1, incident["seq"] + 3))
        await author.note(3)
        assert notes(await until(now, notes)) == [3]
        await aurora.leave(incident["room"])
        with pytest.raises(StopAsyncIteration):
            await anext(now)


async def test_a_position_that_the_server_does_not_know_is_told_and_the_reader_goes_on_from_now(
    onlooker: Person, incident: dict[str, Any], author: Author
) -> None:
    async with connect(onlooker.base_url, token=await onlooker.token()) as aurora:
        for position in ({"since": 1, "epoch": "another"}, {"since": 10_000}):
            told = await aurora.incident(incident["id"])
            async with (
                aurora.join(incident["room"]) as other,
                aurora.join(incident["room"], **position) as room,
            ):
                await author.note(1)
                heard = await until(room, notes)
                assert heard[0] == Resync(incident["room"], told["seq"])
                assert seqs(heard) == [told["seq"] + 1]
                assert seqs(await until(other, notes)) == [told["seq"] + 1]


async def test_who_does_not_read_keeps_a_bounded_queue_and_misses_no_event(
    onlooker: Person, incident: dict[str, Any], author: Author
) -> None:
    many = 3 * QUEUE_BOUND
    draft, written = author.draft(text_id := uuid4()), ""
    async with (
        connect(onlooker.base_url, token=await onlooker.token()) as aurora,
        aurora.join(incident["room"], since=incident["seq"]) as room,
    ):
        for first in range(0, many, 500):
            await author.note(*range(first, first + 500))
            draft.write(f"{first} ")
            written += f"{first} "
        await eventually(lambda: asyncio.sleep(0, len(room._queue)), lambda waiting: waiting == QUEUE_BOUND)
        heard = await until(room, lambda heard: len(notes(heard)) == many)
        assert len(room._queue) <= QUEUE_BOUND
        assert notes(heard) == list(range(many))
        assert written.startswith(texts(heard).get(str(text_id), ""))


async def test_what_the_server_refuses_is_an_error_with_its_sentence_and_code(
    onlooker: Person, incident: dict[str, Any], web_server: Server
) -> None:
    with pytest.raises(Refused) as refused:
        async with connect(onlooker.base_url, token="aur_nonsense"):
            pass
    assert refused.value.code == "unauthenticated"
    stranger = await Person.registered(web_server.base_url)
    async with connect(stranger.base_url, token=await stranger.token()) as aurora:
        for room in (incident["room"], "incident:nonsense", "elsewhere"):
            with pytest.raises(Refused, match="There is no such"):
                async with aurora.join(room):
                    pass
        with pytest.raises(Refused) as refused:
            await aurora.incident(incident["id"])
        assert refused.value.code == "incident_not_found"
        with pytest.raises(Refused):
            await aurora.cancel_investigation(incident["id"])
        assert (await aurora.incidents(limit=10))["incidents"] == []


async def test_a_token_that_is_revoked_ends_the_iteration_with_a_refusal(
    onlooker: Person, incident: dict[str, Any]
) -> None:
    token = await onlooker.token()
    async with connect(onlooker.base_url, token=token) as aurora, aurora.join(incident["room"]) as room:
        (made,) = (await onlooker.http.get("/api/auth/tokens")).json()["tokens"]
        await onlooker.http.delete(f"/api/auth/tokens/{made['id']}")
        with pytest.raises(Refused) as refused:
            await until(room, lambda _: False)
        assert refused.value.code == "unauthenticated"


async def test_a_cookie_is_as_good_as_a_token(onlooker: Person, incident: dict[str, Any]) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in onlooker.http.cookies.items())
    async with connect(onlooker.base_url, cookie=cookie) as aurora, aurora.join("feed", since=0) as feed:
        (told, *_) = await until(feed, seqs)
        assert isinstance(told, Event)
        assert told.data["id"] == incident["id"]
        assert (await aurora.incident(incident["id"]))["room"] == incident["room"]


async def test_no_server_is_an_error_of_its_own_and_an_error_of_the_caller_passes_unchanged(
    onlooker: Person,
) -> None:
    for url in (f"http://127.0.0.1:{free_port()}", "nonsense"):
        with pytest.raises(Unreachable):
            async with connect(url, token="aur_x"):
                pass
    with pytest.raises(ZeroDivisionError):
        async with connect(onlooker.base_url, token=await onlooker.token()) as aurora, aurora.join("feed"):
            _ = 1 // 0
