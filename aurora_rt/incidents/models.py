"""What an incident is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
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
    affected_services: tuple[str, ...]
