"""The streaming protocol as an AsyncAPI 3 document, made from the models that the code uses.

Socket.IO has rooms and acknowledgements, which AsyncAPI knows as channels and replies: each room is a channel that the
server sends on, and the connection itself is one on which it receives and replies. A message is one Socket.IO event,
named like the message, with one object.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from aurora_rt import __version__
from aurora_rt.alerts.schemas import AlertCorrelated, AlertLeft
from aurora_rt.approvals.schemas import ApprovalMoved
from aurora_rt.chat.schemas import MessageSaid
from aurora_rt.events.envelope import EventData
from aurora_rt.incidents.schemas import IncidentListed, StatusChanged, SummaryWritten
from aurora_rt.investigation.schemas import CitationMade, SuggestionMade, ThoughtFinished
from aurora_rt.postmortems.schemas import PostmortemChanged
from aurora_rt.realtime import schemas
from aurora_rt.web.openapi import shapes
from aurora_rt.web.openapi.examples import example

PATH: Final = "/asyncapi.json"
ABOUT: Final = """\
What a browser, a bot or a dashboard speaks with Aurora RT over Socket.IO (protocol v5 on Engine.IO v4).

**Events** are kept: each room numbers its own 1, 2, 3 … (`seq`) without gaps. Whoever was away joins with the last
`seq` that it has, and the `epoch` that it got with it, and is sent exactly the events after it, before the
acknowledgement. **Deltas** are pieces of texts that are still being written: `offset` counts the characters (Unicode
code points) before the piece; the finished text comes as an event. **`resync`** says that the server could not keep
this client whole: read the snapshot over REST, whose answer tells `epoch` and `seq`, and join again from there.

**Who connects** is told by the session cookie, by `auth.token` of the connect packet (an API token, or the short-lived
one of `POST /api/auth/socket-token`), or by `X-User-ID` where the server's settings trust it. A refusal is a connect
error whose data is `{"error", "code"}`.

**Limits**: 64 KiB for a message to the server, 64 rooms for a connection, 20 questions a minute for a user. A reader
who is too slow loses deltas first, then gets `resync`, then is disconnected.

**Changes**: this document only grows. Ignore messages and fields that you don't know.
"""
EVENTS: Final[tuple[type[EventData], ...]] = (
    IncidentListed,
    StatusChanged,
    AlertCorrelated,
    AlertLeft,
    ThoughtFinished,
    CitationMade,
    SuggestionMade,
    ApprovalMoved,
    SummaryWritten,
    PostmortemChanged,
    MessageSaid,
)
"""Every kind of event. A test holds that none is missing."""

TOLD: Final[dict[str, type[BaseModel]]] = {
    "thought:delta": schemas.Delta,
    "summary:delta": schemas.Delta,
    "token": schemas.Token,
    "looks:delta": schemas.Token,
    "presence": schemas.Presence,
    "resync": schemas.Resync,
}
"""What the server says that is not kept."""


@dataclass(frozen=True, slots=True)
class Room:
    """A kind of room."""

    address: str
    about: str
    parameter: str | None
    messages: tuple[str, ...]


ROOMS: Final[dict[str, Room]] = {
    "feed": Room(
        "feed",
        "Every incident of one's organization, whenever it is created or a field shown in the list changes.",
        None,
        ("incident", "resync"),
    ),
    "incident": Room(
        "incident:{incident_id}",
        "Everything about one incident of one's organization, the answers in its chats included.",
        "incident_id",
        (*(kind.event for kind in EVENTS), *TOLD),
    ),
    "chat": Room(
        "chat:{session_id}",
        "A chat of one's own that belongs to no incident.",
        "session_id",
        ("message", "token", "looks:delta", "resync"),
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A message from clients, and what it is acknowledged with when it is carried out."""

    message: type[schemas.Sent]
    acknowledgement: type[schemas.Acknowledged]


ASKED: Final[dict[str, Asked]] = {
    "join": Asked(schemas.Join, schemas.JoinedRoom),
    "leave": Asked(schemas.Leave, schemas.Done),
    "chat:send": Asked(schemas.ChatSend, schemas.QuestionTaken),
    "chat:cancel": Asked(schemas.ChatCancel, schemas.Done),
    "investigation:cancel": Asked(schemas.InvestigationCancel, schemas.Done),
}


