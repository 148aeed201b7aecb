"""Silences and maintenance windows over REST."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.alerts import silence_queries, silencing
from aurora_rt.alerts.silence_schemas import NewSilence, SilenceCreated, SilenceEnded, Silences
from aurora_rt.alerts.silencing import Silencing
from aurora_rt.clock import now
from aurora_rt.db.pool import Database
from aurora_rt.identity.http import Callers
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


def routes(database: Database, callers: Callers, held_by: Silencing) -> Blueprint:
    """The routes below `/api/silences`."""
    blueprint = Blueprint("silences", __name__, url_prefix="/api/silences")

    @blueprint.get("")
    @document_response(Silences)
    async def list_silences() -> Response:
        """The silences in force, to come, and those that ended within a week; Alertmanager's as well."""
        caller, at = await callers.current(), now()
        elsewhere = [one for one in held_by.elsewhere if one.until > at]
        async with database.scope(caller.organization_id) as scope:
            rows = await silence_queries.select_shown(scope, at, silencing.SHOWN_AFTER)
            held = await silence_queries.count_held(scope, [one.id for one in elsewhere])
        return answer(Silences.of(rows, elsewhere, held, at))

    @blueprint.post("")
    @fails(silencing.TooManySilences)
    @document_request(NewSilence)
    @document_response(SilenceCreated, 201)
    async def create_silence() -> Response:
        """Hold back alerts that begin to fire from `startsAt` to `endsAt`; those that still fire then begin then."""
        caller = await callers.current()
        wanted = await read_json(NewSilence)
        made = await silencing.silence(
            database, caller, wanted.kept_matchers, wanted.starts_at, wanted.ends_at, wanted.comment
        )
        return answer(SilenceCreated(id=made), 201)

    @blueprint.delete("/<uuid:silence_id>")
    @fails(silencing.SilenceNotFound)
    @document_response(SilenceEnded)
    async def end_silence(silence_id: UUID) -> Response:
        """End a silence now. Those of Alertmanager are ended there."""
        caller = await callers.current()
        await silencing.end(database, caller.organization_id, silence_id)
        return answer(SilenceEnded(id=silence_id))

    return blueprint
