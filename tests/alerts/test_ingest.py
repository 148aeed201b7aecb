"""What sources send becomes the right incidents, whatever the order, and nothing is lost or doubled."""

import asyncio

import pytest
from people import Person, firing, notification, resolved
from whole import Server

from aurora_rt.db.pool import Database


@pytest.fixture
async def url(onlooker: Person) -> str:
    return await onlooker.webhook()


async def post(person: Person, url: str, *alerts: dict) -> None:
    answer = await person.http.post(url, json=notification(*alerts))
    assert answer.status_code == 202, answer.text


async def test_an_alert_becomes_an_incident_that_shows_what_its_source_said(
    onlooker: Person, url: str
) -> None:
    await post(onlooker, url, firing(fingerprint="f1", instance="db-1:9100", env="prod"))
    (listed,) = await onlooker.incidents()
    assert listed["sourceType"] == "alertmanager"
    assert listed["sourceAlertId"] == "f1"
    assert listed["status"] == "investigating"
    assert listed["severity"] == "critical"
    assert listed["alert"] == {
        "title": "HighCpuUsage",
        "service": "api-server",
        "source": "alertmanager",
        "sourceUrl": listed["alert"]["sourceUrl"],
    }
    assert listed["startedAt"] == "2026-03-01T10:00:00.000Z"
    assert listed["affectedServices"] == ["api-server"]
    assert listed["correlatedAlertCount"] == 0
    shown = await onlooker.incident(listed["id"])
    assert '"fingerprint"' in shown["alert"]["rawPayload"]
    assert {name: shown[name] for name in listed if name != "alert"} == {
        name: value for name, value in listed.items() if name != "alert"
    }


async def test_the_same_alert_again_updates_its_incident(onlooker: Person, url: str) -> None:
    await post(onlooker, url, firing(fingerprint="f1", severity="warning"))
    await post(onlooker, url, firing(fingerprint="f1", severity="critical"))
    (listed,) = await onlooker.incidents()
    assert listed["severity"] == "critical"


async def test_an_alert_without_fingerprint_is_known_again_by_its_labels(onlooker: Person, url: str) -> None:
    await post(onlooker, url, firing(instance="a"))
    await post(onlooker, url, firing(instance="a"), firing("Other", instance="b"))
    assert sorted(one["alert"]["title"] for one in await onlooker.incidents()) == ["HighCpuUsage", "Other"]


async def test_resolved_resolves_and_a_later_firing_is_a_new_incident(onlooker: Person, url: str) -> None:
    await post(onlooker, url, firing(fingerprint="f1"))
    await post(onlooker, url, resolved(fingerprint="f1"))
    (listed,) = await onlooker.incidents()
    assert listed["status"] == "resolved"
    assert listed["resolvedAt"]
    await post(onlooker, url, firing(fingerprint="f1", starts_at="2026-03-01T11:00:00Z"))
    assert sorted(one["status"] for one in await onlooker.incidents()) == ["investigating", "resolved"]


async def test_a_recovery_that_comes_first_opens_nothing_and_silences_the_late_firing(
    onlooker: Person, url: str
) -> None:
    await post(onlooker, url, resolved(fingerprint="f1"))
    await post(onlooker, url, firing(fingerprint="f1"))
    assert await onlooker.incidents() == []


async def test_alerts_of_one_kind_in_one_notification_are_one_incident_that_ends_with_the_last(
    onlooker: Person, url: str
) -> None:
    instances = [firing(fingerprint=f"f{n}", instance=f"api-{n}") for n in range(3)]
    await post(onlooker, url, *instances)
    (listed,) = await onlooker.incidents()
    assert listed["correlatedAlertCount"] == 2
    shown = await onlooker.incident(listed["id"])
    assert len(shown["correlatedAlerts"]) == 2
    assert all(one["correlationDetails"] for one in shown["correlatedAlerts"])
    await post(onlooker, url, *(resolved(fingerprint=f"f{n}") for n in range(2)), instances[2])
    assert (await onlooker.incidents())[0]["status"] == "investigating"
    await post(onlooker, url, firing(fingerprint="f9", instance="api-9"), instances[2])
    assert (await onlooker.incidents())[0]["correlatedAlertCount"] == 3
    await post(onlooker, url, resolved(fingerprint="f2"), resolved(fingerprint="f9"))
    assert [one["status"] for one in await onlooker.incidents()] == ["resolved"]


async def test_different_services_in_one_notification_are_different_incidents(
    onlooker: Person, url: str
) -> None:
    await post(onlooker, url, firing(fingerprint="a", service="cart"), firing(fingerprint="b", service="pay"))
    assert {one["alert"]["service"] for one in await onlooker.incidents()} == {"cart", "pay"}


async def test_a_thousand_alerts_in_one_payload_are_all_taken(onlooker: Person, url: str) -> None:
    await post(onlooker, url, *(firing(fingerprint=f"f{n}", service=f"s{n % 40}") for n in range(1000)))
    incidents = await onlooker.incidents()
    assert len(incidents) == 40
    assert sum(one["correlatedAlertCount"] + 1 for one in incidents) == 1000


