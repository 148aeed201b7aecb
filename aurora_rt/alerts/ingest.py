"""Taking in what a source sent: everything that follows from one payload, in one change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from aurora_rt.alerts import queries
from aurora_rt.alerts.correlation import Placement, kind_of, place
from aurora_rt.alerts.episodes import Meaning, meaning
from aurora_rt.alerts.merging import say_shown
from aurora_rt.alerts.models import Alert, EndedAlert, Home, Joined, KnownAlert, TokenOwner
from aurora_rt.clock import new_id, now
from aurora_rt.events.change import Change, Changes
from aurora_rt.incidents import lifecycle
from aurora_rt.incidents.models import NewIncident

log = structlog.get_logger(__name__)


Homes = Mapping[UUID, Home]
"""Where alerts belong, by the incident that they have."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert of the payload, what was known of it, and what its arrival means."""

    alert: Alert
    known: KnownAlert
    meaning: Meaning


async def ingest(changes: Changes, token: TokenOwner, body: str, alerts: Sequence[Alert]) -> None:
    """Write `body` and all that follows from its `alerts`; when this returns, nothing of it can be lost."""
    at, delivery_id = now(), new_id()
    latest = {alert.fingerprint: alert for alert in alerts}
    async with changes.open(token.organization_id) as change:
        known = await queries.receive(change, delivery_id, token, body, list(latest), at)
        arrivals = [
            Arrival(alert, known[fingerprint], meaning(known[fingerprint], alert, at))
            for fingerprint, alert in latest.items()
        ]
        homes = await _homes(change, arrivals)
        await _begin(change, arrivals, homes, delivery_id, at)
        await _go_on(change, [one for one in arrivals if one.meaning == "goes_on"])
        await _end(change, [one for one in arrivals if one.alert.status == "resolved"], homes, at)
    log.info("alerts_ingested", source=token.source, alerts=len(alerts), delivery_id=str(delivery_id))


async def _begin(
    change: Change, arrivals: Sequence[Arrival], homes: Homes, delivery_id: UUID, at: datetime
) -> None:
    beginning = {one.alert.fingerprint: one for one in arrivals if one.meaning == "begins"}
    if not beginning:
        return
    returning = _returning(beginning.values(), homes)
    placements = place([one.alert for one in beginning.values()], _open_kinds(arrivals, homes), returning)
    joined = [_joined(one, beginning[one.alert.fingerprint].known.id, at) for one in placements]
    await lifecycle.open_incidents(change, [_new_incident(one, at) for one in placements if one.opens])
    await queries.join(change, joined, delivery_id, at)
    correlated = [one for one in joined if not one.primary]
    await lifecycle.recount(change, [one.incident_id for one in correlated])
    await _say_shown(change, {one.alert_id: one.incident_id for one in correlated}, homes)


async def _go_on(change: Change, repeated: Sequence[Arrival]) -> None:
    shown = [(one.known, one.alert) for one in repeated if one.known.incident_id is not None]
    if shown:
        for row in await queries.update_repeated(change, shown):
            if row["severity_changed"]:
                await lifecycle.set_severity(change, row["incident_id"], row["severity"])


async def _end(change: Change, resolved: Sequence[Arrival], homes: Homes, at: datetime) -> None:
    """Note recoveries. One of an alert that we never saw fire is remembered, so that a late firing is known."""
    over = [one for one in resolved if one.meaning == "ends" or one.known.status == "new"]
    if not over:
        return
    incident_ids = {one.known.incident_id for one in over if one.known.incident_id is not None}
    await queries.end_alerts(
        change,
        [
            EndedAlert(
                one.known.id,
                (one.alert.started_at or at) if one.known.status == "new" else one.known.started_at,
                one.alert.ended_at or at,
            )
            for one in over
        ],
    )
    await lifecycle.resolve_if_over(change, sorted(incident_ids))
    ended = {one.known.id: one.known.incident_id for one in over if one.known.incident_id is not None}
    await _say_shown(change, ended, homes)


async def _homes(change: Change, arrivals: Sequence[Arrival]) -> Homes:
    """Where the alerts that we knew belong, by their incident; locks all incidents that are touched."""
    known = {one.known.incident_id for one in arrivals if one.known.incident_id is not None}
    return await queries.lock_homes(change, sorted(known)) if known else {}


def _open_kinds(arrivals: Sequence[Arrival], homes: Homes) -> Mapping[tuple[str, str], UUID]:
    """The open incidents of alerts of this payload that fire on, or again where they were merged, by kind."""
    return {
        kind_of(one.alert): home.shown_in
        for one in arrivals
        if (home := _open_home(one, homes))
        and (one.meaning == "goes_on" or (one.meaning == "begins" and home.is_merged))
    }


def _returning(beginning: Iterable[Arrival], homes: Homes) -> Mapping[str, UUID]:
    """The merged incidents of alerts that fire again while the one merged into is open, by fingerprint."""
    return {
        one.alert.fingerprint: one.known.incident_id
        for one in beginning
        if one.known.incident_id and (home := _open_home(one, homes)) and home.is_merged
    }


def _open_home(arrival: Arrival, homes: Homes) -> Home | None:
    home = homes.get(arrival.known.incident_id) if arrival.known.incident_id else None
    return home if home is not None and home.is_open else None


async def _say_shown(change: Change, incident_of: Mapping[UUID, UUID], homes: Homes) -> None:
    """Say how alerts now stand, in the rooms of their incidents and of those that these were merged into."""
    rooms = {*incident_of.values()} | {homes[one].shown_in for one in incident_of.values() if one in homes}
    await say_shown(change, list(incident_of), sorted(rooms))


def _joined(placement: Placement, alert_id: UUID, at: datetime) -> Joined:
    return Joined(
        incident_id=placement.incident_id,
        alert_id=alert_id,
        alert=placement.alert,
        primary=placement.opens,
        strategy=placement.strategy,
        reason=placement.reason,
        started_at=placement.alert.started_at or at,
    )


def _new_incident(placement: Placement, at: datetime) -> NewIncident:
    alert = placement.alert
    return NewIncident(
        id=placement.incident_id,
        source=alert.source,
        source_alert_id=alert.fingerprint,
        title=alert.title,
        service=alert.service,
        severity=alert.severity,
        environment=alert.environment,
        source_url=alert.source_url,
        started_at=alert.started_at or at,
    )
