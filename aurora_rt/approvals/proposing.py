"""Asking for an approval."""

from datetime import timedelta
from uuid import UUID

from aurora_rt.approvals import queries
from aurora_rt.approvals.models import Approval
from aurora_rt.approvals.schemas import ApprovalMoved
from aurora_rt.clock import derived_id, now
from aurora_rt.events.change import Change
from aurora_rt.events.envelope import incident_room
from aurora_rt.settings import Settings
from aurora_rt.toolsets.acting import by_hand


async def propose(
    change: Change, settings: Settings, incident_id: UUID, suggestion_id: UUID, command: str
) -> None:
    """Ask for an approval of a suggestion that the same change writes down; once for each."""
    at = now()
    reason = by_hand(command, settings)
    pending = Approval(
        id=derived_id(suggestion_id, "approval"),
        incident_id=incident_id,
        suggestion_id=suggestion_id,
        command=command,
        runs=reason is None,
        status="pending",
        decided_by=None,
        decided_by_name="",
        decided_at=None,
        run="none",
        reason=reason or "",
        exit_status=None,
        citation=None,
        created_at=at,
        expires_at=at + timedelta(minutes=settings.approval_minutes),
    )
    if await queries.insert_pending(change, pending):
        change.say(incident_room(incident_id), ApprovalMoved.of(pending))
