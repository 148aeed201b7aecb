"""What was learnt of incidents: feedback, and similar incidents, with a whole server."""

from typing import Any

from people import Person, eventually, firing, notification, resolved
from test_documents import joined

from aurora_rt.db.pool import Database


async def opened(person: Person, url: str, name: str, **labels: str) -> dict[str, Any]:
    """An incident of its own."""
    before = {one["id"] for one in await person.incidents()}
    answer = await person.http.post(url, json=notification(firing(name, **labels)))
    assert answer.status_code == 202, answer.text

    async def look() -> list[dict[str, Any]]:
        return [one for one in await person.incidents() if one["id"] not in before]

    (new,) = await eventually(look, len)
    return new


async def similar(person: Person, incident_id: str) -> list[dict[str, Any]]:
    return (await person.http.get(f"/api/incidents/{incident_id}/similar")).json()["incidents"]


async def test_what_came_before_is_found_again_with_what_people_thought_of_it(
    person: Person, database: Database
) -> None:
    url = await person.webhook()
    old = await opened(person, url, "QueueStuck", service="payments", fingerprint="a")
    await person.analyzed(old["id"])
    path = f"/api/incidents/{old['id']}"
    answer = await person.http.get(f"{path}/feedback")
    assert answer.json() == {"feedback": None, "helpful": 0, "notHelpful": 0}
    given = {"feedback_type": "not_helpful", "comment": "It was the broker. token=abcdef123456"}
    answer = await person.http.post(f"{path}/feedback", json=given)
    taken = answer.json()
    assert (answer.status_code, taken["success"], taken["feedbackType"]) == (201, True, "not_helpful")
    assert taken["storedForLearning"] is True
    again = await person.http.post(f"{path}/feedback", json={"feedback_type": "helpful"})
    assert (again.status_code, again.json()["code"]) == (409, "feedback_given")
    mine = (await person.http.get(f"{path}/feedback")).json()
    assert mine["feedback"]["comment"] == "It was the broker. token=[redacted]"
    for wrong in ({"feedback_type": "great"}, {"feedback_type": "helpful", "comment": "x" * 2001}, {}):
        assert (await person.http.post(f"{path}/feedback", json=wrong)).status_code == 400
    colleague = await joined(person)  # a member who did not open it may judge it, too
    answer = await colleague.http.post(f"{path}/feedback", json={"feedback_type": "helpful"})
    assert answer.status_code == 201
    await person.http.patch(path, json={"status": "resolved", "summary": "The broker was out of memory."})
    await person.http.post(
        url, json=notification(resolved("QueueStuck", service="payments", fingerprint="a"))
    )

    new = await opened(person, url, "QueueStuck", service="payments", fingerprint="b")
    (found,) = await similar(person, new["id"])
    assert found["id"] == old["id"]
    assert found["sharedAlerts"] == ["QueueStuck"]
    assert "payments" in found["sharedServices"]
    assert found["why"] == "Both share the alert “QueueStuck” and the service “payments”."
    assert found["cause"] == "The broker was out of memory."
    assert found["resolution"].startswith("Resolved after")
    assert (found["helpful"], found["notHelpful"]) == (1, 1)

    async def passages(incident_id: str) -> int:
        async with database.connection() as connection:
            return await connection.fetchval(
                "SELECT count(*) FROM passages WHERE source_id = $1", incident_id
            )

    kept = await eventually(lambda: passages(old["id"]), bool)
    merged = await person.http.post(f"/api/incidents/{old['id']}/merge", json={"into": new["id"]})
    if merged.status_code < 300:  # what lives on in another incident is known there
        await eventually(lambda: passages(old["id"]), lambda count: count == 0)
    assert kept > 0

    stranger = await Person.registered(person.base_url)
    for method, ending in (("GET", "similar"), ("GET", "feedback"), ("POST", "feedback")):
        body = {"json": {"feedback_type": "helpful"}} if method == "POST" else {}
        answer = await stranger.http.request(method, f"{path}/{ending}", **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "incident_not_found")


async def test_nothing_is_judged_before_it_is_there(onlooker: Person) -> None:
    opened = await onlooker.http.post("/api/incidents", json={"title": "Slow", "severity": "low"})
    path = f"/api/incidents/{opened.json()['id']}/feedback"
    answer = await onlooker.http.post(path, json={"feedback_type": "helpful"})
    assert (answer.status_code, answer.json()["code"]) == (400, "analysis_not_complete")
