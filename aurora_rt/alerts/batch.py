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
    """Deliveries of one organization, in their order, of which no two tell a different state of one alert.

    What says the same of an alert again counts once more and has the last word on its text, as within a delivery; what
    says that it changed waits until the batch is written, so that its order matters as if each came alone.
    """

    def __init__(self, first: Incoming) -> None:
        self.deliveries = [first]
        self._states: dict[tuple[str, str], State] = dict(_states(first))

    def take(self, delivery: Incoming) -> bool:
        """Add a delivery, if it may be."""
        states = _states(delivery)
        if len(self.deliveries) >= MOST_DELIVERIES or len(self._states) + len(states) > MOST_ALERTS:
            return False
        if any(self._states.get(key, state) != state for key, state in states.items()):
            return False
        self.deliveries.append(delivery)
        self._states.update(states)
        return True


def _states(delivery: Incoming) -> Mapping[tuple[str, str], State]:
    return {(delivery.source, alert.fingerprint): _state(alert) for alert in delivery.alerts}


def _state(alert: Alert) -> State:
    return (alert.status, alert.started_at, alert.ended_at, alert.changed_at)
