"""What an investigation says, as events of the incident's room."""

from collections.abc import Mapping
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

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
    kind: str = ""
    """What it holds beside the text, such as `series`, which can be drawn; `""` for nothing."""


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


class SeriesDrawn(Camel):
    """One series: its labels (the metric's name is `__name__`) and its samples, as Unix time in seconds and value."""

    labels: Annotated[Mapping[str, str], Field(examples=[{"__name__": "up", "instance": "db:9100"}])]
    points: Annotated[
        tuple[tuple[float, float], ...], Field(examples=[[[1772359200.0, 1.0], [1772359215.0, 0.0]]])
    ]


class CitationSeries(Camel):
    """The series that a citation holds, those first that changed most when the alert began."""

    query: str
    step: float | None
    """Seconds between samples; null for a query of one moment."""
    series: tuple[SeriesDrawn, ...]
    found: int
    """How many the citation holds, those left out here included."""
    truncated: bool
    """Whether there were more than the citation holds."""


class AlertSpan(Camel):
    """When an alert of the incident began and ended; `endedAt` is null while it fires."""

    id: UUID
    title: str
    service: str
    severity: str
    status: str
    primary_alert: bool
    """Whether it opened an incident: this one, or one that was merged into it."""
    started_at: Moment
    ended_at: Moment | None
    received_count: int = 1
    """How often its source has told of it, whatever it said."""


class ChangeSeen(Camel):
    """A change around the incident that an investigation found, and the citation that tells of it."""

    at: Moment
    service: str
    kind: str
    version: str
    by: str
    text: str
    origin: str
    failed: bool
    citation: str


class ServiceDrawn(Camel):
    """A service in the picture of who calls whom."""

    name: str
    affected: bool
    suspicion: float | None
    """0 to 1 for a candidate for the cause, null otherwise."""


class Surroundings(Camel):
    """What lies around an incident: its alerts in time, what was changed, and who calls whom near its services."""

    alerts: tuple[AlertSpan, ...]
    changes: tuple[ChangeSeen, ...]
    services: tuple[ServiceDrawn, ...]
    calls: Annotated[tuple[tuple[str, str], ...], Field(examples=[[["checkout", "database"]]])]
    """(caller, callee), both among `services`."""
