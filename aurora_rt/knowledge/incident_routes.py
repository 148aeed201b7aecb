"""What was learnt of incidents, over REST: similar ones, and what people thought of an analysis."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers, needs
from aurora_rt.knowledge import feedback, incidents
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.knowledge.schemas import (
    FeedbackShown,
    FeedbackTaken,
    NewFeedback,
    OwnFeedback,
    SimilarIncident,
    SimilarIncidents,
)
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


def routes(knowledge: Knowledge, changes: Changes, callers: Callers) -> Blueprint:
    """The routes below `/api/incidents/<id>` that are about learning."""
    blueprint = Blueprint("learning", __name__, url_prefix="/api/incidents/<uuid:incident_id>")

    @blueprint.get("/similar")
    @document_response(SimilarIncidents)
    async def list_similar(incident_id: UUID) -> Response:
        """Past incidents that are like this one: why, what their cause was and how they ended."""
        caller = await callers.current()
        found = await incidents.similar(knowledge, caller.organization_id, incident_id)
        return answer(SimilarIncidents(incidents=tuple(map(SimilarIncident.of, found))))

    @blueprint.post("/feedback")
    @fails(feedback.AnalysisNotComplete, feedback.FeedbackGiven)
    @document_request(NewFeedback)
    @document_response(FeedbackTaken, 201)
    @needs("viewer")
    async def give_feedback(incident_id: UUID) -> Response:
        """Say whether the analysis helped: once, by any member; it counts when past incidents are looked for."""
        caller = await callers.current()
        wanted = await read_json(NewFeedback)
        given = await feedback.give(changes, caller, incident_id, wanted.feedback_type, wanted.comment)
        taken = FeedbackTaken(
            feedback_id=given.id,
            feedback_type=given.feedback_type,
            stored_for_learning=True,
            created_at=given.created_at,
        )
        return answer(taken, 201)

    @blueprint.get("/feedback")
    @document_response(OwnFeedback)
    async def show_feedback(incident_id: UUID) -> Response:
        """What the caller thought of the analysis, and how many found it helpful or not."""
        caller = await callers.current()
        mine, votes = await feedback.own(knowledge.database, caller, incident_id)
        shown = FeedbackShown.of(mine) if mine else None
        return answer(OwnFeedback(feedback=shown, helpful=votes.helpful, not_helpful=votes.not_helpful))

    return blueprint
