"""Google Cloud by the documented paths, against an OAuth server made with Authlib's server side."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from connectors.test_accounts import everything
from google_server import CLIENT, SECRET, Google, google
from people import TLS, Person
from pydantic import SecretStr
from whole import Server, serving

from aurora_rt import serve
from aurora_rt.connectors import oauth
from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings
from aurora_rt.toolsets.registry import discover

pytestmark = pytest.mark.usefixtures("people")

FRONT = "https://aurora.example"


@pytest.fixture
def cloud() -> Iterator[Google]:
    with google() as known:
        yield known


@pytest.fixture
async def server(settings: Settings, cloud: Google) -> AsyncIterator[Server]:
    given = {
        "secret_key": SecretStr("the operator's key, long"),
        "gcp_endpoint": cloud.url,
        "google_client_id": CLIENT,
        "google_client_secret": SecretStr(SECRET),
        "frontend_urls": (FRONT, "https://other.example"),
    }
    async with serving(settings.model_copy(update=given), worker=False) as running:
        cloud.app.redirect_uris.append(f"{running.base_url}/callback")
        yield running


async def begun(person: Person) -> str:
    answer = await person.http.post("/login", json={"userId": person.id})
    assert answer.status_code == 200, answer.text
    return answer.json()["login_url"]


async def decided(login_url: str, confirm: str = "yes") -> str:
    """Where Google sends the browser back to."""
    async with httpx.AsyncClient(trust_env=False, verify=TLS) as browser:
        answer = await browser.post(login_url, data={"confirm": confirm})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


async def came_back(person: Person, where: str) -> dict[str, str]:
    """What the settings page is told."""
    answer = await person.http.get(where)
    assert answer.status_code == 302
    sent = urlsplit(answer.headers["Location"])
    assert f"{sent.scheme}://{sent.netloc}{sent.path}" == f"{FRONT}/settings/accounts"
    assert answer.headers["Referrer-Policy"] == "same-origin", "the code is for nobody else to read"
    return {name: values[0] for name, values in parse_qs(sent.query).items()}


async def connector(person: Person) -> dict[str, Any]:
    every = (await person.http.get("/api/connectors")).json()["connectors"]
    return next(one for one in every if one["name"] == "gcp")


async def looked(settings: Settings) -> str:
    """What an investigation of the only organization sees in Cloud SQL."""
    async with serve.resources(settings) as have:
        bench = serve._bench(have, discover())
        async with have.database.connection() as connection:
            organization_id = await connection.fetchval("SELECT id FROM organizations")
        tools = await bench.toolbox(organization_id, None, bench.window_of(None))
        seen = await tools.look("gcp.sql")
    assert seen.error is None, seen
    return seen.output


async def test_google_cloud_is_connected_by_signing_in_renewed_and_given_back(
    server: Server, cloud: Google, database_url: str, redis_url: str
) -> None:
    ann = await Person.registered(server.base_url)
    cloud.life = 100  # tokens end soon, so each is renewed before it is used
    login_url = await begun(ann)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(login_url).query).items()}
    assert login_url.startswith(f"{cloud.url}/o/oauth2/auth?")
    assert (asked["access_type"], asked["code_challenge_method"]) == ("offline", "S256")
    assert (asked["redirect_uri"], asked["client_id"]) == (f"{server.base_url}/callback", CLIENT)
    told = await came_back(ann, await decided(login_url))
    assert told["login"] == "gcp_success", told
    shown = await connector(ann)
    (account,) = shown["accounts"]
    assert (account["title"], account["place"], told["account"]) == (
        "ann@example.com",
        "shop-production",
        account["id"],
    )
    assert account["fields"] == {}

    path = f"/api/connectors/accounts/{account['id']}"
    places = (await ann.http.get(f"{path}/places")).json()["places"]
    assert [one["id"] for one in places] == ["shop-production", "shop-staging"]
    chosen = await ann.http.put(f"{path}/place", json={"place": "shop-staging"})
    assert (chosen.status_code, chosen.json()["place"]) == (200, "shop-staging")
    wrong = await ann.http.put(f"{path}/place", json={"place": "somebody-elses"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_request")

    first, given, cloud.life = set(cloud.refresh), len(cloud.given), 3600
    both = await asyncio.gather(*(ann.http.post(f"{path}/check") for _ in range(2)))
    assert [one.json()["state"] for one in both] == ["connected", "connected"]
    assert len(cloud.given) == given + 2, "of two who need it at once, one renews it"
    assert cloud.refresh.isdisjoint(first), "the refresh token was replaced, and the former one ended"
    assert len(cloud.refresh) == 1
    assert "orders-of-shop-staging" in await looked(server.settings)

    kept = await everything(database_url, redis_url)
    gone = await ann.http.post("/api/gcp/force-disconnect")
    assert gone.json() == {"success": True, "message": "GCP disconnected successfully"}
    assert len(cloud.revoked) == 1
    assert cloud.refresh == set()
    assert (await connector(ann))["accounts"] == []
    for secret in (*cloud.given, SECRET):
        assert secret not in kept
        assert secret.encode().hex() not in kept


async def test_a_sign_in_comes_back_once_in_time_and_to_the_one_who_began_it(
    server: Server, cloud: Google, database: Database
) -> None:
    ann, eve = await Person.registered(server.base_url), await Person.registered(server.base_url)
    back = await decided(await begun(ann))
    assert await came_back(eve, back) == {"login": "gcp_failed", "code": "state_invalid"}
    async with httpx.AsyncClient(trust_env=False, verify=TLS) as nobody:
        sent = (await nobody.get(back)).headers["Location"]
        assert sent == f"{FRONT}/settings/accounts?login=gcp_failed&code=unauthenticated"
    state = parse_qs(urlsplit(back).query)["state"][0]
    nonce, ends, signature = state.split(".")
    for made_up in ("", "x", f"{nonce}.{int(ends) + 9}.{signature}", f"{'A' * 32}.{ends}.{signature}"):
        told = await came_back(ann, back.replace(state, made_up))
        assert told == {"login": "gcp_failed", "code": "state_invalid"}
    assert (await came_back(ann, back))["login"] == "gcp_success", "none of that used it up"
    assert await came_back(ann, back) == {"login": "gcp_failed", "code": "state_invalid"}, "once"

    denied = await decided(await begun(ann), "no")
    assert await came_back(ann, denied) == {"login": "gcp_failed", "code": "access_denied"}
    assert await came_back(ann, denied) == {"login": "gcp_failed", "code": "state_invalid"}

    late = await decided(await begun(ann))
    async with database.connection() as connection:
        await connection.execute("UPDATE account_sign_ins SET expires_at = now() - interval '1 second'")
    assert await came_back(ann, late) == {"login": "gcp_failed", "code": "state_invalid"}

    # A code that belongs to another sign-in: its challenge is not met by our verifier (RFC 7636).
    mine, theirs = await decided(await begun(ann)), await decided(await begun(eve))
    code, other = (parse_qs(urlsplit(one).query)["code"][0] for one in (mine, theirs))
    assert await came_back(ann, mine.replace(code, other)) == {
        "login": "gcp_failed",
        "code": "account_refused",
    }

    for cloud.fault in (503, 429, 200, 302):
        away = await decided(await begun(ann))
        assert await came_back(ann, away) == {"login": "gcp_failed", "code": "provider_away"}, cloud.fault


async def test_who_may_begin(server: Server, settings: Settings) -> None:
    ann = await Person.registered(server.base_url)
    other = await ann.http.post("/login", json={"userId": "user_somebody"})
    assert (other.status_code, other.json()["code"]) == (403, "forbidden")
    async with httpx.AsyncClient(trust_env=False, verify=TLS) as nobody:
        assert (await nobody.post(f"{server.base_url}/login", json={"userId": ann.id})).status_code == 401
    async with serving(settings, worker=False) as bare:
        ann.http.base_url = bare.base_url
        answer = await ann.http.post("/login", json={"userId": ann.id})
        assert (answer.status_code, answer.json()["code"]) == (503, "gcp_not_configured")
        assert "GOOGLE_CLIENT_ID" in answer.json()["error"]
        assert (await connector(ann))["signInProblem"]


async def test_google_cloud_is_connected_with_the_key_of_a_service_account(
    server: Server, cloud: Google
) -> None:
    ann = await Person.registered(server.base_url)
    answer = await ann.http.post(
        "/api/gcp/service-account/connect", json={"service_account_json": cloud.key()}
    )
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "email": "viewer@shop-production.iam.example",
            "default_project_id": "shop-production",
            "accessible_projects": ["shop-production", "shop-staging"],
        },
    )
    with google() as another:
        wrong = await ann.http.post(
            "/api/gcp/service-account/connect", json={"service_account_json": another.key()}
        )
    assert (wrong.status_code, wrong.json()["code"]) == (400, "account_refused")
    none = await ann.http.post("/api/gcp/service-account/connect", json={"service_account_json": "{}"})
    assert "not the JSON key" in none.json()["error"]
    assert "orders-of-shop-production" in await looked(server.settings)
    (account,) = (await connector(ann))["accounts"]
    standing = (await ann.http.post(f"/api/connectors/accounts/{account['id']}/check")).json()
    assert (standing["state"], standing["problem"]) == ("connected", "")
    assert (await ann.http.delete("/api/connectors/gcp/accounts")).json()[
        "message"
    ] == "Google Cloud disconnected"
    assert cloud.revoked == [], "a key is taken back where it was made"
    assert "BEGIN PRIVATE KEY" not in (await ann.http.get("/api/connectors")).text


def test_tokens_are_renewed_well_before_they_end() -> None:
    assert oauth.lasts({"expires_at": str(time.time() + oauth.EARLY + 5)})
    assert not oauth.lasts({"expires_at": str(time.time() + oauth.EARLY - 5)})
    assert not oauth.lasts({})
