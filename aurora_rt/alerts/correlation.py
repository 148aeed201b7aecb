"""Which incident an alert that begins to fire belongs to: pure, from what one payload tells.

What a source sends together, and what names the same rule and the same service, is one incident: a rule that
fires on forty instances of a service is one problem to look into. The reason is kept and shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


def place(
    beginning: Sequence[Alert],
    open_already: Mapping[tuple[str, str], UUID],
    returning: Mapping[str, UUID] | None = None,
) -> list[Placement]:
    """Place the alerts of one payload that begin to fire; the most severe one of a kind opens its incident.

    `open_already` gives, by `kind_of`, the open incidents of alerts in the same payload that fire on; `returning`,
    by fingerprint, the merged incidents of alerts that fire again while the one merged into is open.
    """
    incidents, back = dict(open_already), returning or {}
    return [
        _returned(alert, back[alert.fingerprint]) if alert.fingerprint in back else _placed(alert, incidents)
        for alert in sorted(beginning, key=lambda one: rank(one.severity))
    ]


def kind_of(alert: Alert) -> tuple[str, str]:
    """What makes two alerts of one payload the same problem: rule and service."""
    return (alert.title, alert.service)


def _returned(alert: Alert, incident_id: UUID) -> Placement:
    reason = "It fires again, and its incident was merged into one that is open."
    return Placement(alert, incident_id, opens=False, strategy="merged", reason=reason)


def _placed(alert: Alert, incidents: dict[tuple[str, str], UUID]) -> Placement:
    kind = kind_of(alert)
    if kind in incidents:
        of_service = f" for the service {alert.service}" if alert.service else ""
        reason = f"Sent together with the same alert {alert.title}{of_service}."
        return Placement(alert, incidents[kind], opens=False, strategy="same_notification", reason=reason)
    incidents[kind] = new_id()
    return Placement(alert, incidents[kind], opens=True, strategy="primary", reason="It opened the incident.")
