"""The server against its own document: schemathesis asks, over real HTTP, whatever the document allows and more."""

import asyncio
import os
import sys
from pathlib import Path

import httpx
import pytest
from people import Person, firing, notification
from whole import Server

OPTIONS = (
    *("--checks", "all"),
    # A schema cannot say everything: an e-mail that is taken, fields that exclude each other.
    *("--exclude-checks", "positive_data_acceptance"),
    *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "6"),
    "--generation-deterministic",  # instead of a seed: an operation's calls stay the same when others are added
    # One way in is enough; a wrong one beside it is passed over.
    *("--generation-with-security-parameters", "false"),
    *("--continue-on-failure", "--no-color", "--warnings", "off"),
)
WHERE = """
[checks.negative_data_rejection]
expected-statuses = ["4xx"]

[[operations]]
include-path-regex = "incident_id"
parameters = {{ "path.incident_id" = "{incident}" }}

[[operations]]
include-path-regex = "webhooks"
parameters = {{ "path.source" = "alertmanager", "path.token" = "{webhook}" }}

[[operations]]
include-path = "/login"
enabled = false
"""
"""What random values would never find: a real incident, and a webhook that is open.

`/login` is left out: it is also a page, which is no part of the API and answers GET.
"""


async def has_things(person: Person) -> tuple[str, str]:
    """Give the person something of everything; returns an API token of theirs, and where their things are."""
    webhook = await person.webhook()
    await person.http.post(webhook, json=notification(firing()))
    incident = (await person.incidents())[0]["id"]
    await person.http.post(f"/api/incidents/{incident}/chat", json={"question": "Why?"})
    made = await person.http.post("/api/auth/tokens", json={"name": "fuzzing", "scope": "write"})
    where = WHERE.format(incident=incident, webhook=webhook.rpartition("/")[2])
    return made.json()["token"], where


async def fuzzed(base_url: str, token: str, where: Path) -> tuple[int | None, str]:
    """What schemathesis says of the server: its exit code, and its report."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{base_url}/openapi.json"),
        *("--header", f"Authorization: Bearer {token}"),
        *OPTIONS,
        cwd=where,
        env=os.environ | {"NO_PROXY": "127.0.0.1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, said.decode()


@pytest.mark.timeout(180)
async def test_no_call_gets_an_answer_that_the_document_does_not_know(
    web_server: Server, onlooker: Person, tmp_path: Path
) -> None:
    token, where = await has_things(onlooker)
    (tmp_path / "schemathesis.toml").write_text(where)
    code, said = await fuzzed(web_server.base_url, token, tmp_path)
    assert code == 0, said[-20_000:]
    async with httpx.AsyncClient(base_url=web_server.base_url, trust_env=False) as program:
        still = await program.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert still.status_code == 200, "The fuzzer revoked its own token: most of its calls tested nothing."
