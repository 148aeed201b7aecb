"""An organization with something to read: incidents, one of them looked into, and chat sessions."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg
from people import Person, firing, notification

from aurora_rt.clock import new_id

INCIDENTS = 50
CHATS = 30
MESSAGES = 4
PASSAGE = (
    "CPU usage of the process postgres rose from 12 % to 96 % within two minutes of the deployment. " * 4
)


@dataclass(frozen=True, slots=True)
class Filled:
    """Whose organization it is, and its incident that was looked into."""

    person: Person
    incident_id: str

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.person.http.cookies.items())


async def filled(base_url: str, database_url: str) -> Filled:
    person = await Person.registered(base_url)
    webhook = await person.webhook()
    for number in range(INCIDENTS):
        alert = firing(
            f"Rule{number}",
            fingerprint=f"{number:016x}",
            starts_at=f"2026-03-01T{10 + number // 60:02}:{number % 60:02}:00Z",
            service=f"service-{number}",
        )
        (await person.http.post(webhook, json=notification(alert))).raise_for_status()
    for number in range(CHATS):
        body = {
            "title": f"Chat {number}",
            "messages": [{"sender": "user", "text": PASSAGE} for _ in range(MESSAGES)],
            "ui_state": {"selectedMode": "ask", "selectedProviders": ["aws", "gcp"]},
        }
        (await person.http.post("/chat_api/sessions", json=body)).raise_for_status()
    incident_id = (await person.incidents())[0]["id"]
    connection = await asyncpg.connect(database_url)
    try:
        await _look_into(connection, UUID(incident_id))
    finally:
        await connection.close()
    return Filled(person, incident_id)


async def _look_into(connection: asyncpg.Connection, incident_id: UUID) -> None:
    """What an investigation leaves behind: 12 thoughts, 6 citations, 3 suggestions; and a chat about it."""
    organization_id, looking = (
        await connection.fetchval("SELECT organization_id FROM incidents WHERE id = $1", incident_id),
        new_id(),
    )
    await connection.execute(
        "INSERT INTO investigations (id, organization_id, incident_id, status, created_at)"
        " VALUES ($1, $2, $3, 'complete', now())",
        looking,
        organization_id,
        incident_id,
    )
    shared = (organization_id, incident_id, looking)
    await connection.executemany(
        "INSERT INTO thoughts (id, organization_id, incident_id, investigation_id, type, content, at)"
        " VALUES ($1, $2, $3, $4, 'observation', $5, now())",
        [(new_id(), *shared, f"{number}: {PASSAGE}") for number in range(12)],
    )
    await connection.executemany(
        "INSERT INTO citations (id, organization_id, incident_id, investigation_id, number, call, tool, parameters,"
        " command, output, executed_at, seconds)"
        " VALUES ($1, $2, $3, $4, $5, $6, 'host.processes', '{}', 'ps', $7, now(), 0.1)",
        [(new_id(), *shared, number, f"look {number}", PASSAGE * 5) for number in range(1, 7)],
    )
    await connection.executemany(
        "INSERT INTO suggestions (id, organization_id, incident_id, investigation_id, title, description, type, risk,"
        " command, at) VALUES ($1, $2, $3, $4, $5, $6, 'diagnostic', 'safe', 'ps aux', now())",
        [(new_id(), *shared, f"Look {number}", PASSAGE) for number in range(3)],
    )
    await connection.execute(
        "UPDATE chat_sessions SET incident_id = $1 WHERE title = 'Chat 0' AND organization_id = $2",
        incident_id,
        organization_id,
    )
