"""Merging incidents: what is one problem is shown as one, and can be taken apart again as if nothing had been."""

import asyncio
import random
import uuid
from typing import Any

import httpx
import pytest
from people import Person, Watcher, firing, notification, resolved

from aurora_rt.db.pool import Database

pytestmark = pytest.mark.usefixtures("people")

LATER = "2026-03-01T12:00:00Z"


class Desk:
    """A person with a webhook and incidents by name."""

    def __init__(self, person: Person, webhook: str) -> None:
        self.person = person
        self.webhook = webhook

    async def sent(self, *alerts: dict[str, Any]) -> None:
        answer = await self.person.http.post(self.webhook, json=notification(*alerts))
        assert answer.status_code == 202, answer.text

    async def named(self, title: str) -> dict[str, Any]:
        (one,) = [one for one in await self.person.incidents() if one["alert"]["title"] == title]
        return await self.person.incident(one["id"])

    async def merge(self, one: str, into: str) -> httpx.Response:
        return await self.person.http.post(f"/api/incidents/{one}/merge", json={"into": into})

    async def unmerge(self, one: str) -> httpx.Response:
        return await self.person.http.post(f"/api/incidents/{one}/unmerge")


@pytest.fixture
async def desk(onlooker: Person) -> Desk:
    """Three incidents: Disk (two alerts), Queue (critical), Web."""
    desk = Desk(onlooker, await onlooker.webhook())
    await desk.sent(
        firing("Disk", fingerprint="d1", service="db", severity="warning"),
        firing("Disk", fingerprint="d2", service="db", severity="warning", instance="2"),
    )
    await desk.sent(firing("Queue", fingerprint="q", service="queue"))
    await desk.sent(firing("Web", fingerprint="w", service="web", severity="warning"))
    return desk


def shown(incident: dict[str, Any]) -> dict[str, Any]:
    """What must be the same after merging and unmerging."""
    moving = {"updatedAt", "seq", "auroraStatus"}
    return {name: value for name, value in incident.items() if name not in moving}


async def test_a_merged_incident_points_to_the_other_which_shows_its_alerts(desk: Desk) -> None:
    queue, web = await desk.named("Queue"), await desk.named("Web")
    watcher = await desk.person.watching("feed", queue["room"], web["room"])
    answer = await desk.merge(queue["id"], web["id"])
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "id": queue["id"], "mergedInto": web["id"]}
    merged, target = await desk.named("Queue"), await desk.named("Web")
    assert (merged["status"], merged["mergedInto"]) == ("merged", web["id"])
    assert merged["auroraStatus"] == "idle"  # it waited to be investigated; nobody does that now
    assert (target["correlatedAlertCount"], target["severity"]) == (1, "critical")
    assert (target["affectedServices"], target["mergedInto"]) == (["queue", "web"], None)
    (alert,) = target["correlatedAlerts"]
    assert (alert["alertTitle"], alert["correlationStrategy"]) == ("Queue", "merged")
    assert alert["correlationDetails"] == "Merged by Person, from “Queue”."
    await watcher.until(lambda one: one.seqs(web["room"])[-1:] == [target["seq"]])
    listed = {one["id"]: one for one in await desk.person.incidents()}
    for incident in (merged, target):
        heard = [e["data"] for e in watcher.events("incident") if e["room"] == "feed"]
        assert listed[incident["id"]] == [one for one in heard if one["id"] == incident["id"]][-1]
    assert [e["data"] for e in watcher.events("alert")] == [alert]
    last = watcher.events("status")[-1]
    assert (last["room"], last["data"]["status"]) == (queue["room"], "merged")


async def test_unmerging_gives_back_exactly_what_was_brought(desk: Desk) -> None:
    disk, web = await desk.named("Disk"), await desk.named("Web")
    await desk.merge(disk["id"], web["id"])
    watcher = await desk.person.watching(web["room"])
    answer = await desk.unmerge(disk["id"])
    assert (answer.status_code, answer.json()) == (200, {"success": True, "id": disk["id"]})
    assert shown(await desk.named("Disk")) == shown(disk)
    assert shown(await desk.named("Web")) == shown(web)
    await watcher.until(lambda one: len(one.events("alert:left")) == 2)
    again = await desk.unmerge(disk["id"])
    assert (again.status_code, again.json()["code"]) == (409, "not_merged")


