"""Postmortems over REST."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.db.pool import Database
from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers
from aurora_rt.incidents import detail
from aurora_rt.postmortems import writing
from aurora_rt.postmortems.schemas import PostmortemDraft, PostmortemShown, PostmortemText
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


def routes(database: Database, changes: Changes, callers: Callers) -> Blueprint:
    """The routes below `/api/incidents/<id>/postmortem`."""
    blueprint = Blueprint("postmortems", __name__, url_prefix="/api/incidents/<uuid:incident_id>/postmortem")

    @blueprint.get("")
    @document_response(PostmortemShown)
    async def show(incident_id: UUID) -> Response:
        """The postmortem of an incident; 404 until somebody asks for a draft."""
        caller = await callers.current()
        return answer(PostmortemShown.of(await writing.read(database, caller.organization_id, incident_id)))

    @blueprint.post("")
    @fails(writing.PostmortemChangedMeanwhile)
    @document_request(PostmortemDraft)
    @document_response(PostmortemShown, 201)
    @document_response(PostmortemShown, 200)
    async def draft(incident_id: UUID) -> Response:
        """Make a draft from the incident's record; 200 with the postmortem that is there already."""
        caller = await callers.current()
        wanted = await read_json(PostmortemDraft)
        made, is_new = await writing.draft(database, changes, caller, incident_id, wanted.version)
        return answer(PostmortemShown.of(made), 201 if is_new else 200)

    @blueprint.put("")
    @fails(writing.PostmortemChangedMeanwhile)
    @document_request(PostmortemText)
    @document_response(PostmortemShown)
    async def keep(incident_id: UUID) -> Response:
        """Write a new text over the version that was read; 409 when somebody else was quicker."""
        caller = await callers.current()
        async with database.scope(caller.organization_id) as scope:
            await detail.require(scope, incident_id)
        wanted = await read_json(PostmortemText)
        kept = await writing.keep(changes, caller, incident_id, wanted.markdown, wanted.version)
        return answer(PostmortemShown.of(kept))

    return blueprint
