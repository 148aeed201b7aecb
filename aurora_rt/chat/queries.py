"""All SQL about chats."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from aurora_rt.chat.models import ChatSession, Message, MessageStatus
from aurora_rt.db.pool import Scope


async def lock_session(scope: Scope, session_id: UUID, user_id: str | None = None) -> ChatSession | None:
    """Read a session, of `user_id` where given, and keep others from changing it until the transaction ends."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, user_id, incident_id, title, status, created_at, updated_at, ui_state, message_count
        FROM chat_sessions
        WHERE organization_id = $1 AND id = $2 AND ($3::text IS NULL OR user_id = $3) AND deleted_at IS NULL
        FOR NO KEY UPDATE
        """,
        scope.organization_id,
        session_id,
        user_id,
    )
    return ChatSession(**row) if row else None


async def select_session(scope: Scope, session_id: UUID, user_id: str) -> ChatSession | None:
    """A session of a user."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, user_id, incident_id, title, status, created_at, updated_at, ui_state, message_count
        FROM chat_sessions
        WHERE organization_id = $1 AND id = $2 AND user_id = $3 AND deleted_at IS NULL
        """,
        scope.organization_id,
        session_id,
        user_id,
    )
    return ChatSession(**row) if row else None


async def insert_session(scope: Scope, session: ChatSession) -> None:
    """Begin a session."""
    await scope.connection.execute(
        """
        INSERT INTO chat_sessions (id, organization_id, user_id, incident_id, title, status, created_at, updated_at,
                                   ui_state)
        VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9)
        """,
        scope.organization_id,
        session.id,
        session.user_id,
        session.incident_id,
        session.title,
        session.status,
        session.created_at,
        session.updated_at,
        session.ui_state,
    )


async def select_sessions(
    scope: Scope, user_id: str, *, limit: int | None = None, after: tuple[datetime, UUID] | None = None
) -> list[ChatSession]:
    """A user's sessions, the one that changed last first; those after a place in that order."""
    rows = await scope.connection.fetch(
        """
        SELECT id, user_id, incident_id, title, status, created_at, updated_at, ui_state, message_count
        FROM chat_sessions
        WHERE organization_id = $1 AND user_id = $2 AND deleted_at IS NULL
          AND ($4::timestamptz IS NULL OR (updated_at, id) < ($4, $5::uuid))
        ORDER BY updated_at DESC, id DESC LIMIT $3
        """,
        scope.organization_id,
        user_id,
        limit,
        *(after or (None, None)),
    )
    return [ChatSession(**row) for row in rows]


async def update_session(
    scope: Scope, session_id: UUID, at: datetime, title: str | None, ui_state: Mapping[str, Any] | None
) -> None:
    """Set what is given of a (locked) session."""
    await scope.connection.execute(
        """
        UPDATE chat_sessions
        SET title = coalesce($4, title), ui_state = coalesce($5::json, ui_state), updated_at = $3
        WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        session_id,
        at,
        title,
        ui_state,
    )


async def delete_session(scope: Scope, session_id: UUID, user_id: str, at: datetime) -> bool:
    """Mark a user's session as deleted; False when there is none."""
    deleted = await scope.connection.fetchval(
        """
        UPDATE chat_sessions SET deleted_at = $4
        WHERE organization_id = $1 AND id = $2 AND user_id = $3 AND deleted_at IS NULL RETURNING true
        """,
        scope.organization_id,
        session_id,
        user_id,
        at,
    )
    return bool(deleted)


async def replace_messages(scope: Scope, session_id: UUID, messages: Sequence[Message]) -> None:
    """Make these the messages of a (locked) session, in this order."""
    await scope.connection.execute(
        """
        WITH gone AS (
            DELETE FROM chat_messages WHERE organization_id = $1 AND session_id = $2
        )
        UPDATE chat_sessions SET message_count = $3 WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        session_id,
        len(messages),
    )
    await scope.connection.execute(
        """
        INSERT INTO chat_messages (id, organization_id, session_id, number, sender, text, status, mode, at)
        SELECT id, $1, $2, number, sender, text, 'complete', 'ask', at
        FROM unnest($3::uuid[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[])
             AS t(id, number, sender, text, at)
        """,
        scope.organization_id,
        session_id,
        [one.id for one in messages],
        [one.number for one in messages],
        [one.sender for one in messages],
        [one.text for one in messages],
        [one.at for one in messages],
    )


async def insert_message(scope: Scope, message: Message) -> Message:
    """Add a message at the end of its (locked) session."""
    row = await scope.connection.fetchrow(
        """
        WITH counted AS (
            UPDATE chat_sessions SET message_count = message_count + 1, updated_at = $9
            WHERE organization_id = $1 AND id = $3 RETURNING message_count
        )
        INSERT INTO chat_messages (id, organization_id, session_id, number, sender, text, status, mode, client_id, at,
                                   ended)
        SELECT $2, $1, $3, message_count, $4, $5, $6, $7, $8, $9, $10 FROM counted
        RETURNING id, session_id, number, sender, text, status, mode, client_id, at, ended
        """,
        scope.organization_id,
        message.id,
        message.session_id,
        message.sender,
        message.text,
        message.status,
        message.mode,
        message.client_id,
        message.at,
        message.ended,
    )
    return Message(**row) if row else message


async def lock_client_id(scope: Scope, user_id: str, client_id: str) -> None:
    """Let one sending of a client's message at a time pass, until the transaction ends."""
    await scope.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::text || $2 || $3, 0))",
        str(scope.organization_id),
        user_id,
        client_id,
    )