async def test_one_alert_is_taken_out_of_an_incident_and_put_back(desk: Desk) -> None:
    async def taken_out(incident: dict[str, Any], alert_id: str) -> httpx.Response:
        return await desk.person.http.post(f"/api/incidents/{incident['id']}/alerts/{alert_id}/unmerge")

    disk, web = await desk.named("Disk"), await desk.named("Web")
    (second,) = disk["correlatedAlerts"]
    watcher = await desk.person.watching(disk["room"])
    own = (await taken_out(disk, second["id"])).json()["incident"]
    await watcher.until(lambda one: one.events("alert:left"))
    before, alone = await desk.person.incident(disk["id"]), await desk.person.incident(own)
    assert (before["correlatedAlerts"], before["correlatedAlertCount"]) == ([], 0)
    assert (alone["alert"]["title"], alone["status"]) == ("Disk", "investigating")
    assert alone["alert"]["rawPayload"] == disk["alert"]["rawPayload"]
    await desk.sent(
        resolved("Disk", fingerprint="d2", service="db", severity="warning", instance="2", ends_at=LATER)
    )
    assert (await desk.person.incident(own))["status"] == "resolved"
    assert (await desk.person.incident(disk["id"]))["status"] == "investigating"
    assert (await desk.merge(own, disk["id"])).status_code == 200
    (back,) = (await desk.person.incident(disk["id"]))["correlatedAlerts"]
    assert back["id"] == second["id"]
    # what came with a merged incident goes with it, and what opened an incident stays
    assert (await taken_out(disk, back["id"])).json()["incident"] == own
    for incident, alert_id, status in ((web, back["id"], 404), (before, str(uuid.uuid4()), 404)):
        assert (await taken_out(incident, alert_id)).status_code == status
    assert (await taken_out(alone, back["id"])).json()["code"] == "alert_opened_incident"


async def test_what_arrives_later_joins_the_target_and_resolves_it(desk: Desk) -> None:
    queue, web = await desk.named("Queue"), await desk.named("Web")
    await desk.merge(queue["id"], web["id"])
    watcher = await desk.person.watching(web["room"])
    await desk.sent(resolved("Web", fingerprint="w", service="web", severity="warning"))
    assert (await desk.named("Web"))["status"] == "investigating"  # Queue still fires
    await desk.sent(resolved("Queue", fingerprint="q", service="queue"))
    assert (await desk.named("Queue"))["status"] == "merged"
    target = await desk.named("Web")
    assert (target["status"], target["correlatedAlerts"][0]["status"]) == ("resolved", "resolved")
    await watcher.until(lambda one: one.events("status"))
    assert watcher.events("alert")[-1]["data"] == target["correlatedAlerts"][0]
    await desk.unmerge(queue["id"])
    assert (await desk.named("Queue"))["status"] == "resolved"


async def test_an_alert_that_fires_again_returns_to_where_it_was_merged(desk: Desk) -> None:
    queue, web = await desk.named("Queue"), await desk.named("Web")
    await desk.merge(queue["id"], web["id"])
    await desk.sent(resolved("Queue", fingerprint="q", service="queue"))
    await desk.sent(
        firing("Queue", fingerprint="q", service="queue", starts_at=LATER),
        firing("Queue", fingerprint="q2", service="queue", instance="2", starts_at=LATER),
    )
    assert len(await desk.person.incidents()) == 3
    target = await desk.named("Web")
    states = {one["id"]: (one["status"], one["correlationStrategy"]) for one in target["correlatedAlerts"]}
    assert sorted(states.values()) == [("firing", "merged"), ("firing", "same_notification")]
    assert target["correlatedAlertCount"] == 2
    await desk.unmerge(queue["id"])
    alone = await desk.named("Queue")
    assert (alone["status"], alone["correlatedAlerts"]) == ("investigating", [])
    assert (await desk.named("Web"))["correlatedAlertCount"] == 1


async def test_a_flapping_alert_merged_from_two_incidents_is_shown_once(desk: Desk) -> None:
    queue, web = await desk.named("Queue"), await desk.named("Web")
    await desk.sent(resolved("Queue", fingerprint="q", service="queue"))
    await desk.sent(firing("Queue", fingerprint="q", service="queue", starts_at=LATER))
    (second,) = [
        one
        for one in await desk.person.incidents()
        if one["alert"]["title"] == "Queue" and one["id"] != queue["id"]
    ]
    for one in (queue, second):
        assert (await desk.merge(one["id"], web["id"])).status_code == 200
    target = await desk.named("Web")
    assert [one["status"] for one in target["correlatedAlerts"]] == ["firing"]
    assert target["correlatedAlertCount"] == 1
    await desk.unmerge(second["id"])
    target = await desk.named("Web")
    assert [one["status"] for one in target["correlatedAlerts"]] == ["resolved"]


async def test_the_target_follows_how_severe_a_merged_alert_becomes(desk: Desk) -> None:
    disk, web = await desk.named("Disk"), await desk.named("Web")
    await desk.merge(disk["id"], web["id"])
    await desk.sent(firing("Disk", fingerprint="d1", service="db", severity="critical"))
    assert (await desk.named("Web"))["severity"] == "critical"
    await desk.unmerge(disk["id"])
    assert (await desk.named("Web"))["severity"] == "warning"
    assert (await desk.named("Disk"))["severity"] == "critical"


