"""The SQL of an incident's detail: everything in one statement, and so of one moment, whatever it holds."""

from uuid import UUID

from aurora_rt.db.pool import Row, Scope
from aurora_rt.events.envelope import incident_room


async def select_detail(scope: Scope, incident_id: UUID) -> Row | None:
    """An incident's row, with its room's position and, as JSON texts, all that belongs to it.

    Thoughts and suggestions come in the order in which they were made, citations by number and with their whole
    output, alerts (without the one that opened it) and chats oldest first.
    """
    return await scope.connection.fetchrow(
        """
        SELECT i.*, (SELECT epoch FROM database_identity) AS epoch,
            coalesce((SELECT seq FROM rooms WHERE organization_id = $1 AND room = $3), 0) AS seq,
            coalesce(opening.body, '') AS raw_payload, coalesce(opening.description, i.description) AS told,
            (SELECT json_build_object('version', version, 'updated_at', updated_at, 'updated_by', updated_by,
                                      'updated_by_name', updated_by_name)::text
             FROM postmortems WHERE organization_id = $1 AND incident_id = $2) AS postmortem,
            (SELECT coalesce(json_agg(json_build_object(
                 'id', id::text, 'content', content, 'timestamp', at, 'type', type, 'by', by)
                 ORDER BY at, id), '[]')::text
             FROM thoughts WHERE organization_id = $1 AND incident_id = $2) AS streaming_thoughts,
            (SELECT coalesce(json_agg(json_build_object(
                 'id', id::text, 'key', number::text, 'tool_name', tool, 'command', command, 'executed_at', executed_at,
                 'kind', kind,
                 'output', CASE WHEN error IS NULL THEN output
                                ELSE btrim(error || E'\n\n' || output, E' \n\t\r') END) ORDER BY number), '[]')::text
             FROM citations WHERE organization_id = $1 AND incident_id = $2) AS citations,
            (SELECT coalesce(json_agg(json_build_object(
                 'id', id::text, 'title', title, 'description', description, 'type', type, 'risk', risk,
                 'command', command, 'effect', effect, 'undo', undo, 'is_action', is_action)
                 ORDER BY at, id), '[]')::text
             FROM suggestions WHERE organization_id = $1 AND incident_id = $2) AS suggestions,
            (SELECT coalesce(json_agg(json_build_object(
                 'id', id::text, 'suggestion_id', suggestion_id::text, 'status', status, 'by', decided_by,
                 'by_name', decided_by_name, 'decided_at', decided_at, 'expires_at', expires_at, 'command', command,
                 'runs', runs, 'run', run, 'reason', reason, 'exit_status', exit_status, 'citation', citation::text)
                 ORDER BY created_at, id), '[]')::text
             FROM approvals WHERE organization_id = $1 AND incident_id = $2) AS approvals,
            (SELECT coalesce(json_agg(json_build_object(
                 'id', a.alert_id::text, 'source_type', s.source, 'alert_title', a.title, 'alert_service', a.service,
                 'alert_severity', a.severity, 'status', a.status, 'correlation_strategy', a.strategy,
                 'correlation_score', a.score, 'correlation_details', a.reason, 'started_at', a.started_at,
                 'received_at', a.received_at)
                 ORDER BY a.received_at, a.alert_id), '[]')::text
             FROM shown_alerts a JOIN alerts s ON s.id = a.alert_id
             WHERE a.organization_id = $1 AND a.incident_id = $2 AND NOT a.primary_alert) AS correlated_alerts,
            (SELECT coalesce(json_agg(json_build_object(
                 'id', c.id::text, 'title', c.title, 'status', c.status, 'created_at', c.created_at,
                 'updated_at', c.updated_at, 'messages', coalesce(said.messages, '[]'::json))
                 ORDER BY c.created_at), '[]')::text
             FROM chat_sessions c
             LEFT JOIN LATERAL (
                 SELECT json_agg(json_build_object('id', id, 'sender', sender, 'text', text, 'timestamp', at,
                                                   'status', status, 'ended', ended) ORDER BY number) AS messages
                 FROM chat_messages WHERE session_id = c.id
             ) said ON true
             WHERE c.organization_id = $1 AND c.incident_id = $2 AND c.deleted_at IS NULL) AS chat_sessions
        FROM incidents i
        LEFT JOIN LATERAL (
            SELECT d.body, a.description FROM incident_alerts a JOIN webhook_deliveries d ON d.id = a.delivery_id
            WHERE a.organization_id = $1 AND a.incident_id = $2 AND a.primary_alert
        ) opening ON true
        WHERE i.organization_id = $1 AND i.id = $2
        """,
        scope.organization_id,
        incident_id,
        incident_room(incident_id),
    )
