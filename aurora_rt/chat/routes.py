"""Chats over REST: asking about an incident, and reading a chat."""

from uuid import UUID

from quart import Blueprint, Response, request
from quart_schema import document_request, document_response

from aurora_rt.chat import queries
from aurora_rt.chat.ask import NewQuestion, SessionNotFound, ask
from aurora_rt.chat.schemas import QuestionBody, QuestionTaken, ShownMessage, ShownSession
from aurora_rt.db.pool import Database
from aurora_rt.errors import Invalid
from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.limited import limited


def routes(database: Database, changes: Changes, callers: Callers) -> Blueprint:
    """The routes of chats."""
    blueprint = Blueprint("chat", __name__)

    @blueprint.post("/api/incidents/<uuid:incident_id>/chat")
    @document_request(QuestionBody)
    @document_response(QuestionTaken, 202)
    @limited("chat")
    async def ask_about_incident(incident_id: UUID) -> Response:
        """Ask about an incident; the answer streams in its room and becomes a message of the chat."""
        caller = await callers.current()
        body = await read_json(QuestionBody)
        question = NewQuestion(body.question, body.mode, _session_id(), incident_id)
        asked = await ask(changes, caller.organization_id, caller.user_id, question)
        return answer(QuestionTaken(session_id=asked.session.id, is_new_session=asked.is_new_session), 202)

    @blueprint.get("/chat_api/sessions/<uuid:session_id>")
    @document_response(ShownSession)
    async def show_session(session_id: UUID) -> Response:
        """A chat session of the caller with all its messages."""
        caller = await callers.current()
        async with database.snapshot(caller.organization_id) as scope:
            session = await queries.select_session(scope, session_id, caller.user_id)
            if session is None:
                raise SessionNotFound("There is no such chat session.")
            messages = await queries.select_messages(scope, session_id)
        return answer(
            ShownSession(
                id=session.id,
                title=session.title,
                messages=tuple(
                    ShownMessage(
                        id=str(one.id), sender=one.sender, text=one.text, timestamp=one.at, status=one.status
                    )
                    for one in messages
                ),
                status=session.status,
                incident_id=session.incident_id,
                created_at=session.created_at,
                updated_at=session.updated_at,
            )
        )

    return blueprint


def _session_id() -> UUID | None:
    given = request.args.get("session_id")
    if given is None:
        return None
    try:
        return UUID(given)
    except ValueError as error:
        raise Invalid("session_id is not a UUID.") from error
