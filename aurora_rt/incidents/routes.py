"""Incidents over REST."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_querystring, document_request, document_response

from aurora_rt.db.pool import Database
from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers
from aurora_rt.incidents import detail, lifecycle, queueing
from aurora_rt.incidents.schemas import (
    IncidentAnswer,
    IncidentListed,
    IncidentNew,
    IncidentPatch,
    Incidents,
    IncidentsQuery,
    InvestigationLine,
    Patched,
)
from aurora_rt.web.bodies import answer, encoded, read_json
from aurora_rt.web.query import read_query


def routes(database: Database, changes: Changes, callers: Callers) -> Blueprint:
    """The routes below `/api/incidents`."""
    blueprint = Blueprint("incidents", __name__, url_prefix="/api/incidents")

    @blueprint.get("")
    @document_querystring(IncidentsQuery)
    @document_response(Incidents)
    async def list_incidents() -> Response:
        """The organization's incidents, the newest first if nothing else is asked for, and the feed's position."""
        caller = await callers.current()
        page = read_query(IncidentsQuery).page()
        return encoded(await detail.list_incidents(database, caller.organization_id, page))

    @blueprint.post("")
    @document_request(IncidentNew)
    @document_response(IncidentListed, 201)
    @document_response(IncidentListed, 200)
    async def open_incident() -> Response:
        """Open an incident by hand; 200 with the one that `clientId` has opened before, if it has."""
        caller = await callers.current()
        wanted = await read_json(IncidentNew)
        async with changes.open(caller.organization_id) as change:
            incident, is_new = await lifecycle.open_by_hand(change, wanted)
        return answer(IncidentListed.of(incident), 201 if is_new else 200)

    @blueprint.get("/queue")
    @document_response(InvestigationLine)
    async def show_queue() -> Response:
        """Which investigations run, and which wait for their turn."""
        caller = await callers.current()
        return answer(await queueing.line(database, caller.organization_id))

    @blueprint.get("/<uuid:incident_id>")
    @document_response(IncidentAnswer)
    async def show_incident(incident_id: UUID) -> Response:
        """One incident with everything that belongs to it, and its room's position."""
        caller = await callers.current()
        shown = await detail.show(database, caller.organization_id, incident_id)
        return answer(IncidentAnswer(incident=shown))

    @blueprint.patch("/<uuid:incident_id>")
    @document_request(IncidentPatch)
    @document_response(Patched)
    async def patch_incident(incident_id: UUID) -> Response:
        """Change the fields that are sent; each change is an event in the room and in the feed."""
        caller = await callers.current()
        wanted = await read_json(IncidentPatch)
        async with changes.open(caller.organization_id) as change:
            incident = await lifecycle.patch(change, incident_id, wanted)
        return answer(Patched(success=True, id=incident.id))

    return blueprint
