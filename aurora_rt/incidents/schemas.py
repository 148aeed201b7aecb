"""What an incident looks like outside: REST bodies and event data, one definition for both."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import to_json

from aurora_rt.clock import rfc3339
from aurora_rt.errors import Invalid
from aurora_rt.events.envelope import CamelEventData, EventData
from aurora_rt.incidents.models import ActiveTab, AuroraStatus, Incident, Status
from aurora_rt.incidents.page import Page, Sort, place_of, words_query
from aurora_rt.llm.schemas import TokenUsage
from aurora_rt.web.bodies import Body
from aurora_rt.web.moments import SentMoment
from aurora_rt.web.query import Query, QueryMoment, Several

SUMMARY_LIMIT = 10_000
LIST_LIMIT = 1000
"""Incidents in one answer, at most."""

Label = Annotated[str, Field(min_length=1, max_length=200)]
LISTED_KEPT = 2_000
"""Incidents whose list form is remembered, a kilobyte or two each."""

DATE_TIME = WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization")
Moment = Annotated[datetime, PlainSerializer(rfc3339, return_type=str), DATE_TIME]
"""A time, written as RFC 3339 in UTC."""


class Camel(BaseModel):
    """An answer whose fields are written in camelCase."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class ListedAlert(Camel):
    """The alert that opened an incident, in short."""

    title: str
    service: str
    source: str
    source_url: str


class IncidentListed(CamelEventData):
    """An incident as the list shows it; the event `incident`."""

    event: ClassVar[str] = "incident"

    id: UUID
    source_type: str
    source_alert_id: str
    status: Status
    severity: str
    alert: ListedAlert
    aurora_status: AuroraStatus
    summary: str
    started_at: Moment
    correlated_alert_count: int
    affected_services: Annotated[tuple[str, ...], Field(examples=[["checkout", "database"]])]
    active_tab: ActiveTab
    environment: str
    created_at: Moment
    updated_at: Moment
    analyzed_at: Moment | None
    resolved_at: Moment | None
    merged_into: UUID | None = None
    flapping: bool = False
    acknowledged_at: Annotated[
        Moment | None, Field(description="Since when somebody is on it, as the source of an alert says.")
    ] = None
    acknowledged_by: Annotated[
        str | None, Field(description="Who is; empty: somebody whom the source does not name.")
    ] = None

    @classmethod
    def of(cls, incident: Incident) -> "IncidentListed":
        """The list form of `incident`."""
        return cls(**listed_fields(incident), alert=ListedAlert(**alert_fields(incident)))


class IncidentsQuery(Query, alias_generator=to_camel):
    """Which incidents to list. A filter that is given repeatedly means any of its values."""

    status: Several[Status] = ()
    severity: Several[Label] = ()
    service: Several[Label] = ()
    source: Several[Label] = ()
    q: Annotated[
        str, Field(max_length=200, description="Words of the title, the service or the summary.")
    ] = ""
    since: Annotated[QueryMoment | None, Field(description="Started then or later.")] = None
    until: Annotated[QueryMoment | None, Field(description="Started before.")] = None
    sort: Sort = "-startedAt"
    limit: Annotated[int, Field(ge=1, le=LIST_LIMIT)] = LIST_LIMIT
    cursor: Annotated[str | None, Field(max_length=500, description="`nextCursor` of the page before.")] = (
        None
    )

    def page(self) -> Page:
        """What is asked for. Raises an error of the kind `Invalid` for a cursor that is none, or words without any."""
        words = words_query(self.q)
        if self.q.strip() and words is None:
            raise Invalid('The field "q" is wrong: it has no word to look for.')
        return Page(
            limit=self.limit,
            sort=self.sort,
            after=place_of(self.cursor, self.sort) if self.cursor else None,
            statuses=self.status,
            severities=tuple(one.lower() for one in self.severity),
            services=self.service,
            sources=self.source,
            words=words,
            since=self.since,
            until=self.until,
        )


class StatusChanged(CamelEventData):
    """The event `status`: where an incident and its investigation stand."""

    event: ClassVar[str] = "status"

    status: Status
    aurora_status: AuroraStatus


class SummaryWritten(EventData):
    """The event `summary`."""

    event: ClassVar[str] = "summary"

    summary: str
    ended: str = "complete"
    """Why it ends: `complete`, `length`, `limit`, `refused`, `interrupted` or `fallback`."""


class Incidents(Camel):
    """The answer to listing. `epoch` and `seq` are the feed's position at the moment of reading."""

    incidents: tuple[IncidentListed, ...]
    next_cursor: str | None
    """Where the next page begins; null: this is the last one."""
    epoch: str
    seq: int


@lru_cache(maxsize=LISTED_KEPT)
def _listed_json(incident: Incident) -> bytes:
    """The list form of an incident's state. The state itself is the key: another state is another entry."""
    return IncidentListed.of(incident).model_dump_json(by_alias=True).encode()


def incidents_json(incidents: Iterable[Incident], next_cursor: str | None, epoch: str, seq: int) -> bytes:
    """`Incidents` as JSON, for which an incident is encoded once for each of its states, not for each answer."""
    rest = to_json({"nextCursor": next_cursor, "epoch": epoch, "seq": seq})
    return b'{"incidents":[' + b",".join(map(_listed_json, incidents)) + b"]," + rest[1:]


class DetailedAlert(ListedAlert):
    """The alert that opened an incident, with what its source sent."""

    description: str
    raw_payload: str
    triggered_at: Moment


class SuggestionShown(Camel):
    """A suggestion in an incident's detail."""

    id: str
    title: str
    description: str
    type: str
    risk: str
    command: str
    effect: str
    undo: str
    is_action: bool