def document(ways_in: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The whole document; `ways_in` are security schemes, as OpenAPI and AsyncAPI both write them."""
    components = _Components()
    for kind in EVENTS:
        components.event(kind)
    for name, model in TOLD.items():
        components.message(name, model, "serialization")
    for name, asked in ASKED.items():
        components.message(name, asked.message, "validation")
        components.acknowledgement(asked.acknowledgement)
    components.acknowledgement(schemas.Refusal)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Aurora RT, live",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache License 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"aurora": _server(ways_in)},
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "messages": components.messages,
            "schemas": {name: components.schemas[name] for name in sorted(components.schemas)},
            "securitySchemes": {
                name: scheme if scheme["type"] == "http" else _key(scheme) for name, scheme in ways_in.items()
            },
        },
    }


class _Components:
    """Messages and schemas, gathered."""

    def __init__(self) -> None:
        self.messages: dict[str, Any] = {}
        self.schemas: dict[str, Any] = {}

    def message(self, name: str, model: type[BaseModel], mode: Any) -> None:
        """A message whose object is `model`."""
        reference, found = shapes.named(model, mode)
        self.schemas |= found
        self._add(name, reference, model)

    def acknowledgement(self, model: type[BaseModel]) -> None:
        """An acknowledgement: what would be null is left out of it."""
        reference, found = shapes.named(model, "serialization")
        for one in found.values():
            if "required" in one:
                one["required"] = [
                    name for name in one["required"] if one["properties"][name].get("default", 0) is not None
                ]
        self.schemas |= found
        self._add(_reply(model), reference, model)

    def event(self, kind: type[EventData]) -> None:
        """A message that is kept: its object stands in an envelope."""
        reference, found = shapes.named(kind, "serialization")
        self.schemas |= found
        envelope = {
            "type": "object",
            "required": ["room", "seq", "at", "data"],
            "properties": {
                "room": {"type": "string", "examples": ["incident:019cb2f3-1c0e-7d5a-b0c4-0b7f2f2a9d11"]},
                "seq": {"type": "integer", "minimum": 1, "examples": [42]},
                "at": {"type": "string", "format": "date-time"},
                "data": reference,
            },
        }
        self._add(kind.event, envelope, kind)

    def _add(self, name: str, payload: dict[str, Any], model: type[BaseModel]) -> None:
        self.messages[_key_of(name)] = {
            "name": name,
            "title": model.__name__,
            "summary": " ".join((model.__doc__ or "").split()),
            "payload": payload,
            "examples": [{"payload": example(payload, self.schemas)}],
        }


def _server(ways_in: Iterable[str]) -> dict[str, Any]:
    return {
        "host": "{address}",
        "pathname": "/socket.io/",
        "protocol": "ws",
        "protocolVersion": "13",
        "description": "Socket.IO v5 on Engine.IO v4. Where the server says so, long polling works too.",
        "variables": {
            "address": {"default": "localhost:5080", "description": "Where it runs; over TLS as `wss`."}
        },
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in ways_in],
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "required": ["EIO", "transport"],
                    "properties": {"EIO": {"const": "4"}, "transport": {"const": "websocket"}},
                },
                "bindingVersion": "0.1.0",
            }
        },
    }


def _channels() -> dict[str, Any]:
    replies = {_reply(one.acknowledgement) for one in ASKED.values()} | {_reply(schemas.Refusal)}
    channels: dict[str, Any] = {
        "connection": {
            "address": None,
            "title": "The connection",
            "description": "What a client sends, and the acknowledgement of each.",
            "messages": _references((*ASKED, *sorted(replies))),
        }
    }
    for name, room in ROOMS.items():
        channels[name] = {
            "address": room.address,
            "title": f"The room {room.address}",
            "description": room.about,
            "messages": _references(room.messages),
        }
        if room.parameter is not None:
            channels[name]["parameters"] = {room.parameter: {"description": "A UUID."}}
    return channels


def _operations() -> dict[str, Any]:
    asked = {
        _key_of(name): {
            "action": "receive",
            "channel": {"$ref": "#/channels/connection"},
            "summary": " ".join((one.message.__doc__ or "").split()),
            "messages": [_of_channel("connection", name)],
            "reply": {
                "channel": {"$ref": "#/channels/connection"},
                "messages": [
                    _of_channel("connection", _reply(reply))
                    for reply in (one.acknowledgement, schemas.Refusal)
                ],
            },
        }
        for name, one in ASKED.items()
    }
    told = {
        f"tell_{name}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{name}"},
            "summary": room.about,
            "messages": [_of_channel(name, message) for message in room.messages],
        }
        for name, room in ROOMS.items()
    }
    return asked | told


def _references(names: Iterable[str]) -> dict[str, Any]:
    return {_key_of(name): {"$ref": f"#/components/messages/{_key_of(name)}"} for name in names}


def _of_channel(channel: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{channel}/messages/{_key_of(name)}"}


def _reply(model: type[BaseModel]) -> str:
    return f"ack.{model.__name__}"


def _key_of(name: str) -> str:
    """A message's name as a key of the document, which takes no colon."""
    return name.replace(":", ".")


def _key(scheme: Mapping[str, Any]) -> dict[str, Any]:
    return {**scheme, "type": "httpApiKey"}
