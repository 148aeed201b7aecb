"""Accounts over REST, with a provider on loopback: connected, changed, looked at, given up; never shown again."""

import logging
import re
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from people import Person
from providers import Provider, playing
from pydantic import SecretStr
from redis.asyncio import Redis
from whole import Server, serving

from aurora_rt.connectors.providers import discover
from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

TOKEN = "ghp_planted4f9a1c77e2d84bffffffffffffff"
NEWER = "ghp_planted8b8b8b8b8b8b8bffffffffffffff"
KEY = SecretStr("the operator's key, long")


@pytest.fixture
async def github() -> AsyncIterator[Provider]:
    async with playing(Provider()) as provider:
        provider.says("GET /user", {"login": "ann", "name": "Ann"}, Authorization=f"Bearer {TOKEN}")
        yield provider


@pytest.fixture
async def server(settings: Settings, github: Provider) -> AsyncIterator[Server]:
    given = {"secret_key": KEY, "github_url": github.url, "log_level": "debug"}
    async with serving(settings.model_copy(update=given), worker=False) as running:
        yield running


def entered(token: str = TOKEN, **more: str) -> dict[str, Any]:
    return {"fields": {"token": token, "repositories": "shop/cart", **more}}


async def everything(url: str, redis_url: str) -> str:
    """All rows of all tables, and all of Redis, as text."""
    connection = await asyncpg.connect(url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [await connection.fetch(f"SELECT t::text FROM {row['tablename']} AS t") for row in tables]
    await connection.close()
    async with Redis.from_url(redis_url) as redis:
        kept = [f"{key} {await redis.dump(key)}" async for key in redis.scan_iter()]
    return "\n".join([*(str(row) for found in rows for row in found), *kept])


async def test_an_account_is_connected_changed_and_given_up_and_its_secret_is_nowhere(
    server: Server,
    github: Provider,
    database_url: str,
    redis_url: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    ann = await Person.registered(server.base_url)
    heard: list[str] = []

    async def ask(method: str, path: str, status: int = 200, **body: Any) -> Any:
        answer = await ann.http.request(method, f"/api/connectors{path}", **({"json": body} if body else {}))
        heard.append(answer.text)
        assert answer.status_code == status, answer.text
        return answer.json()

    shown = {one["name"]: one for one in (await ask("GET", ""))["connectors"]}
    assert set(shown) == set(discover())
    assert shown["github"]["fields"][0] == {
        "name": "token",
        "title": "Token",
        "help": "",
        "secret": True,
        "required": True,
        "pattern": r"\S{20,400}",
        "example": "",
        "lines": False,
    }
    made = await ask("POST", "/github/accounts", 201, **entered())
    assert (made["title"], made["fields"], made["facts"]) == (
        "ann",
        {"repositories": "shop/cart"},
        {"Name": "Ann"},
    )
    again = await ask("POST", "/github/accounts", 201, **entered(repositories="shop/cart, shop/pay"))
    assert again["id"] == made["id"], "the same account, entered again, is one"

    status = (await ask("GET", "/status"))["connectors"]
    assert status["aws"] == {"connected": False, "accounts": []}
    assert status["github"]["connected"]
    assert status["github"]["accounts"][0]["state"] == "connected"
    asked = len(github.asked)
    assert (await ask("GET", "/status"))["connectors"] == status
    assert len(github.asked) == asked, "within a minute nobody is asked again"

    changed = await ask("PUT", f"/accounts/{made['id']}", fields={"repositories": "shop/pay"})
    assert changed["fields"] == {"repositories": "shop/pay"}
    assert github.asked[-1][2]["Authorization"] == f"Bearer {TOKEN}", "the secret stayed"
    refused = await ask("PUT", f"/accounts/{made['id']}", 400, fields={"token": NEWER})
    assert refused["code"] == "account_refused"
    moved = await ask("PUT", f"/accounts/{made['id']}", 400, fields={"address": "https://elsewhere.example"})
    assert "enter Token again" in moved["error"]
    assert len(github.asked) == asked + 2, "a kept secret goes to no new address"

    github.fault = "unknown"
    standing = await ask("POST", f"/accounts/{made['id']}/check")
    assert (standing["state"], TOKEN in standing["problem"]) == ("refused", False)
    github.fault = ""
    kept = await everything(database_url, redis_url)
    assert made["id"] in kept
    assert await ask("DELETE", f"/accounts/{made['id']}") == {
        "success": True,
        "message": "GitHub disconnected",
    }
    assert (await ask("DELETE", f"/accounts/{made['id']}", 404))["code"] == "account_not_found"
    logged = caplog.text + "".join(capfd.readouterr())
    for secret in (TOKEN, NEWER):
        for place in ("\n".join(heard), kept, logged, await everything(database_url, redis_url)):
            assert secret not in place
            assert secret.encode().hex() not in place
    assert "account_connected" in logged
    assert "account_disconnected" in logged


async def test_a_failure_of_a_provider_is_a_sentence_and_nothing_is_kept(
    server: Server, github: Provider
) -> None:
    ann = await Person.registered(server.base_url)
    for fault, status, code in (("unknown", 400, "account_refused"), ("busy", 503, "provider_away")):
        github.fault = fault
        answer = await ann.http.post("/api/connectors/github/accounts", json=entered())
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["error"].startswith("GitHub ")
        assert answer.headers.get("Retry-After") == ("17" if fault == "busy" else None)
    connectors = (await ann.http.get("/api/connectors")).json()["connectors"]
    assert [one["accounts"] for one in connectors if one["name"] == "github"] == [[]]


async def test_what_is_entered_wrong_is_told_before_anybody_is_asked(
    server: Server, github: Provider
) -> None:
    ann = await Person.registered(server.base_url)
    for fields, says in (
        ({}, "GitHub needs: Token."),
        ({"token": "short", "repositories": "a/b"}, "Token does not look right."),
        ({"token": f"{TOKEN} x", "repositories": "a/b"}, "holds a blank"),
        ({"token": TOKEN, "repositories": "nothing"}, "such as shop/cart"),
        ({"token": TOKEN, "repositories": "a/b", "strange": "1"}, "no field 'strange'"),
        ({"token": TOKEN, "repositories": "a/b", "address": "http://169.254.169.254"}, "keeps credentials"),
        ({"token": TOKEN, "repositories": "a/b", "address": "ftp://x"}, "no address"),
    ):
        answer = await ann.http.post("/api/connectors/github/accounts", json={"fields": fields})
        assert answer.status_code == 400, answer.text
        assert says in answer.json()["error"]
        assert TOKEN not in answer.text
    assert github.asked == []


async def test_others_see_nothing_and_viewers_change_nothing(
    server: Server, github: Provider, database: Database
) -> None:
    ann, eve = await Person.registered(server.base_url), await Person.registered(server.base_url)
    made = (await ann.http.post("/api/connectors/github/accounts", json=entered())).json()
    theirs = {one["name"]: one for one in (await eve.http.get("/api/connectors")).json()["connectors"]}
    assert theirs["github"]["accounts"] == []
    path = f"/api/connectors/accounts/{made['id']}"
    for method, more in (
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/check"),
        ("GET", "/places"),
        ("PUT", "/place"),
    ):
        answer = await eve.http.request(method, path + more, json={"fields": {}, "place": "x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "account_not_found")
    assert (await eve.http.delete("/api/connectors/github/accounts")).status_code == 200
    former = (await ann.http.get(f"/api/connected-accounts/{ann.id}")).json()["accounts"]
    assert former == {"github": {"isConnected": True, "name": "GitHub", "displayText": "ann"}}
    assert (await ann.http.get(f"/api/connected-accounts/{eve.id}")).status_code == 404
    assert (await eve.http.delete(f"/api/connected-accounts/{ann.id}/github")).status_code == 404
    assert (await eve.http.get("/cloudflare_api/cloudflare/status")).json() == {
        "connected": False,
        "provider": "cloudflare",
    }
    short = await eve.http.post("/cloudflare_api/cloudflare/connect", json={"apiToken": "short"})
    assert (short.status_code, "API token does not look right" in short.json()["error"]) == (400, True)
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET role = 'viewer' WHERE id = $1", ann.id)
    assert (await ann.http.delete(path)).status_code == 403
    assert (await ann.http.post("/api/connectors/github/accounts", json=entered())).status_code == 403
    status = (await ann.http.get("/api/connectors/status")).json()["connectors"]["github"]
    assert status["connected"], "a viewer may see how it is"


async def test_a_lost_or_wrong_key_is_told_and_the_account_can_be_entered_anew(
    server: Server, settings: Settings, github: Provider
) -> None:
    ann = await Person.registered(server.base_url)
    made = (await ann.http.post("/api/connectors/github/accounts", json=entered())).json()
    for key, says in ((SecretStr("quite another key"), "is not the one"), (None, "set AURORA_SECRET_KEY")):
        given = {"secret_key": key, "github_url": github.url}
        async with serving(settings.model_copy(update=given), worker=False) as other:
            ann.http.base_url = other.base_url
            status = (await ann.http.get("/api/connectors/status")).json()["connectors"]["github"]
            assert (status["connected"], status["accounts"][0]["state"]) == (False, "locked")
            assert says in status["accounts"][0]["problem"]
            refused = await ann.http.post("/api/connectors/github/accounts", json=entered())
            assert refused.json()["code"] == ("secrets_locked" if key else "secrets_off")
            if key is None:
                gone = (await ann.http.delete(f"/api/connectors/accounts/{made['id']}")).json()
                assert re.search("disconnected", gone["message"])