async def test_what_makes_no_sense_is_refused_with_a_reason(desk: Desk) -> None:
    disk, queue, web = await desk.named("Disk"), await desk.named("Queue"), await desk.named("Web")

    async def refused(answer: httpx.Response) -> tuple[int, str]:
        return answer.status_code, answer.json()["code"]

    assert await refused(await desk.merge(web["id"], web["id"])) == (400, "merged_into_itself")
    assert await refused(await desk.merge(web["id"], "Disk")) == (400, "invalid_request")
    assert await refused(await desk.merge(web["id"], str(uuid.uuid4()))) == (404, "incident_not_found")
    assert (await desk.merge(queue["id"], web["id"])).status_code == 200
    assert await refused(await desk.merge(queue["id"], disk["id"])) == (409, "incident_merged")
    assert await refused(await desk.merge(disk["id"], queue["id"])) == (409, "target_merged")
    assert await refused(await desk.merge(web["id"], disk["id"])) == (409, "incident_has_merged")
    path = f"/api/incidents/{queue['id']}"
    assert await refused(await desk.person.http.post(f"{path}/investigation")) == (409, "incident_merged")
    assert await refused(await desk.person.http.patch(path, json={"status": "resolved"})) == (
        409,
        "incident_merged",
    )
    assert (await desk.person.http.patch(path, json={"status": "merged"})).status_code == 200
    await desk.person.http.patch(f"/api/incidents/{web['id']}", json={"status": "resolved"})
    assert await refused(await desk.merge(disk["id"], web["id"])) == (409, "target_resolved")


async def test_strangers_and_viewers_cannot_merge(desk: Desk, database: Database) -> None:
    queue, web = await desk.named("Queue"), await desk.named("Web")
    stranger = Desk(await Person.registered(desk.person.base_url), "")
    own = Desk(stranger.person, await stranger.person.webhook())
    await own.sent(firing("Own", fingerprint="o"))
    mine = await own.named("Own")
    for answer in (
        await stranger.merge(queue["id"], web["id"]),
        await stranger.merge(mine["id"], web["id"]),
        await stranger.merge(queue["id"], mine["id"]),
        await stranger.unmerge(queue["id"]),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "incident_not_found")
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET role = 'viewer' WHERE id = $1", desk.person.id)
    for answer in (await desk.merge(queue["id"], web["id"]), await desk.unmerge(queue["id"])):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_of_two_merges_into_each_other_one_wins(desk: Desk) -> None:
    queue, web = await desk.named("Queue"), await desk.named("Web")
    for _ in range(10):
        answers = await asyncio.gather(desk.merge(queue["id"], web["id"]), desk.merge(web["id"], queue["id"]))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        loser = web if answers[0].status_code == 200 else queue
        winner = queue if loser is web else web
        assert (await desk.unmerge(winner["id"])).status_code == 200


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_people_merge_at_once_while_alerts_arrive_nothing_is_lost(
    desk: Desk, seed: int
) -> None:
    chance = random.Random(seed)
    before = {one["id"]: one for one in [await desk.named(name) for name in ("Disk", "Queue", "Web")]}
    ids = list(before)
    watcher = await desk.person.watching("feed", *(one["room"] for one in before.values()))

    async def somebody() -> None:
        for _ in range(8):
            one, other = chance.sample(ids, 2)
            answer = await (desk.merge(one, other) if chance.random() < 0.6 else desk.unmerge(one))
            assert answer.status_code in (200, 409), answer.text

    async def source(name: str, fingerprint: str, **labels: str) -> None:
        for hour in range(1, 9):
            at = f"2026-03-01T1{hour}:00:00Z"
            alert = firing(name, fingerprint=fingerprint, starts_at=at, **labels)
            await desk.sent(alert, firing(name, fingerprint=f"{fingerprint}{hour}", starts_at=at, **labels))

    await asyncio.gather(
        *(somebody() for _ in range(4)),
        source("Queue", "q", service="queue"),
        source("Web", "w", service="web", severity="warning"),
    )
    for one in ids:
        await desk.unmerge(one)
    after = {one: await desk.person.incident(one) for one in ids}
    assert len(await desk.person.incidents()) == 3
    assert all(one["mergedInto"] is None and one["status"] == "investigating" for one in after.values())
    titles = [alert["alertTitle"] for one in after.values() for alert in one["correlatedAlerts"]]
    assert sorted(titles) == ["Disk"] + ["Queue"] * 8 + ["Web"] * 8
    for one in after.values():
        assert one["correlatedAlertCount"] == len(one["correlatedAlerts"])
        assert one["severity"] == before[one["id"]]["severity"]
    for one in after.values():
        await heard_all(watcher, one)


async def heard_all(watcher: Watcher, incident: dict[str, Any]) -> None:
    """What was heard in the incident's room adds up to what is shown of its alerts."""
    await watcher.until(lambda one: one.seqs(incident["room"])[-1:] == [incident["seq"]])
    alerts = {one["id"]: one for one in incident["correlatedAlerts"] if one["alertTitle"] == "Disk"}
    for event, message in watcher.heard:
        if message.get("room") == incident["room"] and event == "alert":
            alerts[message["data"]["id"]] = message["data"]
        elif message.get("room") == incident["room"] and event == "alert:left":
            alerts.pop(message["data"]["id"], None)
    assert alerts == {one["id"]: one for one in incident["correlatedAlerts"]}
