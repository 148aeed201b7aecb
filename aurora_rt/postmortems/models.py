"""What a postmortem is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Postmortem:
    """What was written about an incident."""

    incident_id: UUID
    markdown: str
    version: int
    """1 for the draft; each change counts up."""
    created_at: datetime
    updated_at: datetime
    updated_by: str
    """The id of the user who wrote this version."""
    updated_by_name: str
