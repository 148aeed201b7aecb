"""How trouble ends: after a quiet time, unless it comes back; and what keeps coming back is said to flap."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from people import Person, firing, notification, resolved
from vendors import payload
from whole import Server, serving

from aurora_rt import serve
from aurora_rt.alerts.receiving import patience_of
from aurora_rt.alerts.upkeep import Upkeep
from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is now when a test begins, not when this file was read: a run of all tests takes long."""
    monkeypatch.setitem(globals(), "NOW", datetime.now(UTC).replace(microsecond=0))


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).isoformat()


@pytest.fixture
def patient(settings: Settings) -> Settings:
    """Settings by which an incident is over ten minutes after its last alert, and six changes are flapping."""
    return settings.model_copy(
        update={"quiet_seconds": 600.0, "flapping_seconds": 3600.0, "flapping_changes": 6}
    )


@pytest.fixture
async def watcher(patient: Settings, people: None) -> AsyncIterator[Person]:
    """Somebody at a server with patience, without workers."""
    async with serving(patient, worker=False) as server:
        yield await Person.registered(server.base_url)


async def sent(person: Person, url: str, *alerts: dict[str, Any]) -> None:
    answer = await person.http.post(url, json=notification(*alerts))
    assert answer.status_code == 202, answer.text


async def time_passes(settings: Settings, database: Database, by: timedelta) -> None:
    """As if `by` had passed since everything that is known."""
    async with database.connection() as connection:
        await connection.execute("UPDATE incidents SET quiet_at = quiet_at - $1::interval", by)
        await connection.execute("UPDATE incident_alerts SET ended_at = ended_at - $1::interval", by)
    async with serve.resources(settings) as have:
        await Upkeep(have.database, have.changes, serve.receiving_of(have), patience_of(settings)).look()


async def statuses(person: Person) -> list[str]:
    return [one["status"] for one in await person.incidents()]


async def test_an_incident_is_resolved_a_quiet_time_after_its_last_alert(
    watcher: Person, patient: Settings, database: Database
) -> None:
    url = await watcher.webhook()
    await sent(watcher, url, firing(fingerprint="f", starts_at=at(-300)))
    await sent(watcher, url, resolved(fingerprint="f", starts_at=at(-300), ends_at=at(-10)))
    assert await statuses(watcher) == ["investigating"]
    await time_passes(patient, database, timedelta(seconds=60))
    assert await statuses(watcher) == ["investigating"]
    await time_passes(patient, database, timedelta(seconds=600))
    assert await statuses(watcher) == ["resolved"]


async def test_what_fires_again_within_the_quiet_time_goes_on_and_later_is_new(
    watcher: Person, patient: Settings, database: Database
) -> None:
    url = await watcher.webhook()
    await sent(watcher, url, firing(fingerprint="f", starts_at=at(-3000)))
    await sent(watcher, url, resolved(fingerprint="f", ends_at=at(-2000)))
    assert await statuses(watcher) == ["resolved"]  # the quiet time has passed as its vendor tells the time
    await sent(watcher, url, firing(fingerprint="f", starts_at=at(-1500)))  # within ten minutes: reopened
    assert await statuses(watcher) == ["investigating"]
    await sent(watcher, url, resolved(fingerprint="f", ends_at=at(-1400)))
    await sent(watcher, url, firing(fingerprint="f", starts_at=at(-100)))  # much later: another one
    assert sorted(await statuses(watcher)) == ["investigating", "resolved"]
    async with database.connection() as connection:
        assert (
            await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'investigate'") == 2
        )
    await time_passes(patient, database, timedelta(seconds=6000))
    assert sorted(await statuses(watcher)) == ["investigating", "resolved"]


async def test_an_alert_that_flaps_goes_on_with_its_incident_and_is_shown_as_flapping(
    web_server: Server, people: None, database: Database
) -> None:
    person = await Person.registered(web_server.base_url)  # no quiet time: each recovery resolves at once
    url = await person.webhook()
    for n in range(6):
        await sent(person, url, firing(fingerprint="f", starts_at=at(-3000 + n * 100)))
        await sent(person, url, resolved(fingerprint="f", ends_at=at(-2950 + n * 100)))
    incidents = await person.incidents()
    assert len(incidents) == 3  # begun three times, and from the sixth change on it flaps
    assert [one["flapping"] for one in incidents] == [True, False, False]
    await sent(person, url, firing(fingerprint="f", starts_at=at(-2000)))
    latest = (await person.incidents())[0]
    assert (latest["status"], latest["flapping"]) == ("investigating", True)
    assert (await person.incident(latest["id"]))["flapping"] is True


async def test_what_somebody_is_on_is_acknowledged_and_a_late_message_does_not_take_that_back(
    onlooker: Person, database: Database
) -> None:
    url = await onlooker.webhook("pagerduty")

    async def state(*names: str) -> str:
        for name in names:
            answer = await onlooker.http.post(url, content=payload("pagerduty", name).body)
            assert answer.status_code == 202, answer.text
        async with database.connection() as connection:
            rows = await connection.fetch(
                "SELECT a.status, i.status AS shown FROM alerts a JOIN incident_alerts i ON i.alert_id = a.id"
            )
        assert {row["status"] for row in rows} == {row["shown"] for row in rows}
        return rows[0]["status"]

    assert await state("firing") == "firing"
    assert await state("acknowledged") == "acknowledged"
    assert await state("firing") == "acknowledged"  # a retry of what came before
    (incident,) = await onlooker.incidents()
    somebody = (incident["acknowledgedBy"], incident["acknowledgedAt"])
    assert somebody == ("Ada Example", "2026-03-02T08:32:10.000Z")
    detail = await onlooker.incident(incident["id"])
    assert (detail["acknowledgedBy"], detail["acknowledgedAt"]) == somebody
    assert await statuses(onlooker) == ["investigating"]
    assert await state("resolved") == "resolved"
    assert await state("acknowledged", "firing") == "resolved"  # late again
    assert (await onlooker.incidents())[0]["acknowledgedAt"] is None
    assert await statuses(onlooker) == ["resolved"]
