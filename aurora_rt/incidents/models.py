"""What an incident is."""

from dataclasses import dataclass, fields
from datetime import datetime
from operator import itemgetter
from typing import Any, Literal
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
    flapping: bool
    """Whether an alert of it keeps ending and beginning anew."""
    acknowledged_at: datetime | None
    """Since when somebody is on it, as the source of an alert of it says."""
    acknowledged_by: str | None
    """Who is; `""`: somebody whom the source does not name, None: nobody."""
    affected_services: tuple[str, ...]


_columns = itemgetter(*(field.name for field in fields(Incident)))
"""A row's columns as an incident has its fields, `affected_services` last; the quickest way for a thousand rows."""


def incident_of(row: Any) -> Incident:
    """An incident from its row; columns that are not part of what an incident is are passed over."""
    *values, services = _columns(row)
    values.append(tuple(services))
    return Incident(*values)
