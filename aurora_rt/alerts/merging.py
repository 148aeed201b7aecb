"""Merging an incident into another one, and undoing it: everything that follows, in one change.

Whoever takes in an alert holds its row, and reads from there in which incident it is to be shown. So an incident is
merged and unmerged only while the rows of all its alerts are held: locks are taken as everywhere, alerts by source
and fingerprint, then that of correlation, incidents by id, rooms by name.

Correlation merges too (`merge_found`); what people do, it remembers (`correlation_verdicts`): kinds of alerts that they
put together belong together from then on, and kinds that they took apart do not.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from aurora_rt.alerts import correlation_queries, queries
from aurora_rt.alerts.schemas import AlertCorrelated, AlertLeft
from aurora_rt.clock import now
from aurora_rt.events.change import Change, Changes
from aurora_rt.events.envelope import incident_room
from aurora_rt.incidents import merging
from aurora_rt.incidents.models import Incident
from aurora_rt.investigation import control


@dataclass(frozen=True, slots=True)
class Both:
    """Two incidents that nobody else changes, and the alerts of the first, to which none is added."""

    incident: Incident
    other: Incident
    alert_ids: Sequence[UUID]


async def merge(changes: Changes, organization_id: UUID, incident_id: UUID, into: UUID, by: str) -> None:
    """Merge an incident into another one, on the word of the person called `by`.

    Raises `IncidentNotFound`, `MergedIntoItself`, or an error of the kind `Conflict` that says why not.
    """
    if incident_id == into:
        raise merging.MergedIntoItself("An incident cannot be merged into itself.")
    done = False
    while not done:  # each time round, an alert has joined meanwhile
        async with changes.open(organization_id) as change, _held(change, incident_id, into) as both:
            if both is not None:
                await _merge(change, both, by)
                await correlation_queries.upsert_verdicts(change, incident_id, into, now(), together=True)
                done = True


async def merge_found(
    changes: Changes, organization_id: UUID, incident_id: UUID, into: UUID, by: str
) -> None:
    """Merge an incident into another one because correlation has found that they are one, on the word of `by`.

    Not where a person has taken apart what they are about, or one is no longer open. Raises as `merge` does.
    """
    done = False
    while not done:
        async with changes.open(organization_id) as change, _held(change, incident_id, into) as both:
            if both is not None:
                done = True
                open_still = {both.incident.status, both.other.status} <= {*queries.OPEN}
                if open_still and not await correlation_queries.are_apart(change, incident_id, into):
                    await _merge(change, both, by)


async def unmerge(changes: Changes, organization_id: UUID, incident_id: UUID) -> None:
    """Give an incident back what it brought when it was merged. Raises `IncidentNotFound`, `NotMerged`."""
    done = False
    while not done:
        async with changes.open(organization_id) as change:
            target_id = await merging.target_of(change, incident_id)
            async with _held(change, incident_id, target_id) as both:
                if both is not None and both.incident.merged_into == target_id:
                    await merging.unmerge(change, both.incident, both.other)
                    await correlation_queries.upsert_verdicts(
                        change, incident_id, target_id, now(), together=False
                    )
                    await _say_left(change, both)
                    done = True


async def _merge(change: Change, both: Both, by: str) -> None:
    await merging.require_mergeable(change, both.incident, both.other)
    await control.cancel_within(change, both.incident)
    await merging.merge(change, both.incident, both.other, by)
    await say_shown(change, both.alert_ids, [both.other.id])


async def say_shown(change: Change, alert_ids: Sequence[UUID], incident_ids: Sequence[UUID]) -> set[UUID]:
    """Say how the incidents now show the alerts, but for those that opened them; returns which alerts they show."""
    if not alert_ids:
        return set()
    rows = await queries.select_shown(change, alert_ids, incident_ids)
    for row in rows:
        fields = dict(row)
        room = incident_room(fields.pop("incident_id"))
        if not fields.pop("primary_alert"):
            change.say(room, AlertCorrelated(**fields))
    return {row["id"] for row in rows}


async def _say_left(change: Change, both: Both) -> None:
    kept = await say_shown(change, both.alert_ids, [both.other.id])
    for alert_id in both.alert_ids:
        if alert_id not in kept:
            change.say(incident_room(both.other.id), AlertLeft(id=alert_id))


@asynccontextmanager
async def _held(change: Change, incident_id: UUID, other_id: UUID) -> AsyncIterator[Both | None]:
    """Both incidents with the alerts of the first; None when an alert joined it while we waited for the locks."""
    before = await queries.lock_alerts_of(change, incident_id)
    await correlation_queries.lock(change)
    incident, other = await merging.lock_both(change, incident_id, other_id)
    after = await queries.select_alert_ids(change, incident_id)
    yield Both(incident, other, after) if set(before) == set(after) else None
