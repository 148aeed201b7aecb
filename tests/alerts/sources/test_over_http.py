"""Every source on one running server: from what the vendor sends, signed as the vendor signs it, to the incident."""

import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from amazon import amazon_sns
from people import Person
from pydantic import SecretStr
from vendors import Payload, has, payload, payloads, secret_of, signed
from whole import serving

from aurora_rt.alerts.decoding import decoded
from aurora_rt.alerts.proof.schemes import Hmac, StandardWebhooks, TokenInBody
from aurora_rt.alerts.proof.sns import Sns
from aurora_rt.alerts.source import Source, sources
from aurora_rt.errors import Invalid
from aurora_rt.settings import Settings

MAIN = ("firing", "acknowledged", "resolved")


class Vendor:
    """A source, and somebody with a webhook for it."""

    def __init__(self, source: Source, person: Person, url: str) -> None:
        self.source = source
        self.person = person
        self.url = url

    @classmethod
    async def of(cls, source: Source, base_url: str) -> "Vendor":
        person = await Person.registered(base_url)
        secret = secret_of(source.proof)
        return cls(
            source, person, await person.webhook(source.name, **({"secret": secret} if secret else {}))
        )

    @property
    def proves(self) -> bool:
        return secret_of(self.source.proof) is not None or self.source.proof.always

    async def posts(self, body: bytes, headers: dict[str, str], url: str = "") -> httpx.Response:
        return await self.person.http.post(url or self.url, content=body, headers=headers)

    async def sends(self, what: Payload, at: datetime | None = None) -> httpx.Response:
        body, signature = signed(self.source.proof, what.body, at)
        return await self.posts(body, what.headers | signature)


async def test_every_source_leads_from_its_vendor_to_the_incident(settings: Settings, people: None) -> None:
    async with amazon_sns() as amazon:
        mine = settings.model_copy(
            update={"aws_endpoint": amazon.url, "secret_key": SecretStr("a key of this test")}
        )
        async with serving(mine, worker=False) as server:
            failed = {}
            for name, source in sources().items():
                try:
                    await told_of_its_incident(source, server.base_url)
                    await told_all_else(source, server.base_url)
                except AssertionError:
                    failed[name] = traceback.format_exc(limit=-2)
            assert not failed, "\n".join(failed.values())


async def told_of_its_incident(source: Source, base_url: str) -> None:
    vendor = await Vendor.of(source, base_url)
    firing = payload(source.name, "firing")
    if vendor.proves:
        await refuses_what_its_vendor_did_not_sign(vendor, firing)
    body, signature = signed(source.proof, firing.body)
    first = await vendor.posts(body, firing.headers | signature)
    assert (first.status_code, first.json()) == (202, {"status": "accepted", "alerts": 1}), first.text
    (incident,) = await vendor.person.incidents()
    expected = firing.expected["alerts"][0]
    assert incident["sourceType"] == source.name
    assert incident["sourceAlertId"] == expected["fingerprint"]
    assert incident["alert"]["title"] == expected["title"]
    assert incident["alert"]["service"] == expected.get("service", "")
    assert incident["severity"] == expected.get("severity", "unknown")
    assert incident["status"] == "investigating"

    again = await vendor.posts(body, firing.headers | signature)
    if vendor.proves and remembers(source):
        assert (again.status_code, again.json()["code"]) == (409, "webhook_replayed"), again.text
    else:
        assert again.status_code == 202, again.text
    assert (await vendor.sends(firing)).status_code in (202, 409)
    assert len(await vendor.person.incidents()) == 1

    if has(source.name, "acknowledged"):
        assert (await vendor.sends(payload(source.name, "acknowledged"))).status_code == 202
        assert [one["status"] for one in await vendor.person.incidents()] == ["investigating"]
    if source.recovers:
        over = await vendor.sends(payload(source.name, "resolved"))
        assert over.status_code == 202, over.text
        assert [one["status"] for one in await vendor.person.incidents()] == ["resolved"]


async def refuses_what_its_vendor_did_not_sign(vendor: Vendor, what: Payload) -> None:
    missing = await vendor.posts(what.body, what.headers)
    assert_refused(missing, "webhook_signature_missing")
    body, signature = signed(vendor.source.proof, what.body)
    changed = body + b"0" if isinstance(vendor.source.proof, TokenInBody) else body.replace(b"e", b"a", 1)
    wrong = await vendor.posts(changed, what.headers | signature)
    if b"e" in what.body and type(vendor.source.proof) in (Hmac, StandardWebhooks, TokenInBody):
        assert_refused(wrong, "webhook_signature_invalid")
    token_elsewhere = vendor.url[:-4] + ("AAAA" if not vendor.url.endswith("AAAA") else "BBBB")
    assert_refused(
        await vendor.posts(body, what.headers | signature, token_elsewhere), "webhook_token_invalid"
    )
    if isinstance(vendor.source.proof, StandardWebhooks | Sns) or getattr(
        vendor.source.proof, "time_header", ""
    ):
        late = await vendor.sends(what, datetime.now(UTC) - timedelta(hours=2))
        assert_refused(late, "webhook_signature_expired")
    assert await vendor.person.incidents() == []


async def told_all_else(source: Source, base_url: str) -> None:
    vendor = await Vendor.of(source, base_url)
    if source.recovers:  # a recovery that comes first
        answer = await vendor.sends(payload(source.name, "resolved"))
        assert (answer.status_code, await vendor.person.incidents()) == (202, []), answer.text
    for what in payloads():
        if what.source is not source or what.name in MAIN or not readable(what):
            continue
        answer = await vendor.sends(what)
        assert (answer.status_code, answer.json()["alerts"]) == (202, len(what.expected["alerts"])), what.id
    kept: dict[str, Any] = (await vendor.person.http.get("/api/webhook-deliveries")).json()
    assert (kept["failed"], kept["received"]) == (0, 0)


def readable(what: Payload) -> bool:
    try:
        decoded(what.source, what.body, what.headers)
    except Invalid:
        return False
    return True


def remembers(source: Source) -> bool:
    proof = source.proof
    if isinstance(proof, TokenInBody):
        return False
    return not isinstance(proof, Hmac) or bool(proof.once or proof.time_header)


def assert_refused(answer: httpx.Response, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (401, code), answer.text


@pytest.mark.parametrize("ending", ["", "/"])
async def test_the_paths_of_grafana_oncall_lead_to_the_same_place(onlooker: Person, ending: str) -> None:
    for kind, source in (
        ("grafana_alerting", "grafana"),
        ("alertmanager", "alertmanager"),
        ("webhook", "json"),
    ):
        token = (await onlooker.webhook(source)).rpartition("/")[2]
        answer = await onlooker.http.post(
            f"/integrations/v1/{kind}/{token}{ending}", content=payload(source, "firing").body
        )
        assert answer.status_code == 202, answer.text
    assert {one["sourceType"] for one in await onlooker.incidents()} == {"grafana", "alertmanager", "json"}
    refused = await onlooker.http.post(f"/integrations/v1/webhook/wrong{ending}", json={})
    assert (refused.status_code, refused.json()["code"]) == (401, "webhook_token_invalid")
