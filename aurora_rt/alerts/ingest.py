"""What follows from the alerts of deliveries that came together, in one change."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from aurora_rt.alerts import delivery_queries, queries
from aurora_rt.alerts.correlating import Correlating, keep_open, likely
from aurora_rt.alerts.correlation.placing import Kind, Known, Placement, Return, kinds_of, place
from aurora_rt.alerts.episodes import Meaning, meaning, standing
from aurora_rt.alerts.merging import say_shown
from aurora_rt.alerts.models import Alert, EndedAlert, Home, Incoming, Joined, KnownAlert
from aurora_rt.alerts.patience import Patience, began
from aurora_rt.alerts.silencing import Heard, Silencing
from aurora_rt.clock import now
from aurora_rt.events.change import Change, Changes
from aurora_rt.incidents import lifecycle
from aurora_rt.incidents.models import NewIncident

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """By what it is decided where alerts go."""

    patience: Patience = field(default_factory=Patience)
    correlating: Correlating = field(default_factory=Correlating)
    silencing: Silencing = field(default_factory=Silencing)


Homes = Mapping[UUID, Home]
"""Where alerts belong, by the incident that they have."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert of the payload, what was known of it, and what its arrival means."""

    alert: Alert
    known: KnownAlert
    meaning: Meaning

    @property
    def says_something_new(self) -> bool:
        """Whether it goes on differently from what its incident shows; most that are repeated do not."""
        return self.meaning == "goes_on" and (
            self.known.told != self.alert.digest() or self.known.status != standing(self.known, self.alert)
        )


async def ingest(
    changes: Changes,
    organization_id: UUID,
    deliveries: Sequence[Incoming],
    rules: Rules | None = None,
) -> Set[UUID]:
    """Write all that follows from deliveries, that they are processed, and those that are not kept yet themselves.

    They are a batch (`batch.Batch`): what one of them tells of alerts is new, or told in the batch already. Returns
    which of them were dealt with: none that somebody else has processed, or that is a replay of what is kept.
    """
    at = now()
    rules = rules or Rules()
    async with changes.open(organization_id) as change:
        ours = await _processed(change, deliveries)
        told, counts = _told([one for one in deliveries if one.id in ours])
        known = await queries.take(change, counts, at) if counts else {}
        placing = await follow(change, told, known, at, rules)
    log.info("alerts_ingested", deliveries=len(ours), alerts=sum(counts.values()))
    await rules.correlating.bridge(changes, organization_id, placing.bridges)
    return ours


async def follow(
    change: Change,
    told: Mapping[UUID, Mapping[queries.Key, Alert]],
    known: Mapping[queries.Key, KnownAlert],
    at: datetime,
    rules: Rules,
) -> Known:
    """Write all that follows from what deliveries tell of alerts, whose rows are locked; what correlation knew."""
    arrivals = {
        delivery_id: [
            Arrival(alert, known[key], meaning(known[key], alert, at)) for key, alert in alerts.items()
        ]
        for delivery_id, alerts in told.items()
    }
    held = await _held(change, arrivals, at, rules)
    arrivals = {
        name: [one for one in arrived if one.known.id not in held] for name, arrived in arrivals.items()
    }
    everything = [one for arrived in arrivals.values() for one in arrived]
    beginning = [one.alert for one in everything if one.meaning == "begins"]
    placing = await rules.correlating.look(change, beginning, at)
    homes = await _homes(change, list(arrivals.values()), likely(placing, beginning))
    keep_open(placing, homes)
    joined = [
        one
        for delivery_id, arrived in arrivals.items()
        for one in _joined(arrived, homes, placing, delivery_id, at, rules.patience)
    ]
    await _begin(change, joined, homes, at)
    await rules.correlating.keep(change, placing)
    await _go_on(change, [one for one in everything if one.says_something_new], homes, at)
    over = [one for one in everything if one.alert.status == "resolved"]
    await _end(change, over, homes, at, rules.patience)
    return placing


async def _held(
    change: Change, arrivals: Mapping[UUID, Sequence[Arrival]], at: datetime, rules: Rules
) -> set[UUID]:
    beginning = [
        Heard(one.known, one.alert, delivery_id)
        for delivery_id, arrived in arrivals.items()
        for one in arrived
        if one.meaning == "begins"
    ]
    over = [
        one.known.id
        for arrived in arrivals.values()
        for one in arrived
        if one.meaning == "ends" and one.known.waits
    ]
    return await rules.silencing.hold(change, beginning, over, at)


