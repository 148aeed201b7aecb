"""Chats over REST: asking about an incident, and keeping chat sessions."""

from uuid import UUID

from quart import Blueprint, Response, request
from quart_schema import document_querystring, document_request, document_response

from aurora_rt.chat import sessions
from aurora_rt.chat.ask import NewQuestion, ask
from aurora_rt.chat.providers import preferred
from aurora_rt.chat.schemas import (
    AskQuery,
    NewSession,
    QuestionBody,
    QuestionTaken,
    SessionDeleted,
    Sessions,
    SessionsQuery,
    SessionUpdate,
    ShownSession,
    sessions_json,
)
from aurora_rt.db.pool import Database
from aurora_rt.errors import Invalid
from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers, needs
from aurora_rt.identity.models import Caller
from aurora_rt.web.bodies import LARGEST_BODY, answer, encoded, read_json
from aurora_rt.web.limited import limited
from aurora_rt.web.query import read_query


def routes(database: Database, changes: Changes, callers: Callers) -> Blueprint:
    """The routes of chats."""
    blueprint = Blueprint("chat", __name__)

    @blueprint.post("/api/incidents/<uuid:incident_id>/chat")
    @document_querystring(AskQuery)
    @document_request(QuestionBody)
    @document_response(QuestionTaken, 202)
    @limited("chat")
    async def ask_about_incident(incident_id: UUID) -> Response:
        """Ask about an incident; the answer streams in its room and becomes a message of the chat."""
        caller = await callers.current()
        body = await read_json(QuestionBody)
        providers = preferred(request.headers.get("X-Provider-Preference"), request.headers.get("X-Provider"))
        question = NewQuestion(
            body.question, body.mode, _session_id(), incident_id, model=body.model, providers=providers
        )
        asked = await ask(changes, caller.organization_id, caller.user_id, question)
        return answer(QuestionTaken(session_id=asked.session.id, is_new_session=asked.is_new_session), 202)

    @blueprint.get("/chat_api/sessions")
    @document_querystring(SessionsQuery)
    @document_response(Sessions)
    async def list_sessions() -> Response:
        """The caller's chat sessions, the one that changed last first; all of them, or page by page."""
        caller = await callers.current()
        wanted = read_query(SessionsQuery)
        found, following = await sessions.list_some(database, caller.organization_id, caller.user_id, wanted)
        return encoded(sessions_json(found, following))

    @blueprint.post("/chat_api/sessions")
    @document_request(NewSession)
    @document_response(ShownSession, 201)
    @needs("viewer")
    async def create_session() -> Response:
        """Make a chat session, with the messages that the client brings along."""
        caller = await callers.current()
        wanted = await read_json(NewSession, limit=LARGEST_BODY)
        created = await sessions.create(database, caller.organization_id, caller.user_id, wanted)
        return await shown(caller, created, 201)

    @blueprint.get("/chat_api/sessions/<uuid:session_id>")
    @document_response(ShownSession)
    async def show_session(session_id: UUID) -> Response:
        """A chat session of the caller with all its messages."""
        return await shown(await callers.current(), session_id)

    @blueprint.put("/chat_api/sessions/<uuid:session_id>")
    @document_request(SessionUpdate)
    @document_response(ShownSession)
    @needs("viewer")
    async def update_session(session_id: UUID) -> Response:
        """Change the fields that are sent; with `updated_at` or `If-Match`, only if nobody else was quicker."""
        caller = await callers.current()
        wanted = await read_json(SessionUpdate, limit=LARGEST_BODY)
        await sessions.update(
            database, caller.organization_id, caller.user_id, session_id, wanted, _version()
        )
        return await shown(caller, session_id)

    @blueprint.delete("/chat_api/sessions/<uuid:session_id>")
    @document_response(SessionDeleted)
    @needs("viewer")
    async def delete_session(session_id: UUID) -> Response:
        """Delete a chat session."""
        caller = await callers.current()
        await sessions.delete(database, caller.organization_id, caller.user_id, session_id)
        return answer(SessionDeleted())

    async def shown(caller: Caller, session_id: UUID, status: int = 200) -> Response:
        read = await sessions.read(database, caller.organization_id, caller.user_id, session_id)
        response = answer(ShownSession.of(read), status)
        response.set_etag(sessions.version_of(read.session))
        return response

    return blueprint


def _version() -> str | None:
    """The version that `If-Match` names; None without one, or for any version. One of several is not asked for."""
    given = request.headers.get("If-Match", "*").strip()
    return None if given == "*" else given.removeprefix("W/").strip('"')


def _session_id() -> UUID | None:
    given = request.args.get("session_id")
    if given is None:
        return None
    try:
        return UUID(given)
    except ValueError as error:
        raise Invalid("session_id is not a UUID.") from error
