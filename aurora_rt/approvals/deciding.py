"""Deciding about a proposal: once, by somebody who may write, before it is over."""

from dataclasses import replace
from uuid import UUID

import structlog

from aurora_rt import jobs
from aurora_rt.approvals import queries
from aurora_rt.approvals.models import Approval, Decision, Run
from aurora_rt.approvals.schemas import ApprovalMoved
from aurora_rt.clock import now
from aurora_rt.errors import Conflict, NotFound
from aurora_rt.events.change import Changes
from aurora_rt.events.envelope import incident_room
from aurora_rt.identity.models import Caller
from aurora_rt.settings import Settings
from aurora_rt.toolsets.acting import by_hand

log = structlog.get_logger(__name__)


class ApprovalNotFound(NotFound):
    """The incident has no such approval."""

    code = "approval_not_found"


class ApprovalDecided(Conflict):
    """Somebody has approved or declined it already."""

    code = "approval_decided"


class ApprovalExpired(Conflict):
    """Nobody decided in time."""

    code = "approval_expired"


async def decide(
    changes: Changes,
    settings: Settings,
    caller: Caller,
    incident_id: UUID,
    approval_id: UUID,
    decision: Decision,
) -> Approval:
    """Approve or decline. What is approved and may be run here is in the queue when this returns.

    Raises `ApprovalNotFound`, `ApprovalDecided`, `ApprovalExpired`.
    """
    async with changes.open(caller.organization_id) as change:
        pending = await queries.lock_approval(change, incident_id, approval_id)
        if pending is None:
            raise ApprovalNotFound("There is no such approval.")
        at = now()
        if pending.status == "expired" or (pending.status == "pending" and pending.expires_at <= at):
            raise ApprovalExpired("Nobody decided in time. Ask for the action again.")
        if pending.status != "pending":
            raise ApprovalDecided(f"{pending.decided_by_name or 'Somebody'} has {pending.status} it already.")
        run, reason = _next(pending, settings) if decision == "approve" else ("none", "")
        decided = replace(
            pending,
            status="approved" if decision == "approve" else "declined",
            run=run,
            reason=reason,
            decided_by=caller.user_id,
            decided_by_name=caller.name or caller.email,
            decided_at=at,
        )
        await queries.update_decided(
            change,
            decided.id,
            decided.status,
            run,
            reason,
            caller.user_id,
            decided.decided_by_name,
            at,
        )
        change.say(incident_room(incident_id), ApprovalMoved.of(decided))
        if run == "waiting":
            job = jobs.CarryOut(
                organization_id=caller.organization_id, incident_id=incident_id, approval_id=decided.id
            )
            await jobs.enqueue(change.connection, [job], [jobs.ANSWER_PRIORITY])
    log.info("approval_decided", approval_id=str(decided.id), status=decided.status, by=caller.user_id)
    return decided


def _next(pending: Approval, settings: Settings) -> tuple[Run, str]:
    """How an approved command goes on: it is run here only if whoever approved it was told so."""
    reason = by_hand(pending.command, settings)
    if reason is None and not pending.runs:
        reason = pending.reason
    return ("waiting", "") if reason is None else ("by_hand", reason)
