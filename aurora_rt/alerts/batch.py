"""Which deliveries may be written in one transaction: pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from aurora_rt.alerts.models import Alert, AlertStatus, Incoming

MOST_DELIVERIES: Final = 64
MOST_ALERTS: Final = 500
"""Alerts of a batch; a delivery that tells of more is a batch by itself."""

State = tuple[AlertStatus, datetime | None, datetime | None, datetime | None]


class Batch:
    """Deliveries of one organization, in their order, that may be dealt with as if each came alone.

    What tells of other alerts is added, and what only tells again what is told in the batch: it counts once more, and
    has the last word on the text, as within a delivery. What tells of another state of an alert waits until the batch
    is written, so that its order matters; and what tells of known and of other alerts together waits, too, because
    alerts that are told together may belong together.
    """

    def __init__(self, first: Incoming) -> None:
        self.deliveries = [first]
        self._states: dict[tuple[str, str], State] = dict(_states(first))

    def take(self, delivery: Incoming) -> bool:
        """Add a delivery, if it may be."""
        states = _states(delivery)
        if len(self.deliveries) >= MOST_DELIVERIES or len(self._states) + len(states) > MOST_ALERTS:
            return False
        again = states.keys() & self._states.keys()
        if again and (again != states.keys() or any(self._states[key] != states[key] for key in again)):
            return False
        self.deliveries.append(delivery)
        self._states.update(states)
        return True


def _states(delivery: Incoming) -> Mapping[tuple[str, str], State]:
    return {(delivery.source, alert.fingerprint): _state(alert) for alert in delivery.alerts}


def _state(alert: Alert) -> State:
    return (alert.status, alert.started_at, alert.ended_at, alert.changed_at)
