"""Models, providers' keys, limits and costs over REST, with a server that speaks like OpenAI's on loopback."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from aiohttp import web
from people import Person
from pydantic import SecretStr
from whole import Server, serving

from aurora_rt.db.pool import Database
from aurora_rt.llm import wires
from aurora_rt.llm.models import Spender
from aurora_rt.llm.ready import models
from aurora_rt.settings import Settings, load

pytestmark = pytest.mark.usefixtures("people")

KEY = "sk-planted-4f9a1c77e2d84b"
ANSWER: dict[str, Any] = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "tiny",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "yes"}}],
    "usage": {"prompt_tokens": 12, "completion_tokens": 1, "total_tokens": 13},
}


class Speaker:
    """A server that speaks like OpenAI's, and remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.status = 200

    async def complete(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization", ""))
        if self.status != 200:
            return web.json_response({"error": {"message": f"bad key {KEY}"}}, status=self.status)
        return web.json_response(ANSWER)


@pytest.fixture
async def speaker() -> AsyncIterator[Speaker]:
    one, app = Speaker(), web.Application()
    app.router.add_post("/v1/chat/completions", one.complete)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield one
    await runner.cleanup()


@pytest.fixture
async def keyed(settings: Settings) -> AsyncIterator[Server]:
    """A server that can keep keys."""
    given = {"secret_key": SecretStr("the operator's key, long"), "log_level": "debug"}
    async with serving(settings.model_copy(update=given), worker=False) as running:
        yield running


async def everything(url: str) -> str:
    """All rows of all tables, as text."""
    connection = await asyncpg.connect(url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = [await connection.fetch(f"SELECT t::text FROM {row['tablename']} AS t") for row in tables]
    await connection.close()
    return "\n".join(str(row) for rows in found for row in rows)


async def test_an_admin_enters_a_key_that_nobody_ever_sees_again(
    keyed: Server,
    speaker: Speaker,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    admin = await Person.registered(keyed.base_url)
    heard: list[str] = []

    async def ask(method: str, path: str, **body: Any) -> Any:
        answer = await admin.http.request(method, f"/api/llm{path}", **({"json": body} if body else {}))
        heard.append(answer.text)
        return answer.json()

    assert (await ask("GET", "/models")) == {"models": [], "default": None}
    assert (await ask("PUT", "/providers/openai", key=KEY)) == {"message": "Account kept"}
    await ask("PUT", "/providers/compatible", key=KEY, baseUrl=speaker.url)
    chosen = await ask(
        "PUT", "/settings", model="compatible/tiny", fallbacks=["openai/gpt-4o"], dailyTokens=10_000
    )
    assert (chosen["model"], chosen["allowedTokens"], chosen["allowedUsd"]) == (
        "compatible/tiny",
        10_000,
        None,
    )
    providers = {one["name"]: one for one in (await ask("GET", "/providers"))["providers"]}
    assert providers["openai"]["key"] == "set, ends with …d84b"
    assert (providers["compatible"]["account"], providers["compatible"]["ready"]) == ("organization", True)
    assert (providers["anthropic"]["account"], providers["anthropic"]["ready"]) == ("none", False)
    shown = await ask("GET", "/models")
    first, second = shown["models"][:2]
    assert (first["name"], first["isDefault"], first["ready"], first["windowFrom"]) == (
        "compatible/tiny",
        True,
        True,
        "careful",
    )
    assert (second["name"], second["isFallback"], second["window"]) == ("openai/gpt-4o", True, 128_000)
    assert second["price"] == {"input": 2.5, "output": 10.0}
    checked = await ask("POST", "/providers/compatible/check", model=None)
    assert checked["ok"], checked
    assert speaker.keys == [f"Bearer {KEY}"]
    assert (speaker.asked[0]["model"], speaker.asked[0]["max_tokens"]) == ("tiny", 16)
    speaker.status = 401
    checked = await ask("POST", "/providers/compatible/check", model="compatible/tiny")
    assert (checked["ok"], "does not accept the key" in checked["message"]) == (False, True)
    spent = await ask("GET", "/usage?days=2")
    assert [(one["model"], one["requests"], one["inputTokens"]) for one in spent["days"]] == [
        ("compatible/tiny", 2, 12)
    ]
    assert spent["today"]["allowedTokens"] == 10_000
    await ask("PUT", "/settings", dailyTokens=5)
    refused = await ask("POST", "/providers/compatible/check", model="compatible/tiny")
    assert (refused["ok"], "5 tokens" in refused["message"]) == (False, True)
    said = "\n".join([*heard, caplog.text, *capfd.readouterr(), await everything(database_url)])
    assert KEY not in said
    assert KEY.encode().hex() not in said
    assert (await ask("DELETE", "/providers/openai")) == {"message": "Account removed"}
    assert (await ask("DELETE", "/providers/openai"))["code"] == "provider_account_not_found"


async def test_nonsense_is_refused_with_a_sentence(keyed: Server) -> None:
    admin = await Person.registered(keyed.base_url)
    for method, path, body, code in (
        ("PUT", "/providers/nobody", {"key": KEY}, "provider_not_found"),
        ("PUT", "/providers/openai", {}, "invalid_request"),
        ("PUT", "/providers/openai", {"key": "short"}, "invalid_request"),
        ("PUT", "/providers/openai", {"key": "has blanks in it"}, "invalid_request"),
        ("PUT", "/providers/openai", {"key": KEY, "baseUrl": "https://x.example.com"}, "invalid_request"),
        ("PUT", "/providers/bedrock", {"key": KEY}, "invalid_request"),
        ("PUT", "/providers/ollama", {}, "invalid_request"),
        ("PUT", "/providers/ollama", {"baseUrl": "http://169.254.169.254"}, "forbidden_address"),
        ("PUT", "/settings", {"model": "a b"}, "invalid_request"),
        ("PUT", "/settings", {"dailyTokens": -1}, "invalid_request"),
        ("PUT", "/settings", {"fallbacks": ["x/y"] * 6}, "invalid_request"),
        ("POST", "/providers/nobody/check", {"model": None}, "provider_not_found"),
        ("GET", "/usage?days=0", None, "invalid_request"),
    ):
        answer = await admin.http.request(method, f"/api/llm{path}", json=body)
        assert answer.json().get("code") == code, (path, body, answer.text)
        assert KEY not in answer.text
    numbers = ("NaN", "-Infinity", "1e400", "9" * 5000, '"sNaN"', '"1e999999"')
    for field, number in ((field, number) for field in ("dailyTokens", "dailyUsd") for number in numbers):
        answer = await admin.http.put(
            "/api/llm/settings",
            content=f'{{"{field}": {number}}}',
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), (field, number[:20])
        assert field in answer.text or "number out of range" in answer.text


async def test_no_key_is_kept_where_there_is_nothing_to_encrypt_under(onlooker: Person) -> None:
    answer = await onlooker.http.put("/api/llm/providers/openai", json={"key": KEY})
    assert (answer.status_code, answer.json()["code"]) == (409, "secrets_off")
    assert "AURORA_SECRET_KEY" in answer.json()["error"]
    assert (await onlooker.http.get("/api/llm/providers")).json()["keysCanBeStored"] is False


async def test_an_incident_shows_what_it_cost(onlooker: Person, database: Database) -> None:
    opened = await onlooker.http.post("/api/incidents", json={"title": "Cart is slow"})
    path = f"/api/incidents/{opened.json()['id']}"
    assert (await onlooker.http.get(path)).json()["incident"]["tokenUsage"] is None
    async with database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO llm_usage (id, organization_id, at, ended_at, purpose, incident_id, provider, model,
                input_tokens, output_tokens, cost)
            SELECT gen_random_uuid(), organization_id, now(), now(), 'answer', id, 'test', model, 100, 10, cost
            FROM incidents, (VALUES ('test/a', 0.5), ('test/a', 0.25), ('test/b', NULL)) AS used (model, cost)
            """
        )
    usage = (await onlooker.http.get(path)).json()["incident"]["tokenUsage"]
    model = {"model": "test/a", "requestCount": 2, "inputTokens": 200, "outputTokens": 20, "cost": 0.75}
    assert usage == {
        "requestCount": 3,
        "totalInputTokens": 300,
        "totalOutputTokens": 30,
        "totalTokens": 330,
        "totalCost": 0.75,
        "models": [
            model,
            {"model": "test/b", "requestCount": 1, "inputTokens": 100, "outputTokens": 10, "cost": 0.0},
        ],
    }


async def test_a_key_alone_chooses_no_model_and_a_model_without_a_key_says_what_is_missing(
    settings: Settings, database: Database
) -> None:
    key = SecretStr(KEY)
    spender = Spender(uuid4(), "answer")
    async with models(settings.model_copy(update={"openai_api_key": key}), database) as found:
        assert await found.ready(spender) == ()
        [chosen] = await found.ready(spender, "openai/gpt-4o")
        assert (chosen.name, chosen.window, chosen.output_limit) == ("openai/gpt-4o", 128_000, 4096)
    update = {"model": "anthropic/claude-3.5-sonnet", "fallback_models": ("mistral/x", "openai/gpt-4o")}
    async with models(settings.model_copy(update=update), database) as found:
        with pytest.raises(Exception, match=r"ANTHROPIC_API_KEY.*MISTRAL_API_KEY.*OPENAI_API_KEY"):
            await found.ready(spender)
    async with models(settings.model_copy(update={**update, "openai_api_key": key}), database) as found:
        assert [one.name for one in await found.ready(spender)] == ["openai/gpt-4o"]


def test_settings_do_not_print_their_keys() -> None:
    given = load(openai_api_key=KEY, secret_key=KEY, model_api_key=KEY)
    assert KEY not in repr(given)
    assert KEY not in json.dumps(given.model_dump(mode="json"), default=str)


async def test_where_others_say_is_checked_again_when_it_is_connected_to(speaker: Speaker) -> None:
    careful, client = await asyncio.to_thread(
        lambda: (wires.guarded(5, private=False), wires.guarded(5, private=True))
    )
    async with careful, client:
        with pytest.raises(httpx2.ConnectError, match="private"):
            await careful.post(f"{speaker.url}/chat/completions", json={})
        assert (await client.post(f"{speaker.url}/chat/completions", json={})).is_success
    assert len(speaker.asked) == 1
