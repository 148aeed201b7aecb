"""Starting and cancelling investigations over REST."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response

from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers
from aurora_rt.investigation import control
from aurora_rt.investigation.schemas import InvestigationCancelled, InvestigationQueued
from aurora_rt.web.bodies import answer


def routes(changes: Changes, callers: Callers) -> Blueprint:
    """The routes below `/api/incidents/<id>/investigation`."""
    blueprint = Blueprint("investigation", __name__, url_prefix="/api/incidents/<uuid:incident_id>")

    @blueprint.post("/investigation")
    @document_response(InvestigationQueued, 202)
    async def start(incident_id: UUID) -> Response:
        """Investigate an incident again; what earlier investigations found is kept."""
        caller = await callers.current()
        investigation_id = await control.start(changes, caller.organization_id, incident_id)
        return answer(InvestigationQueued(id=incident_id, investigation_id=investigation_id), 202)

    @blueprint.delete("/investigation")
    @document_response(InvestigationCancelled)
    async def cancel(incident_id: UUID) -> Response:
        """Cancel the investigation that waits or runs; what it found so far is kept."""
        caller = await callers.current()
        await control.cancel(changes, caller.organization_id, incident_id)
        return answer(InvestigationCancelled(id=incident_id))

    return blueprint
