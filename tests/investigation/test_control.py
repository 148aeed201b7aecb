"""Starting and cancelling investigations: by anybody who may, at any moment, keeping what was found."""

import asyncio

import pytest
from people import Person, eventually, firing, notification

from aurora_rt import jobs
from aurora_rt.db.pool import Database
from aurora_rt.incidents.lifecycle import first_investigation_id
from aurora_rt.investigation.queries import select_said_ids

pytestmark = pytest.mark.usefixtures("people")


async def alerted(person: Person) -> str:
    """The id of an incident that just began."""
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await person.incidents()
    return listed["id"]


def path(incident_id: str) -> str:
    return f"/api/incidents/{incident_id}/investigation"


async def ended(person: Person, incident_id: str) -> dict:
    return await eventually(
        lambda: person.incident(incident_id), lambda one: one["auroraStatus"] in ("complete", "error")
    )


async def states(database: Database, incident_id: str) -> list[str]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT status FROM investigations WHERE incident_id = $1 ORDER BY created_at", incident_id
        )
    return [row["status"] for row in rows]


async def test_cancelling_is_seen_by_others_and_keeps_what_was_found(
    person: Person, database: Database
) -> None:
    incident_id = await alerted(person)
    begun = await eventually(lambda: person.incident(incident_id), lambda one: one["streamingThoughts"])
    colleague = await person.watching("feed", begun["room"])
    answer = await person.http.delete(path(incident_id))
    assert (answer.status_code, answer.json()) == (200, {"success": True, "id": incident_id})
    await colleague.until(lambda one: one.events("status"))
    assert colleague.events("status")[-1]["data"] == {"status": "investigating", "auroraStatus": "idle"}
    shown = await person.incident(incident_id)
    assert shown["streamingThoughts"][: len(begun["streamingThoughts"])] == begun["streamingThoughts"]
    assert shown["summary"] == ""
    async with database.connection() as connection:
        await eventually(
            lambda: connection.fetchval("SELECT count(*) FROM pgqueuer"), lambda waiting: waiting == 0
        )
    assert await states(database, incident_id) == ["cancelled"]
    again = await person.incident(incident_id)
    assert (again["seq"], again["auroraStatus"]) == (shown["seq"], "idle")


async def test_the_socket_cancels_too_and_says_when_there_is_nothing_to_cancel(onlooker: Person) -> None:
    incident_id = await alerted(onlooker)
    watcher = await onlooker.watching("feed")
    assert await watcher.call("investigation:cancel", {"incident_id": incident_id}) == {"ok": True}
    refused = await watcher.call("investigation:cancel", {"incident_id": incident_id})
    assert (refused["ok"], refused["code"]) == (False, "no_investigation_running")
    answer = await onlooker.http.delete(path(incident_id))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_investigation_running")


@pytest.mark.parametrize("which", ["first", "second"])
async def test_an_investigation_cancelled_in_the_queue_never_starts(
    onlooker: Person, database: Database, which: str
) -> None:
    incident_id = await alerted(onlooker)
    if which == "second":
        assert (await onlooker.http.delete(path(incident_id))).status_code == 200
        assert (await onlooker.http.post(path(incident_id))).status_code == 202
    assert (await onlooker.http.delete(path(incident_id))).status_code == 200
    assert set(await states(database, incident_id)) == {"cancelled"}
    shown = await onlooker.incident(incident_id)
    assert (shown["auroraStatus"], shown["streamingThoughts"]) == ("idle", [])
    async with database.connection() as connection:
        payloads = await connection.fetch("SELECT payload FROM pgqueuer ORDER BY id")
        organization_id = await connection.fetchval("SELECT organization_id FROM incidents")
    queued = [jobs.Investigate.model_validate_json(row["payload"]) for row in payloads]
    assert str(queued[0].incident_id) == incident_id
    assert queued[0].investigation_id == first_investigation_id(queued[0].incident_id)
    assert queued[0].organization_id == organization_id


async def test_only_one_of_many_who_ask_at_once_starts_an_investigation(
    onlooker: Person, database: Database
) -> None:
    incident_id = await alerted(onlooker)
    while_queued = await onlooker.http.post(path(incident_id))
    assert (while_queued.status_code, while_queued.json()["code"]) == (409, "investigation_running")
    await onlooker.http.delete(path(incident_id))
    answers = await asyncio.gather(*(onlooker.http.post(path(incident_id)) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7
    assert await states(database, incident_id) == ["cancelled", "queued"]
    assert (await onlooker.incident(incident_id))["auroraStatus"] == "running"


async def test_a_second_investigation_keeps_what_the_first_found_and_repeats_nothing(person: Person) -> None:
    incident_id = await alerted(person)
    first = await ended(person, incident_id)
    watcher = await person.watching(first["room"], since=first["seq"], epoch=first["epoch"])
    assert (await person.http.post(path(incident_id))).status_code == 202
    await watcher.until(
        lambda one: [e["data"]["auroraStatus"] for e in one.events("status")] == ["running", "complete"]
    )
    second = await person.incident(incident_id)
    for kind in ("streamingThoughts", "citations", "suggestions"):
        assert second[kind][: len(first[kind])] == first[kind]
    assert len(second["citations"]) > len(first["citations"])
    for kind, field in (("streamingThoughts", "content"), ("citations", "key"), ("suggestions", "title")):
        values = [one[field] for one in second[kind]]
        assert len(values) == len(set(values)), kind
    written = {piece["id"] for piece in watcher.events("thought:delta")}
    assert written <= {one["id"] for one in second["streamingThoughts"]}
    assert second["status"] == "analyzed"


async def test_an_investigation_can_be_cancelled_before_its_worker_came_back_from_the_dead(
    person: Person, database: Database
) -> None:
    incident_id = await alerted(person)
    await eventually(lambda: person.incident(incident_id), lambda one: one["streamingThoughts"])
    await person.http.delete(path(incident_id))
    before = await person.incident(incident_id)
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT id, organization_id, incident_id FROM investigations")
    assert row is not None
    async with database.scope(row["organization_id"]) as scope:
        said = await select_said_ids(scope, row["id"])
    again = jobs.Investigate(
        organization_id=row["organization_id"], incident_id=row["incident_id"], investigation_id=row["id"]
    )
    async with database.transaction(row["organization_id"]) as scope:
        await jobs.enqueue(scope.connection, [again], [0])  # as if the dead worker's lease had run out
    async with database.connection() as connection:
        await eventually(
            lambda: connection.fetchval("SELECT count(*) FROM pgqueuer"), lambda waiting: waiting == 0
        )
    assert await person.incident(incident_id) == before
    assert {one["id"] for one in before["streamingThoughts"]} <= {str(one) for one in said}


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_strangers_and_viewers_are_kept_away(onlooker: Person, database: Database, method: str) -> None:
    incident_id = await alerted(onlooker)
    stranger = await Person.registered(onlooker.base_url)
    answer = await stranger.http.request(method, path(incident_id))
    assert (answer.status_code, answer.json()["code"]) == (404, "incident_not_found")
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET role = 'viewer' WHERE id = $1", onlooker.id)
    answer = await onlooker.http.request(method, path(incident_id))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
