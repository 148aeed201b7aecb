"""Taking in what a source sent: everything that follows from one payload, in one change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from aurora_rt.alerts import queries
from aurora_rt.alerts.correlation import Placement, kind_of, place
from aurora_rt.alerts.episodes import Meaning, meaning
from aurora_rt.alerts.models import Alert, EndedAlert, Joined, KnownAlert, TokenOwner
from aurora_rt.alerts.schemas import AlertCorrelated
from aurora_rt.clock import new_id, now
from aurora_rt.events.change import Change, Changes
from aurora_rt.events.envelope import incident_room
from aurora_rt.incidents import lifecycle
from aurora_rt.incidents.models import NewIncident

log = structlog.get_logger(__name__)


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
        firing_on = await _firing_on(change, arrivals)
        await _begin(change, [one for one in arrivals if one.meaning == "begins"], firing_on, delivery_id, at)
        await _go_on(change, [one for one in arrivals if one.meaning == "goes_on"])
        await _end(change, [one for one in arrivals if one.alert.status == "resolved"], at)
    log.info("alerts_ingested", source=token.source, alerts=len(alerts), delivery_id=str(delivery_id))


async def _begin(
    change: Change,
    beginning: Sequence[Arrival],
    firing_on: Mapping[tuple[str, str], UUID],
    delivery_id: UUID,
    at: datetime,
) -> None:
    if not beginning:
        return
    placements = place([one.alert for one in beginning], firing_on)
    by_fingerprint = {one.alert.fingerprint: one for one in beginning}
    joined = [_joined(one, by_fingerprint[one.alert.fingerprint].known.id, at) for one in placements]
    await lifecycle.open_incidents(change, [_new_incident(one, at) for one in placements if one.opens])
    await queries.join(change, joined, delivery_id, at)
    correlated = [one for one in joined if not one.primary]
    await lifecycle.count_joined(
        change, [one.incident_id for one in correlated], [one.alert.service for one in correlated]
    )
    await _say_correlated(change, [one.alert_id for one in correlated])


async def _go_on(change: Change, repeated: Sequence[Arrival]) -> None:
    shown = [(one.known, one.alert) for one in repeated if one.known.incident_id is not None]
    if shown:
        for row in await queries.update_repeated(change, shown):
            if row["severity_changed"]:
                await lifecycle.set_severity(change, row["incident_id"], row["severity"])


async def _end(change: Change, resolved: Sequence[Arrival], at: datetime) -> None:
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
    await _say_correlated(change, [one.known.id for one in over])


async def _firing_on(change: Change, arrivals: Sequence[Arrival]) -> Mapping[tuple[str, str], UUID]:
    """The open incidents that alerts of this payload fire on in, by kind; locks all incidents that are touched."""
    known = {one.known.incident_id for one in arrivals if one.known.incident_id is not None}
    still_open = await queries.open_among(change, sorted(known)) if known else set()
    return {
        kind_of(one.alert): one.known.incident_id
        for one in arrivals
        if one.meaning == "goes_on"
        and one.known.incident_id is not None
        and one.known.incident_id in still_open
    }


async def _say_correlated(change: Change, alert_ids: Sequence[UUID]) -> None:
    if alert_ids:
        for row in await queries.select_correlated(change, alert_ids):
            fields = dict(row)
            change.say(incident_room(fields.pop("incident_id")), AlertCorrelated(**fields))


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
