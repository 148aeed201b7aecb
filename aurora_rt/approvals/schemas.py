"""What approvals look like outside: the event, and the bodies of REST."""

from typing import ClassVar
from uuid import UUID

from aurora_rt.approvals.models import Approval, Decision, Run, Status
from aurora_rt.events.envelope import EventData
from aurora_rt.incidents.schemas import Moment
from aurora_rt.web.bodies import Body


class ApprovalMoved(EventData):
    """The event `approval`: how one stands now, the whole of it."""

    event: ClassVar[str] = "approval"

    id: UUID
    suggestion_id: UUID
    status: Status
    by: str | None
    """The id of the user who decided."""
    by_name: str
    decided_at: Moment | None
    expires_at: Moment
    command: str
    runs: bool
    run: Run
    reason: str
    exit_status: int | None
    citation: str | None

    @classmethod
    def of(cls, approval: Approval) -> "ApprovalMoved":
        """The event of `approval`."""
        return cls(
            id=approval.id,
            suggestion_id=approval.suggestion_id,
            status=approval.status,
            by=approval.decided_by,
            by_name=approval.decided_by_name,
            decided_at=approval.decided_at,
            expires_at=approval.expires_at,
            command=approval.command,
            runs=approval.runs,
            run=approval.run,
            reason=approval.reason,
            exit_status=approval.exit_status,
            citation=None if approval.citation is None else str(approval.citation),
        )


class DecisionBody(Body):
    """What somebody says to a proposal."""

    decision: Decision
