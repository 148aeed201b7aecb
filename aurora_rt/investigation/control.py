"""Starting and cancelling an investigation because a person asks for it.

Which one is under way is told by its row, not by the incident's label, which a person may set. The first
investigation of an incident has no row before a worker takes it, but an id that can be told from the incident's:
cancelling it writes the row, so that whoever takes the job finds that it was cancelled and never begins.
"""

from uuid import UUID

from aurora_rt.clock import new_id, now
from aurora_rt.errors import Conflict
from aurora_rt.events.change import Change, Changes
from aurora_rt.incidents import lifecycle, queueing
from aurora_rt.incidents.models import Incident
from aurora_rt.investigation import queries


class InvestigationRunning(Conflict):
    """An investigation of the incident waits or runs already."""

    code = "investigation_running"


class NoInvestigationRunning(Conflict):
    """No investigation of the incident waits or runs."""

    code = "no_investigation_running"


async def start(changes: Changes, organization_id: UUID, incident_id: UUID) -> UUID:
    """Queue another investigation and return its id; what earlier ones found is kept.

    Raises `IncidentNotFound`, `IncidentMerged`, `InvestigationRunning`.
    """
    async with changes.open(organization_id) as change:
        incident = await lifecycle.lock(change, incident_id)
        lifecycle.require_unmerged(incident)
        if await queries.is_under_way(change, incident_id):
            raise InvestigationRunning("This incident is being investigated already.")
        investigation_id = new_id()
        await queries.insert_queued(change, investigation_id, incident_id, now())
        await lifecycle.begin_analysis(change, incident_id)
        await queueing.line_up(change, [(incident, investigation_id)])
        return investigation_id


async def cancel(changes: Changes, organization_id: UUID, incident_id: UUID) -> None:
    """Cancel what runs or waits for an incident; a run notices within a second, whatever process it is in.

    Raises `IncidentNotFound`, `NoInvestigationRunning`.
    """
    async with changes.open(organization_id) as change:
        incident = await lifecycle.lock(change, incident_id)
        if not await cancel_within(change, incident):
            raise NoInvestigationRunning("No investigation of this incident is running.")


async def cancel_within(change: Change, incident: Incident) -> bool:
    """Cancel what runs or waits for an incident that the change has locked; False when there is nothing."""
    first = lifecycle.first_investigation_id(incident.id)
    if not await queries.cancel_under_way(change, incident.id, first, now()):
        return False
    await lifecycle.stop_analysis(change, incident.id)
    return True
