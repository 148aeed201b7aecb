"""Actions that an investigator proposes, for tests."""

from uuid import UUID

from people import Person

from aurora_rt import serve
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database
from aurora_rt.investigation import queries, record
from aurora_rt.investigation.investigator import Suggestion
from aurora_rt.settings import Settings

COMMAND = "kubectl rollout undo deployment/checkout -n shop"
ACTION = Suggestion(
    key="undo",
    title="Roll checkout back",
    description="The errors began with revision 7.",
    type="mitigation",
    risk="medium",
    command=COMMAND,
    effect="checkout runs revision 6 again.",
    undo="Roll it forward to revision 7.",
    is_action=True,
)


async def opened(person: Person) -> str:
    answer = await person.http.post("/api/incidents", json={"title": "Checkout fails", "severity": "high"})
    return str(answer.json()["id"])


async def proposed(
    settings: Settings, database: Database, person: Person, incident_id: str, action: Suggestion = ACTION
) -> dict:
    """The approval of an action that an investigator has just proposed, told twice as after a take-over."""
    async with database.connection() as connection:
        organization = await connection.fetchval("SELECT organization_id FROM users WHERE id = $1", person.id)
    async with serve.resources(settings) as have:
        made = new_id()
        async with have.changes.open(organization) as change:
            await queries.take_over(change, made, UUID(incident_id), new_id(), "test", now())
            await record.suggestion(change, settings, UUID(incident_id), made, action)
            await record.suggestion(change, settings, UUID(incident_id), made, action)
    (approval,) = (await person.incident(incident_id))["approvals"]
    return approval
