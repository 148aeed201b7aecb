"""All SQL about approvals."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from aurora_rt.approvals.models import Approval, Outcome, Run, Status
from aurora_rt.db.pool import Connection, Row, Scope


async def insert_pending(scope: Scope, approval: Approval) -> bool:
    """Keep a proposal; False when its suggestion has one already."""
    inserted = await scope.connection.fetchval(
        """
        INSERT INTO approvals (id, organization_id, incident_id, suggestion_id, command, runs, reason, created_at,
                               expires_at)
        VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        scope.organization_id,
        approval.id,
        approval.incident_id,
        approval.suggestion_id,
        approval.command,
        approval.runs,
        approval.reason,
        approval.created_at,
        approval.expires_at,
    )
    return bool(inserted)


async def lock_approval(scope: Scope, incident_id: UUID, approval_id: UUID) -> Approval | None:
    """Read an approval of an incident and keep others from changing it until the transaction ends."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, incident_id, suggestion_id, command, runs, status, decided_by, decided_by_name, decided_at, run,
               reason, exit_status, citation, created_at, expires_at
        FROM approvals WHERE organization_id = $1 AND incident_id = $2 AND id = $3 FOR NO KEY UPDATE
        """,
        scope.organization_id,
        incident_id,
        approval_id,
    )
    return Approval(**row) if row else None


async def update_decided(
    scope: Scope,
    approval_id: UUID,
    status: Status,
    run: Run,
    reason: str,
    by: str,
    by_name: str,
    at: datetime,
) -> None:
    """Note what somebody decided about a (locked) approval, and how it goes on."""
    await scope.connection.execute(
        """
        UPDATE approvals
        SET status = $3, run = $4, reason = $5, decided_by = $6, decided_by_name = $7, decided_at = $8
        WHERE organization_id = $1 AND id = $2 AND status = 'pending'
        """,
        scope.organization_id,
        approval_id,
        status,
        run,
        reason,
        by,
        by_name,
        at,
    )


async def update_begun(scope: Scope, approval_id: UUID, runner: UUID) -> bool:
    """Note that `runner` begins to run the command; False when it was begun before, or is not to be run."""
    begun = await scope.connection.fetchval(
        """
        UPDATE approvals SET run = 'running', runner = $3
        WHERE organization_id = $1 AND id = $2 AND status = 'approved' AND run = 'waiting' RETURNING true
        """,
        scope.organization_id,
        approval_id,
        runner,
    )
    return bool(begun)


async def update_ended(scope: Scope, approval_id: UUID, runner: UUID | None, outcome: Outcome) -> bool:
    """Note what became of the command; False when that is known already.

    With `runner`, it is who ran it that says so: it knows, also when others thought that it was interrupted.
    """
    ended = await scope.connection.fetchval(
        """
        UPDATE approvals SET run = $4, reason = $5, exit_status = $6, citation = $7
        WHERE organization_id = $1 AND id = $2 AND status = 'approved'
          AND (run IN ('waiting', 'running') OR (run = 'interrupted' AND runner = $3))
          AND ($3::uuid IS NULL OR runner = $3)
        RETURNING true
        """,
        scope.organization_id,
        approval_id,
        runner,
        outcome.run,
        outcome.reason,
        outcome.exit_status,
        outcome.citation,
    )
    return bool(ended)


async def organizations_with_due(connection: Connection, at: datetime) -> Sequence[UUID]:
    """The organizations in which a pending approval is over."""
    rows: list[Row] = await connection.fetch(
        "SELECT DISTINCT organization_id FROM approvals WHERE status = 'pending' AND expires_at <= $1", at
    )
    return [row["organization_id"] for row in rows]


async def expire_due(scope: Scope, at: datetime) -> list[Approval]:
    """Let the organization's pending approvals that are over expire; those that somebody decides just now are left."""
    rows = await scope.connection.fetch(
        """
        UPDATE approvals SET status = 'expired'
        WHERE organization_id = $1 AND id IN (
            SELECT id FROM approvals WHERE organization_id = $1 AND status = 'pending' AND expires_at <= $2
            ORDER BY id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING id, incident_id, suggestion_id, command, runs, status, decided_by, decided_by_name, decided_at, run,
                  reason, exit_status, citation, created_at, expires_at
        """,
        scope.organization_id,
        at,
    )
    return [Approval(**row) for row in rows]
