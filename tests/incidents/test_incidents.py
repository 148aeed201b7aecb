"""Incidents over REST: read at one moment, changed within what is allowed, heard of by everybody."""

import asyncio

import pytest
from people import Person, firing, notification


@pytest.fixture
async def incident(onlooker: Person) -> dict:
    await onlooker.http.post(await onlooker.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await onlooker.incidents()
    return await onlooker.incident(listed["id"])


async def test_a_change_is_kept_and_heard_in_the_room_and_in_the_feed(
    onlooker: Person, incident: dict
) -> None:
    watcher = await onlooker.watching("feed", incident["room"])
    change = {
        "status": "resolved",
        "auroraStatus": "complete",
        "summary": "Scaled the pods.",
        "activeTab": "chat",
    }
    answer = await onlooker.http.patch(f"/api/incidents/{incident['id']}", json=change)
    assert answer.json() == {"success": True, "id": incident["id"]}
    shown = await onlooker.incident(incident["id"])
    assert {name: shown[name] for name in change} == change
    assert shown["resolvedAt"]
    await watcher.until(
        lambda one: len(one.events("incident")) == 2 and one.events("status") and one.events("summary")
    )
    assert watcher.events("status")[0]["data"] == {"status": "resolved", "auroraStatus": "complete"}
    assert watcher.events("summary")[0]["data"] == {"summary": "Scaled the pods."}
    assert {one["room"] for one in watcher.events("incident")} == {"feed", incident["room"]}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"unknown": 1},
        {"status": "closed"},
        {"status": None},
        {"auroraStatus": "summarizing"},
        {"activeTab": "graph"},
        {"summary": "x" * 10_001},
        {"summary": 7},
        {"summary": "a\u0000b"},
        [],
        "resolved",
    ],
)
async def test_a_change_that_is_not_allowed_is_refused_and_changes_nothing(
    onlooker: Person, incident: dict, change: object
) -> None:
    answer = await onlooker.http.patch(f"/api/incidents/{incident['id']}", json=change)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert await onlooker.incident(incident["id"]) == incident


async def test_changes_at_the_same_time_all_happen_one_after_another(
    onlooker: Person, incident: dict
) -> None:
    watcher = await onlooker.watching(incident["room"], since=incident["seq"], epoch=incident["epoch"])
    answers = await asyncio.gather(
        *(
            onlooker.http.patch(f"/api/incidents/{incident['id']}", json={"summary": str(number)})
            for number in range(20)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    await watcher.until(lambda one: len(one.events("summary")) == 20)
    shown = await onlooker.incident(incident["id"])
    assert watcher.events("summary")[-1]["data"]["summary"] == shown["summary"]
    assert watcher.events("incident")[-1]["data"]["updatedAt"] == shown["updatedAt"]


async def test_a_snapshot_says_from_where_to_listen_on(onlooker: Person, incident: dict) -> None:
    listing = (await onlooker.http.get("/api/incidents")).json()
    watcher = await onlooker.watching()
    for room, seen in (("feed", listing), (incident["room"], incident)):
        ack = await watcher.call("join", {"room": room, "since": seen["seq"], "epoch": seen["epoch"]})
        assert (ack["ok"], ack["replayed"], ack["seq"]) == (True, 0, seen["seq"])
