"""Deliveries that come together are written together, and nobody suffers from another one."""

import asyncio
from collections.abc import Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from people import Person, firing, notification, resolved

from aurora_rt.alerts import ingest, receiving
from aurora_rt.alerts.batch import MOST_ALERTS, MOST_DELIVERIES, Batch
from aurora_rt.alerts.gathering import Gathering
from aurora_rt.alerts.models import Alert, Incoming
from aurora_rt.alerts.room import Room
from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database

OURS, THEIRS = new_id(), new_id()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def delivery(*fingerprints: str, **told: Any) -> Incoming:
    alerts = [Alert("grafana", one, "A", **{"status": "firing", **told}) for one in fingerprints]
    return Incoming(new_id(), "grafana", alerts)


class Written:
    """Writes when it is let to, and remembers what came in one batch."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Incoming]] = []
        self.go = asyncio.Event()
        self.fails = False

    async def write(self, _: UUID, deliveries: Sequence[Incoming]) -> Set[UUID]:
        self.batches.append(deliveries)
        await self.go.wait()
        if self.fails:
            raise ZeroDivisionError
        return {one.id for one in deliveries}


async def waiting(gathering: Gathering, *deliveries: Incoming) -> list[asyncio.Task[bool]]:
    tasks = [asyncio.ensure_future(gathering.written(OURS, one)) for one in deliveries]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_while_something_is_written_makes_up_the_next_batch() -> None:
    written = Written()
    gathering = Gathering(written.write, at_once=2)
    alone, *together = await waiting(gathering, *(delivery(f"f{n}") for n in range(5)))
    assert [len(one) for one in written.batches] == [1]
    elsewhere = asyncio.ensure_future(gathering.written(THEIRS, delivery("f")))
    await asyncio.sleep(0)
    assert [len(one) for one in written.batches] == [1, 1]  # another organization waits for nobody
    written.go.set()
    assert await asyncio.gather(alone, elsewhere, *together) == [True] * 6
    assert [len(one) for one in written.batches] == [1, 1, 4]
    assert await gathering.written(OURS, delivery("f"))


async def test_what_fails_together_is_dealt_with_one_by_one() -> None:
    written = Written()
    written.fails = True
    gathering = Gathering(written.write, at_once=1)
    tasks = await waiting(gathering, *(delivery(f"f{n}") for n in range(3)))
    written.go.set()
    assert await asyncio.gather(*tasks) == [False] * 3
    written.fails = False
    assert await gathering.written(OURS, delivery("f"))


async def test_a_caller_who_goes_leaves_nobody_waiting() -> None:
    written = Written()
    gathering = Gathering(written.write, at_once=1)
    writing, next_one, gone, last = await waiting(gathering, *(delivery(f"f{n}") for n in range(4)))
    gone.cancel()
    writing.cancel()  # its turn goes to the next one, who goes in the same moment
    await asyncio.sleep(0)
    next_one.cancel()
    written.go.set()
    assert await last
    assert [[one.alerts[0].fingerprint for one in batch] for batch in written.batches][-1] == ["f3"]


def test_a_batch_tells_one_state_of_an_alert_and_is_bounded() -> None:
    batch = Batch(delivery("a", "b"))
    assert batch.take(delivery("b", description="again, with other words"))
    assert not batch.take(delivery("c", "b", status="resolved"))
    assert not batch.take(delivery("c"))  # behind the one that waits
    assert not batch.take(delivery("a", "new"))  # what belongs to "a" may belong to what is told with it
    assert not Batch(delivery("a")).take(delivery("a", started_at=NOON))
    assert batch.take(delivery("d", status="resolved", ended_at=NOON + timedelta(hours=1)))
    assert not batch.take(delivery(*(f"many-{n}" for n in range(MOST_ALERTS))))
    while not batch.is_full:
        assert batch.take(delivery("d", status="resolved", ended_at=NOON + timedelta(hours=1)))
    assert len(batch.deliveries) == MOST_DELIVERIES
    assert not Batch(delivery(*(f"many-{n}" for n in range(MOST_ALERTS + 1)))).take(delivery("a"))


async def test_what_has_to_wait_for_a_batch_holds_up_nobody_else() -> None:
    written = Written()
    gathering = Gathering(written.write, at_once=1)
    told = (delivery("a"), delivery("b"), delivery("b", status="resolved"), delivery("c"), delivery("b"))
    tasks = await waiting(gathering, *told)
    written.go.set()
    assert await asyncio.gather(*tasks) == [True] * 5
    assert [[told.index(one) for one in batch] for batch in written.batches] == [[0], [1, 3], [2], [4]]


async def test_bodies_take_up_no_more_room_than_there_is_and_get_it_in_their_order() -> None:
    room, order = Room(10), []

    async def hold(name: str, size: int, until: asyncio.Event) -> None:
        async with room.taken(size):
            order.append(name)
            await until.wait()

    first, rest = asyncio.Event(), asyncio.Event()
    tasks = [asyncio.ensure_future(hold("large", 8, first))]
    for name, size in (("too large", 99), ("small", 1)):
        await asyncio.sleep(0)
        tasks.append(asyncio.ensure_future(hold(name, size, rest)))
    gone = asyncio.ensure_future(hold("gone", 1, rest))
    await asyncio.sleep(0)
    gone.cancel()
    assert order == ["large"]  # the small one does not overtake: else a large one might wait for ever
    first.set()
    await asyncio.sleep(0.001)
    assert order == ["large", "too large"]
    rest.set()
    await asyncio.gather(*tasks)
    assert order == ["large", "too large", "small"]
    async with room.taken(10):
        pass


async def test_a_bad_delivery_neither_holds_up_nor_loses_those_that_come_with_it(
    onlooker: Person, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    url = await onlooker.webhook()
    place = ingest.place

    def broken_for_some(beginning: Sequence[Alert], *rest: Any, **more: Any) -> Any:
        if any(one.title == "Poison" for one in beginning):
            raise ZeroDivisionError("a rule")
        return place(beginning, *rest, **more)

    monkeypatch.setattr(ingest, "place", broken_for_some)
    bodies = [
        notification(firing("Poison" if n == 5 else f"Alert {n}", fingerprint=f"f{n}")) for n in range(12)
    ]
    answers = await asyncio.gather(*(onlooker.http.post(url, json=body) for body in bodies))
    assert [one.status_code for one in answers] == [202] * 12
    assert [n for n, one in enumerate(answers) if one.json()["status"] == "kept"] == [5]
    page = (await onlooker.http.get("/api/webhook-deliveries")).json()
    assert (len(page["deliveries"]), page["failed"], page["received"]) == (12, 1, 0)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT sum(received_count) FROM alerts") == 11


async def test_what_comes_at_once_again_and_again_is_counted_exactly_and_the_last_word_stays(
    onlooker: Person, database: Database
) -> None:
    url = await onlooker.webhook()
    bodies = [
        notification(
            *(firing(fingerprint=f"f{n}") for n in range(turn % 3 + 1)), resolved(fingerprint="over")
        )
        for turn in range(24)
    ]
    answers = await asyncio.gather(*(onlooker.http.post(url, json=body) for body in bodies))
    assert {one.status_code for one in answers} == {202}
    changed = firing(fingerprint="f0", severity="warning", annotations={"description": "Less bad"})
    await onlooker.http.post(url, json=notification(changed))
    async with database.connection() as connection:
        counts = await connection.fetch("SELECT fingerprint, received_count FROM alerts ORDER BY fingerprint")
        said = await connection.fetch(
            "SELECT severity, description FROM incident_alerts ORDER BY severity, description"
        )
    assert [tuple(row) for row in counts] == [("f0", 25), ("f1", 16), ("f2", 8), ("over", 24)]
    assert [tuple(row) for row in said] == [
        ("critical", "HighCpuUsage is firing"),
        ("critical", "HighCpuUsage is firing"),
        ("warning", "Less bad"),
    ]
    assert len(await onlooker.incidents()) == 1
    assert (await onlooker.http.get("/api/webhook-deliveries", params={"limit": 100})).json()["received"] == 0


async def test_a_token_that_was_just_used_ends_at_once_and_changes_at_once(onlooker: Person) -> None:
    url = await onlooker.webhook("json")
    told = {"id": "7", "name": "Shop", "fingerprint": "7", "title": "Shop", "status": "firing"}
    assert (await onlooker.http.post(url, json=told)).status_code == 202
    (token,) = (await onlooker.http.get("/api/webhook-tokens")).json()["webhookTokens"]
    mapping = {"fingerprint": "id", "title": "name"}
    path = f"/api/webhook-tokens/{token['id']}"
    assert (await onlooker.http.patch(path, json={"mapping": mapping})).status_code == 200
    assert (await onlooker.http.post(url, json={"id": "8", "name": "Basket"})).status_code == 202
    assert {one["alert"]["title"] for one in await onlooker.incidents()} == {"Shop", "Basket"}
    assert (await onlooker.http.delete(path)).status_code == 200
    refused = await onlooker.http.post(url, json={"id": "9", "name": "Late"})
    assert (refused.status_code, refused.json()["code"]) == (401, "webhook_token_invalid")
    assert len(await onlooker.incidents()) == 2


async def test_what_was_written_though_the_answer_to_that_was_lost_counts_once(
    onlooker: Person, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    url = await onlooker.webhook()
    assert (await onlooker.http.post(url, json=notification(firing(fingerprint="f")))).status_code == 202
    write = receiving.ingest

    async def lost(*given: Any) -> Any:
        await write(*given)
        monkeypatch.undo()
        raise ConnectionResetError("while it was committed")

    monkeypatch.setattr(receiving, "ingest", lost)
    again = await onlooker.http.post(url, json=notification(firing(fingerprint="f")))
    assert (again.status_code, again.json()) == (202, {"status": "accepted", "alerts": 1})
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT received_count FROM alerts") == 2
        assert await connection.fetchval("SELECT count(*) FROM webhook_deliveries") == 2
