"""What alerts and their webhooks look like outside."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel

from aurora_rt.events.envelope import CamelEventData
from aurora_rt.incidents.schemas import Camel, Moment
from aurora_rt.web.bodies import Body


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


class Received(BaseModel):
    """The answer to a webhook: how many alerts were understood, and that they are safe."""

    status: str = "accepted"
    alerts: int


TokenName = Annotated[str, Field(examples=["production"])]


class NewWebhookToken(BaseModel):
    """What a person gives to make a webhook token."""

    source: str = Field(max_length=100)
    name: str = Field(min_length=1, max_length=200, examples=["production"])


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


class WebhookTokens(Camel):
    """The organization's webhook tokens."""

    webhook_tokens: tuple[ShownWebhookToken, ...]


class RevokedWebhookToken(BaseModel):
    """The answer to revoking a token."""

    message: str = "Webhook token revoked"


class ShownSource(BaseModel):
    """An alert source that can be connected. `setup` is Markdown with `{url}` where the webhook's URL goes."""

    name: str = Field(examples=["alertmanager"])
    title: str = Field(examples=["Prometheus Alertmanager"])
    setup: str = Field(examples=["Add a receiver with `url: {url}`."])


class AlertSources(BaseModel):
    """The alert sources that can be connected."""

    sources: tuple[ShownSource, ...]
