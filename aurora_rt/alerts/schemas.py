"""What alerts and their webhooks look like outside."""

from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, SecretStr, field_validator
from pydantic.json_schema import SkipJsonSchema

from aurora_rt.alerts.models import Alert, Delivery, DeliveryStatus, Tried, WebhookToken
from aurora_rt.alerts.source import Source
from aurora_rt.events.envelope import CamelEventData
from aurora_rt.incidents.schemas import Camel, Moment
from aurora_rt.web.bodies import Body
from aurora_rt.web.query import Query


class AlertCorrelated(CamelEventData):
    """The event `alert`: one correlated alert as it now stands, with why it was correlated."""

    event: ClassVar[str] = "alert"

    id: UUID
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


class Notification(RootModel[dict[str, Any]]):
    """What an alert source sends, in its vendor's own shape. It may say that it is of any media type."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": "4",
                    "status": "firing",
                    "receiver": "aurora",
                    "alerts": [
                        {
                            "status": "firing",
                            "labels": {
                                "alertname": "ProcessorBusy",
                                "severity": "critical",
                                "service": "checkout",
                            },
                            "annotations": {"summary": "The processors are busy."},
                            "startsAt": "2026-03-01T10:00:00Z",
                        }
                    ],
                }
            ]
        }
    )


class AlertLeft(CamelEventData):
    """The event `alert:left`: an alert that the incident does not show any more, since it was unmerged."""

    event: ClassVar[str] = "alert:left"

    id: UUID


class MergeInto(Body):
    """What a person gives to merge an incident: the one that takes it in."""

    into: UUID


class Merged(Camel):
    """The answer to merging: which incident was merged, and into which one."""

    success: bool = True
    id: UUID
    merged_into: UUID


class Unmerged(Camel):
    """The answer to undoing a merge."""

    success: bool = True
    id: UUID


class UnmergedAlert(Camel):
    """The answer to taking an alert out of an incident: in which one it is now."""

    success: bool = True
    id: UUID
    incident: UUID


class Received(BaseModel):
    """The answer to a webhook: how many alerts were understood, and that they are safe.

    `kept`: what was sent is safe, and is dealt with as soon as that is possible again.
    """

    status: str = "accepted"
    alerts: int


Secret = Annotated[SecretStr, Field(min_length=1, max_length=1000)]
Mapping = Annotated[
    dict[str, str],
    Field(max_length=20, examples=[{"fingerprint": "check.id", "title": "check.name", "status": "state"}]),
]
NewName = Annotated[str, Field(min_length=1, max_length=200, examples=["production"])]
TokenName = Annotated[str, Field(examples=["production"])]


class NewWebhookToken(BaseModel):
    """What a person gives to make a webhook token."""

    source: str = Field(max_length=100)
    name: str = Field(min_length=1, max_length=200, examples=["production"])
    secret: Secret | None = Field(
        None, description="What the vendor signs with; unsigned calls are refused then."
    )
    mapping: Mapping | None = Field(None, description="For the source `json`: JMESPath by field of an alert.")


class WebhookTokenChange(BaseModel):
    """What of a webhook token to change; null takes its secret or its mapping away."""

    name: NewName | SkipJsonSchema[None] = None
    secret: Secret | None = None
    mapping: Mapping | None = None

    @field_validator("name")
    @classmethod
    def _is_never_taken_away(cls, name: str | None) -> str:
        if name is None:
            raise ValueError("should be a text")
        return name

    def given(self) -> dict[str, Any]:
        """The fields that were sent."""
        fields = self.model_dump(exclude_unset=True)
        if self.secret is not None:
            fields["secret"] = self.secret.get_secret_value()
        return fields


class CreatedWebhookToken(BaseModel):
    """A new webhook token: the only time that the token itself is shown."""

    id: UUID
    source: str
    name: TokenName
    token: str
    url: str


class ShownWebhookToken(Camel):
    """A webhook token in a list, without the token."""

    id: UUID
    source: str
    name: TokenName
    created_at: Moment
    last_used_at: Moment | None
    has_secret: bool = False
    mapping: Mapping | None = None
    failed: int = Field(0, description="Deliveries that came with it, failed, and wait for somebody.")

    @classmethod
    def of(cls, token: WebhookToken) -> Self:
        """How a token is shown."""
        return cls(
            id=token.id,
            source=token.source,
            name=token.name,
            created_at=token.created_at,
            last_used_at=token.last_used_at,
            has_secret=token.has_secret,
            mapping=dict(token.mapping) if token.mapping is not None else None,
            failed=token.failed,
        )


class WebhookTokens(Camel):
    """The organization's webhook tokens."""

    webhook_tokens: tuple[ShownWebhookToken, ...]


class TestedWebhook(Camel):
    """The answer to a test alert: how it was kept, and the incident that shows it."""

    delivery: UUID
    incident: UUID | None = Field(description="null: it is kept, and dealt with as soon as possible.")


class RevokedWebhookToken(BaseModel):
    """The answer to revoking a token."""

    message: str = "Webhook token revoked"


