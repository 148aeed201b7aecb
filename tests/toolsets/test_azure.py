"""The Azure toolset, against a server on loopback that checks secrets and tokens and answers as Azure documents."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from cloud_server import SAID, Cloud, everything, playing
from pydantic import SecretStr

from aurora_rt.clock import now, rfc3339
from aurora_rt.settings import load
from aurora_rt.toolsets.azure import TOOLSET
from aurora_rt.toolsets.azure.account import account_of
from aurora_rt.toolsets.facts.cloud import CloudResources
from aurora_rt.toolsets.facts.logs import LogLines
from aurora_rt.toolsets.facts.metrics import SeriesSet

SETTINGS = load()
SECRET, TOKEN = "q8~the-client-secret", "azure-token-that-nobody-sees"
AT = rfc3339(now())
GROUP = "/subscriptions/sub/resourceGroups/shop/providers"
VM = f"{GROUP}/Microsoft.Compute/virtualMachines/cart-vm"
RESOURCE_HEALTH = "providers/Microsoft.ResourceHealth/availabilityStatuses/current"
ANSWERS: dict[str, object] = {
    "availabilityStatuses": {
        "value": [
            {
                "id": f"{VM}/{RESOURCE_HEALTH}",
                "properties": {
                    "availabilityState": "Unavailable",
                    "title": "Unavailable",
                    "summary": "We're sorry, the virtual machine isn't available",
                    "reasonType": "Unplanned",
                    "occuredTime": "2026-03-01T10:00:00.1234567Z",
                },
            },
            {
                "id": f"{GROUP}/Microsoft.Sql/servers/orders/{RESOURCE_HEALTH}",
                "properties": {"availabilityState": "Available", "reasonType": None},
            },
            {
                "id": f"{GROUP}/Microsoft.Compute/virtualMachines/off/{RESOURCE_HEALTH}",
                "properties": {"availabilityState": "Unavailable", "reasonType": "Customer Initiated"},
            },
        ]
    },
    "alerts": {
        "value": [
            {
                "name": "High CPU",
                "properties": {
                    "essentials": {
                        "severity": "Sev1",
                        "monitorCondition": "Fired",
                        "targetResourceName": "cart-vm",
                        "alertRule": None,
                        "startDateTime": AT,
                        "description": None,
                        "targetResourceType": None,
                    }
                },
            }
        ]
    },
    "values": {
        "value": [
            {
                "eventTimestamp": AT,
                "caller": "ann@example.com",
                "operationName": {"value": "w", "localizedValue": "Restart Virtual Machine"},
                "subStatus": None,
                "status": {"value": "Succeeded"},
                "resourceId": VM,
            }
        ]
    },
    "metrics": {
        "value": [
            {
                "name": {"value": "Percentage CPU"},
                "timeseries": [
                    {"metadatavalues": [], "data": [{"timeStamp": AT, "average": 97.5}, {"timeStamp": AT}]}
                ],
            }
        ]
    },
    "query": {
        "tables": [
            {
                "name": "PrimaryResult",
                "columns": [{"name": name, "type": "string"} for name in ("TimeGenerated", "AppRoleName", "Message")],
                "rows": [[AT, "cart", "Exception: boom password=hunter2"]],
            }
        ]
    },
}  # fmt: skip


class Azure:
    """Gives tokens for the secret, and answers to tokens."""

    def __init__(self) -> None:
        self.scopes: list[str] = []
        self.refusal = ""

    async def answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if request.path == "/tenant/oauth2/v2.0/token":
            form = parse_qs(body.decode())
            assert form["grant_type"] == ["client_credentials"]
            if form["client_secret"] != [SECRET] or self.refusal:
                said = {
                    "error": "invalid_client",
                    "error_description": self.refusal or "AADSTS7000215: Invalid",
                }
                return web.json_response(said, status=401)
            self.scopes += form["scope"]
            await asyncio.sleep(0.05)
            return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": {"code": "InvalidAuthenticationToken"}}, status=401)
        return web.json_response(ANSWERS[request.path.rpartition("/")[2]])


@pytest.fixture
async def azure() -> AsyncIterator[tuple[Azure, Cloud]]:
    """An Azure."""
    here = Azure()
    async with playing(Cloud(here.answer, spared="/token")) as cloud:
        yield here, cloud


def configured(cloud: Cloud, **changes: object) -> dict[str, object]:
    return {
        "azure_tenant_id": "tenant",
        "azure_client_id": "client",
        "azure_client_secret": SecretStr(SECRET),
        "azure_subscription_id": "sub",
        "azure_endpoint": cloud.url,
        "azure_login": cloud.url,
        "tool_timeout": 5.0,
    } | changes


async def test_resources_and_alerts_tell_how_they_are(tools, azure) -> None:
    look = tools(**configured(azure[1])).look
    seen = await look("azure.resources")
    assert isinstance(seen.facts, CloudResources), seen.error
    assert [(one.sort, one.name, one.healthy) for one in seen.facts.resources] == [
        ("virtualMachines", "cart-vm", False),
        ("virtualMachines", "off", None),
        ("servers", "orders", True),
    ]
    alerts = await look("azure.alerts")
    assert [(one.name, one.healthy, one.also) for one in alerts.facts.resources] == [
        ("High CPU", False, ("cart-vm",))
    ]


async def test_metrics_logs_and_changes_are_told(tools, azure) -> None:
    look = tools(**configured(azure[1])).look
    seen = await look("azure.metrics", resource=VM, metric="Percentage CPU")
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert [value for _, value in seen.facts.series[0].points] == [97.5]
    logs = await look("azure.logs", workspace="w-1", query="AppExceptions")
    assert isinstance(logs.facts, LogLines), logs.error
    assert [(line.source, line.priority) for line in logs.facts.lines] == [("cart", "error")]
    assert "hunter2" not in everything(logs)
    activity = await look("azure.activity")
    assert "[cart-vm] Restart Virtual Machine (Succeeded) by ann@example.com on cart-vm" in activity.output
    assert sorted(azure[0].scopes) == [
        "https://api.loganalytics.io/.default",
        "https://management.azure.com/.default",
    ]


@pytest.mark.parametrize(
    "query", ["externaldata(x:string)[@'http://192.0.2.1']", "evaluate http_request('x')"]
)
async def test_a_query_that_calls_other_addresses_is_not_asked(tools, azure, query: str) -> None:
    seen = await tools(**configured(azure[1])).look("azure.logs", workspace="w-1", query=query)
    assert "reads from elsewhere" in (seen.error or "")
    assert azure[1].asked == []


async def test_a_token_is_asked_for_once_however_many_look(tools, azure) -> None:
    look = tools(**configured(azure[1])).look
    await asyncio.gather(*(look(f"azure.{name}") for name in ("resources", "alerts", "activity")))
    assert len(azure[0].scopes) == 1


async def test_the_next_page_is_asked_for_at_azure_alone(tools, azure) -> None:
    here, cloud = azure
    pages = 0

    async def paged(request: web.Request, body: bytes) -> web.StreamResponse:
        nonlocal pages
        if request.path.endswith("/token"):
            return await here.answer(request, body)
        pages += 1
        assert pages == 1 or request.query["$skiptoken"] == "x"
        return web.json_response({"value": [], "nextLink": "http://192.0.2.1/steal?$skiptoken=x"})

    cloud.answer = paged
    seen = await tools(**configured(cloud)).look("azure.resources")
    assert (pages, seen.facts.truncated) == (4, True)


@pytest.mark.parametrize(
    "resource", ["/subscriptions/x/../../y", "http://192.0.2.1/", "/subscriptions/s/r?x=1"]
)
async def test_what_is_no_resource_is_not_asked_for(tools, azure, resource: str) -> None:
    seen = await tools(**configured(azure[1])).look("azure.metrics", resource=resource, metric="m")
    assert "cannot be called so" in (seen.error or "")
    assert azure[1].asked == []


@pytest.mark.parametrize("spared", ["/token", "/nothing"])
@pytest.mark.parametrize("fault", SAID)
async def test_each_fault_is_one_sentence_without_a_secret(tools, azure, fault: str, spared: str) -> None:
    azure[1].fault, azure[1].spared = fault, spared
    timeout = 0.3 if fault == "slow" else 5.0
    seen = await tools(**configured(azure[1], tool_timeout=timeout)).look("azure.resources")
    assert SAID[fault] in (seen.error or "")
    assert SECRET not in everything(seen)
    assert TOKEN not in everything(seen)


@pytest.mark.parametrize(
    ("status", "code", "message", "says"),
    [
        (403, "AuthorizationFailed", "does not have authorization to perform action 'Microsoft.X/y/read' over scope",
         "lacks the permission Microsoft.X/y/read"),
        (429, "TooManyRequests", "slow down", "was asked too often"),
        (401, "ExpiredAuthenticationToken", f"expired {TOKEN} {SECRET}", "does not accept our token"),
        (404, "SubscriptionNotFound", "not found", "does not know the subscription"),
    ],
)  # fmt: skip
async def test_what_azure_refuses_says_what_to_do(
    tools, azure, status: int, code: str, message: str, says: str
) -> None:
    azure[1].refusal = (status, json.dumps({"error": {"code": code, "message": message}}))
    seen = await tools(**configured(azure[1])).look("azure.resources")
    assert says in (seen.error or "")
    assert TOKEN not in everything(seen)
    assert SECRET not in everything(seen)


async def test_a_secret_that_is_wrong_or_has_ended_is_told(tools, azure) -> None:
    wrong = configured(azure[1], azure_client_secret=SecretStr("another-secret"))
    seen = await tools(**wrong).look("azure.resources")
    assert "AZURE_CLIENT_SECRET is not the secret" in (seen.error or "")
    assert "another-secret" not in everything(seen)
    azure[0].refusal = "AADSTS7000222: The provided client secret keys are expired"
    seen = await tools(**configured(azure[1])).look("azure.resources")
    assert "has to be renewed" in (seen.error or "")


async def test_health_and_what_is_not_configured(azure, http) -> None:
    here = SETTINGS.model_copy(update=configured(azure[1]))
    assert (await TOOLSET.health(here, http)).status == "healthy"
    away = await TOOLSET.health(here.model_copy(update={"azure_login": "http://127.0.0.1:9"}), http)
    assert (away.status, "cannot be reached" in away.message) == ("unhealthy", True)
    assert "AZURE_TENANT_ID is not set" in (
        TOOLSET.unusable(SETTINGS.model_copy(update={"azure_tenant_id": None})) or ""
    )
    assert "AZURE_SUBSCRIPTION_ID must be" in (
        TOOLSET.unusable(here.model_copy(update={"azure_subscription_id": "../x"})) or ""
    )
    assert SECRET not in f"{account_of(here)!r} {here!r}"
