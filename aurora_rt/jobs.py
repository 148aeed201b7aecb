"""The background jobs that exist, and putting one in the queue.

A job is a small typed value; who carries it out is `worker`'s table, far above. It is enqueued on the caller's
connection, so it exists exactly when the caller's transaction commits. The queue is pgqueuer's, on the same
PostgreSQL: a job is leased with a heartbeat, and one whose worker died is taken over by another.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pydantic import BaseModel, ConfigDict

from aurora_rt.db.pool import Connection


class Job(BaseModel):
    """The base of all jobs. `entrypoint` is its name in the queue and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entrypoint: ClassVar[str]
    organization_id: UUID


class Investigate(Job):
    """Look into an incident, or go on with it where another worker stopped."""

    entrypoint = "investigate"
    incident_id: UUID
    investigation_id: UUID


class AnswerQuestion(Job):
    """Answer a question that waits in a chat."""

    entrypoint = "answer"
    session_id: UUID
    message_id: UUID


class CarryOut(Job):
    """Run the command of an approval, if nobody has begun to."""

    entrypoint = "carry_out"
    incident_id: UUID
    approval_id: UUID


class ReadDocument(Job):
    """Read a document that was uploaded, so that it is found."""

    entrypoint = "read_document"
    document_id: UUID


class RememberIncident(Job):
    """Keep what is to be learnt from an incident as it now stands, or forget it."""

    entrypoint = "remember_incident"
    incident_id: UUID


class CatchUp(Job):
    """Bring what an organization knows to where it is searched, with the present model.

    With a source, have that forgotten first: what it was before could not be removed when it should have been.
    """

    entrypoint = "catch up"
    kind: Literal["document", "incident"] | None = None
    source_id: UUID | None = None


SEVERITY_PRIORITY = {"critical": 30, "page": 30, "high": 20, "error": 20, "warning": 10, "medium": 10}
ANSWER_PRIORITY = 40
"""Somebody is waiting in front of a screen."""
READING_PRIORITY = 5
LEARNING_PRIORITY = -1
"""Nobody waits for it."""


async def enqueue(connection: Connection, jobs: Sequence[Job], priorities: Sequence[int]) -> None:
    """Put jobs in the queue within the connection's transaction; a higher priority is taken first."""
    if not jobs:
        return
    await Queries(AsyncpgDriver(connection)).enqueue(
        [job.entrypoint for job in jobs],
        [job.model_dump_json().encode() for job in jobs],
        list(priorities),
    )


async def enqueue_once(connection: Connection, job: Job, key: str) -> None:
    """Put a job in the queue, last in line, unless one with the same key waits or is being worked on."""
    await Queries(AsyncpgDriver(connection)).enqueue(
        [job.entrypoint], [job.model_dump_json().encode()], [0], dedupe_key=[key], on_conflict="skip"
    )


async def install(connection: Connection) -> None:
    """Create the queue's own tables, or bring them to the version that this release uses."""
    queries = Queries(AsyncpgDriver(connection))
    if await queries.schema_is_installed():
        await queries.upgrade()
    else:
        await queries.install()
