"""Times at the ends of the calendar are refused with a sentence, and never kept."""

import base64
import json
from uuid import uuid4

import httpx
import pytest
from people import Person

pytestmark = pytest.mark.usefixtures("people")

BEYOND = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
ENDS = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z")


def cursor(**place: object) -> str:
    """A cursor as somebody might make one up."""
    return base64.urlsafe_b64encode(json.dumps({"id": str(uuid4()), **place}).encode()).decode().rstrip("=")


def refused(answer: httpx.Response, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.text


@pytest.mark.parametrize("moment", [*BEYOND, *ENDS])
async def test_a_moment_without_a_place_in_the_calendar_is_refused_wherever_it_is_sent(
    onlooker: Person, moment: str
) -> None:
    http = onlooker.http
    said = {"messages": [{"sender": "user", "text": "x", "timestamp": moment}]}
    refused(await http.post("/chat_api/sessions", json=said), "invalid_request")
    refused(await http.post("/api/auth/tokens", json={"name": "x", "expiresAt": moment}), "invalid_request")
    opened = {"title": "x", "service": "x", "severity": "high", "startedAt": moment}
    refused(await http.post("/api/incidents", json=opened), "invalid_request")
    refused(await http.get("/api/incidents", params={"since": moment}), "invalid_request")
    sessions = {"limit": 1, "cursor": cursor(updated_at=moment)}
    refused(await http.get("/chat_api/sessions", params=sessions), "invalid_cursor")
    incidents = {"limit": 1, "cursor": cursor(sort="-startedAt", weight=0, started_at=moment)}
    refused(await http.get("/api/incidents", params=incidents), "invalid_cursor")


async def test_a_moment_is_kept_whatever_its_offset(onlooker: Person) -> None:
    said = {"sender": "user", "text": "x", "timestamp": "2026-03-01T05:30:00+05:30"}
    answer = await onlooker.http.post("/chat_api/sessions", json={"messages": [said]})
    assert answer.json()["messages"][0]["timestamp"] == "2026-03-01T00:00:00.000Z"
