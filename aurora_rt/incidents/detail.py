"""Reading incidents at one moment, together with the position from which to listen on."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from aurora_rt.db.pool import Database, Row, Scope
from aurora_rt.events import log
from aurora_rt.events.envelope import feed_room, incident_room
from aurora_rt.incidents import queries
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.incidents.schemas import (
    DetailedAlert,
    IncidentDetailed,
    alert_fields,
    incidents_json,
    listed_fields,
)

LIST_LIMIT = 1000
"""Incidents that one answer holds, at most: the newest."""


async def list_incidents(database: Database, organization_id: UUID, *, limit: int = LIST_LIMIT) -> bytes:
    """The organization's incidents, newest first, and the feed's position: `Incidents` as JSON."""
    async with database.snapshot(organization_id) as scope:
        incidents = await queries.select_incidents(scope, limit=limit)
        position = await log.position(scope, feed_room(organization_id))
    return incidents_json(incidents, *position)


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
        raw_payload = await queries.select_raw_payload(scope, incident_id)
        return IncidentDetailed.model_validate(
            {
                **listed_fields(incident),
                "alert": DetailedAlert(
                    **alert_fields(incident), raw_payload=raw_payload, triggered_at=incident.started_at
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
