"""What clients send over Socket.IO."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from aurora_rt.chat.models import Mode
from aurora_rt.chat.schemas import ClientId, QuestionText

RoomName = Annotated[str, Field(max_length=100)]


class Sent(BaseModel):
    """The base of what clients send; unknown fields are ignored, so that newer clients work."""

    model_config = ConfigDict(frozen=True)


class Join(Sent):
    """Become a member of a room, having everything up to `since`."""

    room: RoomName
    since: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    epoch: Annotated[str, Field(max_length=100)] | None = None


class Leave(Sent):
    """Stop being a member of a room."""

    room: RoomName


class ChatSend(Sent):
    """Ask a question."""

    text: QuestionText
    session_id: UUID | None = None
    incident_id: UUID | None = None
    mode: Mode = "ask"
    client_id: ClientId | None = None


class ChatCancel(Sent):
    """Call off what is being answered in a session."""

    session_id: UUID


class InvestigationCancel(Sent):
    """Call off the investigation of an incident."""

    incident_id: UUID
