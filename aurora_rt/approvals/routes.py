"""Deciding about proposals over REST."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.approvals import deciding
from aurora_rt.approvals.schemas import ApprovalMoved, DecisionBody
from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers
from aurora_rt.settings import Settings
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


def routes(settings: Settings, changes: Changes, callers: Callers) -> Blueprint:
    """The routes below `/api/incidents/<id>/approvals`."""
    blueprint = Blueprint("approvals", __name__, url_prefix="/api/incidents/<uuid:incident_id>/approvals")

    @blueprint.post("/<uuid:approval_id>")
    @fails(deciding.ApprovalDecided, deciding.ApprovalExpired)
    @document_request(DecisionBody)
    @document_response(ApprovalMoved)
    async def decide(incident_id: UUID, approval_id: UUID) -> Response:
        """Approve or decline a proposed action, once; everybody who watches the incident is told."""
        caller = await callers.current()
        wanted = await read_json(DecisionBody)
        decided = await deciding.decide(changes, settings, caller, incident_id, approval_id, wanted.decision)
        return answer(ApprovalMoved.of(decided))

    return blueprint
