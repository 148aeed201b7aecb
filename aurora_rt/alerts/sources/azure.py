"""Azure Monitor: action groups that post the common alert schema.

It is told at https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema, with samples of every kind at
https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-payload-samples. `Fired` fires and `Resolved` resolves;
the identity is the alert's resource id, which both have.

The health of Azure itself comes as an alert for every message, and all of them say `Fired`:

| `monitoringService` | identity | is over |
| --- | --- | --- |
| `ServiceHealth` | Microsoft's tracking id | with the stages *Resolved*, *Complete*, *Canceled*, *RCA* |
| `Resource Health` | the resource, with the rule | once the resource is *Available* again |
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Identity, Moment, Several, Text, Wire, WireLabels, understood

NAME: Final = "azure"

_STATUS: Final[dict[str, AlertStatus]] = {"fired": "firing", "resolved": "resolved"}
_SEVERITY: Final = {"sev0": "critical", "sev1": "error", "sev2": "warning", "sev3": "info", "sev4": "info"}
_HEALTHS: Final = frozenset({"servicehealth", "resourcehealth"})
_STAGES_OVER: Final = frozenset({"resolved", "complete", "canceled", "rca"})


def _object(value: object) -> object:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> object:
    """What people and rules add is mostly text; what is not, is left out."""
    entries = value.items() if isinstance(value, Mapping) else ()
    return {name: one for name, one in entries if isinstance(one, str | int | float)}


Added = Annotated[WireLabels, BeforeValidator(_texts)]


class Essentials(Wire):
    """What every alert tells alike."""

    id: Identity = Field("", alias="alertId")
    origin: Text = Field("", alias="originAlertId")
    rule: Text = Field("", alias="alertRule")
    severity: Text = ""
    condition: Text = Field(alias="monitorCondition")
    service: Text = Field("", alias="monitoringService")
    signal: Text = Field("", alias="signalType")
    targets: Several[Text] = Field([], alias="alertTargetIDs")
    items: Several[Text] = Field([], alias="configurationItems")
    description: Text = ""
    fired_at: Moment = Field(None, alias="firedDateTime")
    resolved_at: Moment = Field(None, alias="resolvedDateTime")
    link: Text = Field("", alias="investigationLink")


class Dimension(Wire):
    """What a metric or a query was split by."""

    name: Text = ""
    value: Text = ""


class Criterion(Wire):
    """What was looked at, and what was found."""

    metric: Text = Field("", alias="metricName")
    value: Text = Field("", alias="metricValue")
    operator: Text = ""
    threshold: Text = ""
    query: Text = Field("", alias="searchQuery")
    link: Text = Field("", alias="linkToSearchResultsUI")
    dimensions: Several[Dimension] = Field([])


class Condition(Wire):
    """The criteria of a rule."""

    all_of: Several[Criterion] = Field([], alias="allOf")


class Health(Wire):
    """What a message about the health of Azure tells."""

    title: Text = ""
    service: Text = ""
    region: Text = ""
    tracking_id: Identity = Field("", alias="trackingId")
    stage: Text = ""
    current: Text = Field("", alias="currentHealthStatus")
    cause: Text = ""


class Context(Wire):
    """What depends on the kind of alert."""

    condition: Annotated[Condition, BeforeValidator(_object)] = Field(Condition())
    health: Annotated[Health, BeforeValidator(_texts)] = Field(Health(), alias="properties")
    event_at: Moment = Field(None, alias="eventTimestamp")
    expression: Text = ""
    labels: Added = Field({})
    annotations: Added = Field({})


class Data(Wire):
    """The alert."""

    essentials: Essentials
    context: Annotated[Context, BeforeValidator(_object)] = Field(Context(), alias="alertContext")
    added: Added = Field({}, alias="customProperties")

    @property
    def kind(self) -> str:
        """Who watches, in one spelling."""
        return self.essentials.service.replace(" ", "").lower()

    @property
    def health(self) -> Health:
        """What it tells about the health of Azure: nothing, where it is a rule's alert."""
        return self.context.health if self.kind in _HEALTHS else Health()


