"""Every way in which an incident changes. Each verb is called within the caller's change."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from aurora_rt import jobs
from aurora_rt.clock import derived_id, new_id, now
from aurora_rt.db.pool import Connection
from aurora_rt.errors import Conflict, NotFound
from aurora_rt.events.change import Change
from aurora_rt.events.envelope import feed_room, incident_room
from aurora_rt.incidents import queries, queueing, severity
from aurora_rt.incidents.models import Incident, NewIncident
from aurora_rt.incidents.schemas import (
    IncidentListed,
    IncidentNew,
    IncidentPatch,
    StatusChanged,
    SummaryWritten,
)
from aurora_rt.redaction import redacted

AT_ONCE: Final = 200
"""Incidents that are resolved by themselves in one change."""
BY_HAND: Final = "manual"
"""The source of incidents that people open."""


class IncidentNotFound(NotFound):
    """There is no such incident in this organization."""

    code = "incident_not_found"


class IncidentMerged(Conflict):
    """The incident was merged into another one, where its alerts now belong."""

    code = "incident_merged"


def first_investigation_id(incident_id: UUID) -> UUID:
    """The id of the investigation that is queued when an incident is opened."""
    return derived_id(incident_id, "first investigation")


async def lock(change: Change, incident_id: UUID) -> Incident:
    """The incident, which nobody else changes until the change ends. Raises `IncidentNotFound`."""
    incident = await queries.lock_incident(change, incident_id)
    if incident is None:
        raise _not_found()
    return incident


def require_unmerged(incident: Incident) -> None:
    """Raise `IncidentMerged` for an incident that lives on in another one."""
    if incident.merged_into is not None:
        raise IncidentMerged("This incident was merged into another one. Unmerge it first.")


async def open_incidents(change: Change, new: Sequence[NewIncident]) -> list[Incident]:
    """Open incidents, each with its investigation in the queue; the most severe are looked into first."""
    if not new:
        return []
    opened = await queries.insert_incidents(change, new, now())
    for incident in opened:
        announce(change, incident)
    await queueing.line_up(change, [(one, first_investigation_id(one.id)) for one in opened])
    return opened


async def open_by_hand(change: Change, wanted: IncidentNew) -> tuple[Incident, bool]:
    """Open the incident that a person describes; and whether it is new, which `client_id` tells."""
    incident_id = new_id()
    new = NewIncident(
        id=incident_id,
        source=BY_HAND,
        source_alert_id=str(incident_id),
        title=redacted(wanted.title.strip()),
        service=redacted(wanted.service.strip()),
        severity=wanted.severity,
        environment=redacted(wanted.environment.strip()),
        source_url="",
        started_at=wanted.started_at or now(),
        description=redacted(wanted.description),
        client_id=wanted.client_id,
    )
    if opened := await open_incidents(change, [new]):
        return opened[0], True
    before = await queries.select_by_client(change, wanted.client_id or "")
    if before is None:
        raise _not_found()
    return before, False


async def recount(change: Change, incident_ids: Sequence[UUID]) -> None:
    """Bring what follows from the alerts that they show up to date, for incidents and those they were merged into.

    That is how many alerts were correlated, the affected services and the severity. An id may occur repeatedly.
    """
    if incident_ids:
        for incident in await queries.recount(change, incident_ids, severity.ORDER, now()):
            announce(change, incident)


async def resolve_if_over(
    change: Change, incident_ids: Sequence[UUID], quiet: timedelta = timedelta()
) -> None:
    """Resolve those of the incidents, or of those they were merged into, of which no alert fires any more.

    They are resolved once that has been so for the time `quiet`, unless an alert fires again; `resolve_quiet` does it.
    """
    if incident_ids:
        over = await queries.resolve_if_over(change, incident_ids, now(), quiet)
        for incident in over:
            announce(change, incident, status=True)
        await remember(change, [one.id for one in over])


async def with_quiet(connection: Connection) -> list[UUID]:
    """The organizations in which incidents have been quiet for long enough."""
    return await queries.organizations_with_quiet(connection, now())


async def resolve_quiet(change: Change, quiet: timedelta) -> int:
    """Resolve incidents in which all has been quiet for long enough; how many were looked at."""
    due = await queries.lock_quiet(change, now(), AT_ONCE)
    await queries.forget_quiet(change, due)
    await resolve_if_over(change, due, quiet)
    return len(due)


async def reopen(change: Change, incident_ids: Sequence[UUID], flapping: Sequence[UUID] = ()) -> None:
    """Let incidents go on in which an alert fires again. Nothing is investigated anew; `flapping` are shown as such."""
    if incident_ids:
        going_on = await queries.reopen(change, incident_ids, flapping, now())
        for incident in going_on:
            announce(change, incident, status=True)
        await remember(change, [one.id for one in going_on])


async def set_severity(change: Change, incident_id: UUID, told: str) -> None:
    """Follow the alert that opened the incident when its source changes how severe it is."""
    await queries.update_severity(change, incident_id, told)
    await recount(change, [incident_id])


async def patch(change: Change, incident_id: UUID, wanted: IncidentPatch) -> Incident:
    """Change what a person asked for. Raises `IncidentNotFound`, `IncidentMerged`.

    What was merged into another incident stays merged until it is unmerged; `merged` by hand is a label only.
    """
    fields = wanted.model_dump(exclude_unset=True)
    if "summary" in fields:
        fields["summary"] = redacted(fields["summary"])
    if fields.get("status", "merged") != "merged":
        require_unmerged(await lock(change, incident_id))
    incident = await queries.update_incident(change, incident_id, now(), **fields)
    if incident is None:
        raise _not_found()
    announce(change, incident, status="status" in fields or "aurora_status" in fields)
    if "summary" in fields:
        change.say(incident_room(incident.id), SummaryWritten(summary=incident.summary))
    if fields.keys() - {"active_tab"}:
        await remember(change, [incident.id])
    return incident


async def begin_analysis(change: Change, incident_id: UUID) -> None:
    """Note that an investigator is looking now. Raises `IncidentNotFound`."""
    incident = await lock(change, incident_id)
    if incident.aurora_status != "running":
        running = await queries.update_incident(change, incident_id, now(), aurora_status="running")
        announce(change, running or incident, status=True)


async def end_analysis(
    change: Change, incident_id: UUID, *, summary: str | None, failed: bool, ended: str = "complete"
) -> None:
    """Note how an investigation ended, and why its summary does. What was resolved or merged meanwhile stays so."""
    incident = await lock(change, incident_id)
    analyzed = await queries.update_incident(
        change,
        incident_id,
        now(),
        status="analyzed" if incident.status == "investigating" and not failed else None,
        aurora_status="error" if failed else "complete",
        summary=summary,
        summary_ended=ended,
    )
    if summary is not None:
        change.say(incident_room(incident_id), SummaryWritten(summary=summary, ended=ended))
    announce(change, analyzed or incident, status=True)
    await remember(change, [incident_id])


async def remember(change: Change, incident_ids: Sequence[UUID]) -> None:
    """Have what is to be learnt from incidents kept, or forgotten, as they now stand: for when they come again."""
    await jobs.enqueue(
        change.connection,
        [
            jobs.RememberIncident(organization_id=change.organization_id, incident_id=one)
            for one in incident_ids
        ],
        [jobs.LEARNING_PRIORITY] * len(incident_ids),
    )


async def stop_analysis(change: Change, incident_id: UUID) -> None:
    """Note that the investigation was cancelled; nothing looks into the incident any more."""
    stopped = await queries.update_incident(change, incident_id, now(), aurora_status="idle")
    if stopped is None:
        raise _not_found()
    announce(change, stopped, status=True)


def announce(change: Change, incident: Incident, *, status: bool = False) -> None:
    """Say in the feed and in its room how an incident stands; `status`: where it or its investigation stands moved."""
    listed = IncidentListed.of(incident)
    change.say(feed_room(change.organization_id), listed)
    change.say(incident_room(incident.id), listed)
    if status:
        change.say(
            incident_room(incident.id),
            StatusChanged(status=incident.status, aurora_status=incident.aurora_status),
        )


def _not_found() -> IncidentNotFound:
    return IncidentNotFound("There is no such incident.")
