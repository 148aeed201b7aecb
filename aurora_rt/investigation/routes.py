"""Investigations over REST: starting and cancelling them, and what they saw that can be drawn."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response

from aurora_rt.db.pool import Database
from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers
from aurora_rt.investigation import control, pictures
from aurora_rt.investigation.schemas import (
    CitationSeries,
    InvestigationCancelled,
    InvestigationQueued,
    Surroundings,
)
from aurora_rt.web.bodies import answer


def routes(database: Database, changes: Changes, callers: Callers) -> Blueprint:
    """The routes below `/api/incidents/<id>` that are about what is found out."""
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

    @blueprint.get("/citations/<uuid:citation_id>/series")
    @document_response(CitationSeries)
    async def show_series(incident_id: UUID, citation_id: UUID) -> Response:
        """The samples of a metric query, for drawing; no series where the citation holds none."""
        caller = await callers.current()
        found = await pictures.series_of(database, caller.organization_id, incident_id, citation_id)
        return answer(found)

    @blueprint.get("/surroundings")
    @document_response(Surroundings)
    async def show_surroundings(incident_id: UUID) -> Response:
        """The incident's alerts in time, changes around it, and who calls whom near its services."""
        caller = await callers.current()
        return answer(await pictures.surroundings_of(database, caller.organization_id, incident_id))

    return blueprint
