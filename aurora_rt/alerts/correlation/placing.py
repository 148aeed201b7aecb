"""Where the alerts of one payload go that begin to fire: pure, from them and the open incidents that were found.

What the source sends together, and names the same rule and the same thing, is one incident: a rule that fires on forty
instances of a service is one problem to look into. All else is scored. The reason is kept and shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from aurora_rt.alerts.correlation.pool import Pool
from aurora_rt.alerts.correlation.scoring import Decision, Scored, Sign, correlate
from aurora_rt.alerts.correlation.service_map import NO_MAP, ServiceMap
from aurora_rt.alerts.correlation.signs import keys_of, kind_key, signs_of
from aurora_rt.alerts.correlation.subject import Subject, measured, subject_of
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
ALIKE: Final = 4
"""So many alerts of one rule in one payload are one problem, though each is about a machine or an object of its own."""


@dataclass(frozen=True, slots=True)
class Return:
    """The incident to which an alert returns, and why; and the one that shows it, where that is another."""

    incident_id: UUID
    why: Why
    shown_in: UUID | None = None


Kind = tuple[str, ...]


@dataclass(slots=True)
class Known:
    """What is known when alerts are placed, and what becomes of it as they are."""

    window: timedelta
    """Alerts that began further apart than this have nothing to do with each other. Zero: nothing is correlated."""
    at: datetime
    """Now: when what has no time began."""
    service_map: ServiceMap = NO_MAP
    pool: Pool = field(default_factory=Pool)
    together: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """By kind: the kinds, with their titles, that people have put together with it."""
    apart: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By kind: the kinds that people have taken apart from it."""
    bridges: list[Bridge] = field(default_factory=list)
    calls: set[tuple[str, str]] = field(default_factory=set)
    """What the alerts told of who calls whom."""
    _subjects: dict[tuple[str, str], Subject] = field(default_factory=dict)
    _signs: dict[tuple[str, str], tuple[Sign, ...]] = field(default_factory=dict)

    def subject(self, alert: Alert) -> Subject:
        """What an alert is about. A time in the future is a clock that is wrong."""
        key = (alert.source, alert.fingerprint)
        if key not in self._subjects:
            began = alert.changed_at or alert.started_at or self.at
            self._subjects[key] = subject_of(alert, min(began, self.at), self.service_map)
        return self._subjects[key]

    def signs(self, alert: Alert) -> tuple[Sign, ...]:
        """What would speak for an open incident."""
        key = (alert.source, alert.fingerprint)
        if key not in self._signs:
            subject = self.subject(alert)
            self._signs[key] = signs_of(subject, self.service_map, self.together.get(subject.kind, ()))
        return self._signs[key]

    def decide(self, alert: Alert) -> Decision:
        """Where an alert belongs, as things stand."""
        subject, signs = self.subject(alert), self.signs(alert)
        apart = [kind_key(one) for one in self.apart.get(subject.kind, ())]
        candidates, shared = self.pool.found(subject, signs, self.window, apart)
        return correlate(subject, signs, candidates, shared, self.window)

    def join(self, alert: Alert, incident_id: UUID) -> None:
        """Have an alert be part of an incident."""
        if self.window:
            subject = self.subject(alert)
            self.pool.join(incident_id, subject, keys_of(subject, self.service_map))
            self.calls |= {
                (name, callee) for name in subject.names for callee in subject.callees if name != callee
            }


def place(
    beginning: Sequence[Alert],
    open_already: Mapping[Kind, UUID],
    returning: Mapping[str, Return] | None = None,
    known: Known | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> list[Placement]:
    """Place the alerts of one payload that begin to fire; the most severe one of a kind opens its incident.

    `open_already` gives, by kind, the open incidents of alerts in the same payload that fire on; `returning`, by
    fingerprint, where alerts belong that fire again; `kinds` is what `kinds_of` says of the whole payload. Without
    `known`, or with a window of zero, only what the source sends together is put together. The order of `beginning`
    does not matter.
    """
    incidents, back = dict(open_already), returning or {}
    kind = kinds or kinds_of(beginning)
    for alert in beginning:
        if alert.fingerprint in back:
            incidents.setdefault(kind[alert.fingerprint], back[alert.fingerprint].incident_id)
    placed: list[Placement] = []
    for alert in sorted(beginning, key=lambda one: _order(one, known)):
        its = kind[alert.fingerprint]
        if alert.fingerprint in back:
            placed.append(_returned(alert, back[alert.fingerprint]))
        elif its in incidents:
            placed.append(_sent_together(alert, incidents[its]))
        elif known is not None and known.window:
            placed.append(_correlated(alert, known, placed, incidents))
        else:
            placed.append(_opening(alert))
        incidents.setdefault(its, placed[-1].incident_id)
        if known is not None:
            to = back.get(alert.fingerprint)
            known.join(alert, (to and to.shown_in) or placed[-1].incident_id)
    return placed


def kinds_of(alerts: Iterable[Alert]) -> dict[str, Kind]:
    """By fingerprint, what makes two alerts of one payload the same problem: rule and service.

    That holds within an environment and a cluster. Where the service is only what measures, it is what is measured.
    """
    told = list(alerts)
    rough = {one.fingerprint: _rough(one) for one in told}
    many = Counter(rough.values())
    return {
        one.fingerprint: rough[one.fingerprint]
        if many[rough[one.fingerprint]] >= ALIKE
        else (*rough[one.fingerprint], *measured(one))
        for one in told
    }


def _rough(alert: Alert) -> Kind:
    return (alert.title, alert.service, alert.environment, alert.labels.get("cluster", ""))


def _order(alert: Alert, known: Known | None) -> tuple[int, float, str]:
    began = (alert.changed_at or alert.started_at) if known is not None else None
    return (rank(alert.severity), began.timestamp() if began else 0.0, alert.fingerprint)


def _returned(alert: Alert, to: Return) -> Placement:
    return Placement(alert, to.incident_id, opens=False, strategy=to.why, reason=_RETURNS[to.why])


def _sent_together(alert: Alert, incident_id: UUID) -> Placement:
    of_service = f" for the service {alert.service}" if alert.service else ""
    reason = f"Sent together with the same alert {alert.title}{of_service}."
    return Placement(alert, incident_id, opens=False, strategy="same_notification", reason=reason)


def _opening(alert: Alert) -> Placement:
    return Placement(alert, new_id(), opens=True, strategy="primary", reason="It opened the incident.")


def _correlated(
    alert: Alert, known: Known, placed: list[Placement], incidents: dict[Kind, UUID]
) -> Placement:
    decision = known.decide(alert)
    if decision.joins is None:
        return _opening(alert)
    joins = decision.joins
    for other in decision.bridges:
        joins = _bridged(joins, other, known, placed, incidents)
    return Placement(
        alert, joins.incident_id, opens=False, strategy=joins.strategy, reason=joins.reason, score=joins.score
    )


def _bridged(
    joins: Scored, other: Scored, known: Known, placed: list[Placement], incidents: dict[Kind, UUID]
) -> Scored:
    """Make two incidents one: at once where one of them is only now being opened, else it is to be done later."""
    new = {one.incident_id for one in placed if one.opens}
    into, gone = (
        (joins, other) if joins.incident_id not in new or other.incident_id in new else (other, joins)
    )
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
    incidents |= {kind: into.incident_id for kind, where in incidents.items() if where == gone.incident_id}
    known.pool.merge(gone.incident_id, into.incident_id)
    return into
