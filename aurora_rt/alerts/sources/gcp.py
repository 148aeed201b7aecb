"""Google Cloud Monitoring: the notification channels *Webhooks* and *Pub/Sub*.

Both send an incident (https://cloud.google.com/monitoring/support/notification-options), the second within what a push
subscription puts around it (https://cloud.google.com/pubsub/docs/push). `open` fires, `acknowledged` is acknowledged
and `closed` resolves; the identity is Google's incident. What "Send test notification" sends is answered and opens
nothing.
"""

import base64
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic_core import from_json

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Epoch, Identity, Text, Wire, WireLabels, understood

NAME: Final = "gcp"

_STATUS: Final[dict[str, AlertStatus]] = {
    "open": "firing",
    "acknowledged": "acknowledged",
    "closed": "resolved",
}
_SERVICES: Final = (
    "service_name",
    "service",
    "container_name",
    "function_name",
    "module_id",
    "database_id",
    "job",
)
"""The labels of resources that say what runs there, the best first."""


def _object(value: object) -> object:
    return value if isinstance(value, Mapping) else {}


class Resource(Wire):
    """What is watched."""

    type: Text = ""
    labels: WireLabels = Field({})


class Metric(Wire):
    """What of it is watched."""

    type: Text = ""
    name: Text = Field("", alias="displayName")
    labels: WireLabels = Field({})


class Documentation(Wire):
    """What the policy's owner wrote."""

    content: Text = ""


class Metadata(Wire):
    """What the resource's owner wrote on it."""

    user_labels: WireLabels = Field({})


class Incident(Wire):
    """One incident of a policy."""

    id: Annotated[Identity, Field(alias="incident_id", min_length=1)]
    state: Text
    policy: Text = Field("", alias="policy_name")
    condition: Text = Field("", alias="condition_name")
    severity: Text = ""
    summary: Text = ""
    url: Text = ""
    project: Text = Field("", alias="scoping_project_id")
    resource_name: Text = Field("", alias="resource_display_name")
    observed: Text = Field("", alias="observed_value")
    threshold: Text = Field("", alias="threshold_value")
    started_at: Epoch = None
    ended_at: Epoch = None
    labels: WireLabels = Field({}, alias="policy_user_labels")
    resource: Annotated[Resource, BeforeValidator(_object)] = Field(Resource())
    metric: Annotated[Metric, BeforeValidator(_object)] = Field(Metric())
    metadata: Annotated[Metadata, BeforeValidator(_object)] = Field(Metadata())
    documentation: Annotated[Documentation, BeforeValidator(_object)] = Field(Documentation())


class Notification(Wire):
    """What a channel sends."""

    version: Text = ""
    incident: Incident


class Message(Wire):
    """What Pub/Sub puts around it: the notification's JSON in base64."""

    data: Text


class Push(Wire):
    """What a push subscription posts."""

    message: Message


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one incident; none for a test notification."""
    if isinstance(payload, Mapping) and "incident" not in payload and "message" in payload:
        payload = _pushed(understood(Push, payload).message.data)
    notification = understood(Notification, payload)
    if notification.version == "test":
        return ()
    incident = notification.incident
    status = _STATUS.get(incident.state.strip().lower())
    if status is None:
        raise PayloadNotUnderstood("incident.state", "not 'open', 'acknowledged' or 'closed'")
    labels = _labels(incident)
    notes = {
        "condition": incident.condition,
        "documentation": incident.documentation.content,
        "observed": incident.observed,
        "threshold": incident.threshold,
    }
    return (
        Alert(
            source=NAME,
            fingerprint=incident.id,
            title=cut(incident.policy or incident.condition or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(incident.summary or incident.documentation.content),
            severity=told.priority(incident.severity)
            or told.priority(labels.get("severity", ""))
            or "unknown",
            service=_service(incident, labels),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=incident.started_at,
            ended_at=incident.ended_at if status == "resolved" else None,
            source_url=web_address(incident.url),
        ),
    )


def _pushed(data: str) -> object:
    try:
        return from_json(base64.b64decode(data, validate=True), allow_inf_nan=False)
    except ValueError:
        raise PayloadNotUnderstood("message.data", "not the JSON of a notification in base64") from None


def _labels(incident: Incident) -> dict[str, str]:
    placed = {
        "project": incident.project,
        "resource": incident.resource_name,
        "resource_type": incident.resource.type,
        "metric": incident.metric.type,
    }
    placed = {name: value for name, value in placed.items() if value}
    told_of = placed | incident.resource.labels | incident.metric.labels
    return told_of | incident.metadata.user_labels | incident.labels


def _service(incident: Incident, labels: Mapping[str, str]) -> str:
    owned = incident.labels.get("service") or incident.metadata.user_labels.get("service")
    running = next((labels[name] for name in _SERVICES if labels.get(name)), "")
    return cut(owned or running or incident.resource_name, NAME_LIMIT)


SETUP: Final = """\
1. In the Google Cloud console, open **Monitoring → Alerting → Edit notification channels**, and under *Webhooks* choose
   **Add new**.
2. Name it *Aurora* and enter this URL:

   ```text
   {url}
   ```
3. Save, and choose the channel in each alerting policy under *Notifications and name*, with **Notify on incident
   closure** ticked.

*Policy user labels* such as `service` and `environment`, and the policy's severity level, tell what is in trouble and
how badly. Google signs nothing; to keep the token out of the URL, leave it off there, tick *Use HTTP Basic Auth* and
enter the token as the password. Or let a Pub/Sub channel's push subscription call the URL.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Google Cloud Monitoring",
    setup=SETUP,
    parse=parse,
    sample={
        "version": "1.2",
        "incident": {
            "incident_id": "0.aurora-test",
            "scoping_project_id": "example",
            "state": "open",
            "policy_name": "Aurora test alert",
            "condition_name": "Aurora test alert",
            "severity": "Warning",
            "summary": "A test alert: webhooks from Google Cloud arrive",
            "resource_display_name": "aurora-test",
            "url": "https://console.cloud.google.com/monitoring/alerting/incidents/0?project=example",
        },
    },
)