class ApprovalShown(BaseModel):
    """Whether somebody lets a suggested command be run, and what became of it; as the event `approval`."""

    id: str
    suggestion_id: str
    status: str
    by: str | None
    by_name: str
    decided_at: Moment | None
    expires_at: Moment
    command: str
    runs: bool
    run: str
    reason: str
    exit_status: int | None
    citation: str | None


class ThoughtShown(Camel):
    """A thought in an incident's detail."""

    id: str
    content: str
    timestamp: Moment
    type: str
    by: str
    """Which specialist thought it; `""` for the investigator itself."""


class CitationShown(Camel):
    """A citation in an incident's detail, with its whole output."""

    id: str
    key: str
    tool_name: str
    command: str
    output: str
    executed_at: Moment
    kind: str
    """What it holds beside the text, such as `series`, which can be drawn; `""` for nothing."""


class CorrelatedAlertShown(Camel):
    """An alert of an incident, and why it was put there."""

    id: str
    source_type: str
    alert_title: str
    alert_service: str
    alert_severity: str
    status: str
    correlation_strategy: str
    correlation_score: float
    correlation_details: str
    started_at: Moment
    received_at: Moment


class ChatMessageShown(BaseModel):
    """A message of an incident's chat."""

    id: str
    sender: str
    text: str
    timestamp: Moment
    status: str
    ended: str


class ChatSessionShown(Camel):
    """A chat about an incident."""

    id: str
    title: str
    messages: tuple[ChatMessageShown, ...]
    status: str
    created_at: Moment
    updated_at: Moment


class PostmortemTold(Camel):
    """That an incident has a postmortem: which version, and who wrote it; as the event `postmortem`."""

    version: int
    updated_at: Moment
    updated_by: str
    updated_by_name: str


class IncidentDetailed(IncidentListed):
    """An incident with everything that belongs to it; `room`, `epoch` and `seq` say from where to listen on."""

    alert: DetailedAlert
    summary_ended: str
    """Why the summary ends: `complete`, `length`, `limit`, `refused`, `interrupted` or `fallback`."""
    suggestions: tuple[SuggestionShown, ...]
    approvals: tuple[ApprovalShown, ...]
    streaming_thoughts: tuple[ThoughtShown, ...]
    citations: tuple[CitationShown, ...]
    correlated_alerts: tuple[CorrelatedAlertShown, ...]
    chat_sessions: tuple[ChatSessionShown, ...]
    token_usage: TokenUsage | None
    """What its investigation and its chats cost; `null` when no language model was asked."""
    postmortem: PostmortemTold | None
    """Its postmortem's latest version; `null` where nobody wrote one."""
    room: str
    epoch: str
    seq: int


class InvestigationLine(Camel):
    """Which investigations run and which wait: so many of an organization at once, the worst first."""

    at_once: int
    running: int
    waiting: int
    line: tuple[UUID, ...]
    """The incidents whose investigations wait, the next first; a thousand at most."""


class IncidentAnswer(Camel):
    """The answer to reading one incident."""

    incident: IncidentDetailed


def _without_nul(text: str | None) -> str | None:
    if text is not None and "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


class IncidentPatch(Camel):
    """What a person may change of an incident; only the fields that are sent change."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"status": "resolved", "summary": "The recount was stopped; it runs at night now."},
                {"activeTab": "chat"},
            ]
        }
    )

    status: Status | SkipJsonSchema[None] = None
    aurora_status: AuroraStatus | SkipJsonSchema[None] = None
    summary: Annotated[
        str | SkipJsonSchema[None], Field(max_length=SUMMARY_LIMIT), AfterValidator(_without_nul)
    ] = None
    active_tab: ActiveTab | SkipJsonSchema[None] = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("there is no field to change: status, auroraStatus, summary or activeTab")
        return self

    @field_validator("status", "aurora_status", "summary", "active_tab", mode="before")
    @classmethod
    def _null_is_no_value(cls, value: object) -> object:
        if value is None:
            raise ValueError("must not be null")
        return value


class IncidentNew(Body, alias_generator=to_camel):
    """An incident that a person opens by hand; it is investigated at once, like any other."""

    title: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_not_blank)]
    severity: Annotated[Label, AfterValidator(str.lower)] = "unknown"
    service: Annotated[str, Field(max_length=200)] = ""
    environment: Annotated[str, Field(max_length=200)] = ""
    description: Annotated[str, Field(max_length=SUMMARY_LIMIT)] = ""
    started_at: Annotated[SentMoment | None, Field(description="When it began; left out: now.")] = None
    client_id: Annotated[
        str | None,
        Field(
            min_length=1, max_length=100, description="Sent again, the incident that it opened is answered."
        ),
    ] = None


class Patched(Camel):
    """The answer to a change of an incident."""

    success: bool
    id: UUID


def listed_fields(incident: Incident) -> dict[str, Any]:
    """The fields that the list and the detail share, but for `alert`."""
    return {
        "id": incident.id,
        "source_type": incident.source,
        "source_alert_id": incident.source_alert_id,
        "status": incident.status,
        "severity": incident.severity,
        "aurora_status": incident.aurora_status,
        "summary": incident.summary,
        "started_at": incident.started_at,
        "correlated_alert_count": incident.correlated_alert_count,
        "affected_services": incident.affected_services,
        "active_tab": incident.active_tab,
        "environment": incident.environment,
        "created_at": incident.created_at,
        "updated_at": incident.updated_at,
        "analyzed_at": incident.analyzed_at,
        "resolved_at": incident.resolved_at,
        "merged_into": incident.merged_into,
        "flapping": incident.flapping,
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
    }


def alert_fields(incident: Incident) -> dict[str, Any]:
    """The fields of `alert` that the list and the detail share."""
    return {
        "title": incident.title,
        "service": incident.service,
        "source": incident.source,
        "source_url": incident.source_url,
    }
