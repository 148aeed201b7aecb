"""The Google Cloud toolset, against a server on loopback that checks what tokens are asked for with, and tokens."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs

import jwt
import pytest
from aiohttp import web
from cloud_server import SAID, Cloud, everything, playing
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from aurora_rt.clock import now, rfc3339
from aurora_rt.connectors.google_keys import AUDIENCE
from aurora_rt.settings import load
from aurora_rt.toolsets.facts.cloud import CloudResources
from aurora_rt.toolsets.facts.logs import LogLines
from aurora_rt.toolsets.facts.metrics import SeriesSet
from aurora_rt.toolsets.gcp import TOOLSET

SETTINGS = load()
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
TOKEN = "ya29.a-token-that-nobody-sees"
AT = rfc3339(now())

ANSWERS = {
    "/v3/projects/shop/timeSeries": {
        "timeSeries": [
            {
                "metric": {"type": "run.googleapis.com/request_count", "labels": {"code": "500"}},
                "resource": {"type": "cloud_run_revision", "labels": {"service_name": "cart"}},
                "metricKind": "DELTA",
                "valueType": "INT64",
                "points": [{"interval": {"startTime": AT, "endTime": AT}, "value": {"int64Value": "42"}}],
            },
            {
                "metric": {"type": "latencies"},
                "points": [
                    {"interval": {"endTime": AT}, "value": {"distributionValue": {"mean": 1.5, "count": "2"}}}
                ],
            },
        ]
    },
    "/apis/serving.knative.dev/v1/namespaces/shop/services": {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "ServiceList",
        "metadata": {},
        "items": [
            {
                "metadata": {"name": "cart", "namespace": "1234"},
                "status": {
                    "latestReadyRevisionName": "cart-1",
                    "latestCreatedRevisionName": "cart-2",
                    "conditions": [
                        {
                            "type": "Ready",
                            "status": "False",
                            "reason": "HealthCheckContainerError",
                            "message": "The user-provided container failed to start and listen on the port",
                            "lastTransitionTime": AT,
                        },
                        {"type": "RoutesReady", "status": "True"},
                    ],
                },
            },
            {"metadata": {"name": "web"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}},
        ],
    },
    "/v1/projects/shop/instances": {
        "items": [
            {"name": "orders", "state": "SUSPENDED", "suspensionReason": ["BILLING_ISSUE"], "settings": {"tier": "x"}},
            {"name": "off", "state": "RUNNABLE", "settings": {"activationPolicy": "NEVER"}},
        ]
    },
    "/compute/v1/projects/shop/aggregated/instances": {
        "items": {
            "zones/europe-west1-b": {"instances": [{"name": "vm-1", "status": "REPAIRING"}]},
            "zones/us-east1-b": {"warning": {"code": "NO_RESULTS_ON_PAGE"}},
        }
    },
}  # fmt: skip
LOGS = {
    "entries": [
        {
            "timestamp": AT,
            "severity": "ERROR",
            "textPayload": "boom password=hunter2",
            "resource": {"type": "cloud_run_revision", "labels": {"service_name": "cart"}},
        },
        {
            "timestamp": AT,
            "severity": "WARNING",
            "jsonPayload": {"message": "slow"},
            "resource": {"type": "x"},
        },
    ]
}
CHANGES = {
    "entries": [
        {
            "timestamp": AT,
            "protoPayload": {
                "methodName": "google.cloud.run.v2.Services.UpdateService",
                "resourceName": "projects/shop/locations/x/services/cart",
                "authenticationInfo": {"principalEmail": "ann@example.com"},
            },
        }
    ]
}


class Google:
    """Gives tokens to who signs right, and answers to tokens."""

    def __init__(self) -> None:
        self.granted = 0
        self.lasts = 3600
        self.refusal = ""

    async def answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if request.path == "/token":
            return await self.grant(parse_qs(body.decode()))
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, status=401)
        if request.path == "/v2/entries:list":
            return web.json_response(CHANGES if b"cloudaudit" in body else LOGS)
        return web.json_response(ANSWERS[request.path])

    async def grant(self, form: dict[str, list[str]]) -> web.StreamResponse:
        if self.refusal:
            return web.json_response({"error": self.refusal, "error_description": "no"}, status=400)
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        claims = jwt.decode(form["assertion"][0], PRIVATE.public_key(), ["RS256"], audience=AUDIENCE)
        assert (claims["iss"], claims["scope"].rpartition("/")[2]) == ("a@shop", "cloud-platform")
        self.granted += 1
        await asyncio.sleep(0.05)
        return web.json_response({"access_token": TOKEN, "expires_in": self.lasts, "token_type": "Bearer"})


@pytest.fixture
async def google() -> AsyncIterator[tuple[Google, Cloud]]:
    """A Google Cloud."""
    here = Google()
    async with playing(Cloud(here.answer, spared="/token")) as cloud:
        yield here, cloud


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    key = {
        "type": "service_account",
        "project_id": "shop",
        "private_key_id": "k-12345",
        "client_email": "a@shop",
    }
    path.write_text(json.dumps({**key, "private_key": PEM, "token_uri": "http://192.0.2.1/steal"}))
    return path


def configured(cloud: Cloud, key: Path, **changes: object) -> dict[str, object]:
    return {
        "gcp_credentials": str(key),
        "gcp_project": None,
        "gcp_endpoint": cloud.url,
        "tool_timeout": 5.0,
    } | changes


async def test_services_databases_and_machines_tell_how_they_are(tools, google, key_file: Path) -> None:
    look = tools(**configured(google[1], key_file)).look
    seen = [await look(f"gcp.{name}") for name in ("run", "sql", "compute")]
    assert all(isinstance(one.facts, CloudResources) for one in seen), [one.error for one in seen]
    assert [[(one.name, one.healthy) for one in each.facts.resources] for each in seen] == [
        [("cart", False), ("web", True)],
        [("orders", False), ("off", None)],
        [("vm-1", False)],
    ]
    assert "listen on the port" in seen[0].output
    assert "cart-1 serves, cart-2 does not" in seen[0].output
    assert seen[1].facts.resources[0].reason == "suspended, BILLING_ISSUE"


async def test_metrics_logs_and_changes_are_told(tools, google, key_file: Path) -> None:
    look = tools(**configured(google[1], key_file)).look
    seen = await look("gcp.metrics", filter='metric.type="run.googleapis.com/request_count"')
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert [one.points[0][1] for one in seen.facts.series] == [42.0, 1.5]
    assert seen.facts.series[0].labels["service_name"] == "cart"
    logs = await look("gcp.logs")
    assert isinstance(logs.facts, LogLines), logs.error
    assert [(line.source, line.priority) for line in logs.facts.lines] == [
        ("cart", "error"),
        ("x", "warning"),
    ]
    assert "hunter2" not in everything(logs)
    changes = await look("gcp.changes")
    assert (
        "Services.UpdateService by ann@example.com on projects/shop/locations/x/services/cart"
        in changes.output
    )


async def test_a_token_is_asked_for_once_and_again_shortly_before_its_end(
    tools, google, key_file: Path
) -> None:
    here, cloud = google
    look = tools(**configured(cloud, key_file)).look
    await asyncio.gather(*(look(f"gcp.{name}") for name in ("run", "sql", "compute", "logs", "changes")))
    assert here.granted == 1
    here.lasts, here.granted = 60, 0
    short = tools(**configured(cloud, key_file, gcp_endpoint=cloud.url + "/")).look
    await short("gcp.run")
    await short("gcp.sql")
    assert here.granted == 2


@pytest.mark.parametrize("fault", SAID)
async def test_each_fault_is_one_sentence_without_a_secret(tools, google, key_file: Path, fault: str) -> None:
    google[1].fault = fault
    timeout = 0.3 if fault == "slow" else 5.0
    seen = await tools(**configured(google[1], key_file, tool_timeout=timeout)).look("gcp.run")
    assert SAID[fault] in (seen.error or "")
    assert TOKEN not in everything(seen)
    assert "PRIVATE KEY" not in everything(seen)


@pytest.mark.parametrize("fault", SAID)
async def test_so_is_each_fault_of_what_gives_tokens(tools, google, key_file: Path, fault: str) -> None:
    google[1].fault, google[1].spared = fault, "/nothing"
    timeout = 0.3 if fault == "slow" else 5.0
    seen = await tools(**configured(google[1], key_file, tool_timeout=timeout)).look("gcp.run")
    assert SAID[fault] in (seen.error or "")
    assert "token service of Google Cloud" in (seen.error or "") or "127.0.0.1" in (seen.error or "")


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (403, {"status": "PERMISSION_DENIED", "message": "Permission 'run.services.list' denied on resource"},
         "lacks the permission run.services.list"),
        (403, {"status": "PERMISSION_DENIED", "message": "no"}, "lacks a role that may read run"),
        (403, {"status": "PERMISSION_DENIED", "message": "Cloud Run API has not been used in project 1 before"},
         "The run API is not enabled"),
        (429, {"status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded"}, "was asked too often"),
        (401, {"status": "UNAUTHENTICATED", "message": f"bad {TOKEN}"}, "does not accept our token"),
    ],
)  # fmt: skip
async def test_what_google_refuses_says_what_to_do(
    tools, google, key_file: Path, status: int, body: dict[str, str], says: str
) -> None:
    google[1].refusal = (status, json.dumps({"error": {"code": status, **body}}))
    seen = await tools(**configured(google[1], key_file)).look("gcp.run")
    assert says in (seen.error or "")
    assert TOKEN not in everything(seen)


async def test_a_key_that_is_refused_or_is_none_is_told(tools, google, key_file: Path) -> None:
    here, cloud = google
    here.refusal = "invalid_grant"
    seen = await tools(**configured(cloud, key_file)).look("gcp.run")
    assert "does not accept the service account" in (seen.error or "")
    key_file.write_text(
        json.dumps({"type": "service_account", "private_key": "s3cret-not-a-key", "client_email": "x"})
    )
    seen = await tools(**configured(cloud, key_file, gcp_project="shop")).look("gcp.run")
    assert "cannot be used" in (seen.error or "")
    key_file.write_text('{"type": "authorized_user", "refresh_token": "s3cret"}')
    seen = await tools(**configured(cloud, key_file)).look("gcp.run")
    assert "is not the JSON key of a service account" in (seen.error or "")
    assert "s3cret" not in everything(seen)
    seen = await tools(**configured(cloud, key_file.with_name("none"))).look("gcp.run")
    assert "cannot be read: No such file or directory." in (seen.error or "")


async def test_health_and_what_is_not_configured(google, key_file: Path, http) -> None:
    assert "GOOGLE_APPLICATION_CREDENTIALS is not set" in (
        TOOLSET.unusable(SETTINGS.model_copy(update={"gcp_credentials": None})) or ""
    )
    here = SETTINGS.model_copy(update=configured(google[1], key_file))
    assert (await TOOLSET.health(here, http)).status == "healthy"
    away = await TOOLSET.health(here.model_copy(update={"gcp_endpoint": "http://127.0.0.1:9"}), http)
    assert (away.status, "cannot be reached" in away.message) == ("unhealthy", True)
