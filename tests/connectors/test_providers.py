"""Every provider's connector, against one server on loopback that answers as each documents, and fails in every way."""

import base64
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from people import TLS
from providers import FAULTS, Provider, playing

from aurora_rt.connectors import wires
from aurora_rt.connectors.asking import AccountRefused, ProviderAway, Wire
from aurora_rt.connectors.connector import Connector, Given
from aurora_rt.connectors.entering import entered
from aurora_rt.connectors.providers import discover
from aurora_rt.settings import load

SETTINGS, CAREFUL = load(), load(probe_private=False)
TOKEN = "planted-4f9a1c77e2d84b-planted"
UUID = "8c1f4a7e-1111-2222-3333-444455556666"
BASIC = "Basic " + base64.b64encode(f"ann@shop.example:{TOKEN}".encode()).decode()
BEARER = {"Authorization": f"Bearer {TOKEN}"}
MAILED = {"address": "https://shop.atlassian.net", "email": "ann@shop.example", "token": TOKEN}

TOLD: dict[str, tuple[Mapping[str, str], Mapping[str, Any], Mapping[str, str], tuple[str, str]]] = {
    "github": (
        {"token": TOKEN, "repositories": "shop/cart"},
        {"GET api.github.com/user": {"login": "ann"}},
        BEARER,
        ("ann@api.github.com", "ann"),
    ),
    "gitlab": (
        {"token": TOKEN, "projects": "shop/cart"},
        {"GET gitlab.com/api/v4/user": {"username": "ann"}},
        {"PRIVATE_TOKEN": TOKEN},
        ("ann@gitlab.com", "ann"),
    ),
    "cloudflare": (
        {"token": TOKEN},
        {
            "GET api.cloudflare.com/client/v4/user/tokens/verify": {
                "result": {"id": "t1", "status": "active"}
            },
            "GET api.cloudflare.com/client/v4/zones": {"result": [{"id": "z", "name": "shop.example"}]},
        },
        BEARER,
        ("t1", "shop.example"),
    ),
    "digitalocean": (
        {"token": TOKEN},
        {
            "GET api.digitalocean.com/v2/account": {
                "account": {"uuid": "u", "email": "a@b.example", "team": None}
            }
        },
        BEARER,
        ("u", "a@b.example"),
    ),
    "hetzner": (
        {"token": TOKEN, "name": "shop"},
        {"GET api.hetzner.cloud/v1/servers": {"servers": [{"name": "web-1"}]}},
        BEARER,
        ("", "shop"),
    ),
    "scaleway": (
        {"access_key": "SCW" + "A" * 17, "secret_key": UUID, "organization_id": UUID},
        {
            f"GET api.scaleway.com/iam/v1alpha1/api-keys/SCW{'A' * 17}": {"access_key": "SCW" + "A" * 17},
            "GET api.scaleway.com/account/v3/projects": {"total_count": 3, "projects": []},
        },
        {"X_Auth_Token": UUID},
        (UUID, UUID),
    ),
    "flyio": (
        {"token": TOKEN, "organization": "Shop"},
        {"GET api.machines.dev/v1/apps": {"apps": [{"name": "cart"}]}},
        BEARER,
        ("shop", "shop"),
    ),
    "tailscale": (
        {"client_id": "kAbCdEfGhIj", "client_secret": f"tskey-client-{TOKEN}"},
        {
            "POST api.tailscale.com/api/v2/oauth/token": {"access_token": TOKEN},
            "GET api.tailscale.com/api/v2/tailnet/-/devices": {"devices": [{"name": "web.tail1.ts.net"}]},
        },
        {},
        ("tail1.ts.net", "tail1.ts.net"),
    ),
    "bitbucket": (
        {"token": TOKEN, "workspace": "Shop"},
        {"GET api.bitbucket.org/2.0/repositories/shop": {"values": [{"full_name": "shop/cart"}]}},
        BEARER,
        ("shop", "shop"),
    ),
    "jira": (
        MAILED,
        {"GET shop.atlassian.net/rest/api/3/myself": {"accountId": "7", "displayName": "Ann"}},
        {"Authorization": BASIC},
        ("7@shop.atlassian.net", "shop.atlassian.net"),
    ),
    "confluence": (
        MAILED,
        {"GET shop.atlassian.net/wiki/api/v2/spaces": {"results": [{"key": "OPS"}]}},
        {"Authorization": BASIC},
        ("ann@shop.example@shop.atlassian.net", "shop.atlassian.net"),
    ),
    "slack": (
        {"token": f"xoxb-{TOKEN}"},
        {"POST slack.com/api/auth.test": {"ok": True, "team": "Shop", "team_id": "T1"}},
        {"Authorization": f"Bearer xoxb-{TOKEN}"},
        ("T1", "Shop"),
    ),
    "notion": (
        {"token": TOKEN},
        {"GET api.notion.com/v1/users/me": {"id": "b1", "bot": {"workspace_name": "Shop"}}},
        BEARER,
        ("b1", "Shop"),
    ),
    "azure": (
        {"tenant_id": UUID, "client_id": UUID, "client_secret": TOKEN},
        {
            f"POST login.microsoftonline.com/{UUID}/oauth2/v2.0/token": {"access_token": TOKEN},
            "GET management.azure.com/subscriptions": {
                "value": [
                    {"subscriptionId": "off", "displayName": "Old", "state": "Disabled"},
                    {"subscriptionId": "s1", "displayName": "Shop"},
                ]
            },
        },
        {},
        (f"{UUID}/{UUID}", "Shop"),
    ),
}
"""Connector → what is entered, what the provider says, the headers it wants, and who it then is."""
ELSEWHERE = {"aws", "gcp"}
"""Those that have tests of their own."""


