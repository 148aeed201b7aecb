"""What people think of analyses: said once by each member, final, counted wherever past incidents are looked for."""

from uuid import UUID

from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database
from aurora_rt.errors import Conflict, Invalid
from aurora_rt.events.change import Changes
from aurora_rt.identity.models import Caller
from aurora_rt.incidents import detail, lifecycle
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.knowledge import feedback_queries as queries
from aurora_rt.knowledge.feedback_queries import Feedback, FeedbackType, Votes
from aurora_rt.redaction import redacted


class AnalysisNotComplete(Invalid):
    """There is no finished analysis to judge yet."""

    code = "analysis_not_complete"


class FeedbackGiven(Conflict):
    """The caller judged this analysis already."""

    code = "feedback_given"


async def give(
    changes: Changes, caller: Caller, incident_id: UUID, kind: FeedbackType, comment: str
) -> Feedback:
    """Keep what the caller thinks of an incident's analysis.

    Raises `IncidentNotFound`, `AnalysisNotComplete`, `FeedbackGiven`.
    """
    async with changes.open(caller.organization_id) as change:
        incident = await lifecycle.lock(change, incident_id)
        if incident.analyzed_at is None and incident.aurora_status != "complete":
            raise AnalysisNotComplete("There is no finished analysis to judge yet.")
        given = Feedback(new_id(), kind, redacted(comment.strip()), now())
        if not await queries.insert_feedback(change, incident_id, caller.user_id, given):
            raise FeedbackGiven("You have judged this analysis already.")
        await lifecycle.remember(change, [incident_id])
        return given


async def own(database: Database, caller: Caller, incident_id: UUID) -> tuple[Feedback | None, Votes]:
    """What the caller thinks of an incident's analysis, and how many think what. Raises `IncidentNotFound`."""
    async with database.scope(caller.organization_id) as scope:
        if not await detail.exists(scope, incident_id):
            raise IncidentNotFound("There is no such incident.")
        mine = await queries.select_feedback(scope, incident_id, caller.user_id)
        votes = await queries.select_votes(scope, [incident_id])
        return mine, votes.get(incident_id, Votes())
