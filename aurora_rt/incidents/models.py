"""What an incident is."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

Status = Literal["investigating", "analyzed", "merged", "resolved"]
AuroraStatus = Literal["idle", "running", "complete", "error"]
ActiveTab = Literal["thoughts", "chat"]


@dataclass(frozen=True, slots=True)
class NewIncident:
    """An incident that is about to be opened, with the alert that opens it."""

    id: UUID
    source: str
    source_alert_id: str
    title: str
    service: str
    severity: str
    environment: str
    source_url: str
    started_at: datetime
    description: str = ""
    """What a person wrote; what a source sends is kept with its alert."""
    client_id: str | None = None
    """Chosen by whoever opens it by hand, so that doing so again is harmless."""


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as it stands."""

    id: UUID
    source: str
    source_alert_id: str
    title: str
    service: str
    severity: str
    environment: str
    source_url: str
    status: Status
    aurora_status: AuroraStatus
    summary: str
    active_tab: ActiveTab
    correlated_alert_count: int
    affected_services: tuple[str, ...]
    started_at: datetime
    created_at: datetime
    updated_at: datetime
    analyzed_at: datetime | None
    resolved_at: datetime | None
    severity_weight: int
    """The more severe, the higher."""
    description: str
    merged_into: UUID | None
    """The incident in which this one lives on."""


_FIELDS: Final = frozenset(field.name for field in fields(Incident))


def incident_of(columns: Iterable[tuple[str, Any]]) -> Incident:
    """An incident from the columns of its row; columns that are not part of what an incident is are passed over."""
    known = {name: value for name, value in columns if name in _FIELDS}
    return Incident(**{**known, "affected_services": tuple(known["affected_services"])})
