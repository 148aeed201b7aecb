"""What is sent is kept before it is understood: nothing that was answered can be lost, whatever fails afterwards."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from amazon import Amazon, amazon_sns
from people import Person, firing, notification, resolved
from pydantic import SecretStr
from vendors import payload, signed
from whole import Server, serving

from aurora_rt import serve
from aurora_rt.alerts import ingest, receiving
from aurora_rt.alerts.patience import Patience
from aurora_rt.alerts.proof.sns import Sns, amazons
from aurora_rt.alerts.sources.json import DEFAULT
from aurora_rt.alerts.upkeep import Upkeep
from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings

CHECK = {"check": {"id": "c-7", "label": "Shop is down"}, "up": "false", "sev": "P1"}
MAPPING = {
    "fingerprint": "check.id",
    "title": "check.label",
    "status": "up == 'true' && 'ok' || 'down'",
    "severity": "sev",
}


async def listed(person: Person, **query: Any) -> dict[str, Any]:
    return (await person.http.get("/api/webhook-deliveries", params=query)).json()


async def the_token(person: Person) -> str:
    return (await person.http.get("/api/webhook-tokens")).json()["webhookTokens"][0]["id"]


async def test_what_is_not_understood_is_kept_told_and_replayed_once_its_mapping_is_mended(
    onlooker: Person,
) -> None:
    url = await onlooker.webhook("json")
    refused = await onlooker.http.post(url, json=CHECK)
    assert (refused.status_code, refused.json()["code"]) == (400, "payload_not_understood")
    page = await listed(onlooker, status="failed")
    (failed,) = page["deliveries"]
    assert (page["failed"], failed["code"], failed["reason"]) == (
        1,
        "payload_not_understood",
        "alerts[0].fingerprint: missing, so that alerts cannot be told apart",
    )
    still = await onlooker.http.post(f"/api/webhook-deliveries/{failed['id']}/replay")
    assert (still.status_code, still.json()["code"]) == (400, "payload_not_understood")

    token = await the_token(onlooker)
    tried = await onlooker.http.post(f"/api/webhook-tokens/{token}/try-mapping", json={"mapping": MAPPING})
    assert tried.json()["delivery"] == failed["id"]
    (alert,) = tried.json()["alerts"]
    assert (alert["fingerprint"], alert["status"], alert["severity"]) == ("c-7", "firing", "critical")
    changed = await onlooker.http.patch(f"/api/webhook-tokens/{token}", json={"mapping": MAPPING})
    assert changed.json()["mapping"] == MAPPING

    replayed = await onlooker.http.post(f"/api/webhook-deliveries/{failed['id']}/replay")
    assert replayed.json() == {"id": failed["id"], "status": "processed", "alerts": 1}
    (incident,) = await onlooker.incidents()
    assert incident["alert"]["title"] == "Shop is down"
    again = await onlooker.http.post(f"/api/webhook-deliveries/{failed['id']}/replay")
    assert (again.status_code, again.json()["code"]) == (409, "webhook_delivery_processed")
    assert (await listed(onlooker))["failed"] == 0
    shown = (await onlooker.http.get(f"/api/webhook-deliveries/{failed['id']}")).json()
    assert '"Shop is down"' in shown["body"]


async def test_a_mapping_is_tried_on_what_a_person_pastes_and_what_is_wrong_is_told_field_by_field(
    onlooker: Person,
) -> None:
    await onlooker.webhook("json")
    path = f"/api/webhook-tokens/{await the_token(onlooker)}/try-mapping"
    nothing = await onlooker.http.post(path, json={"mapping": MAPPING})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_try")
    pasted = await onlooker.http.post(path, json={"mapping": MAPPING, "payload": CHECK | {"up": "true"}})
    assert pasted.json()["alerts"][0]["status"] == "resolved"
    found = pasted.json()["fields"]
    assert (found["alerts"], found["title"]) == (
        {"value": 1, "problem": ""},
        {"value": "Shop is down", "problem": ""},
    )
    keeping = f"/api/webhook-tokens/{await the_token(onlooker)}"
    for mapping, field, complaint in (
        ({"fingerprint": "a ||"}, "fingerprint", "this is no JMESPath"),
        ({"fingerprint": "check.id", "started_at": "sev"}, "started_at", "not a time"),
        ({"fingerprint": "id", "colour": "c"}, "colour", "An alert has no field 'colour'"),
        ({"title": "check.label"}, None, "fingerprint is missing"),
        ({"fingerprint": "[[@,@],[@,@],[@,@]]"}, "fingerprint", "makes 3 lists"),
    ):
        answer = await onlooker.http.post(path, json={"mapping": mapping, "payload": CHECK})
        assert (answer.status_code, answer.json()["alerts"]) == (200, [])
        told = answer.json()["fields"][field]["problem"] if field else answer.json()["problem"]
        assert complaint in told
        kept = await onlooker.http.patch(keeping, json={"mapping": mapping})
        assert kept.status_code == (200 if field == "started_at" else 400), kept.text
    elsewhere = await onlooker.http.post(
        "/api/webhook-tokens", json={"source": "grafana", "name": "g", "mapping": DEFAULT}
    )
    assert elsewhere.json()["code"] == "webhook_mapping_not_taken"


async def test_a_test_alert_goes_the_way_of_all_alerts_and_a_new_token_closes_the_old_one(
    onlooker: Person,
) -> None:
    url = await onlooker.webhook("json", mapping=MAPPING)
    path = f"/api/webhook-tokens/{await the_token(onlooker)}"
    tested = (await onlooker.http.post(f"{path}/test")).json()
    incident = await onlooker.incident(tested["incident"])
    assert (incident["alert"]["title"], incident["alert"]["service"]) == ("Aurora test alert", "aurora-test")
    (delivery,) = (await listed(onlooker, token=await the_token(onlooker)))["deliveries"]
    assert (delivery["id"], delivery["status"]) == (tested["delivery"], "processed")
    await onlooker.http.patch(f"/api/incidents/{incident['id']}", json={"status": "resolved"})
    again = (await onlooker.http.post(f"{path}/test")).json()
    assert again["incident"] != incident["id"]  # each test is seen, whatever became of the ones before

    assert (
        await onlooker.http.post(url, json=CHECK)
    ).status_code == 202  # and the token is remembered from here on
    rotated = (await onlooker.http.post(f"{path}/rotate")).json()
    assert (await onlooker.http.post(url, json=CHECK)).status_code == 401
    assert (await onlooker.http.post(rotated["url"], json=CHECK)).status_code == 202


async def test_all_that_failed_is_replayed_with_one_call(onlooker: Person) -> None:
    url = await onlooker.webhook("json")
    for label in ("Shop", "Cart"):
        await onlooker.http.post(url, json={"check": {"id": label, "label": label}})
    await onlooker.http.post(url, json={"what": "is this?"})
    token = await the_token(onlooker)
    (shown,) = (await onlooker.http.get("/api/webhook-tokens")).json()["webhookTokens"]
    assert shown["failed"] == 3
    await onlooker.http.patch(f"/api/webhook-tokens/{token}", json={"mapping": MAPPING})
    replayed = await onlooker.http.post("/api/webhook-deliveries/replay", json={"token": token})
    assert replayed.json() == {"processed": 2, "failed": 1, "hasMore": False}
    assert sorted(one["alert"]["title"] for one in await onlooker.incidents()) == ["Cart", "Shop"]
    left = (await listed(onlooker, status="failed", token=token))["deliveries"]
    done = (await listed(onlooker, status="processed"))["deliveries"]
    for delivery, status in ((done[0], 409), (left[0], 200), (left[0], 404)):
        answer = await onlooker.http.delete(f"/api/webhook-deliveries/{delivery['id']}")
        assert answer.status_code == status, answer.text
    assert (await listed(onlooker))["failed"] == 0


async def test_rules_that_fail_lose_nothing(onlooker: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    url = await onlooker.webhook()

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a rule")

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "place", broken)
        answer = await onlooker.http.post(url, json=notification(firing(fingerprint="f1")))
    assert (answer.status_code, answer.json()) == (202, {"status": "kept", "alerts": 1})
    (failed,) = (await listed(onlooker, status="failed"))["deliveries"]
    assert (failed["code"], "ZeroDivisionError" in failed["reason"]) == ("processing_failed", True)
    assert await onlooker.incidents() == []
    assert (await onlooker.http.post(f"/api/webhook-deliveries/{failed['id']}/replay")).status_code == 200
    assert len(await onlooker.incidents()) == 1


async def test_an_outage_after_keeping_is_gone_on_with_by_itself_and_once(
    onlooker: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    url = await onlooker.webhook()

    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionResetError("the database went away")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "ingest", away)
        answer = await onlooker.http.post(url, json=notification(firing(fingerprint="f1")))
    assert (answer.status_code, answer.json()["status"]) == (202, "kept")
    assert (await listed(onlooker))["received"] == 1
    async with serve.resources(settings) as have:
        upkeep = Upkeep(have.database, have.changes, serve.receiving_of(have), Patience())
        await upkeep.look()
        assert await onlooker.incidents() == []
        await asyncio.gather(*(upkeep.look(timedelta(0)) for _ in range(3)))
    assert len(await onlooker.incidents()) == 1
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT received_count FROM alerts") == 1


async def test_secrets_are_needed_where_they_are_set_and_kept_encrypted(
    signing: Server, people: None, database: Database
) -> None:
    person = await Person.registered(signing.base_url)
    open_, shut = (
        await person.webhook("github"),
        await person.webhook("github", secret="a secret of this test"),
    )
    sent = payload("github", "firing")
    assert (await person.http.post(open_, content=sent.body)).status_code == 202
    unsigned = await person.http.post(shut, content=sent.body)
    assert (unsigned.status_code, unsigned.json()["code"]) == (401, "webhook_signature_missing")
    assert [
        one["hasSecret"] for one in (await person.http.get("/api/webhook-tokens")).json()["webhookTokens"]
    ] == [
        False,
        True,
    ]
    async with database.connection() as connection:
        (kept,) = await connection.fetch(
            "SELECT sealed_secret FROM webhook_tokens WHERE sealed_secret IS NOT NULL"
        )
    assert b"a secret of this test" not in kept["sealed_secret"]
    useless = await person.http.post(
        "/api/webhook-tokens", json={"source": "datadog", "name": "d", "secret": "x" * 20}
    )
    assert (useless.status_code, useless.json()["code"]) == (400, "webhook_secret_not_taken")


async def test_a_subscription_of_amazon_is_confirmed_at_amazons_hosts_alone(
    signing: Server, amazon: Amazon, people: None
) -> None:
    person = await Person.registered(signing.base_url)
    url = await person.webhook("cloudwatch")

    async def subscribing(address: str) -> Any:
        body = payload("cloudwatch", "firing").body.replace(b'"Notification"', b'"SubscriptionConfirmation"')
        more = f'"SubscribeURL": "{address}", "Token": "t", '.encode()
        body, headers = signed(Sns(), body.replace(b"{", b"{" + more, 1))
        return await person.http.post(url, content=body, headers=headers | {"content-type": "text/plain"})

    good = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    assert (await subscribing(good)).status_code == 202
    assert [one for one in amazon.asked if "Confirm" in one] == ["/?Action=ConfirmSubscription&Token=t"]
    for bad in (
        "https://sns.evil.example/?Action=ConfirmSubscription",
        "http://sns.eu-west-1.amazonaws.com/",
    ):
        assert (await subscribing(bad)).json()["code"] == "payload_not_understood"
    amazon.away = True
    refused = await subscribing(good)
    assert (refused.status_code, refused.json()["code"]) == (503, "vendor_unavailable")
    assert (await listed(person))["failed"] == 3


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://user@sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://s3.amazonaws.com/a.pem",
        "https://sns.amazonaws.com/a.pem\n.evil.example",
        "https://[::1/a.pem",
    ],
)
def test_no_other_host_passes_for_amazon(address: str) -> None:
    assert not amazons(address)
    assert amazons("https://sns.eu-west-1.amazonaws.com/a.pem")
    assert amazons("https://sns.cn-north-1.amazonaws.com.cn/a.pem")


async def test_another_organization_neither_sees_nor_replays_a_delivery(
    onlooker: Person, web_server: Server
) -> None:
    await onlooker.http.post(await onlooker.webhook("json"), json=CHECK)
    (failed,) = (await listed(onlooker))["deliveries"]
    stranger = await Person.registered(web_server.base_url)
    assert (await listed(stranger))["deliveries"] == []
    for method, path in (("GET", ""), ("POST", "/replay")):
        answer = await stranger.http.request(method, f"/api/webhook-deliveries/{failed['id']}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_delivery_not_found")


async def test_what_was_sent_is_paged(onlooker: Person) -> None:
    url = await onlooker.webhook()
    for n in range(3):
        await onlooker.http.post(
            url, json=notification(firing(fingerprint=f"f{n}"), resolved(fingerprint="r"))
        )
    first = await listed(onlooker, limit=2)
    rest = await listed(onlooker, limit=2, before=first["deliveries"][-1]["id"])
    assert (len(first["deliveries"]), first["hasMore"]) == (2, True)
    assert (len(rest["deliveries"]), rest["hasMore"]) == (1, False)
    assert {one["status"] for one in first["deliveries"] + rest["deliveries"]} == {"processed"}
    assert [one["alerts"] for one in rest["deliveries"]] == [2]


@pytest.fixture
async def amazon() -> AsyncIterator[Amazon]:
    """A stand-in of Amazon SNS."""
    async with amazon_sns() as running:
        yield running


@pytest.fixture
async def signing(settings: Settings, amazon: Amazon) -> AsyncIterator[Server]:
    """A server that can keep secrets, and asks the stand-in instead of Amazon."""
    more = {"aws_endpoint": amazon.url, "secret_key": SecretStr("a key of this test")}
    async with serving(settings.model_copy(update=more), worker=False) as running:
        yield running
