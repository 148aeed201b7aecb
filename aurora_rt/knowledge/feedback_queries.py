"""All SQL about what people thought of analyses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from aurora_rt.db.pool import Row, Scope

FeedbackType = Literal["helpful", "not_helpful"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person thought of an analysis."""

    id: UUID
    feedback_type: FeedbackType
    comment: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Votes:
    """How many found an analysis helpful, and how many not."""

    helpful: int = 0
    not_helpful: int = 0


async def insert_feedback(scope: Scope, incident_id: UUID, user_id: str, given: Feedback) -> bool:
    """Keep what somebody thought of an analysis; False when they said so already."""
    inserted = await scope.connection.fetchval(
        """
        INSERT INTO incident_feedback (organization_id, id, incident_id, user_id, feedback_type, comment, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (incident_id, user_id) DO NOTHING RETURNING true
        """,
        scope.organization_id,
        given.id,
        incident_id,
        user_id,
        given.feedback_type,
        given.comment,
        given.created_at,
    )
    return bool(inserted)


async def select_feedback(scope: Scope, incident_id: UUID, user_id: str) -> Feedback | None:
    """What a person thought of an incident's analysis."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, feedback_type, comment, created_at FROM incident_feedback
        WHERE organization_id = $1 AND incident_id = $2 AND user_id = $3
        """,
        scope.organization_id,
        incident_id,
        user_id,
    )
    return _feedback(row) if row else None


async def select_comments(scope: Scope, incident_id: UUID) -> tuple[Feedback, ...]:
    """What everybody thought of an incident's analysis, the oldest first."""
    rows = await scope.connection.fetch(
        """
        SELECT id, feedback_type, comment, created_at FROM incident_feedback
        WHERE organization_id = $1 AND incident_id = $2 ORDER BY created_at, id
        """,
        scope.organization_id,
        incident_id,
    )
    return tuple(map(_feedback, rows))


async def select_votes(scope: Scope, incident_ids: Sequence[UUID]) -> dict[UUID, Votes]:
    """How people found the analyses of incidents; those without a vote are left out."""
    rows = await scope.connection.fetch(
        """
        SELECT incident_id, count(*) FILTER (WHERE feedback_type = 'helpful') AS helpful,
               count(*) FILTER (WHERE feedback_type = 'not_helpful') AS not_helpful
        FROM incident_feedback WHERE organization_id = $1 AND incident_id = ANY($2::uuid[]) GROUP BY incident_id
        """,
        scope.organization_id,
        incident_ids,
    )
    return {row["incident_id"]: Votes(row["helpful"], row["not_helpful"]) for row in rows}


def _feedback(row: Row) -> Feedback:
    return Feedback(row["id"], row["feedback_type"], row["comment"], row["created_at"])
