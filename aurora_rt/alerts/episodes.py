"""What the arrival of an alert means, given what was known of it: pure, and safe against retries and disorder."""

from datetime import datetime
from typing import Literal, assert_never

from aurora_rt.alerts.models import Alert, AlertStatus, KnownAlert

Meaning = Literal["begins", "goes_on", "ends", "is_over"]
"""`begins`: fires anew, or was held back by a silence so far. `goes_on`: fires as we knew, or is acknowledged.
`ends`: a firing alert resolved. `is_over`: nothing happens, because it is not firing or what arrives is older than
what we know."""


def meaning(known: KnownAlert, alert: Alert, at: datetime) -> Meaning:
    """What it means that `alert` arrives at `at`. A recovery never begins anything."""
    match alert.status:
        case "firing" | "acknowledged":
            return _of_firing(known, alert.changed_at or alert.started_at or at)
        case "resolved":
            return _of_resolved(known, alert.ended_at or alert.changed_at or at)
        case never:
            assert_never(never)


def standing(known: KnownAlert, alert: Alert) -> AlertStatus:
    """How an alert that goes on stands: what came before it was acknowledged does not take that back."""
    if known.status == "acknowledged" and alert.status == "firing":
        before, told = known.changed_at, alert.changed_at
        return "firing" if before and told and told > before else "acknowledged"
    return alert.status


def _of_firing(known: KnownAlert, moment: datetime) -> Meaning:
    match known.status:
        case "new":
            return "begins"
        case "firing" | "acknowledged":
            return "begins" if known.waits else "goes_on"
        case "resolved":
            # The firing message of an episode may come after its recovery: retries, several senders.
            return "begins" if moment > (known.ended_at or known.started_at) else "is_over"
        case never:
            assert_never(never)


def _of_resolved(known: KnownAlert, ended_at: datetime) -> Meaning:
    if known.status in ("firing", "acknowledged") and ended_at >= known.started_at:
        return "ends"
    return "is_over"
