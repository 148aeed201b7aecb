"""The code examples of the API's documentation, run as programs that know nothing of us but the port."""

import asyncio
import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from people import Person, firing, notification

pytestmark = pytest.mark.usefixtures("people")

DOCUMENTED = "http://localhost:5080"
EMAIL, PASSWORD = "user@example.com", "password123"

IN_PYTHON = """
import requests

# Authentication
response = requests.post(
    "http://localhost:5080/api/auth/login",
    json={
        "email": "user@example.com",
        "password": "password123"
    }
)
user = response.json()

# Create chat session
response = requests.post(
    "http://localhost:5080/chat_api/sessions",
    headers={"X-User-ID": user["id"]},
    json={
        "title": "Deploy to GKE",
        "messages": []
    }
)
session = response.json()

import json
print(json.dumps([user, response.status_code, session]))
"""

IN_JAVASCRIPT = """
// Authentication
const response = await fetch('http://localhost:5080/api/auth/login', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    email: 'user@example.com',
    password: 'password123'
  })
});
const user = await response.json();

// Get chat sessions
const sessions = await fetch('http://localhost:5080/chat_api/sessions', {
  headers: { 'X-User-ID': user.id }
});
const data = await sessions.json();
console.log(JSON.stringify([user, sessions.status, data]));
"""

LOGIN = """curl -X POST http://localhost:5080/api/auth/login
  -H "Content-Type: application/json"
  -d '{"email":"user@example.com","password":"password123"}'"""
LIST = """curl http://localhost:5080/api/incidents
  -H "X-User-ID: user_abc123" """
RESOLVE = """curl -X PATCH http://localhost:5080/api/incidents/550e8400-e29b-41d4-a716-446655440000
  -H "X-User-ID: user_abc123"
  -H "Content-Type: application/json"
  -d '{"status":"resolved"}'"""


@pytest.fixture
async def user(onlooker: Person) -> dict[str, Any]:
    """The user of the examples, registered as the document says."""
    answer = await onlooker.http.post(
        "/api/auth/register", json={"email": EMAIL, "password": PASSWORD, "name": "John Doe"}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def here(text: str, person: Person) -> str:
    """An example, at our port."""
    assert DOCUMENTED in text
    return text.replace(DOCUMENTED, f"http://localhost:{urlsplit(person.base_url).port}")


async def printed(*command: str) -> Any:
    """The JSON that a program prints."""
    program = shutil.which(command[0])
    assert program, f"These examples run {command[0]}."
    process = await asyncio.create_subprocess_exec(
        program, *command[1:], stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complaints = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complaints.decode()
    return json.loads(said)


async def test_the_python_example_signs_in_and_makes_a_chat_session(
    onlooker: Person, user: dict[str, Any], tmp_path: Path
) -> None:
    script = tmp_path / "example.py"
    script.write_text(here(IN_PYTHON, onlooker))
    signed_in, status, session = await printed(sys.executable, str(script))
    assert signed_in == user
    assert status == 201
    assert (session["title"], session["messages"], session["status"]) == ("Deploy to GKE", [], "active")


async def test_the_javascript_example_signs_in_and_lists_chat_sessions(
    onlooker: Person, user: dict[str, Any], tmp_path: Path
) -> None:
    script = tmp_path / "example.mjs"
    script.write_text(here(IN_JAVASCRIPT, onlooker))
    signed_in, status, sessions = await printed("node", "--dns-result-order=ipv4first", str(script))
    assert signed_in == user
    assert (status, sessions["sessions"]) == (200, [])


async def test_the_curl_examples_sign_in_list_and_resolve(onlooker: Person, user: dict[str, Any]) -> None:
    def example(text: str, **renamed: str) -> list[str]:
        for old, new in renamed.items():
            text = text.replace(old, new)
        return [*shlex.split(here(text, onlooker).replace("\n", " ")), "--silent", "--show-error"]

    assert await printed(*example(LOGIN)) == user
    owner = user["id"]
    await onlooker.http.post(await onlooker.webhook(), json=notification(firing(fingerprint="f")))
    listed = (await printed(*example(LIST, user_abc123=owner)))["incidents"]
    assert [one["alert"]["title"] for one in listed] == ["HighCpuUsage"]
    incident_id = listed[0]["id"]
    resolve = RESOLVE.replace("550e8400-e29b-41d4-a716-446655440000", incident_id)
    await printed(*example(resolve, user_abc123=owner))
    assert (await onlooker.incident(incident_id))["status"] == "resolved"