class ShownSource(BaseModel):
    """An alert source that can be connected. `setup` is Markdown with `{url}` where the webhook's URL goes."""

    name: str = Field(examples=["alertmanager"])
    title: str = Field(examples=["Prometheus Alertmanager"])
    setup: str = Field(examples=["Add a receiver with `url: {url}`."])
    sample: dict[str, Any] = Field({}, description="A payload as the vendor sends it, to try a webhook with.")
    secret_hint: str = Field(
        "", description="What to enter as the secret, and where the vendor shows it. Empty: it signs nothing."
    )
    mapping: Mapping | None = Field(
        None, description="Where a mapping can be written: the one that holds until then."
    )

    @classmethod
    def of(cls, source: Source) -> Self:
        """How a source is shown."""
        return cls(
            name=source.name,
            title=source.title,
            setup=source.setup,
            sample=dict(source.sample),
            secret_hint=source.proof.asks_for,
            mapping=dict(source.default_mapping) if source.default_mapping is not None else None,
        )


class AlertSources(BaseModel):
    """The alert sources that can be connected."""

    sources: tuple[ShownSource, ...]


class DeliveriesQuery(Query):
    """Which deliveries to list."""

    status: DeliveryStatus | None = None
    source: Annotated[str | None, Field(max_length=100)] = None
    token: Annotated[UUID | None, Field(description="The webhook token that they came with.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[UUID | None, Field(description="The last delivery of the page before.")] = None


class ListedDelivery(Camel):
    """What was sent to a webhook, in short, and what became of it."""

    id: UUID
    token_id: UUID
    source: str
    received_at: Moment
    status: DeliveryStatus
    code: str = Field(description="Why it failed, for programs.", examples=["payload_not_understood"])
    reason: str = Field(description="Why it failed, for people.", examples=["alerts[3].startsAt: not a time"])
    alerts: int
    attempts: int
    size: int = Field(description="Bytes.")

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """How a delivery is listed."""
        return cls(**_listed(delivery))


class ShownDelivery(ListedDelivery):
    """A delivery with what was sent."""

    headers: dict[str, str]
    body: str

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """How a delivery is shown."""
        return cls(**_listed(delivery), headers=dict(delivery.headers), body=delivery.body)


class Deliveries(Camel):
    """Deliveries, the latest first, and how many in all wait and failed."""

    deliveries: tuple[ListedDelivery, ...]
    received: int = Field(description="Kept, and not dealt with yet.")
    failed: int
    has_more: bool


class DeletedDelivery(BaseModel):
    """The answer to deleting a delivery that failed."""

    message: str = "Delivery deleted"


class ReplayedDelivery(Camel):
    """The answer to replaying a delivery."""

    id: UUID
    status: Literal["processed", "received"]
    alerts: int


class DeliveriesToReplay(Body):
    """Which failed deliveries to replay: those of one webhook token, or all."""

    token: UUID | None = Field(description="null: those of all.")


class ReplayedDeliveries(Camel):
    """The answer to replaying several: how many are dealt with now, and how many still fail."""

    processed: int
    failed: int
    has_more: bool = Field(description="Whether further ones failed that were not tried again yet.")


class MappingToTry(Body):
    """A mapping, and what to try it on: a payload, a delivery, or else the latest one of the webhook."""

    mapping: Mapping | None = None
    payload: dict[str, Any] | list[Any] | None = Field(None, examples=[{"id": "disk-web-3", "state": "ok"}])
    delivery: UUID | None = None


class TriedAlert(Camel):
    """An alert as it would be taken in."""

    fingerprint: str
    title: str
    status: str
    severity: str
    service: str
    environment: str
    description: str
    labels: dict[str, str]
    started_at: Moment | None
    ended_at: Moment | None
    source_url: str

    @classmethod
    def of(cls, alert: Alert) -> Self:
        """How it is shown."""
        return cls(
            fingerprint=alert.fingerprint,
            title=alert.title,
            status=alert.status,
            severity=alert.severity,
            service=alert.service,
            environment=alert.environment,
            description=alert.description,
            labels=dict(alert.labels),
            started_at=alert.started_at,
            ended_at=alert.ended_at,
            source_url=alert.source_url,
        )


class TriedField(Camel):
    """What one expression yields for the first alert of the payload."""

    value: Any = Field(description="As JSON; of `alerts`, how many there are.", examples=["disk-web-3"])
    problem: str = Field(description="Why the expression cannot be used.", examples=["not a time"])


class TriedMapping(Camel):
    """What a mapping makes of a payload."""

    delivery: UUID | None = Field(description="The delivery that it was tried on; null: a given payload.")
    alerts: tuple[TriedAlert, ...]
    fields: dict[str, TriedField] = Field(
        {}, description="Where the mapping is written: each field by itself."
    )
    problem: str = Field("", description="Why no alerts come of it.")

    @classmethod
    def of(cls, tried: Tried) -> Self:
        """How it is shown."""
        return cls(
            delivery=tried.delivery_id,
            alerts=tuple(map(TriedAlert.of, tried.alerts)),
            fields={
                name: TriedField(value=one.value, problem=one.problem) for name, one in tried.fields.items()
            },
            problem=tried.problem,
        )


def _listed(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "token_id": delivery.token_id,
        "source": delivery.source,
        "received_at": delivery.received_at,
        "status": delivery.status,
        "code": delivery.code,
        "reason": delivery.reason,
        "alerts": delivery.alerts,
        "attempts": delivery.attempts,
        "size": delivery.size,
    }
