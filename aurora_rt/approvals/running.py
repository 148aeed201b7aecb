"""What becomes of an approved command, step by step; each within the caller's change."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from aurora_rt.approvals import queries
from aurora_rt.approvals.models import Approval, Outcome
from aurora_rt.approvals.schemas import ApprovalMoved
from aurora_rt.events.change import Change
from aurora_rt.events.envelope import incident_room

INTERRUPTED: Final = Outcome(
    "interrupted",
    "It was begun, and the server stopped before it ended. Look whether it took effect; it is not run again.",
)


async def begin(change: Change, incident_id: UUID, approval_id: UUID, runner: UUID) -> Approval | None:
    """Note that `runner` begins to run the command; `None` when it must not.

    One that was begun before, by somebody who did not tell its end, is interrupted from now on.
    """
    approval = await queries.lock_approval(change, incident_id, approval_id)
    if approval is None:
        return None
    if approval.run == "running":
        await _end(change, approval, None, INTERRUPTED)
    if not await queries.update_begun(change, approval_id, runner):
        return None
    begun = replace(approval, run="running")
    change.say(incident_room(incident_id), ApprovalMoved.of(begun))
    return begun


async def end(
    change: Change, incident_id: UUID, approval_id: UUID, runner: UUID | None, outcome: Outcome
) -> None:
    """Note what became of the command, as `runner` knows; without one, as far as anybody knows."""
    approval = await queries.lock_approval(change, incident_id, approval_id)
    if approval is not None:
        await _end(change, approval, runner, outcome)


async def _end(change: Change, approval: Approval, runner: UUID | None, outcome: Outcome) -> None:
    if await queries.update_ended(change, approval.id, runner, outcome):
        ended = replace(
            approval,
            run=outcome.run,
            reason=outcome.reason,
            exit_status=outcome.exit_status,
            citation=outcome.citation,
        )
        change.say(incident_room(approval.incident_id), ApprovalMoved.of(ended))