async def test_senders_at_the_same_time_neither_lose_nor_double(
    onlooker: Person, url: str, database: Database
) -> None:
    alerts = [firing(fingerprint=f"f{n}", service=f"s{n % 5}") for n in range(20)]

    async def send(turn: int) -> None:
        mine = alerts[turn:] + alerts[:turn]
        await post(onlooker, url, *mine)
        await post(
            onlooker, url, *(resolved(fingerprint=f"f{n}") for n in range(20)[:: 1 if turn % 2 else -1])
        )

    await asyncio.gather(*(send(turn) for turn in range(0, 20, 4)))
    assert all(one["status"] == "resolved" for one in await onlooker.incidents())
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM alerts") == 20
        assert await connection.fetchval("SELECT sum(received_count) FROM alerts") == 200


async def test_an_alert_that_names_no_service_affects_none(onlooker: Person, url: str) -> None:
    nameless = firing("Watchdog", fingerprint="w")
    del nameless["labels"]["service"]
    await post(onlooker, url, nameless)
    (listed,) = await onlooker.incidents()
    assert (listed["alert"]["service"], listed["affectedServices"]) == ("", [])


async def test_every_incident_has_its_job_from_the_same_transaction(
    onlooker: Person, url: str, database: Database
) -> None:
    await post(onlooker, url, *(firing(fingerprint=f"f{n}", service=f"s{n}") for n in range(7)))
    async with database.connection() as connection:
        queued = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'investigate'"
        at_once = await connection.fetchval("SELECT investigations_at_once FROM organizations")
        assert await connection.fetchval("SELECT count(*) FROM investigation_turns") == 7
        assert await connection.fetchval(queued) == at_once == 6
    line = (await onlooker.http.get("/api/incidents/queue")).json()
    assert (line["atOnce"], line["running"], line["waiting"]) == (6, 6, 1)
    assert set(line["line"]) <= {one["id"] for one in await onlooker.incidents()}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "invalid_request"),
        (b"", 400, "invalid_request"),
        (b"null", 400, "payload_not_understood"),
        (b"[]", 400, "payload_not_understood"),
        (b'{"alerts": 7}', 400, "payload_not_understood"),
        (b'{"alerts": [{"status": "on fire", "labels": {}}]}', 400, "payload_not_understood"),
        (
            b'{"version": "4", "alerts": [{"status": "firing", "labels": {"a": "\\u0000"}}]}',
            400,
            "invalid_request",
        ),
        (b"\xff\xfe", 400, "invalid_request"),
        (b'{"a": "' + b"x" * (5 * 1024 * 1024) + b'"}', 413, "too_large"),
    ],
)
async def test_a_bad_body_is_refused_with_a_sentence_and_kept_with_it(
    onlooker: Person, url: str, database: Database, body: bytes, status: int, code: str
) -> None:
    answer = await onlooker.http.post(url, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["error"]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM alerts") == 0
        kept = await connection.fetch("SELECT body, raw, status, code FROM webhook_deliveries")
    sent = [one["raw"] if one["raw"] is not None else one["body"].encode() for one in kept]
    assert sent == ([] if status == 413 else [body])
    assert [(one["status"], one["code"]) for one in kept] == [("failed", code)] * len(sent)
    await post(onlooker, url, firing(fingerprint="after"))
    assert len(await onlooker.incidents()) == 1


async def test_wrong_tokens_and_unknown_sources_are_told_apart(onlooker: Person, url: str) -> None:
    body = notification(firing())
    for path, status, code in (
        ("/api/webhooks/alertmanager/wrong", 401, "webhook_token_invalid"),
        ("/api/webhooks/alertmanager", 401, "webhook_token_invalid"),
        ("/api/webhooks/nobody/token", 404, "unknown_source"),
        (url.replace("alertmanager", "grafana"), 401, "webhook_token_invalid"),
    ):
        answer = await onlooker.http.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
    assert await onlooker.incidents() == []


async def test_the_token_may_come_as_a_bearer_or_basic_header(onlooker: Person, url: str) -> None:
    address, _, token = url.rpartition("/")
    bearer = await onlooker.http.post(
        address, json=notification(firing(fingerprint="a")), headers={"Authorization": f"Bearer {token}"}
    )
    basic = await onlooker.http.post(
        address, json=notification(firing(fingerprint="b")), auth=("aurora", token)
    )
    assert (bearer.status_code, basic.status_code) == (202, 202)
    assert len(await onlooker.incidents()) == 2


async def test_a_revoked_webhook_is_closed_at_once(onlooker: Person, url: str) -> None:
    (token,) = (await onlooker.http.get("/api/webhook-tokens")).json()["webhookTokens"]
    assert "token" not in token
    assert (await onlooker.http.delete(f"/api/webhook-tokens/{token['id']}")).status_code == 200
    assert (await onlooker.http.post(url, json=notification(firing()))).status_code == 401
    assert (await onlooker.http.delete(f"/api/webhook-tokens/{token['id']}")).status_code == 404


async def test_another_organization_sees_nothing_of_it(
    onlooker: Person, url: str, web_server: Server
) -> None:
    await post(onlooker, url, firing(fingerprint="f1"))
    (listed,) = await onlooker.incidents()
    stranger = await Person.registered(web_server.base_url)
    assert await stranger.incidents() == []
    for method, path in (
        ("GET", f"/api/incidents/{listed['id']}"),
        ("PATCH", f"/api/incidents/{listed['id']}"),
        ("POST", f"/api/incidents/{listed['id']}/chat"),
    ):
        answer = await stranger.http.request(method, path, json={"status": "resolved", "question": "why?"})
        assert answer.status_code == 404, path
    assert (await stranger.http.get("/api/webhook-tokens")).json() == {"webhookTokens": []}
