"""Silences and maintenance windows: what begins meanwhile bothers nobody, and is not forgotten."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import Person, firing, notification
from servers import alertmanager_server

from aurora_rt.alerts.alertmanager_silences import AlertmanagerSilences
from aurora_rt.alerts.ingest import Rules
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.silence import Matcher, Silence, labels_of, silence_of
from aurora_rt.alerts.waking import wake
from aurora_rt.db.pool import Database
from aurora_rt.events.bus import Bus
from aurora_rt.events.change import Changes
from aurora_rt.settings import Settings

HOUR = timedelta(hours=1)


def soon(after: timedelta = HOUR) -> str:
    return (datetime.now(UTC) + after).isoformat()


async def silenced(person: Person, *, ends: str = "", **labels: str) -> str:
    body = {
        "matchers": [{"name": name, "value": value} for name, value in labels.items()],
        "endsAt": ends or soon(),
        "comment": "The database moves.",
    }
    answer = await person.http.post("/api/silences", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def shown(person: Person) -> list[dict]:
    return (await person.http.get("/api/silences")).json()["silences"]


@pytest.fixture
async def changes(database: Database, redis_url: str) -> Changes:
    from redis.asyncio import Redis

    async with Redis.from_url(redis_url) as redis:
        yield Changes(database, Bus(redis))


@pytest.fixture
async def url(onlooker: Person) -> str:
    return await onlooker.webhook()


async def organization(database: Database) -> UUID:
    async with database.connection() as connection:
        return await connection.fetchval("SELECT id FROM organizations")


async def test_what_begins_while_it_is_silenced_opens_nothing_until_the_silence_is_ended(
    onlooker: Person, url: str, database: Database, changes: Changes
) -> None:
    silence = await silenced(onlooker, service="check*", severity="critical")
    post = onlooker.http.post
    loud = firing("DiskFull", fingerprint="b", service="node")
    quiet = firing("CheckoutSlow", fingerprint="a", service="checkout")
    assert (await post(url, json=notification(quiet, loud))).status_code == 202
    assert (await post(url, json=notification(quiet))).status_code == 202  # it is told again and again
    assert [one["alert"]["title"] for one in await onlooker.incidents()] == ["DiskFull"]
    (one,) = await shown(onlooker)
    assert (one["state"], one["held"], one["createdBy"]) == ("active", 1, "Person")

    assert (await onlooker.http.delete(f"/api/silences/{silence}")).status_code == 200
    assert await wake(changes, await organization(database), datetime.now(UTC), Rules()) == 1
    assert await wake(changes, await organization(database), datetime.now(UTC), Rules()) == 0
    titles = {incident["alert"]["title"] for incident in await onlooker.incidents()}
    assert titles == {"DiskFull", "CheckoutSlow"}
    assert [(one["state"], one["held"]) for one in await shown(onlooker)] == [("expired", 0)]
    again = await onlooker.http.delete(f"/api/silences/{silence}")
    assert (again.status_code, again.json()["code"]) == (404, "silence_not_found")
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT received_count FROM alerts WHERE fingerprint = 'a'") == 2


async def test_what_recovers_while_it_is_silenced_bothered_nobody_and_the_next_time_it_does(
    onlooker: Person, url: str, database: Database, changes: Changes
) -> None:
    silence = await silenced(onlooker, service="checkout")
    quiet = firing("CheckoutSlow", fingerprint="a", service="checkout")
    over = {**quiet, "status": "resolved", "endsAt": "2026-03-01T11:00:00Z"}
    for body in (notification(quiet), notification(over)):
        assert (await onlooker.http.post(url, json=body)).status_code == 202
    assert [one["held"] for one in await shown(onlooker)] == [0]
    await onlooker.http.delete(f"/api/silences/{silence}")
    assert await wake(changes, await organization(database), datetime.now(UTC), Rules()) == 0
    assert await onlooker.incidents() == []
    await onlooker.http.post(url, json=notification({**quiet, "startsAt": "2026-03-01T12:00:00Z"}))
    assert len(await onlooker.incidents()) == 1


async def test_a_silence_changes_nothing_about_incidents_that_are_there_and_later_ones_wait_for_their_time(
    onlooker: Person, url: str
) -> None:
    quiet = firing("CheckoutSlow", fingerprint="a", service="checkout")
    await onlooker.http.post(url, json=notification(quiet))
    await silenced(onlooker, service="checkout")
    await onlooker.http.post(url, json=notification({**quiet, "annotations": {"summary": "It is worse."}}))
    (incident,) = await onlooker.incidents()
    later = {
        "matchers": [{"name": "service", "value": "node"}],
        "startsAt": soon(),
        "endsAt": soon(2 * HOUR),
        "comment": "Maintenance.",
    }
    assert (await onlooker.http.post("/api/silences", json=later)).status_code == 201
    await onlooker.http.post(url, json=notification(firing("DiskFull", fingerprint="b", service="node")))
    assert len(await onlooker.incidents()) == 2
    assert [one["state"] for one in await shown(onlooker)] == ["pending", "active"]
    assert incident["status"] == "investigating"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"endsAt": "2020-01-01T00:00:00Z"}, "must end after it begins"),
        ({"startsAt": "2027-01-01T00:00:00Z", "endsAt": "2029-01-01T00:00:00Z"}, "a year at most"),
        ({"matchers": []}, "matchers"),
        ({"matchers": [{"name": "service", "value": " * "}]}, "every alert would be silenced"),
        (
            {"matchers": [{"name": "service", "value": "x", "isEqual": False}]},
            "every alert would be silenced",
        ),
        ({"comment": ""}, "comment"),
        ({"surplus": 1}, "surplus"),
    ],
)
async def test_a_silence_that_makes_no_sense_is_refused_in_a_sentence(
    onlooker: Person, change: dict, says: str
) -> None:
    body = {"matchers": [{"name": "service", "value": "x"}], "endsAt": soon(), "comment": "Why."}
    answer = await onlooker.http.post("/api/silences", json={**body, **change})
    assert answer.status_code == 400
    assert says in answer.json()["error"]


async def test_silences_of_alertmanager_hold_until_they_are_gone(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    rules = Rules()
    body = {
        "matchers": [{"name": "service", "value": "check.+", "isRegex": True}],
        "startsAt": soon(timedelta()),
        "endsAt": soon(),
        "createdBy": "Ada",
        "comment": "moving",
    }
    async with (
        alertmanager_server(tmp_path, webhook_url="http://127.0.0.1:9/") as url,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        configured = settings.model_copy(update={"alertmanager_url": url})
        watch = AlertmanagerSilences(configured, http, database, rules.silencing)
        made = await http.post(f"{url}/api/v2/silences", json=body)
        await watch.look()
        (silence,) = rules.silencing.elsewhere
        assert silence.is_about({"service": "checkout"})
        assert not silence.is_about({"service": "xcheckout"})
        await http.delete(f"{url}/api/v2/silence/{made.json()['silenceID']}")
        await watch.look()
    assert rules.silencing.elsewhere == ()


def test_the_silence_that_lasts_longest_counts_and_all_of_its_matchers_must_hold() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    alert = Alert("datadog", "f", "Slow", "firing", service="cart", severity="high", labels={"host": "a"})
    one = Silence("1", (Matcher("service", "cart"),), at)
    two = Silence("2", (Matcher("host", "b", equal=False), Matcher("alertname", "S*w")), at + HOUR)
    three = Silence("3", (Matcher("service", "cart"), Matcher("zone", "x")), at + 2 * HOUR)
    assert silence_of(alert, [one, two, three]) == two
    assert silence_of(alert, [three, Silence("4", (), at)]) is None
    assert labels_of(alert)["source"] == "datadog"


@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=4), st.text("ab", max_size=8))
def test_a_star_stands_for_any_text(parts: list[str], text: str) -> None:
    import re

    expected = re.fullmatch(".*".join(map(re.escape, parts)), text) is not None
    assert Matcher("x", "*".join(parts)).holds({"x": text}) is expected
