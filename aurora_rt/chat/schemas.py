"""What chats look like outside: snake_case, as the REST contract has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import to_json

from aurora_rt.chat.models import ChatSession, Message, Mode, ReadSession
from aurora_rt.events.envelope import EventData
from aurora_rt.incidents.schemas import Moment
from aurora_rt.web.moments import KnownMoment, SentMoment
from aurora_rt.web.query import Query

QUESTION_LIMIT = 8000


PreciseMoment = datetime
"""A time that a client may send back, to say which version it has read: in UTC, to the microsecond."""


def _worth_asking(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    if not text.strip():
        raise ValueError("must not be empty")
    return text.strip()


QuestionText = Annotated[
    str,
    Field(max_length=QUESTION_LIMIT, json_schema_extra={"pattern": r"\S"}),
    AfterValidator(_worth_asking),
]
ModelName = Annotated[
    str, Field(max_length=200, pattern=r"^[\x21-\x7e]*$", examples=["anthropic/claude-3.5-sonnet"])
]
"""As people write it; `""` chooses none, so that the default answers."""
ClientId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\x20-\x7e]+$")]


class MessageSaid(EventData):
    """The event `message`."""

    event: ClassVar[str] = "message"

    id: UUID
    session_id: UUID
    sender: str
    text: str
    timestamp: Moment
    status: str
    ended: str = "complete"
    """Why an answer ends: `complete`, `length`, `limit`, `refused`, `interrupted` or `fallback`."""
    client_id: str | None = None

    @classmethod
    def of(cls, message: Message) -> "MessageSaid":
        """The event of `message`."""
        return cls(
            id=message.id,
            session_id=message.session_id,
            sender=message.sender,
            text=message.text,
            timestamp=message.at,
            status=message.status,
            ended=message.ended,
            client_id=message.client_id,
        )


class QuestionBody(BaseModel):
    """The body of asking about an incident over REST."""

    question: QuestionText
    mode: Mode = "ask"
    model: Annotated[
        ModelName | None, Field(description="Who answers from now on in this chat; left out: as before.")
    ] = None


class AskQuery(BaseModel):
    """The query of asking about an incident."""

    session_id: Annotated[UUID | None, Field(description="Goes on with this chat.")] = None


class QuestionTaken(BaseModel):
    """The answer to asking: the answer itself streams in the incident's room."""

    session_id: UUID
    status: str = "processing"
    is_new_session: bool


MESSAGES_LIMIT = 1000
TEXT_LIMIT = 100_000
UI_STATE_LIMIT = 16 * 1024


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


def _small(state: dict[str, Any]) -> dict[str, Any]:
    if len(to_json(state)) > UI_STATE_LIMIT:
        raise ValueError(f"must not be larger than {UI_STATE_LIMIT} bytes")
    return state


class GivenMessage(BaseModel):
    """A message that a client brings along."""

    sender: Literal["user", "assistant"]
    text: Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(_storable)]
    timestamp: SentMoment | None = None


SessionTitle = Annotated[str, Field(max_length=200), AfterValidator(_storable)]
GivenMessages = Annotated[tuple[GivenMessage, ...], Field(max_length=MESSAGES_LIMIT)]
UiState = Annotated[dict[str, Any], AfterValidator(_small)]


class NewSession(BaseModel):
    """The body of making a chat session; without a title, one is made from the first message."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "A busy processor",
                    "messages": [{"sender": "user", "text": "What made the processor busy?"}],
                    "ui_state": {"selectedMode": "ask"},
                }
            ]
        }
    )

    title: SessionTitle | None = None
    messages: GivenMessages = ()
    ui_state: UiState = Field(default_factory=dict)


class SessionUpdate(BaseModel):
    """What to change of a chat session: only the fields that are sent; `messages` replaces them all.

    With `updated_at`, as it was read, the change is refused when somebody else was quicker.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "The recount of the stock"}]})

    title: SessionTitle | None = None
    messages: GivenMessages | None = None
    ui_state: UiState | None = None
    updated_at: SentMoment | None = None


class ShownMessage(BaseModel):
    """A message of a chat session."""

    id: Annotated[str, Field(examples=["019cb2f3-1c0e-7d5a-b0c4-0b7f2f2a9d12"])]
    sender: str
    text: str
    timestamp: Moment
    status: str
    ended: str

    @classmethod
    def of(cls, message: Message) -> "ShownMessage":
        """The message as it is shown."""
        return cls(
            id=str(message.id),
            sender=message.sender,
            text=message.text,
            timestamp=message.at,
            status=message.status,
            ended=message.ended,
        )


class ListedSession(BaseModel):
    """A chat session in a list."""

    id: UUID
    title: str
    created_at: PreciseMoment
    updated_at: PreciseMoment
    message_count: int
    status: str
    ui_state: dict[str, Any]
    incident_id: UUID | None

    @classmethod
    def of(cls, session: ChatSession) -> "ListedSession":
        """The session as a list shows it."""
        return cls(**_fields(session), message_count=session.message_count)


class Sessions(BaseModel):
    """The chat sessions of the caller, the one that changed last first.

    `next_cursor` is where the next page begins; null: there is none, and always so without a `limit`.
    """

    sessions: tuple[ListedSession, ...]
    next_cursor: str | None = None


class SessionsQuery(Query):
    """Which chat sessions to list: all, or `limit` of them at a time."""

    limit: Annotated[int | None, Field(ge=1, le=1000)] = None
    cursor: Annotated[str | None, Field(max_length=500, description="`next_cursor` of the page before.")] = (
        None
    )


class SessionPlace(BaseModel, frozen=True):
    """Where a session stands in the list."""

    updated_at: KnownMoment
    id: UUID


class ShownSession(BaseModel):
    """A chat session with its messages; `room`, `epoch` and `seq` say from where to listen on."""

    id: UUID
    title: str
    messages: tuple[ShownMessage, ...]
    created_at: PreciseMoment
    updated_at: PreciseMoment
    status: str
    ui_state: dict[str, Any]
    incident_id: UUID | None
    room: Annotated[str, Field(examples=["chat:019cb2f3-1c0e-7d5a-b0c4-0b7f2f2a9d11"])]
    epoch: str
    seq: int

    @classmethod
    def of(cls, read: ReadSession) -> "ShownSession":
        """The session as it is shown."""
        messages = tuple(map(ShownMessage.of, read.messages))
        place = {"room": read.room, "epoch": read.epoch, "seq": read.seq}
        return cls(**_fields(read.session), **place, messages=messages)


class SessionDeleted(BaseModel):
    """The answer to deleting a chat session."""

    message: str = "Chat session deleted successfully"


def sessions_json(sessions: Sequence[ChatSession], next_cursor: str | None) -> bytes:
    """`Sessions` as JSON: a list is written without making a model of each, which would take most of the time."""
    listed = [{**_fields(one), "message_count": one.message_count} for one in sessions]
    return to_json({"sessions": listed, "next_cursor": next_cursor})


def _fields(session: ChatSession) -> dict[str, Any]:
    return {
        "id": session.id,
        "title": session.title,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "status": session.status,
        "ui_state": session.ui_state,
        "incident_id": session.incident_id,
    }
