"""Taking one alert out of the incident that it was correlated with: it opens an incident of its own.

Putting it back is merging. Locks are taken as everywhere: the alert, that of correlation, incidents by id, rooms by
name. Correlation remembers it: alerts of these two kinds are not put together again, and what comes later about what
was taken out goes where that is now.
"""

from uuid import UUID

from aurora_rt.alerts import correlation_queries, merging, queries
from aurora_rt.alerts.correlating import keep_anew
from aurora_rt.alerts.schemas import AlertLeft
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Row
from aurora_rt.errors import Conflict, NotFound
from aurora_rt.events.change import Change, Changes
from aurora_rt.events.envelope import incident_room
from aurora_rt.incidents import lifecycle
from aurora_rt.incidents.models import Incident, NewIncident


class AlertNotFound(NotFound):
    """The incident shows no such alert."""

    code = "alert_not_found"


class AlertOpened(Conflict):
    """The alert opened the incident, so that nothing would be left of it."""

    code = "alert_opened_incident"


async def unmerge_alert(
    changes: Changes, organization_id: UUID, incident_id: UUID, alert_id: UUID, by: str
) -> UUID:
    """Take an alert out of an incident, on the word of the person called `by`; the incident in which it is now.

    One that came with a merged incident goes with it. Raises `AlertNotFound`, `AlertOpened`.
    """
    async with changes.open(organization_id) as change:
        found = await queries.select_own_incident(change, incident_id, alert_id)
        if found is None:
            raise AlertNotFound("The incident shows no such alert.")
        if found["incident_id"] == incident_id:
            return await _split(change, incident_id, alert_id, by)
    await merging.unmerge(changes, organization_id, found["incident_id"])
    return UUID(str(found["incident_id"]))


async def _split(change: Change, incident_id: UUID, alert_id: UUID, by: str) -> UUID:
    joined = await queries.lock_joined(change, incident_id, alert_id)
    await correlation_queries.lock(change)
    homes = await queries.lock_homes(change, [incident_id])
    if joined is None:
        raise AlertNotFound("The incident shows no such alert.")
    if joined["primary_alert"]:
        raise AlertOpened("This alert opened the incident, so that it cannot be taken out of it.")
    own = _own(joined, await lifecycle.lock(change, incident_id))
    await lifecycle.open_incidents(change, [own])
    await queries.move_to_own(
        change, alert_id, incident_id, own.id, f"Taken out of another incident by {by}."
    )
    await correlation_queries.upsert_verdicts(change, incident_id, own.id, now(), together=False)
    await keep_anew(change, [incident_id, own.id])
    await lifecycle.recount(change, [incident_id, own.id])
    await lifecycle.resolve_if_over(change, [incident_id, own.id])
    await lifecycle.remember(change, [incident_id])
    for shown_in in sorted({incident_id, homes[incident_id].shown_in}):
        if not await merging.say_shown(change, [alert_id], [shown_in]):
            change.say(incident_room(shown_in), AlertLeft(id=alert_id))
    return own.id


def _own(joined: Row, before: Incident) -> NewIncident:
    return NewIncident(
        id=new_id(),
        source=joined["source"],
        source_alert_id=joined["fingerprint"],
        title=joined["title"],
        service=joined["service"],
        severity=joined["severity"],
        environment=before.environment,
        source_url=joined["source_url"],
        started_at=joined["started_at"],
    )
