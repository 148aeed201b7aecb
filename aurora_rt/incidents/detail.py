"""Reading incidents at one moment, together with the position from which to listen on."""

from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from aurora_rt.db.pool import Database, Scope
from aurora_rt.events.envelope import incident_room
from aurora_rt.incidents import detail_queries, page_queries, queries
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.incidents.models import incident_of
from aurora_rt.incidents.page import Page, cursor_after
from aurora_rt.incidents.schemas import (
    ApprovalShown,
    ChatSessionShown,
    CitationShown,
    CorrelatedAlertShown,
    DetailedAlert,
    IncidentDetailed,
    PostmortemTold,
    SuggestionShown,
    ThoughtShown,
    alert_fields,
    incidents_json,
    listed_fields,
)
from aurora_rt.llm.schemas import TokenUsage
from aurora_rt.llm.usage import usage_of

PARTS: Final[dict[str, TypeAdapter[Any]]] = {
    "suggestions": TypeAdapter(tuple[SuggestionShown, ...]),
    "approvals": TypeAdapter(tuple[ApprovalShown, ...]),
    "streaming_thoughts": TypeAdapter(tuple[ThoughtShown, ...]),
    "citations": TypeAdapter(tuple[CitationShown, ...]),
    "correlated_alerts": TypeAdapter(tuple[CorrelatedAlertShown, ...]),
    "chat_sessions": TypeAdapter(tuple[ChatSessionShown, ...]),
}
"""What belongs to an incident: the database gives each part as JSON, from which the models are read directly."""


async def list_incidents(database: Database, organization_id: UUID, page: Page) -> bytes:
    """A page of the organization's incidents, the way to the next one, and the feed's position: `Incidents` as JSON."""
    async with database.scope(organization_id) as scope:
        found = await page_queries.select_page(scope, page)
    shown = found.incidents[: page.limit]
    following = cursor_after(shown[-1], page.sort) if len(found.incidents) > page.limit else None
    return incidents_json(shown, following, found.epoch, found.seq)


async def exists(scope: Scope, incident_id: UUID) -> bool:
    """Whether the organization has this incident."""
    return await queries.select_incident(scope, incident_id) is not None


async def require(scope: Scope, incident_id: UUID) -> None:
    """Raise `IncidentNotFound` where the organization has no such incident."""
    if not await exists(scope, incident_id):
        raise IncidentNotFound("There is no such incident.")


async def show(database: Database, organization_id: UUID, incident_id: UUID) -> IncidentDetailed:
    """One incident with everything that belongs to it. Raises `IncidentNotFound`."""
    async with database.scope(organization_id) as scope:
        row = await detail_queries.select_detail(scope, incident_id)
        spent = await usage_of(scope, incident_id)
    if row is None:
        raise IncidentNotFound("There is no such incident.")
    incident = incident_of(row)
    alert = DetailedAlert(
        **alert_fields(incident),
        description=row["told"],
        raw_payload=row["raw_payload"],
        triggered_at=incident.started_at,
    )
    return IncidentDetailed(
        **listed_fields(incident),
        alert=alert,
        summary_ended=row["summary_ended"],
        **{name: part.validate_json(row[name]) for name, part in PARTS.items()},
        token_usage=TokenUsage.of(spent),
        postmortem=PostmortemTold.model_validate_json(row["postmortem"]) if row["postmortem"] else None,
        room=incident_room(incident_id),
        epoch=row["epoch"],
        seq=row["seq"],
    )
