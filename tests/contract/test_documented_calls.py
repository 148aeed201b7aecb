"""Each call of the API's documentation, taken literally: paths, fields and their case, statuses, allowed values."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from people import Person, firing, notification
from whole import Server, serving

from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

USER = {"email": "user@example.com", "password": "securepassword123", "name": "John Doe"}
MESSAGES = [
    {"sender": "user", "text": "Deploy my app to GKE", "timestamp": "2024-03-01T10:00:00Z"},
    {"sender": "assistant", "text": "I'll help you deploy to GKE...", "timestamp": "2024-03-01T10:00:05Z"},
]
SESSION = {
    "title": "Deploy to GKE",
    "messages": [],
    "ui_state": {
        "selectedModel": "anthropic/claude-3.5-sonnet",
        "selectedMode": "agent",
        "selectedProviders": ["gcp", "aws"],
    },
}


@pytest.fixture
async def visitor(web_server: Server) -> httpx.AsyncClient:
    """Somebody who keeps no cookies."""
    async with httpx.AsyncClient(base_url=web_server.base_url, trust_env=False) as http:
        yield http


async def test_registering_signing_in_and_changing_the_password(visitor: httpx.AsyncClient) -> None:
    made = await visitor.post("/api/auth/register", json=USER)
    assert made.status_code == 201
    assert set(made.json()) == {"id", "email", "name"}
    assert made.json()["id"].startswith("user_")
    assert (made.json()["email"], made.json()["name"]) == (USER["email"], USER["name"])
    again = await visitor.post("/api/auth/register", json=USER)
    assert again.status_code == 409
    short = await visitor.post(
        "/api/auth/register", json={**USER, "email": "b@example.com", "password": "short12"}
    )
    assert short.status_code == 400

    credentials = {"email": USER["email"], "password": USER["password"]}
    signed_in = await visitor.post("/api/auth/login", json=credentials)
    assert (signed_in.status_code, signed_in.json()) == (200, made.json())
    wrong = await visitor.post("/api/auth/login", json={**credentials, "password": "not the password"})
    assert wrong.status_code == 401

    visitor.cookies.clear()
    change = {"currentPassword": USER["password"], "newPassword": "newsecurepassword"}
    assert (await visitor.post("/api/auth/change-password", json=change)).status_code == 401
    answer = await visitor.post(
        "/api/auth/change-password", json=change, headers={"X-User-ID": made.json()["id"]}
    )
    assert (answer.status_code, answer.json()) == (200, {"message": "Password changed successfully"})
    renewed = await visitor.post("/api/auth/login", json={**credentials, "password": "newsecurepassword"})
    assert renewed.status_code == 200


async def test_the_five_calls_of_chat_sessions(onlooker: Person) -> None:
    made = await onlooker.http.post("/chat_api/sessions", json=SESSION)
    assert made.status_code == 201
    assert {"id", "title", "messages", "created_at", "status"} <= set(made.json())
    assert (made.json()["title"], made.json()["messages"], made.json()["status"]) == (
        "Deploy to GKE",
        [],
        "active",
    )
    path = f"/chat_api/sessions/{UUID(made.json()['id'])}"

    update = {"title": "Updated Title", "messages": MESSAGES, "ui_state": {"selectedMode": "ask"}}
    assert (await onlooker.http.put(path, json=update)).status_code == 200
    read = (await onlooker.http.get(path)).json()
    assert {"id", "title", "messages", "status"} <= set(read)
    assert [(one["sender"], one["text"]) for one in read["messages"]] == [
        (one["sender"], one["text"]) for one in MESSAGES
    ]
    assert all({"sender", "text", "timestamp"} <= set(one) for one in read["messages"])
    assert read["title"] == "Updated Title"

    (listed,) = (await onlooker.http.get("/chat_api/sessions")).json()["sessions"]
    assert {"id", "title", "created_at", "updated_at", "message_count", "status", "ui_state"} <= set(listed)
    assert (listed["message_count"], listed["ui_state"]) == (2, {"selectedMode": "ask"})

    gone = await onlooker.http.delete(path)
    assert (gone.status_code, gone.json()) == (200, {"message": "Chat session deleted successfully"})
    assert (await onlooker.http.get(path)).status_code == 404
    assert (await onlooker.http.get("/chat_api/sessions")).json()["sessions"] == []


async def test_an_incident_in_the_list_and_in_detail(person: Person) -> None:
    two = notification(firing(fingerprint="a", instance="1"), firing(fingerprint="b", instance="2"))
    await person.http.post(await person.webhook(), json=two)
    (listed,) = (await person.http.get("/api/incidents")).json()["incidents"]
    assert {
        *("id", "sourceType", "sourceAlertId", "status", "severity", "alert", "auroraStatus", "summary"),
        *("startedAt", "correlatedAlertCount", "affectedServices"),
    } <= set(listed)
    assert {"title", "service", "source", "sourceUrl"} <= set(listed["alert"])
    assert (listed["sourceType"], listed["status"], listed["severity"]) == (
        "alertmanager",
        "investigating",
        "critical",
    )
    assert (listed["correlatedAlertCount"], listed["affectedServices"]) == (1, ["api-server"])

    shown = await person.analyzed(listed["id"])
    assert set(listed) <= set(shown)
    assert {"title", "rawPayload", "triggeredAt"} <= set(shown["alert"])
    for name, fields in {
        "suggestions": {"id", "title", "description", "type", "risk", "command"},
        "streamingThoughts": {"id", "content", "timestamp", "type"},
        "citations": {"id", "key", "toolName", "command", "output", "executedAt"},
    }.items():
        assert shown[name], name
        assert all(fields <= set(one) for one in shown[name]), name
    assert len(shown["correlatedAlerts"]) == 1
    assert shown["chatSessions"] == []


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("status", ["investigating", "analyzed", "merged", "resolved"]),
        ("auroraStatus", ["idle", "running", "complete", "error"]),
        ("activeTab", ["thoughts", "chat"]),
    ],
)
async def test_the_allowed_values_of_an_incident_and_no_others(
    onlooker: Person, field: str, values: list[str]
) -> None:
    await onlooker.http.post(await onlooker.webhook(), json=notification(firing(fingerprint="f")))
    path = f"/api/incidents/{(await onlooker.incidents())[0]['id']}"
    for value in values:
        assert (await onlooker.http.patch(path, json={field: value})).status_code == 200, value
        assert (await onlooker.http.get(path)).json()["incident"][field] == value
    for value in ("closed", "", values[0].upper(), 1, True, [values[0]], {}):
        assert (await onlooker.http.patch(path, json={field: value})).status_code == 400, value


async def test_the_documented_change_of_an_incident_all_at_once(onlooker: Person) -> None:
    await onlooker.http.post(await onlooker.webhook(), json=notification(firing(fingerprint="f")))
    path = f"/api/incidents/{(await onlooker.incidents())[0]['id']}"
    change = {
        "status": "resolved",
        "auroraStatus": "complete",
        "summary": "Issue resolved by scaling pods",
        "activeTab": "chat",
    }
    assert (await onlooker.http.patch(path, json=change)).status_code == 200
    shown = (await onlooker.http.get(path)).json()["incident"]
    assert {name: shown[name] for name in change} == change


async def test_a_question_is_taken_and_goes_on_in_its_session(onlooker: Person) -> None:
    await onlooker.http.post(await onlooker.webhook(), json=notification(firing(fingerprint="f")))
    path = f"/api/incidents/{(await onlooker.incidents())[0]['id']}/chat"
    question = {"question": "What caused the high CPU usage?", "mode": "ask"}
    taken = await onlooker.http.post(path, json=question)
    assert taken.status_code == 202
    session_id = taken.json()["session_id"]
    assert taken.json() == {
        "session_id": str(UUID(session_id)),
        "status": "processing",
        "is_new_session": True,
    }
    again = await onlooker.http.post(path, json=question, params={"session_id": session_id})
    assert again.json() == {"session_id": session_id, "status": "processing", "is_new_session": False}


async def test_health_tells_of_every_documented_check(person: Person) -> None:
    answer = await person.http.get("/health")
    assert answer.status_code == 200
    told = answer.json()
    assert {"overall_status", "timestamp", "response_time_ms", "checks"} <= set(told)
    assert isinstance(told["response_time_ms"], float)
    assert {"database", "redis", "weaviate", "celery", "chatbot_websocket"} <= set(told["checks"])
    assert all({"status", "message"} <= set(one) for one in told["checks"].values())
    assert told["overall_status"] == "healthy"
    assert told["checks"]["celery"]["message"] == "1 background worker active"
    assert (await person.http.get("/health/liveness")).json() == {"status": "alive"}
    assert (await person.http.get("/health/readiness")).json() == {"status": "ready"}


@pytest.mark.parametrize(("path", "limit"), [("/api/incidents", 100), ("chat", 20)])
async def test_the_documented_limits_and_their_headers(settings: Settings, path: str, limit: int) -> None:
    limits = {"rate_limit": 100, "chat_rate_limit": 20}
    async with serving(settings.model_copy(update=limits), worker=False) as server:
        person = await Person.registered(server.base_url)
        await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
        fresh = await Person.registered(server.base_url)

        async def call() -> httpx.Response:
            if path != "chat":
                return await fresh.http.get(path)
            body = {"question": "Why?"}
            return await fresh.http.post(f"/api/incidents/{UUID(int=7)}/chat", json=body)

        answers = [await call() for _ in range(limit)]
        while answers[-1].status_code != 429 and len(answers) < 2 * limit:  # some drain meanwhile
            answers.append(await call())
        first, last = answers[0], answers[-1]
        assert first.headers["X-RateLimit-Limit"] == str(limit)
        assert int(first.headers["X-RateLimit-Remaining"]) <= limit - 1
        assert int(first.headers["X-RateLimit-Reset"]) > 1_700_000_000
        assert last.status_code == 429, last.text
        assert set(last.json()) == {"error", "code"}
        assert int(last.headers["Retry-After"]) >= 1
        for probe in ("/health", "/health/liveness", "/health/readiness"):
            answer = await fresh.http.get(probe)
            assert (answer.status_code, "X-RateLimit-Limit" in answer.headers) == (200, False)


ALLOWED_HEADERS = {
    *("content-type", "x-provider", "x-requested-with", "x-user-id", "authorization", "x-provider-preference")
}


async def test_cors_allows_exactly_what_is_documented(settings: Settings) -> None:
    ours, also_ours = "https://aurora.example.com", "http://localhost:3000"
    allowing = settings.model_copy(update={"frontend_urls": (ours, also_ours)})
    async with (
        serving(allowing, worker=False) as server,
        httpx.AsyncClient(base_url=server.base_url, trust_env=False) as browser,
    ):

        async def preflight(origin: str) -> httpx.Headers:
            asked = {
                "Origin": origin,
                "Access-Control-Request-Method": "PATCH",
                "Access-Control-Request-Headers": ", ".join([*ALLOWED_HEADERS, "X-Other"]),
            }
            return (await browser.options("/api/incidents", headers=asked)).headers

        for origin in (ours, also_ours):
            allowed = await preflight(origin)
            assert allowed["Access-Control-Allow-Origin"] == origin
            assert allowed["Access-Control-Allow-Credentials"] == "true"
            assert listed(allowed["Access-Control-Allow-Methods"]) == {
                *("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
            }
            assert {
                name.lower() for name in listed(allowed["Access-Control-Allow-Headers"])
            } == ALLOWED_HEADERS
        for origin in ("https://evil.example", "https://aurora.example.com.evil.example", "null"):
            assert "Access-Control-Allow-Origin" not in await preflight(origin), origin


def listed(header: str) -> set[str]:
    return {part.strip() for part in header.split(",")}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/incidents", None, 401),
        ("GET", "/nowhere", None, 404),
        ("DELETE", "/api/incidents", None, 405),
        ("POST", "/api/auth/login", {}, 400),
    ],
)
async def test_every_failure_is_an_error_and_a_code(
    visitor: httpx.AsyncClient, method: str, path: str, body: Any, status: int
) -> None:
    answer = await visitor.request(method, path, json=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "code"}
    assert all(isinstance(one, str) and one for one in answer.json().values())
