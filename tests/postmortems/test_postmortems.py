"""Postmortems over REST and live: a draft from the record, and nobody's text is lost."""

import pytest
from looked_into import HOSTILE, looked_into
from people import Person
from whole import Server

pytestmark = pytest.mark.usefixtures("people")


async def test_a_draft_tells_what_the_record_holds_and_people_change_it_without_losing_a_word(
    web_server: Server, onlooker: Person
) -> None:
    incident_id = await looked_into(web_server.settings, onlooker)
    path = f"/api/incidents/{incident_id}/postmortem"
    missing = await onlooker.http.get(path)
    assert (missing.status_code, missing.json()["code"]) == (404, "postmortem_not_found")
    assert (await onlooker.incident(incident_id))["postmortem"] is None
    early = await onlooker.http.put(path, json={"markdown": "mine", "version": 1})
    assert (early.status_code, early.json()["code"]) == (404, "postmortem_not_found")

    watcher = await onlooker.watching(f"incident:{incident_id}")
    drafted = await onlooker.http.post(path, json={})
    assert drafted.status_code == 201, drafted.text
    text = drafted.json()["markdown"]
    for told in (
        "# Postmortem: ErrorsHigh",
        "Deployment of checkout, version 7, by ana: Simplify the payments client [3]",
        "Ruled out: payments-db is healthy",
        "### Evidence",
        "- [4] `kubectl get pods -n shop -o json` (kubernetes.describe,",
        "- [ ] **Roll checkout back to revision 6** (Mitigate, risk medium): The errors began with revision 7 [3].",
        "`kubectl rollout undo deployment/checkout -n shop`",
    ):
        assert told in text, told
    assert HOSTILE not in text

    again = await onlooker.http.post(path, json={})
    assert (again.status_code, again.json()) == (200, drafted.json())
    mine = await onlooker.http.put(path, json={"markdown": "# Mine", "version": 1})
    assert (mine.status_code, mine.json()["version"], mine.json()["markdown"]) == (200, 2, "# Mine")
    late = await onlooker.http.put(path, json={"markdown": "# Theirs", "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "postmortem_changed")
    assert (await onlooker.http.get(path)).json()["markdown"] == "# Mine"
    same = await onlooker.http.put(path, json={"markdown": "# Mine", "version": 2})
    assert same.json()["version"] == 2
    too_late = await onlooker.http.post(path, json={"version": 1})
    assert (too_late.status_code, too_late.json()["code"]) == (409, "postmortem_changed")
    anew = await onlooker.http.post(path, json={"version": 2})
    assert (anew.status_code, anew.json()["version"]) == (201, 3)

    await watcher.until(lambda one: len(one.events("postmortem")) == 3)
    told = watcher.events("postmortem")
    assert [one["data"]["version"] for one in told] == [1, 2, 3]
    assert (await onlooker.incident(incident_id))["postmortem"] == told[-1]["data"]


async def test_a_citation_gives_its_series_and_an_incident_its_surroundings(
    web_server: Server, onlooker: Person
) -> None:
    incident_id = await looked_into(web_server.settings, onlooker)
    shown = await onlooker.incident(incident_id)
    kinds = [one["kind"] for one in shown["citations"]]
    assert kinds == ["series", "", "changes", "", "", "call_graph"]
    path = f"/api/incidents/{incident_id}"
    series = (await onlooker.http.get(f"{path}/citations/{shown['citations'][0]['id']}/series")).json()
    assert [len(one["points"]) for one in series["series"]] == [241, 241, 241]
    assert (await onlooker.http.get(f"{path}/citations/{shown['citations'][1]['id']}/series")).json()[
        "series"
    ] == []
    around = (await onlooker.http.get(f"{path}/surroundings")).json()
    assert [one["title"] for one in around["alerts"]] == ["ErrorsHigh", "LatencyHigh"]
    assert [(one["kind"], one["citation"]) for one in around["changes"]] == [("flag", "3"), ("deploy", "3")]
    assert {one["name"]: one["suspicion"] for one in around["services"]}["checkout"] == 0.86
    assert ["search", "catalogue"] not in around["calls"]
