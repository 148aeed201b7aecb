"""Bad input, to every route that there is: a clear refusal, and nothing half-written."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from people import Person, firing, notification
from proposals import proposed
from whole import Server

from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

ANSWERS = range(400, 500)
DEEP = b"[" * 10_000 + b"]" * 10_000
BODIES: dict[str, tuple[bytes, str | None]] = {
    "nothing": (b"", "application/json"),
    "null": (b"null", "application/json"),
    "a list": (b"[]", "application/json"),
    "a number": (b"7", "application/json"),
    "half a body": (b'{"title": ', "application/json"),
    "invalid UTF-8": (b'{"title": "\xff\xfe"}', "application/json"),
    "a lone surrogate": (b'{"title": "\\ud800", "name": "\\ud800"}', "application/json"),
    "nested without end": (b'{"title": ' + DEEP + b"}", "application/json"),
    "an endless number": (b'{"title": 1' + b"0" * 400 + b', "limit": 1e999}', "application/json"),
    "a form": (b"title=x", "application/x-www-form-urlencoded"),
    "a text": (b"{}", "text/plain"),
}
OF_NOBODY = ("/api/llm/providers/", "/api/connectors/{name}/", "/{family}_api/")
"""Providers are the same for everybody."""
MAY_TAKE_ANYTHING = {
    "alerts.receive",  # a webhook keeps what it cannot read, and says so
}


async def operations(http: httpx.AsyncClient) -> list[tuple[str, str, dict[str, Any]]]:
    """Every call of the API: method, path with placeholders, and its description."""
    document = (await http.get("/openapi.json")).json()
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def takes_alerts(path: str) -> bool:
    """Whether whoever has a token may send anything there: what is not understood is kept."""
    return "/webhooks/" in path or path.startswith("/integrations/")


def fill(path: str, operation: dict[str, Any], **known: str) -> str:
    """The path, with something that fits in each placeholder."""
    for one in operation.get("parameters", ()):
        if one["in"] == "path":
            given = known.get(one["name"]) or str(UUID(int=7))
            path = path.replace(f"{{{one['name']}}}", given)
    return path


def assert_refused(answer: httpx.Response, what: str) -> None:
    assert answer.status_code in ANSWERS, (what, answer.status_code, answer.text[:300])
    told = answer.json()
    assert set(told) == {"error", "code"}, what
    assert all(isinstance(one, str) and one for one in told.values()), what


async def rows(settings: Settings) -> dict[str, int]:
    """How many rows each of our tables has."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'pgqueuer%'"
        )
        return {
            one["tablename"]: await connection.fetchval(f'SELECT count(*) FROM "{one["tablename"]}"')
            for one in tables
        }
    finally:
        await connection.close()


@pytest.mark.timeout(180)
async def test_a_body_that_is_none_is_refused_everywhere_and_writes_nothing(
    web_server: Server, onlooker: Person
) -> None:
    await onlooker.http.post(await onlooker.webhook(), json=notification(firing(fingerprint="f")))
    known = {"incident_id": (await onlooker.incidents())[0]["id"]}
    before = await rows(web_server.settings)
    tried = 0
    for method, path, operation in await operations(onlooker.http):
        if "requestBody" not in operation or takes_alerts(path):
            continue
        for what, (body, media) in BODIES.items():
            headers = {"Content-Type": media} if media else {}
            target = fill(path, operation, **known)
            answer = await onlooker.http.request(method, target, content=body, headers=headers)
            assert_refused(answer, f"{method} {path}: {what}")
            tried += 1
    assert tried > 100
    assert await rows(web_server.settings) == before


