"""Splunk Observability Cloud (SignalFx): webhooks of detectors.

What they send is told at https://dev.splunk.com/observability/docs/integrations/webhook_integration_overview/. The
identity is the incident: a rule of a detector for one set of dimensions, from the alert to its clearing.

| `statusExtended`, `status` | becomes |
| --- | --- |
| `anomalous` | firing |
| `ok` | resolved |
| `manually resolved`, `auto resolved`, `stopped` | resolved: it was cleared, or nobody looks any more |
"""

from typing import Annotated, Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.schemes import BODY, Hmac
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Epoch, Identity, Text, Wire, WireLabels, understood

NAME: Final = "signalfx"

_STATUS: Final[dict[str, AlertStatus]] = {
    "anomalous": "firing",
    "ok": "resolved",
    "manually resolved": "resolved",
    "auto resolved": "resolved",
    "stopped": "resolved",
}


class Event(Wire):
    """What a detector posts for the alert or the clearing of one rule."""

    incident_id: Annotated[Identity, Field(alias="incidentId", min_length=1)]
    status_extended: Text = Field("", alias="statusExtended")
    status: Text = ""
    severity: Text = ""
    detector: Text = ""
    rule: Text = ""
    title: Text = Field("", alias="messageTitle")
    body: Text = Field("", alias="messageBody")
    description: Text = ""
    condition: Text = Field("", alias="detectOnCondition")
    metric: Text = Field("", alias="originatingMetric")
    tip: Text = ""
    runbook: Text = Field("", alias="runbookUrl")
    image: Text = Field("", alias="imageUrl")
    url: Text = Field("", alias="detectorUrl")
    timestamp: Epoch = None
    dimensions: WireLabels = Field({})


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one incident."""
    event = understood(Event, payload)
    status = _STATUS.get((event.status_extended or event.status).strip().lower().replace("_", " "))
    if status is None:
        raise PayloadNotUnderstood(
            "statusExtended", "not 'anomalous', 'ok', 'manually resolved' or 'stopped'"
        )
    dimensions = {name: value for name, value in event.dimensions.items() if value}
    placed = {"detector": event.detector, "rule": event.rule, "metric": event.metric}
    notes = {
        "condition": event.condition,
        "description": event.description,
        "tip": event.tip,
        "runbook": web_address(event.runbook),
        "image": web_address(event.image),
    }
    return (
        Alert(
            source=NAME,
            fingerprint=event.incident_id,
            title=cut(_title(event), NAME_LIMIT),
            status=status,
            description=cut(event.body.strip() or event.description),
            severity=told.priority(event.severity) or "unknown",
            service=_service(dimensions),
            environment=told.environment(dimensions)
            or cut(dimensions.get("deployment.environment", ""), NAME_LIMIT),
            labels=short({name: value for name, value in placed.items() if value} | dimensions),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=event.timestamp if status == "firing" else None,
            ended_at=event.timestamp if status == "resolved" else None,
            changed_at=event.timestamp,
            source_url=web_address(event.url),
        ),
    )


def _title(event: Event) -> str:
    """What the rule is called: the message's title says "cleared" once it is, and the alert is the same."""
    if event.rule and event.detector and event.rule != event.detector:
        return f"{event.detector}: {event.rule}"
    return event.rule or event.detector or event.title or NAMELESS


def _service(dimensions: dict[str, str]) -> str:
    named = dimensions.get("service.name") or dimensions.get("sf_service") or told.service(dimensions)
    return cut(named or dimensions.get("host.name") or "", NAME_LIMIT)


SETUP: Final = """\
1. In Splunk Observability Cloud, open **Data Management → Available integrations → Webhook → New integration**, and
   enter this URL:

   ```text
   {url}
   ```
2. Make up a *shared secret*, such as the output of `openssl rand -hex 32`, and enter it here and there, so that nobody
   else can call the webhook. Leave the payload as it is.
3. Save. In each detector, under **Alert recipients → Add recipient**, choose the webhook. Clearings arrive by
   themselves.

For alerts of Splunk Enterprise and Splunk Cloud take the source *Splunk*.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Splunk Observability Cloud",
    setup=SETUP,
    parse=parse,
    proof=Hmac(
        "X-SFX-Signature",
        asks_for="The shared secret that you made up for the webhook",
        encoding="base64",
        once=BODY,  # it holds the incident's id, its status and the time
    ),
    sample={
        "incidentId": "AAAAAAAAAAA",
        "detectorId": "BBBBBBBBBBB",
        "detector": "Aurora test alert",
        "rule": "Aurora test alert",
        "severity": "Warning",
        "statusExtended": "anomalous",
        "status": "anomalous",
        "messageTitle": "Warning Alert: Aurora test alert",
        "messageBody": "A test alert: webhooks from Splunk Observability Cloud arrive",
        "dimensions": {"service.name": "aurora-test"},
        "detectorUrl": "https://app.signalfx.com/#/detector/v2/BBBBBBBBBBB/edit",
    },
)
