"""What an investigation says, as events of the incident's room."""

from typing import ClassVar
from uuid import UUID

from aurora_rt.events.envelope import CamelEventData, EventData
from aurora_rt.incidents.schemas import Camel, Moment

WIRE_OUTPUT_LIMIT = 16 * 1024
"""Characters of a citation's output that travel with the event; REST gives the whole."""


class ThoughtFinished(EventData):
    """The event `thought`."""

    event: ClassVar[str] = "thought"

    id: UUID
    content: str
    timestamp: Moment
    type: str
    by: str = ""
    """Which specialist thought it; `""` for the investigator itself."""


class CitationMade(CamelEventData):
    """The event `citation`: one look, with its output cut for the wire."""

    event: ClassVar[str] = "citation"

    id: UUID
    key: str
    tool_name: str
    command: str
    output: str
    executed_at: Moment


class SuggestionMade(CamelEventData):
    """The event `suggestion`."""

    event: ClassVar[str] = "suggestion"

    id: UUID
    title: str
    description: str
    type: str
    risk: str
    command: str
    effect: str
    undo: str
    is_action: bool


class InvestigationQueued(Camel):
    """The answer to starting an investigation: `id` is the incident's."""

    success: bool = True
    id: UUID
    investigation_id: UUID


class InvestigationCancelled(Camel):
    """The answer to cancelling an investigation: `id` is the incident's."""

    success: bool = True
    id: UUID
