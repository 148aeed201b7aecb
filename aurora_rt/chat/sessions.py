"""Chat sessions as their owners keep them: made, listed, changed, deleted."""

from collections.abc import Sequence
from uuid import UUID

from aurora_rt.chat import queries
from aurora_rt.chat.ask import SessionNotFound, room_of, title_of
from aurora_rt.chat.models import ChatSession, Message, ReadSession
from aurora_rt.chat.schemas import GivenMessage, NewSession, SessionPlace, SessionsQuery, SessionUpdate
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database
from aurora_rt.errors import Conflict
from aurora_rt.events import log as event_log
from aurora_rt.redaction import redacted, redacted_value
from aurora_rt.web import cursor

UNTITLED = "New Chat"


class SessionChanged(Conflict):
    """Somebody else changed the session after it was read, or a question in it is being answered."""

    code = "chat_session_changed"


async def create(database: Database, organization_id: UUID, user_id: str, wanted: NewSession) -> UUID:
    """Make a session with the messages that the client brings along; returns its id."""
    at = now()
    title = redacted(wanted.title or "") or next(
        (title_of(redacted(one.text)) for one in wanted.messages if one.sender == "user"), UNTITLED
    )
    session = ChatSession(
        new_id(),
        user_id,
        None,
        title,
        "active",
        created_at=at,
        updated_at=at,
        ui_state=redacted_value(wanted.ui_state),
    )
    async with database.transaction(organization_id) as scope:
        await queries.insert_session(scope, session)
        await queries.replace_messages(scope, session.id, _messages(session.id, wanted.messages))
    return session.id


async def list_some(
    database: Database, organization_id: UUID, user_id: str, wanted: SessionsQuery
) -> tuple[Sequence[ChatSession], str | None]:
    """A user's sessions, the one that changed last first, and where the next page begins. Raises `CursorRefused`."""
    after = cursor.read(wanted.cursor, SessionPlace) if wanted.cursor else None
    async with database.scope(organization_id) as scope:
        found = await queries.select_sessions(
            scope,
            user_id,
            limit=wanted.limit + 1 if wanted.limit else None,
            after=(after.updated_at, after.id) if after else None,
        )
    if wanted.limit is None or len(found) <= wanted.limit:
        return found, None
    shown = found[: wanted.limit]
    return shown, cursor.written(SessionPlace(updated_at=shown[-1].updated_at, id=shown[-1].id))


async def read(database: Database, organization_id: UUID, user_id: str, session_id: UUID) -> ReadSession:
    """A session with its messages, and where its room stood then. Raises `SessionNotFound`."""
    async with database.snapshot(organization_id) as scope:
        session = await queries.select_session(scope, session_id, user_id)
        if session is None:
            raise _not_found()
        room = room_of(session)
        epoch, seq = await event_log.position(scope, room)
        return ReadSession(session, await queries.select_messages(scope, session_id), room, epoch, seq)


async def update(
    database: Database,
    organization_id: UUID,
    user_id: str,
    session_id: UUID,
    wanted: SessionUpdate,
    version: str | None = None,
) -> None:
    """Change the fields that were sent; `version`, if given, is the one that the client has read.

    Raises `SessionNotFound`, `SessionChanged`.
    """
    title = None if wanted.title is None else redacted(wanted.title)
    async with database.transaction(organization_id) as scope:
        session = await queries.lock_session(scope, session_id, user_id)
        if session is None:
            raise _not_found()
        known = wanted.updated_at in (None, session.updated_at) and version in (None, version_of(session))
        if not known:
            raise SessionChanged("The chat session was changed meanwhile. Read it again.")
        if wanted.messages is not None:
            if await queries.is_busy(scope, session_id):
                raise SessionChanged("A question is being answered. Its messages can be replaced afterwards.")
            await queries.replace_messages(scope, session_id, _messages(session_id, wanted.messages))
        await queries.update_session(scope, session_id, now(), title, redacted_value(wanted.ui_state))


async def delete(database: Database, organization_id: UUID, user_id: str, session_id: UUID) -> None:
    """Delete a session for everybody but the database. Raises `SessionNotFound`."""
    async with database.transaction(organization_id) as scope:
        if not await queries.delete_session(scope, session_id, user_id, now()):
            raise _not_found()


def version_of(session: ChatSession) -> str:
    """What names the present version of a session, for `ETag` and `If-Match` (RFC 9110, section 8.8.3)."""
    return f"{session.updated_at.timestamp() * 1_000_000:.0f}"


def _messages(session_id: UUID, given: Sequence[GivenMessage]) -> list[Message]:
    at = now()
    return [
        Message(
            id=new_id(),
            session_id=session_id,
            number=number,
            sender=one.sender,
            text=redacted(one.text),
            status="complete",
            mode="ask",
            client_id=None,
            at=one.timestamp or at,
        )
        for number, one in enumerate(given, start=1)
    ]


def _not_found() -> SessionNotFound:
    return SessionNotFound("Chat session not found.")
