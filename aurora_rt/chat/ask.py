"""Taking a question in, and calling one off."""

from dataclasses import dataclass, replace
from uuid import UUID

from aurora_rt import jobs
from aurora_rt.chat import queries
from aurora_rt.chat.models import Asked, ChatSession, Message, Mode
from aurora_rt.chat.providers import PREFERRED
from aurora_rt.chat.schemas import MessageSaid
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Scope
from aurora_rt.errors import NotFound
from aurora_rt.events.change import Change, Changes
from aurora_rt.events.envelope import chat_room, incident_room
from aurora_rt.incidents.detail import exists
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.redaction import redacted

TITLE_LIMIT = 50
MODEL = "selectedModel"
"""In the state of a session: who answers in it."""


class SessionNotFound(NotFound):
    """There is no such chat session of this user."""

    code = "chat_session_not_found"


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question as it comes from a person. Without `session_id` it begins a session."""

    text: str
    mode: Mode = "ask"
    session_id: UUID | None = None
    incident_id: UUID | None = None
    client_id: str | None = None
    """The client's own name for it: sent again, it is taken once."""
    model: str | None = None
    """Who answers from now on in its session; `None`: as before."""
    providers: tuple[str, ...] | None = None
    """Whose accounts may be used from now on in its session, unless its state selects some; `None`: as before."""

    @property
    def state(self) -> dict[str, object]:
        """What it changes in the state of its session."""
        wanted: dict[str, object] = {}
        if self.model is not None:
            wanted[MODEL] = self.model
        if self.providers is not None:
            wanted[PREFERRED] = list(self.providers)
        return wanted


async def ask(changes: Changes, organization_id: UUID, user_id: str, question: NewQuestion) -> Asked:
    """Take a question in; it is safe and will be answered. Raises `IncidentNotFound`, `SessionNotFound`."""
    question = replace(question, text=redacted(question.text))
    async with changes.open(organization_id) as change:
        if question.client_id is not None and (again := await _sent_before(change, user_id, question)):
            return again
        session = await _session(change, user_id, question)
        busy = await queries.is_busy(change, session.id)
        message = await queries.insert_message(change, _message(session, question))
        change.say(room_of(session), MessageSaid.of(message))
        if not busy:
            await enqueue_answer(change, session.id, message.id)
        return Asked(session, message, is_new_session=question.session_id is None)


async def cancel(changes: Changes, organization_id: UUID, user_id: str, session_id: UUID) -> None:
    """Call off what waits or is being answered in a session; what was said so far is kept by the answerer."""
    async with changes.open(organization_id) as change:
        session = await queries.lock_session(change, session_id, user_id)
        if session is None:
            raise SessionNotFound("There is no such chat session.")
        await queries.cancel_questions(change, session_id, now())


async def enqueue_answer(change: Change, session_id: UUID, message_id: UUID) -> None:
    """Queue the answering of a question."""
    job = jobs.AnswerQuestion(
        organization_id=change.organization_id, session_id=session_id, message_id=message_id
    )
    await jobs.enqueue(change.connection, [job], [jobs.ANSWER_PRIORITY])


async def is_own(scope: Scope, session_id: UUID, user_id: str) -> bool:
    """Whether the user has this chat session."""
    return await queries.select_session(scope, session_id, user_id) is not None


def room_of(session: ChatSession) -> str:
    """Where a session's messages are said."""
    return incident_room(session.incident_id) if session.incident_id else chat_room(session.id)


def title_of(text: str) -> str:
    """A title made from the first message, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LIMIT:
        return line
    return line[:TITLE_LIMIT].rsplit(" ", 1)[0] + " …"


async def _sent_before(change: Change, user_id: str, question: NewQuestion) -> Asked | None:
    client_id = question.client_id or ""
    await queries.lock_client_id(change, user_id, client_id)
    message = await queries.find_by_client_id(change, user_id, client_id, question.session_id)
    if message is None:
        return None
    session = await queries.select_session(change, message.session_id, user_id)
    return Asked(session, message, is_new_session=message.number == 1) if session else None


async def _session(change: Change, user_id: str, question: NewQuestion) -> ChatSession:
    if question.incident_id is not None and not await exists(change, question.incident_id):
        raise IncidentNotFound("There is no such incident.")
    if question.session_id is not None:
        session = await queries.lock_session(change, question.session_id, user_id)
        if session is None or question.incident_id not in (None, session.incident_id):
            raise SessionNotFound("There is no such chat session, or it does not belong to this incident.")
        return await _with_state(change, session, question.state)
    at = now()
    session = ChatSession(
        new_id(),
        user_id,
        question.incident_id,
        title_of(question.text),
        "active",
        created_at=at,
        updated_at=at,
        ui_state={name: value for name, value in question.state.items() if value},
    )
    await queries.insert_session(change, session)
    return session


async def _with_state(change: Change, session: ChatSession, wanted: dict[str, object]) -> ChatSession:
    """The session, with what a question changes in its state."""
    if all(session.ui_state.get(name, "") == value for name, value in wanted.items()):
        return session
    state = {**session.ui_state, **wanted}
    await queries.update_session(change, session.id, now(), None, state)
    return replace(session, ui_state=state)


def _message(session: ChatSession, question: NewQuestion) -> Message:
    return Message(
        id=new_id(),
        session_id=session.id,
        number=0,
        sender="user",
        text=question.text,
        status="queued",
        mode=question.mode,
        client_id=question.client_id,
        at=now(),
    )
