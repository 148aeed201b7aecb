"""Reading incidents at one moment, together with the position from which to listen on."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from aurora_rt.db.pool import Database, Row, Scope
from aurora_rt.events import log
from aurora_rt.events.envelope import feed_room, incident_room
from aurora_rt.incidents import page_queries, queries
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.incidents.page import Page, cursor_after
from aurora_rt.incidents.schemas import (
    DetailedAlert,
    IncidentDetailed,
    alert_fields,
    incidents_json,
    listed_fields,
)


async def list_incidents(database: Database, organization_id: UUID, page: Page) -> bytes:
    """A page of the organization's incidents, the way to the next one, and the feed's position: `Incidents` as JSON."""
    async with database.snapshot(organization_id) as scope:
        found = await page_queries.select_page(scope, page)
        position = await log.position(scope, feed_room(organization_id))
    shown = found[: page.limit]
    following = cursor_after(shown[-1], page.sort) if len(found) > page.limit else None
    return incidents_json(shown, following, *position)


async def exists(scope: Scope, incident_id: UUID) -> bool:
    """Whether the organization has this incident."""
    return await queries.select_incident(scope, incident_id) is not None


async def show(database: Database, organization_id: UUID, incident_id: UUID) -> IncidentDetailed:
    """One incident with everything that belongs to it. Raises `IncidentNotFound`."""
    async with database.snapshot(organization_id) as scope:
        incident = await queries.select_incident(scope, incident_id)
        if incident is None:
            raise IncidentNotFound("There is no such incident.")
        room = incident_room(incident_id)
        epoch, seq = await log.position(scope, room)
        raw_payload, description = await queries.select_opening(scope, incident_id)
        return IncidentDetailed.model_validate(
            {
                **listed_fields(incident),
                "alert": DetailedAlert(
                    **alert_fields(incident),
                    description=description or incident.description,
                    raw_payload=raw_payload,
                    triggered_at=incident.started_at,
                ),
                "suggestions": _shown(await queries.select_suggestions(scope, incident_id)),
                "streaming_thoughts": _shown(await queries.select_thoughts(scope, incident_id)),
                "citations": _shown(await queries.select_citations(scope, incident_id)),
                "correlated_alerts": _shown(await queries.select_alerts(scope, incident_id)),
                "chat_sessions": _shown(await queries.select_chat_sessions(scope, incident_id)),
                "room": room,
                "epoch": epoch,
                "seq": seq,
            }
        )


def _shown(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]
