"""When what keeps changing is still the same trouble: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aurora_rt.alerts.models import Alert, KnownAlert


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an alert may be quiet and still be the same trouble, and how often it may change before it flaps."""

    quiet: timedelta = timedelta()
    changes: int = 0
    """0: nothing is ever taken for flapping."""
    within: timedelta = timedelta(hours=1)

    def is_back(self, known: KnownAlert, alert: Alert, at: datetime) -> bool:
        """Whether an alert that fires anew does so within the quiet time after its end."""
        if known.status != "resolved" or known.ended_at is None:
            return False
        return began(alert, at) - known.ended_at <= self.quiet

    def flaps(self, known: KnownAlert, alert: Alert, at: datetime) -> bool:
        """Whether an alert that fires anew has begun and ended so often lately that it tells nothing new."""
        since = began(alert, at) - self.within
        return bool(self.changes) and sum(flip >= since for flip in known.flips) + 1 >= self.changes


def began(alert: Alert, at: datetime) -> datetime:
    """When an alert that fires anew began to."""
    return alert.changed_at or alert.started_at or at
