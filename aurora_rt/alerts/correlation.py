"""Which incident an alert that begins to fire belongs to: pure, from what one payload tells.

What a source sends together, and what names the same rule and the same service, is one incident: a rule that
fires on forty instances of a service is one problem to look into. The reason is kept and shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

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


def place(
    beginning: Sequence[Alert],
    open_already: Mapping[tuple[str, str], UUID],
    returning: Mapping[str, Return] | None = None,
) -> list[Placement]:
    """Place the alerts of one payload that begin to fire; the most severe one of a kind opens its incident.

    `open_already` gives, by `kind_of`, the open incidents of alerts in the same payload that fire on; `returning`,
    by fingerprint, where alerts belong that fire again.
    """
    incidents, back = dict(open_already), returning or {}
    for alert in beginning:
        if alert.fingerprint in back:
            incidents.setdefault(kind_of(alert), back[alert.fingerprint].incident_id)
    return [
        _returned(alert, back[alert.fingerprint]) if alert.fingerprint in back else _placed(alert, incidents)
        for alert in sorted(beginning, key=lambda one: rank(one.severity))
    ]


def kind_of(alert: Alert) -> tuple[str, str]:
    """What makes two alerts of one payload the same problem: rule and service."""
    return (alert.title, alert.service)


def _returned(alert: Alert, to: Return) -> Placement:
    return Placement(alert, to.incident_id, opens=False, strategy=to.why, reason=_RETURNS[to.why])


def _placed(alert: Alert, incidents: dict[tuple[str, str], UUID]) -> Placement:
    kind = kind_of(alert)
    if kind in incidents:
        of_service = f" for the service {alert.service}" if alert.service else ""
        reason = f"Sent together with the same alert {alert.title}{of_service}."
        return Placement(alert, incidents[kind], opens=False, strategy="same_notification", reason=reason)
    incidents[kind] = new_id()
    return Placement(alert, incidents[kind], opens=True, strategy="primary", reason="It opened the incident.")
