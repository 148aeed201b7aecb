"""What a chat is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Mode = Literal["ask", "agent"]
Sender = Literal["user", "assistant"]
MessageStatus = Literal["queued", "answering", "complete", "cancelled", "error"]


@dataclass(frozen=True, slots=True)
class ChatSession:
    """A chat, without its messages."""

    id: UUID
    user_id: str | None
    """Whose it is; None when they left the organization."""
    incident_id: UUID | None
    title: str
    status: str
    created_at: datetime
    updated_at: datetime
    ui_state: Mapping[str, Any] = field(default_factory=dict)
    message_count: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    id: UUID
    session_id: UUID
    number: int
    sender: Sender
    text: str
    status: MessageStatus
    mode: Mode
    client_id: str | None
    at: datetime
    ended: str = "complete"
    """Why the text ends, for an answer: see `investigator.Ended`."""


@dataclass(frozen=True, slots=True)
class ReadSession:
    """A chat with its messages at one moment, and from where to listen on in its room."""

    session: ChatSession
    messages: Sequence[Message]
    room: str
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was taken in."""

    session: ChatSession
    message: Message
    is_new_session: bool
