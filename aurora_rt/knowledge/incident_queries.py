"""Reading incidents as knowledge: what an incident came to, its alerts, causes and suggestions. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Row, Scope


@dataclass(frozen=True, slots=True)
class Past:
    """An incident with what is worth finding again."""

    id: UUID
    title: str
    description: str
    service: str
    services: tuple[str, ...]
    severity: str
    environment: str
    status: str
    aurora_status: str
    summary: str
    started_at: datetime
    resolved_at: datetime | None
    alerts: tuple[str, ...]
    """The titles of its alerts, without repetition."""
    told: tuple[str, ...]
    """What the alerts say beside their titles."""
    kinds: tuple[str, ...]
    """The kinds of its causes, the likeliest first."""
    steps: tuple[str, ...]
    """What was suggested to mend it."""


async def select_past(scope: Scope, incident_ids: Sequence[UUID]) -> dict[UUID, Past]:
    """The incidents that there are, merged ones too, by id."""
    rows = await scope.connection.fetch(
        """
        SELECT i.id, i.title, i.description, i.service, i.affected_services AS services, i.severity, i.environment,
               i.status, i.aurora_status, i.summary, i.started_at, i.resolved_at,
               coalesce(said.alerts, '{}') AS alerts, coalesce(said.told, '{}') AS told,
               coalesce(found.kinds, '{}') AS kinds, coalesce(made.steps, '{}') AS steps
        FROM incidents i
        LEFT JOIN LATERAL (
            SELECT array_agg(DISTINCT title) AS alerts, array_agg(DISTINCT description) AS told
            FROM (SELECT title, description FROM shown_alerts
                  WHERE organization_id = $1 AND incident_id = i.id
                  ORDER BY primary_alert DESC, received_at LIMIT 50) a
        ) said ON true
        LEFT JOIN LATERAL (
            SELECT array_agg(cause ->> 'kind' ORDER BY place) AS kinds
            FROM (SELECT causes FROM investigations
                  WHERE organization_id = $1 AND incident_id = i.id AND status = 'complete'
                  ORDER BY finished_at DESC LIMIT 1) v,
                 json_array_elements(v.causes) WITH ORDINALITY AS c(cause, place)
        ) found ON true
        LEFT JOIN LATERAL (
            SELECT array_agg(title ORDER BY at, id) AS steps FROM suggestions
            WHERE organization_id = $1 AND incident_id = i.id AND type <> 'diagnostic'
        ) made ON true
        WHERE i.organization_id = $1 AND i.id = ANY($2::uuid[])
        """,
        scope.organization_id,
        incident_ids,
    )
    return {row["id"]: _past(row) for row in rows}


async def select_same_title(scope: Scope, incident_id: UUID, title: str, limit: int) -> list[UUID]:
    """Other incidents of the same title, the newest first."""
    rows = await scope.connection.fetch(
        """
        SELECT id FROM incidents
        WHERE organization_id = $1 AND md5(title) = md5($3) AND id <> $2 ORDER BY started_at DESC LIMIT $4
        """,
        scope.organization_id,
        incident_id,
        title,
        limit,
    )
    return [row["id"] for row in rows]


def _past(row: Row) -> Past:
    fields = dict(row)
    for name in ("services", "alerts", "told", "kinds", "steps"):
        fields[name] = tuple(one for one in fields[name] if one)
    return Past(**fields)