async def find_by_client_id(
    scope: Scope, user_id: str, client_id: str, session_id: UUID | None
) -> Message | None:
    """The message that a client has already sent under this name."""
    row = await scope.connection.fetchrow(
        """
        SELECT m.id, m.session_id, m.number, m.sender, m.text, m.status, m.mode, m.client_id, m.at, m.ended
        FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id
        WHERE m.organization_id = $1 AND s.user_id = $2 AND m.client_id = $3
          AND ($4::uuid IS NULL OR m.session_id = $4)
        ORDER BY m.at DESC LIMIT 1
        """,
        scope.organization_id,
        user_id,
        client_id,
        session_id,
    )
    return Message(**row) if row else None


async def select_messages(scope: Scope, session_id: UUID, *, before: int | None = None) -> list[Message]:
    """The messages of a session, oldest first; those before a number where one is given."""
    rows = await scope.connection.fetch(
        """
        SELECT id, session_id, number, sender, text, status, mode, client_id, at, ended FROM chat_messages
        WHERE organization_id = $1 AND session_id = $2 AND ($3::integer IS NULL OR number < $3) ORDER BY number
        """,
        scope.organization_id,
        session_id,
        before,
    )
    return [Message(**row) for row in rows]


async def select_message(scope: Scope, message_id: UUID) -> Message | None:
    """One message."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, session_id, number, sender, text, status, mode, client_id, at, ended FROM chat_messages
        WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        message_id,
    )
    return Message(**row) if row else None


async def set_status(
    scope: Scope, message_id: UUID, status: MessageStatus, among: Sequence[MessageStatus]
) -> bool:
    """Move a message to `status` if it is in one of `among`; False when it is not."""
    moved = await scope.connection.fetchval(
        """
        UPDATE chat_messages SET status = $3
        WHERE organization_id = $1 AND id = $2 AND status = ANY($4::text[]) RETURNING true
        """,
        scope.organization_id,
        message_id,
        status,
        list(among),
    )
    return bool(moved)


async def status_of(scope: Scope, message_id: UUID) -> MessageStatus | None:
    """Where a message stands."""
    status: MessageStatus | None = await scope.connection.fetchval(
        "SELECT status FROM chat_messages WHERE organization_id = $1 AND id = $2",
        scope.organization_id,
        message_id,
    )
    return status


async def cancel_questions(scope: Scope, session_id: UUID, at: datetime) -> list[UUID]:
    """Cancel what waits or is being answered in a session; returns the questions."""
    rows = await scope.connection.fetch(
        """
        WITH cancelled AS (
            UPDATE chat_messages SET status = 'cancelled'
            WHERE organization_id = $1 AND session_id = $2 AND sender = 'user'
              AND status IN ('queued', 'answering')
            RETURNING id
        ), touched AS (
            UPDATE chat_sessions SET updated_at = $3 WHERE organization_id = $1 AND id = $2
        )
        SELECT id FROM cancelled
        """,
        scope.organization_id,
        session_id,
        at,
    )
    return [row["id"] for row in rows]


async def next_question(scope: Scope, session_id: UUID) -> UUID | None:
    """The oldest question of a session that waits for its turn."""
    found: UUID | None = await scope.connection.fetchval(
        """
        SELECT id FROM chat_messages
        WHERE organization_id = $1 AND session_id = $2 AND sender = 'user' AND status = 'queued'
        ORDER BY number LIMIT 1
        """,
        scope.organization_id,
        session_id,
    )
    return found


async def is_busy(scope: Scope, session_id: UUID) -> bool:
    """Whether a question of the session waits or is being answered."""
    busy = await scope.connection.fetchval(
        """
        SELECT true FROM chat_messages
        WHERE organization_id = $1 AND session_id = $2 AND sender = 'user' AND status IN ('queued', 'answering')
        LIMIT 1
        """,
        scope.organization_id,
        session_id,
    )
    return bool(busy)
