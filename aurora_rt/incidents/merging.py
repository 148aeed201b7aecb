"""Merging an incident into another one, as far as the incidents themselves go; `alerts.merging` is the whole verb.

A merged incident keeps its alerts, and the one that it was merged into shows them too and is judged by them: how
many there are, which services they affect, how severe they are, whether any still fires. So unmerging only has to
forget that they were merged. Merging is one level deep: what others were merged into is not merged itself.
"""

from uuid import UUID

from aurora_rt.clock import now
from aurora_rt.errors import Conflict, Invalid
from aurora_rt.events.change import Change
from aurora_rt.incidents import lifecycle, queries
from aurora_rt.incidents.lifecycle import IncidentNotFound, announce
from aurora_rt.incidents.models import Incident


class MergedIntoItself(Invalid):
    """An incident cannot be merged into itself."""

    code = "merged_into_itself"


class TargetMerged(Conflict):
    """The incident to merge into was itself merged into another one."""

    code = "target_merged"


class TargetResolved(Conflict):
    """The incident to merge into is resolved, the other one is not."""

    code = "target_resolved"


class HasMerged(Conflict):
    """Other incidents were merged into this one."""

    code = "incident_has_merged"


class NotMerged(Conflict):
    """The incident was not merged into another one."""

    code = "not_merged"


async def target_of(change: Change, incident_id: UUID) -> UUID:
    """Which incident this one was merged into. Raises `IncidentNotFound`, `NotMerged`."""
    incident = await queries.select_incident(change, incident_id)
    if incident is None:
        raise IncidentNotFound("There is no such incident.")
    if incident.merged_into is None:
        raise NotMerged("This incident was not merged into another one.")
    return incident.merged_into


async def lock_both(change: Change, incident_id: UUID, other_id: UUID) -> tuple[Incident, Incident]:
    """Both incidents, locked in the order of their ids. Raises `IncidentNotFound`."""
    found = {one.id: one for one in await queries.lock_incidents(change, [incident_id, other_id])}
    if len(found) < 2:
        raise IncidentNotFound("There is no such incident.")
    return found[incident_id], found[other_id]


async def require_mergeable(change: Change, incident: Incident, into: Incident) -> None:
    """Raise an error of the kind `Conflict` that says why `incident` cannot be merged into the other one."""
    lifecycle.require_unmerged(incident)
    if into.status == "merged":
        raise TargetMerged(
            "The incident to merge into was itself merged. Merge into the one that it belongs to."
        )
    if into.status == "resolved" and incident.status != "resolved":
        raise TargetResolved("The incident to merge into is resolved, but this one is not.")
    if await queries.has_merged(change, incident.id):
        raise HasMerged(
            "Other incidents were merged into this one. Merge the other way round, or unmerge them."
        )


async def merge(change: Change, incident: Incident, into: Incident, by: str) -> None:
    """Make one locked incident part of another, on the word of the person called `by`."""
    announce(change, await queries.mark_merged(change, incident.id, into.id, by, now()), status=True)
    await lifecycle.recount(change, [into.id])
    await lifecycle.remember(change, [incident.id, into.id])


async def unmerge(change: Change, incident: Incident, target: Incident) -> None:
    """Make a locked incident stand by itself again, as it would if it had never been merged."""
    announce(change, await queries.mark_unmerged(change, incident.id, now()), status=True)
    await lifecycle.recount(change, [target.id])
    await lifecycle.resolve_if_over(change, [incident.id, target.id])
    await lifecycle.remember(change, [incident.id, target.id])
