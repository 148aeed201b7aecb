"""What an approval is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Status = Literal["pending", "approved", "declined", "expired"]
Decision = Literal["approve", "decline"]
Run = Literal["none", "by_hand", "waiting", "running", "done", "refused", "interrupted"]
"""What became of the command: nobody approved it; a person runs it themself; it waits for a worker; it runs; it ended;
it was not begun, for a reason; it was begun, and nobody knows whether it took effect."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether somebody lets a suggested command be run, and what became of it."""

    id: UUID
    incident_id: UUID
    suggestion_id: UUID
    command: str
    runs: bool
    """Whether it is run here once it is approved, as whoever decides is told."""
    status: Status
    decided_by: str | None
    decided_by_name: str
    decided_at: datetime | None
    run: Run
    reason: str
    """Why it is not run here, or is not known to have ended; `""` otherwise."""
    exit_status: int | None
    citation: int | None
    """The number of the citation that holds its output."""
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command that was approved."""

    run: Run
    reason: str = ""
    exit_status: int | None = None
    citation: int | None = None
