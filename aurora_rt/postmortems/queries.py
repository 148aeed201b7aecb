"""All SQL about postmortems."""

from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Scope
from aurora_rt.postmortems.models import Postmortem


async def select_postmortem(scope: Scope, incident_id: UUID) -> Postmortem | None:
    """The postmortem of an incident; `None` where nobody wrote one."""
    row = await scope.connection.fetchrow(
        """
        SELECT incident_id, markdown, version, created_at, updated_at, updated_by, updated_by_name FROM postmortems
        WHERE organization_id = $1 AND incident_id = $2
        """,
        scope.organization_id,
        incident_id,
    )
    return Postmortem(**row) if row else None


async def upsert_postmortem(
    scope: Scope, incident_id: UUID, markdown: str, by: str, by_name: str, at: datetime
) -> Postmortem:
    """Write the first version, or the next one, of a (locked) incident's postmortem."""
    row = await scope.connection.fetchrow(
        """
        INSERT INTO postmortems AS p (organization_id, incident_id, markdown, created_at, updated_at, updated_by,
                                      updated_by_name)
        VALUES ($1, $2, $3, $4, $4, $5, $6)
        ON CONFLICT (incident_id) DO UPDATE
        SET markdown = $3, version = p.version + 1, updated_at = $4, updated_by = $5, updated_by_name = $6
        WHERE p.organization_id = $1
        RETURNING incident_id, markdown, version, created_at, updated_at, updated_by, updated_by_name
        """,
        scope.organization_id,
        incident_id,
        markdown,
        at,
        by,
        by_name,
    )
    if row is None:
        raise LookupError("the postmortem belongs to another organization")
    return Postmortem(**row)
