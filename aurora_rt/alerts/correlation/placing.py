"""Where the alerts of one payload go that begin to fire: pure, from them and the open incidents that were found.

What the source sends together, and names the same rule and the same thing, is one incident: a rule that fires on forty
instances of a service is one problem to look into. All else is scored. The reason is kept and shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from aurora_rt.alerts.correlation.pool import Pool
from aurora_rt.alerts.correlation.scoring import Scored, correlate
from aurora_rt.alerts.correlation.service_map import NO_MAP, ServiceMap
from aurora_rt.alerts.correlation.signs import keys_of, signs_of
from aurora_rt.alerts.correlation.subject import Subject, subject_of
from aurora_rt.alerts.models import Alert
from aurora_rt.clock import new_id
from aurora_rt.incidents.severity import rank


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an alert goes, and why."""

    alert: Alert
    incident_id: UUID
    opens: bool
    strategy: str
    reason: str
    score: float = 1.0
    """How much speaks for it: 0 to 1."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Two open incidents that an alert shows to be one, and why."""

    incident_id: UUID
    into: UUID
    reason: str


Why = Literal["merged", "back", "flapping"]
_RETURNS: Final[Mapping[Why, str]] = {
    "merged": "It fires again, and its incident was merged into one that is open.",
    "back": "It fires again, a short while after its recovery.",
    "flapping": "It is flapping: it ends and fires again, over and over.",
}


@dataclass(frozen=True, slots=True)
class Return:
    """The incident to which an alert returns, and why."""

    incident_id: UUID
    why: Why


Kind = tuple[str, ...]


@dataclass(slots=True)
class Known:
    """What is known when a payload's alerts are placed, and what becomes of it as they are."""

    window: timedelta
    """Alerts that began further apart than this have nothing to do with each other. Zero: nothing is correlated."""
    at: datetime
    """Now: when what has no time began."""
    service_map: ServiceMap = NO_MAP
    pool: Pool = field(default_factory=Pool)
    pairs: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """By kind: the kinds, with their titles, that people have put together with it."""
    bridges: list[Bridge] = field(default_factory=list)

    def subject(self, alert: Alert) -> Subject:
        """What an alert is about. A time in the future is a clock that is wrong."""
        began = alert.changed_at or alert.started_at or self.at
        return subject_of(alert, min(began, self.at), self.service_map)


def place(
    beginning: Sequence[Alert],
    open_already: Mapping[Kind, UUID],
    returning: Mapping[str, Return] | None = None,
    known: Known | None = None,
) -> list[Placement]:
    """Place the alerts of one payload that begin to fire; the most severe one of a kind opens its incident.

    `open_already` gives, by `kind_of`, the open incidents of alerts in the same payload that fire on; `returning`,
    by fingerprint, where alerts belong that fire again. Without `known`, or with a window of zero, only what the source
    sends together is put together.
    """
    incidents, back = dict(open_already), returning or {}
    for alert in beginning:
        if alert.fingerprint in back:
            incidents.setdefault(kind_of(alert), back[alert.fingerprint].incident_id)
    placed: list[Placement] = []
    for alert in sorted(beginning, key=lambda one: rank(one.severity)):
        if alert.fingerprint in back:
            placed.append(_returned(alert, back[alert.fingerprint]))
        elif kind_of(alert) in incidents:
            placed.append(_sent_together(alert, incidents[kind_of(alert)]))
        elif known is not None and known.window:
            placed.append(_correlated(alert, known, placed))
        else:
            placed.append(_opening(alert))
        incidents[kind_of(alert)] = placed[-1].incident_id
        if known is not None and known.window:
            subject = known.subject(alert)
            known.pool.join(placed[-1].incident_id, subject, keys_of(subject, known.service_map))
    return placed


def kind_of(alert: Alert) -> Kind:
    """What makes two alerts of one payload the same problem: rule and service, in one environment and cluster."""
    return (alert.title, alert.service, alert.environment, alert.labels.get("cluster", ""))


def _returned(alert: Alert, to: Return) -> Placement:
    return Placement(alert, to.incident_id, opens=False, strategy=to.why, reason=_RETURNS[to.why])


def _sent_together(alert: Alert, incident_id: UUID) -> Placement:
    of_service = f" for the service {alert.service}" if alert.service else ""
    reason = f"Sent together with the same alert {alert.title}{of_service}."
    return Placement(alert, incident_id, opens=False, strategy="same_notification", reason=reason)


def _opening(alert: Alert) -> Placement:
    return Placement(alert, new_id(), opens=True, strategy="primary", reason="It opened the incident.")


def _correlated(alert: Alert, known: Known, placed: list[Placement]) -> Placement:
    subject = known.subject(alert)
    signs = signs_of(subject, known.service_map, known.pairs.get(subject.kind, ()))
    candidates, shared = known.pool.found(subject, signs, known.window)
    decision = correlate(subject, signs, candidates, shared, known.window)
    if decision.joins is None:
        return _opening(alert)
    joins = decision.joins
    for other in decision.bridges:
        joins = _bridged(joins, other, known, placed)
    return Placement(
        alert, joins.incident_id, opens=False, strategy=joins.strategy, reason=joins.reason, score=joins.score
    )


def _bridged(joins: Scored, other: Scored, known: Known, placed: list[Placement]) -> Scored:
    """Make two incidents one: at once where one of them is only now being opened, else it is to be done later."""
    new = {one.incident_id for one in placed if one.opens}
    into, gone = (joins, other) if joins.incident_id not in new or other.incident_id in new else (other, joins)
    if gone.incident_id not in new:
        known.bridges.append(Bridge(gone.incident_id, into.incident_id, gone.reason))
        return joins
    for position, one in enumerate(placed):
        if one.incident_id == gone.incident_id:
            placed[position] = replace(
                one,
                incident_id=into.incident_id,
                opens=False,
                strategy=gone.strategy if one.opens else one.strategy,
                reason=gone.reason if one.opens else one.reason,
                score=gone.score if one.opens else one.score,
            )
    known.pool.merge(gone.incident_id, into.incident_id)
    return into
