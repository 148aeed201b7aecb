"""What an event is, and the names of rooms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import to_json

from aurora_rt.clock import rfc3339

FEED = "feed"
INCIDENT = "incident:"


class EventData(BaseModel):
    """The base of every kind of event: its `data`, and `event`, the name of its Socket.IO event."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: ClassVar[str]


class CamelEventData(EventData):
    """An event whose fields are written in camelCase, as the REST contract has them."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a room, as it was written."""

    room: str
    seq: int
    at: datetime
    type: str
    data: Any

    def message(self) -> bytes:
        """What a client gets, as JSON: its name and its object."""
        envelope = {
            "room": public_name(self.room),
            "seq": self.seq,
            "at": rfc3339(self.at),
            "data": self.data,
        }
        return to_json([self.type, envelope])


def feed_room(organization_id: UUID) -> str:
    """The room of an organization's list of incidents; its members know it as `feed`."""
    return f"{FEED}:{organization_id}"


def incident_room(incident_id: UUID) -> str:
    """The room of everything about one incident."""
    return f"{INCIDENT}{incident_id}"


def chat_room(session_id: UUID) -> str:
    """The room of a chat that belongs to no incident."""
    return f"chat:{session_id}"


def public_name(room: str) -> str:
    """The name by which clients know a room."""
    return FEED if room.startswith(f"{FEED}:") else room