async def test_a_body_beyond_every_measure_is_refused(web_server: Server, onlooker: Person) -> None:
    large, huge = (json.dumps({"title": "x" * count}).encode() for count in (1_100_000, 9 * 1024 * 1024))
    before = await rows(web_server.settings)
    for method, path, operation in await operations(onlooker.http):
        if "application/json" not in operation.get("requestBody", {}).get("content", {}) or takes_alerts(
            path
        ):
            continue
        for body in (large, huge):
            answer = await onlooker.http.request(
                method, fill(path, operation), content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code in (400, 404, 413), f"{method} {path}: {answer.status_code}"
            # of what does not exist, nothing is read
            assert body is large or answer.status_code in (404, 413), f"{method} {path}: {answer.status_code}"
            assert set(answer.json()) == {"error", "code"}
    assert await rows(web_server.settings) == before


@pytest.mark.parametrize(
    "wrong", ["7", "not-a-uuid", "%00", "..%2f..%2fetc", "\u00e4", "x" * 3000, "' OR 1=1 --"]
)
async def test_an_id_that_is_none_names_nothing(onlooker: Person, wrong: str) -> None:
    for method, path, operation in await operations(onlooker.http):
        ids = [
            one["name"] for one in operation.get("parameters", ()) if one["schema"].get("format") == "uuid"
        ]
        if not any(f"{{{name}}}" in path for name in ids):
            continue
        target = fill(path, operation, **dict.fromkeys(ids, wrong))
        body = {"json": {}} if "requestBody" in operation else {}
        answer = await onlooker.http.request(method, target, **body)
        assert_refused(answer, f"{method} {path}")
        assert answer.status_code in (404, 405), f"{method} {path}: {answer.status_code}"


async def test_a_stranger_finds_nothing_of_ours_behind_any_id(
    web_server: Server, onlooker: Person, database: Database
) -> None:
    """Every call that names something, with our ids and somebody else's session."""
    await onlooker.http.post(
        await onlooker.webhook(), json=notification(firing("OurSecretAlert", fingerprint="f"))
    )
    incident_id = (await onlooker.incidents())[0]["id"]
    session = await onlooker.http.post("/chat_api/sessions", json={"title": "Our secret chat"})
    token = await onlooker.http.post("/api/auth/tokens", json={"name": "ours", "scope": "write"})
    invitation = await onlooker.http.post("/api/organization/invitations", json={"role": "viewer"})
    webhooks = (await onlooker.http.get("/api/webhook-tokens")).json()
    logins = (await onlooker.http.get("/api/auth/sessions")).json()["sessions"]
    policy = await onlooker.http.post(
        "/api/org/command-policies", json={"mode": "deny", "pattern": "cat our-secret"}
    )
    document = await onlooker.http.post(
        "/api/knowledge-base/upload", files={"file": ("our-secret.md", b"# Our secret\n\nNobody reads this.")}
    )
    async with database.connection() as connection:
        alert_id = await connection.fetchval("SELECT id FROM alerts")
        delivery_id = await connection.fetchval("SELECT id FROM webhook_deliveries")
        citation_id = await connection.fetchval(
            """
            INSERT INTO citations (id, organization_id, incident_id, number, call, tool, parameters, command, output,
                                   executed_at, seconds)
            SELECT gen_random_uuid(), organization_id, id, 1, 'x', 'host.state', '{}', 'uptime', 'our secret', now(), 1
            FROM incidents RETURNING id
            """
        )
        account_id = await connection.fetchval(
            """
            INSERT INTO accounts (id, organization_id, provider, identity, title, shown, sealed, created_by, created_at,
                                  updated_by, updated_at)
            SELECT gen_random_uuid(), id, 'hetzner', 'ours', 'our secret', '{}', '', 'x', now(), 'x', now()
            FROM organizations RETURNING id
            """
        )
    silence = await onlooker.http.post(
        "/api/silences",
        json={
            "matchers": [{"name": "service", "value": "our-secret"}],
            "endsAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
            "comment": "Our secret.",
        },
    )
    approval = await proposed(web_server.settings, database, onlooker, incident_id)
    ours = {
        "account_id": str(account_id),
        "alert_id": str(alert_id),
        "user_id": onlooker.id,
        "provider": "hetzner",
        "silence_id": silence.json()["id"],
        "citation_id": str(citation_id),
        "delivery_id": str(delivery_id),
        "approval_id": approval["id"],
        "document_id": document.json()["id"],
        "policy_id": policy.json()["id"],
        "incident_id": incident_id,
        "token_id": token.json()["id"],
        "invitation_id": invitation.json()["id"],
        "member_id": onlooker.id,
    }
    by_path = {
        "/chat_api/": {"session_id": session.json()["id"]},
        "/api/auth/sessions": {"session_id": logins[0]["id"]},
        "/api/webhook-tokens": {"token_id": next(iter(webhooks.values()))[0]["id"]},
    }
    stranger = await Person.registered(web_server.base_url)
    bodies = {
        ("POST", "/merge"): {"into": str(UUID(int=8))},
        ("POST", "/chat"): {"question": "Why?"},
        ("POST", "/postmortem"): {},
        ("PUT", "/postmortem"): {"markdown": "Ours.", "version": 1},
    }
    before = await rows(web_server.settings)
    for method, path, operation in await operations(onlooker.http):
        if "{" not in path or takes_alerts(path) or path.startswith(OF_NOBODY):
            continue
        names = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
        known = ours | next((more for start, more in by_path.items() if path.startswith(start)), {})
        assert set(names) <= set(known), f"What is {names} in {path}? This walk must know one of ours."
        body = next(
            (one for (verb, end), one in bodies.items() if method == verb and path.endswith(end)),
            {"status": "resolved", "role": "admin", "decision": "approve", "feedback_type": "helpful"},
        )
        sent = {"json": body} if "requestBody" in operation else {}
        answer = await stranger.http.request(method, fill(path, operation, **known), **sent)
        assert answer.status_code == 404, f"{method} {path}: {answer.status_code} {answer.text[:200]}"
        assert "secret" not in answer.text.lower()
    assert await rows(web_server.settings) == before
    for room in (f"incident:{incident_id}", f"chat:{session.json()['id']}"):
        watcher = await stranger.watching()
        refusal = await watcher.call("join", {"room": room})
        assert (refusal["ok"], refusal["code"]) in {
            (False, "incident_not_found"),
            (False, "chat_session_not_found"),
        }
    assert (await stranger.http.get("/api/incidents")).json()["incidents"] == []
    assert (await stranger.http.get("/chat_api/sessions")).json()["sessions"] == []
