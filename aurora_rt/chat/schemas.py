"""What chats look like outside: snake_case, as the REST contract has them."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from aurora_rt.chat.models import Message, Mode
from aurora_rt.events.envelope import EventData
from aurora_rt.incidents.schemas import Moment

QUESTION_LIMIT = 8000


def _worth_asking(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    if not text.strip():
        raise ValueError("must not be empty")
    return text.strip()


QuestionText = Annotated[str, Field(max_length=QUESTION_LIMIT), AfterValidator(_worth_asking)]
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
            client_id=message.client_id,
        )


class QuestionBody(BaseModel):
    """The body of asking about an incident over REST."""

    question: QuestionText
    mode: Mode = "ask"


class QuestionTaken(BaseModel):
    """The answer to asking: the answer itself streams in the incident's room."""

    session_id: UUID
    status: str = "processing"
    is_new_session: bool


class ShownMessage(BaseModel):
    """A message of a chat session."""

    id: str
    sender: str
    text: str
    timestamp: Moment
    status: str


class ShownSession(BaseModel):
    """A chat session with its messages."""

    id: UUID
    title: str
    messages: tuple[ShownMessage, ...]
    status: str
    incident_id: UUID | None
    created_at: Moment
    updated_at: Moment
