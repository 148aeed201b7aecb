"""Merging incidents over REST."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.alerts import merging, splitting
from aurora_rt.alerts.schemas import Merged, MergeInto, Unmerged, UnmergedAlert
from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


def routes(changes: Changes, callers: Callers) -> Blueprint:
    """The routes that merge and unmerge below `/api/incidents/<id>`."""
    blueprint = Blueprint("merging", __name__, url_prefix="/api/incidents/<uuid:incident_id>")

    @blueprint.post("/merge")
    @document_request(MergeInto)
    @document_response(Merged)
    async def merge(incident_id: UUID) -> Response:
        """Merge an incident into another one, which from then on shows its alerts as well."""
        caller = await callers.current()
        wanted = await read_json(MergeInto)
        await merging.merge(changes, caller.organization_id, incident_id, wanted.into, caller.name)
        return answer(Merged(id=incident_id, merged_into=wanted.into))

    @blueprint.post("/unmerge")
    @document_response(Unmerged)
    async def unmerge(incident_id: UUID) -> Response:
        """Undo a merge: the incident stands by itself again, with all its alerts."""
        caller = await callers.current()
        await merging.unmerge(changes, caller.organization_id, incident_id)
        return answer(Unmerged(id=incident_id))

    @blueprint.post("/alerts/<uuid:alert_id>/unmerge")
    @fails(splitting.AlertOpened)
    @document_response(UnmergedAlert)
    async def unmerge_alert(incident_id: UUID, alert_id: UUID) -> Response:
        """Take a correlated alert out: into an incident of its own, or back into the merged one that it came with."""
        caller = await callers.current()
        own = await splitting.unmerge_alert(
            changes, caller.organization_id, incident_id, alert_id, caller.name
        )
        return answer(UnmergedAlert(id=alert_id, incident=own))

    return blueprint
