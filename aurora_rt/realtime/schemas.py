"""What clients send over Socket.IO, what they are acknowledged with, and what they are told beside events."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from aurora_rt.chat.models import Mode
from aurora_rt.chat.schemas import ClientId, ModelName, QuestionText
from aurora_rt.events.bus import TextKind

RoomName = Annotated[str, Field(max_length=100, examples=["incident:019cb2f3-1c0e-7d5a-b0c4-0b7f2f2a9d11"])]


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
    model: ModelName | None = None
    """Who answers from now on in this chat; left out: as before."""


class ChatCancel(Sent):
    """Call off what is being answered in a session."""

    session_id: UUID


class InvestigationCancel(Sent):
    """Call off the investigation of an incident."""

    incident_id: UUID


class Acknowledged(BaseModel):
    """The base of acknowledgements of what was carried out."""

    model_config = ConfigDict(frozen=True)

    ok: Literal[True] = True


class Done(Acknowledged):
    """It was done."""


class OpenTextShown(BaseModel):
    """A text that is being written, as far as it is written."""

    model_config = ConfigDict(frozen=True)

    kind: TextKind
    id: str
    text: str
    offset: int
    """Characters of `text`: the `offset` of the piece that comes next."""
    session_id: str | None = None
    """Of an answer: the chat session."""


class JoinedRoom(Acknowledged):
    """Where a client stands in a room. With `resync` it is not a member: it reads the snapshot and joins again."""

    epoch: str
    seq: int
    replayed: int
    open: tuple[OpenTextShown, ...]
    resync: Literal[True] | None = None


class QuestionTaken(Acknowledged):
    """A question that will be answered."""

    session_id: UUID
    message_id: UUID
    is_new_session: bool


class Refusal(BaseModel):
    """Why something was not done, with the codes that REST gives."""

    model_config = ConfigDict(frozen=True)

    ok: Literal[False] = False
    error: Annotated[str, Field(examples=["There is no such incident."])]
    code: Annotated[str, Field(examples=["incident_not_found"])]
    retry_after: int | None = None
    """After how many seconds trying again makes sense."""


class Delta(BaseModel):
    """A piece of a text that is being written."""

    model_config = ConfigDict(frozen=True)

    room: RoomName
    id: str
    offset: Annotated[int, Field(ge=0)]
    """Characters (Unicode code points) of the text before this piece."""
    text: str


class Token(Delta):
    """A piece of an answer in a chat, or of what is looked at for it (a line each, before each look is taken)."""

    session_id: UUID


class Resync(BaseModel):
    """The server could not keep this client whole; it is no member of the room any more."""

    model_config = ConfigDict(frozen=True)

    room: RoomName


class PresentUser(BaseModel):
    """Somebody who has an incident open."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(examples=["user_0c8e6f1ab5d94c3f9e27d1a04b7c5e68"])]
    name: str


class Presence(BaseModel):
    """Who is in an incident's room."""

    model_config = ConfigDict(frozen=True)

    room: RoomName
    users: tuple[PresentUser, ...]
