"""Incidents that people open by hand."""

import asyncio

from people import Person


async def test_an_incident_opened_by_hand_is_investigated_and_everybody_hears_of_it(person: Person) -> None:
    watcher = await person.watching("feed")
    body = {
        "title": "Checkout feels slow",
        "service": "checkout",
        "severity": "Warning",
        "description": "Two customers called.",
        "startedAt": "2026-03-01T10:00:00Z",
    }
    answer = await person.http.post("/api/incidents", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["sourceType"] == made["alert"]["source"] == "manual"
    assert (made["severity"], made["status"], made["startedAt"]) == (
        "warning",
        "investigating",
        "2026-03-01T10:00:00.000Z",
    )
    await watcher.until(lambda one: any(it["data"]["id"] == made["id"] for it in one.events("incident")))
    shown = await person.analyzed(made["id"])
    assert shown["auroraStatus"] == "complete"
    assert shown["summary"]
    assert shown["alert"]["description"] == "Two customers called."
    assert "Two customers called." in shown["streamingThoughts"][0]["content"]


async def test_opening_again_under_the_same_client_id_opens_nothing(onlooker: Person) -> None:
    body = {"title": "Slow", "clientId": "button-1"}
    answers = await asyncio.gather(*(onlooker.http.post("/api/incidents", json=body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await onlooker.incidents()) == 1
    other = await Person.registered(onlooker.base_url)
    assert (await other.http.post("/api/incidents", json=body)).status_code == 201


NO_INCIDENTS: list[object] = [
    None,
    [],
    {},
    {"title": ""},
    {"title": "  "},
    {"title": "x" * 501},
    {"title": 7},
    {"title": "a\0b"},
    {"title": "Slow", "severity": ""},
    {"title": "Slow", "severity": None},
    {"title": "Slow", "service": "x" * 201},
    {"title": "Slow", "description": "x" * 10_001},
    {"title": "Slow", "startedAt": "yesterday"},
    {"title": "Slow", "startedAt": 1709294400},
    {"title": "Slow", "startedAt": "2026-03-01T10:00:00"},
    {"title": "Slow", "clientId": ""},
]


async def test_what_makes_no_incident_is_refused_and_opens_none(onlooker: Person) -> None:
    for body in NO_INCIDENTS:
        answer = await onlooker.http.post("/api/incidents", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), answer.text
    assert await onlooker.incidents() == []
