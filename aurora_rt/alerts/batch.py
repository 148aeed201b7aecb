"""Which deliveries may be written in one transaction: pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from aurora_rt.alerts.models import Alert, AlertStatus, Incoming

MOST_DELIVERIES: Final = 64
MOST_ALERTS: Final = 500
"""Alerts of a batch; a delivery that tells of more is a batch by itself."""
MOST_LOOKED_AT: Final = 4 * MOST_DELIVERIES
"""Deliveries that are looked at for one batch, so that a long line is not gone through again and again."""

State = tuple[AlertStatus, datetime | None, datetime | None, datetime | None]


class Batch:
    """Deliveries of one organization that may be dealt with as if each came alone.

    What tells of other alerts is added, and what only tells again what is told in the batch: it counts once more, and
    has the last word on the text, as within a delivery. What tells of another state of an alert waits until the batch
    is written, so that its order matters; and what tells of known and of other alerts together waits, too, because
    alerts that are told together may belong together. What comes later and tells of the same alerts as something that
    waits, waits behind it.
    """

    def __init__(self, first: Incoming) -> None:
        self.deliveries = [first]
        self._states: dict[tuple[str, str], State] = dict(_states(first))
        self._waiting: set[tuple[str, str]] = set()
        self._looked_at = 1

    @property
    def is_full(self) -> bool:
        """Whether nothing more need be offered."""
        return len(self.deliveries) >= MOST_DELIVERIES or self._looked_at >= MOST_LOOKED_AT

    def take(self, delivery: Incoming) -> bool:
        """Add the next delivery of those that wait, if it may be. To be offered in their order."""
        self._looked_at += 1
        states = _states(delivery)
        if not self._fits(states):
            self._waiting.update(states)
            return False
        self.deliveries.append(delivery)
        self._states.update(states)
        return True

    def _fits(self, states: Mapping[tuple[str, str], State]) -> bool:
        again = states.keys() & self._states.keys()
        if len(self._states) + len(states) - len(again) > MOST_ALERTS or self._waiting & states.keys():
            return False
        return not again or (
            again == states.keys() and all(self._states[key] == states[key] for key in again)
        )


def _states(delivery: Incoming) -> Mapping[tuple[str, str], State]:
    return {(delivery.source, alert.fingerprint): _state(alert) for alert in delivery.alerts}


def _state(alert: Alert) -> State:
    return (alert.status, alert.started_at, alert.ended_at, alert.changed_at)