class Notification(Wire):
    """What an action group posts."""

    schema_id: Text = Field("", alias="schemaId")
    data: Data


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one notification."""
    if isinstance(payload, Mapping) and payload.get("schemaId") != "azureMonitorCommonAlertSchema":
        raise PayloadNotUnderstood(
            "schemaId", "not 'azureMonitorCommonAlertSchema'; turn it on in the action group"
        )
    data = understood(Notification, payload).data
    essentials, context = data.essentials, data.context
    status = _status(data)
    criterion = context.condition.all_of[0] if context.condition.all_of else Criterion()
    labels = _labels(data)
    told_at = context.event_at if data.kind in _HEALTHS else None
    ended_at = told_at or essentials.resolved_at
    return (
        Alert(
            source=NAME,
            fingerprint=_fingerprint(data),
            title=cut(essentials.rule or data.health.title or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(
                context.annotations.get("description")
                or data.health.title
                or essentials.description
                or _spoken(criterion)
            ),
            severity=_SEVERITY.get(essentials.severity.strip().lower(), "unknown"),
            service=_service(labels, data.health),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short(_annotations(data, criterion)),
            started_at=(told_at or essentials.fired_at) if status == "firing" else None,
            ended_at=ended_at if status == "resolved" else None,
            source_url=web_address(essentials.link) or web_address(criterion.link),
            expression=(cut(context.expression) or None) if data.kind == "prometheus" else None,
        ),
    )


def _status(data: Data) -> AlertStatus:
    status = _STATUS.get(data.essentials.condition.strip().lower())
    if status is None:
        raise PayloadNotUnderstood("data.essentials.monitorCondition", "not 'Fired' or 'Resolved'")
    over = data.health.stage.lower() in _STAGES_OVER or data.health.current.lower() == "available"
    return "resolved" if over else status


def _fingerprint(data: Data) -> str:
    essentials = data.essentials
    if data.health.tracking_id:
        return data.health.tracking_id
    if data.kind == "resourcehealth" and essentials.targets:
        return told.fingerprint({"resource": essentials.targets[0].lower(), "rule": essentials.rule})
    if not essentials.id and not essentials.origin:
        raise PayloadNotUnderstood("data.essentials.alertId", "missing")
    return essentials.id or told.fingerprint({"originAlertId": essentials.origin})


def _labels(data: Data) -> dict[str, str]:
    """Where it is: the first target in its parts, what the rule was split by, and what people added."""
    essentials, context = data.essentials, data.context
    placed = _target(essentials.targets[0] if essentials.targets else "")
    if essentials.items and essentials.items[0]:
        placed["resource"] = essentials.items[0]
    if placed.get("resource_type", "").endswith("/virtualmachines"):
        placed["host"] = placed["resource"]
    placed |= {"monitor": essentials.service, "region": data.health.region}
    split = {
        one.name: one.value
        for criterion in context.condition.all_of
        for one in criterion.dimensions
        if one.name
    }
    return {name: value for name, value in (placed | split).items() if value} | context.labels | data.added


def _target(resource: str) -> dict[str, str]:
    """`/subscriptions/S/resourceGroups/G/providers/microsoft.compute/virtualMachines/N`, in its parts."""
    parts = [part for part in resource.split("/") if part]
    found = {
        name: parts[at + 1]
        for at, part in enumerate(parts[:-1])
        if (name := {"subscriptions": "subscription", "resourcegroups": "resource_group"}.get(part.lower()))
    }
    if len(parts) >= 7 and parts[4].lower() == "providers":
        found |= {"resource_type": f"{parts[5]}/{parts[6]}".lower(), "resource": parts[-1]}
    return found


def _service(labels: Mapping[str, str], health: Health) -> str:
    named = labels.get("service") or labels.get("job") or health.service or labels.get("resource")
    return cut(named or "", NAME_LIMIT)


def _annotations(data: Data, criterion: Criterion) -> dict[str, str]:
    notes = {
        "rule": data.essentials.description,
        "condition": _spoken(criterion),
        "query": criterion.query,
        "signal": data.essentials.signal,
        "stage": data.health.stage or data.health.current,
        "cause": data.health.cause,
    }
    return {name: text for name, text in notes.items() if text} | data.context.annotations


def _spoken(criterion: Criterion) -> str:
    """`Percentage CPU GreaterThan 90 (is 97)`."""
    if not criterion.metric and not criterion.value:
        return ""
    said = " ".join(filter(None, (criterion.metric or "value", criterion.operator, criterion.threshold)))
    return f"{said} (is {criterion.value})" if criterion.value else said


SETUP: Final = """\
1. In the Azure portal, open **Monitor → Alerts → Action groups** and create one, or edit one that your rules use.
2. Under *Actions* add the type **Webhook**, enter this URL and choose **Yes** for *Enable the common alert schema*:

   ```text
   {url}
   ```
3. Let your alert rules use the action group. Rules of metrics tell when they are over; for rules of logs turn
   **Automatically resolve alerts** on.
4. *Test action group* sends an alert that opens an incident.

*Custom properties* of a rule, such as `service` and `environment`, tell what is in trouble. As a Bicep file:

```bicep
resource aurora 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'aurora'
  location: 'Global'
  properties: {
    groupShortName: 'aurora'
    enabled: true
    webhookReceivers: [{ name: 'aurora', serviceUri: '{url}', useCommonAlertSchema: true }]
  }
}
```
"""

SOURCE: Final = Source(
    name=NAME,
    title="Azure Monitor",
    setup=SETUP,
    parse=parse,
    sample={
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": "/subscriptions/00000000-0000-0000-0000-000000000000/providers"
                "/Microsoft.AlertsManagement/alerts/00000000-0000-4000-8000-000000000001",
                "alertRule": "Aurora test alert",
                "severity": "Sev2",
                "signalType": "Metric",
                "monitorCondition": "Fired",
                "monitoringService": "Platform",
                "alertTargetIDs": [],
                "configurationItems": ["aurora-test"],
                "description": "A test alert: webhooks from Azure Monitor arrive",
            },
            "alertContext": {},
        },
    },
)