class _Here(httpx.AsyncBaseTransport):
    """Goes to the loopback instead, over real HTTP; the host becomes the beginning of the path."""

    def __init__(self, provider: Provider) -> None:
        self._provider, self._over = provider, httpx.AsyncHTTPTransport(verify=TLS)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https"
        to = httpx.URL(self._provider.url)
        path = f"/{request.url.host}".encode() + request.url.raw_path
        request.url = request.url.copy_with(scheme="http", host=to.host, port=to.port, raw_path=path)
        return await self._over.handle_async_request(request)

    async def aclose(self) -> None:
        await self._over.aclose()


@pytest.fixture
async def played() -> AsyncIterator[tuple[Provider, Wire]]:
    async with playing(Provider()) as provider, httpx.AsyncClient(transport=_Here(provider)) as http:
        yield provider, Wire(SETTINGS, http, http, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), seconds=1.0)


def prepared(provider: Provider, name: str) -> tuple[Connector, Given, tuple[str, str]]:
    fields, answers, headers, found = TOLD[name]
    connector = discover()[name]
    for what, told in answers.items():
        method, _, path = what.partition(" ")
        wants = {} if "token" in path.split("/") and method == "POST" else headers
        provider.says(f"{method} /{path}", told, **wants)
    return connector, entered(connector, fields, private=True), found


def test_every_connector_is_tried_here_or_elsewhere() -> None:
    assert set(TOLD) | ELSEWHERE == set(discover())


async def test_every_provider_is_asked_as_it_documents_and_its_secret_is_in_no_text(
    played: tuple[Provider, Wire],
) -> None:
    provider, wire = played
    for name in TOLD:
        connector, given, (identity, title) = prepared(provider, name)
        found = await connector.check(given, wire.of(connector.title))
        assert (found.identity if identity else "", found.title) == (identity, title), name
        assert found.identity
        assert TOKEN not in f"{given} {found}"
        if connector.places is not None:
            assert [one.id for one in await connector.places(given, wire)] == [found.place]
        if connector.lend is not None:
            lent = await connector.lend(given.with_(place=found.place), wire)
            assert TOKEN not in str(lent)
            assert set(lent.settings) <= set(type(SETTINGS).model_fields), name
            assert connector.toolsets
        for one in connector.fields:
            assert one.title, name


async def test_every_provider_that_says_no_or_nothing_good_is_told_so_in_a_sentence(
    played: tuple[Provider, Wire],
) -> None:
    provider, wire = played
    for name in TOLD:
        connector, given, _ = prepared(provider, name)
        for fault in FAULTS:
            if fault == "huge" and name != "github":
                continue
            provider.fault = fault
            kind = AccountRefused if fault in ("unknown", "forbidden") else ProviderAway
            with pytest.raises(kind) as failed:
                await connector.check(given, wire.of(connector.title))
            assert connector.title.split()[0] in failed.value.message, (name, fault)
            assert TOKEN not in failed.value.message
            if fault == "busy":
                assert failed.value.retry_after == 17
        provider.fault = ""


async def test_a_provider_that_says_nothing_is_not_waited_for(played: tuple[Provider, Wire]) -> None:
    provider, wire = played
    connector, given, _ = prepared(provider, "github")
    provider.fault = "silent"
    with pytest.raises(ProviderAway, match=r"did not answer within 1 s"):
        await connector.check(given, wire.of(connector.title))


async def test_what_somebody_entered_is_only_connected_to_where_it_may_be(
    played: tuple[Provider, Wire],
) -> None:
    provider, _ = played
    provider.says("GET /user", {"login": "ann"})
    async with wires.opened(CAREFUL) as wire:
        host = httpx.URL(provider.url).host
        for client in (wire.guarded, wires.keeping_to([host], wire.http, wire)):
            with pytest.raises(httpx.ConnectError, match="is not asked"):
                await client.get(f"{provider.url}/user")
        with pytest.raises(ProviderAway, match="which AURORA_PROBE_PRIVATE does not allow"):
            await wire.of("GitLab").ask(f"{provider.url}/user", dict[str, str], entered=True)
        assert (
            await wires.keeping_to(["gitlab.example"], wire.http, wire).get(f"{provider.url}/user")
        ).is_success
    assert len(provider.asked) == 1


async def test_refusals_that_come_with_status_200_are_refusals(played: tuple[Provider, Wire]) -> None:
    provider, wire = played
    for name, what, told, kind in (
        ("slack", "POST /slack.com/api/auth.test", {"ok": False, "error": "invalid_auth"}, AccountRefused),
        ("slack", "POST /slack.com/api/auth.test", {"ok": False, "error": "ratelimited"}, ProviderAway),
        (
            "cloudflare",
            "GET /api.cloudflare.com/client/v4/user/tokens/verify",
            {"result": {"id": "t", "status": "expired"}},
            AccountRefused,
        ),
        ("azure", "GET /management.azure.com/subscriptions", {"value": []}, AccountRefused),
    ):
        connector, given, _ = prepared(provider, name)
        provider.says(what, told)
        with pytest.raises(kind):
            await connector.check(given, wire.of(connector.title))
