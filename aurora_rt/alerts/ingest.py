"""What follows from the alerts of one delivery, in one change; `receiving` has kept the delivery before."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from aurora_rt.alerts import queries
from aurora_rt.alerts.correlation import Placement, Return, kind_of, place
from aurora_rt.alerts.episodes import Meaning, meaning, standing
from aurora_rt.alerts.merging import say_shown
from aurora_rt.alerts.models import Alert, EndedAlert, Home, Joined, KnownAlert
from aurora_rt.alerts.patience import Patience, began
from aurora_rt.clock import now
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


async def ingest(
    changes: Changes,
    organization_id: UUID,
    delivery_id: UUID,
    source: str,
    alerts: Sequence[Alert],
    patience: Patience = Patience(),  # noqa: B008 - frozen
) -> None:
    """Write all that follows from the `alerts` of a delivery that is kept, and that it is processed; once only."""
    at = now()
    latest = {alert.fingerprint: alert for alert in alerts}
    async with changes.open(organization_id) as change:
        known = await queries.take(change, delivery_id, source, list(latest), at)
        arrivals = [
            Arrival(alert, known[fingerprint], meaning(known[fingerprint], alert, at))
            for fingerprint, alert in latest.items()
            if fingerprint in known
        ]
        homes = await _homes(change, arrivals)
        await _begin(change, arrivals, homes, delivery_id, at, patience)
        await _go_on(change, [one for one in arrivals if one.meaning == "goes_on"], homes, at)
        over = [one for one in arrivals if one.alert.status == "resolved"]
        await _end(change, over, homes, at, patience)
    log.info("alerts_ingested", source=source, alerts=len(alerts), delivery_id=str(delivery_id))


async def _begin(
    change: Change,
    arrivals: Sequence[Arrival],
    homes: Homes,
    delivery_id: UUID,
    at: datetime,
    patience: Patience,
) -> None:
    beginning = {one.alert.fingerprint: one for one in arrivals if one.meaning == "begins"}
    if not beginning:
        return
    flapping = {name for name, one in beginning.items() if patience.flaps(one.known, one.alert, at)}
    back = {name for name, one in beginning.items() if patience.is_back(one.known, one.alert, at)}
    returning = _returning(beginning.values(), homes, flapping, back)
    placements = place([one.alert for one in beginning.values()], _open_kinds(arrivals, homes), returning)
    joined = [_joined(one, beginning[one.alert.fingerprint].known.id, at) for one in placements]
    await lifecycle.open_incidents(change, [_new_incident(one, at) for one in placements if one.opens])
    await queries.join(change, joined, delivery_id, at)
    correlated = [one for one in joined if not one.primary]
    going_on = {one.incident_id for one in correlated}
    await lifecycle.reopen(
        change,
        sorted(_shown_in(going_on, homes)),
        sorted(_shown_in({one.incident_id for one in correlated if one.strategy == "flapping"}, homes)),
    )
    seen = {one.incident_id for one in joined if one.alert.status == "acknowledged"}
    await lifecycle.recount(change, [*seen, *(one.incident_id for one in correlated)])
    await _say_shown(change, {one.alert_id: one.incident_id for one in correlated}, homes)


async def _go_on(change: Change, repeated: Sequence[Arrival], homes: Homes, at: datetime) -> None:
    shown = [
        (one.known, one.alert, standing(one.known, one.alert))
        for one in repeated
        if one.known.incident_id is not None
    ]
    if not shown:
        return
    rows = await queries.update_repeated(change, shown, at)
    for row in rows:
        if row["severity_changed"]:
            await lifecycle.set_severity(change, row["incident_id"], row["severity"])
    moved = {row["alert_id"]: row["incident_id"] for row in rows if row["moved"]}
    await lifecycle.recount(change, sorted(set(moved.values())))
    await _say_shown(change, moved, homes)


async def _end(
    change: Change, resolved: Sequence[Arrival], homes: Homes, at: datetime, patience: Patience
) -> None:
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
                one.alert.ended_at or one.alert.changed_at or at,
                one.alert.changed_at,
                flipped=one.meaning == "ends",
            )
            for one in over
        ],
    )
    seen = {one.known.incident_id for one in over if one.known.status == "acknowledged"}
    await lifecycle.recount(change, [one for one in seen if one is not None])
    await lifecycle.resolve_if_over(change, sorted(incident_ids), patience.quiet)
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


def _returning(
    beginning: Iterable[Arrival], homes: Homes, flapping: Set[str], back: Set[str]
) -> Mapping[str, Return]:
    """Where alerts that fire again belong as before, by fingerprint.

    That is so within the quiet time, for one that flaps, and where its incident was merged into one that is open.
    """
    returning: dict[str, Return] = {}
    for one in beginning:
        name, incident_id = one.alert.fingerprint, one.known.incident_id
        if incident_id is None or incident_id not in homes:
            continue
        if name in flapping:
            returning[name] = Return(incident_id, "flapping")
        elif name in back:
            returning[name] = Return(incident_id, "back")
        elif (home := _open_home(one, homes)) and home.is_merged:
            returning[name] = Return(incident_id, "merged")
    return returning


def _shown_in(incident_ids: Iterable[UUID], homes: Homes) -> set[UUID]:
    """The incidents that show the alerts of these."""
    return {homes[one].shown_in if one in homes else one for one in incident_ids}


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
        started_at=began(placement.alert, at)
        if placement.strategy in ("back", "flapping")
        else placement.alert.started_at or at,
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