async def _processed(change: Change, deliveries: Sequence[Incoming]) -> set[UUID]:
    new = [(one, one.content) for one in deliveries if one.content is not None]
    kept = [one for one in deliveries if one.content is None]
    ours = await delivery_queries.keep_processed(change, new) if new else set()
    return ours | (await delivery_queries.mark_processed(change, kept) if kept else set())


def _told(
    deliveries: Sequence[Incoming],
) -> tuple[dict[UUID, dict[queries.Key, Alert]], Counter[queries.Key]]:
    """What is told of each alert at last, by the delivery that told of it first; and how many told of it."""
    counts: Counter[queries.Key] = Counter()
    told: dict[UUID, dict[queries.Key, Alert]] = {}
    first: dict[queries.Key, dict[queries.Key, Alert]] = {}
    for delivery in deliveries:
        mine = told.setdefault(delivery.id, {})
        latest = {(delivery.source, alert.fingerprint): alert for alert in delivery.alerts}
        counts.update(latest.keys())
        for key, alert in latest.items():
            first.setdefault(key, mine)[key] = alert
    return told, counts


async def _begin(change: Change, joined: Sequence[Joined], homes: Homes, at: datetime) -> None:
    """Write where alerts go that begin to fire: for all deliveries at once, because each statement costs."""
    if not joined:
        return
    await lifecycle.open_incidents(change, [_new_incident(one, at) for one in joined if one.primary])
    await queries.join(change, joined, at)
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


def _joined(
    arrivals: Sequence[Arrival],
    homes: Homes,
    placing: Known,
    delivery_id: UUID,
    at: datetime,
    patience: Patience,
) -> list[Joined]:
    """Where the alerts of a delivery go that begin to fire."""
    beginning = {one.alert.fingerprint: one for one in arrivals if one.meaning == "begins"}
    if not beginning:
        return []
    flapping = {name for name, one in beginning.items() if patience.flaps(one.known, one.alert, at)}
    back = {name for name, one in beginning.items() if patience.is_back(one.known, one.alert, at)}
    returning = _returning(beginning.values(), homes, flapping, back)
    kinds = kinds_of(one.alert for one in arrivals)
    firing = _open_kinds(arrivals, homes, kinds)
    placements = place([one.alert for one in beginning.values()], firing, returning, placing, kinds)
    return [
        _joining(
            one,
            beginning[one.alert.fingerprint].known.id,
            placing.subject(one.alert).kind,
            delivery_id,
            at,
        )
        for one in placements
    ]


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


async def _homes(change: Change, arrivals: Sequence[Sequence[Arrival]], likely: Set[UUID]) -> Homes:
    """Where the alerts that we knew belong, by their incident; locks all incidents that are touched.

    Those are also the ones that are `likely` to be joined.

    None is touched by what only says again what is known.
    """
    known = {
        one.known.incident_id
        for of_delivery in arrivals
        if any(one.says_something_new or one.meaning in ("begins", "ends") for one in of_delivery)
        for one in of_delivery
        if one.known.incident_id is not None
    } | likely
    return await queries.lock_homes(change, sorted(known)) if known else {}


def _open_kinds(arrivals: Sequence[Arrival], homes: Homes, kinds: Mapping[str, Kind]) -> Mapping[Kind, UUID]:
    """The open incidents of alerts of this payload that fire on, or again where they were merged, by kind."""
    return {
        kinds[one.alert.fingerprint]: home.shown_in
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
            returning[name] = Return(incident_id, "flapping", homes[incident_id].shown_in)
        elif name in back:
            returning[name] = Return(incident_id, "back", homes[incident_id].shown_in)
        elif (home := _open_home(one, homes)) and home.is_merged:
            returning[name] = Return(incident_id, "merged", home.shown_in)
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


def _joining(placement: Placement, alert_id: UUID, kind: str, delivery_id: UUID, at: datetime) -> Joined:
    return Joined(
        incident_id=placement.incident_id,
        alert_id=alert_id,
        delivery_id=delivery_id,
        alert=placement.alert,
        primary=placement.opens,
        strategy=placement.strategy,
        reason=placement.reason,
        score=placement.score,
        kind=kind,
        started_at=began(placement.alert, at)
        if placement.strategy in ("back", "flapping")
        else placement.alert.started_at or at,
    )


def _new_incident(joined: Joined, at: datetime) -> NewIncident:
    alert = joined.alert
    return NewIncident(
        id=joined.incident_id,
        source=alert.source,
        source_alert_id=alert.fingerprint,
        title=alert.title,
        service=alert.service,
        severity=alert.severity,
        environment=alert.environment,
        source_url=alert.source_url,
        started_at=alert.started_at or at,
    )
