"""Splunk On-Call, which was VictorOps: outgoing webhooks of incidents.

With an empty payload a webhook posts all that is known
(https://help.victorops.com/knowledge-base/custom-outbound-webhooks/), in names such as `STATE.ENTITY_ID`; a payload of
one's own is understood that keeps those names. The identity is the entity, by which Splunk On-Call itself knows an
alert again.

| `STATE.CURRENT_ALERT_PHASE` | becomes |
| --- | --- |
| `UNACKED` | firing |
| `ACKED` | acknowledged |
| `RESOLVED` | resolved |
"""

import re
from typing import Annotated, Final
from urllib.parse import quote

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import MAX_IDENTITY, Epoch, Text, Wire, understood

NAME: Final = "victorops"

_STATUS: Final[dict[str, AlertStatus]] = {
    "UNACKED": "firing",
    "ACKED": "acknowledged",
    "RESOLVED": "resolved",
}
_UNRESOLVED: Final = re.compile(r"\$\{\{[^{}]*\}\}")


def _variable(value: object) -> object:
    """A variable's value; what Splunk On-Call has no value for stays as it was written."""
    return "" if isinstance(value, str) and _UNRESOLVED.fullmatch(value) else value


Variable = Annotated[Text, BeforeValidator(_variable)]
Time = Annotated[Epoch, BeforeValidator(_variable)]


class Event(Wire):
    """What a webhook posts for one change of an incident."""

    entity_id: Variable = Field("", alias="STATE.ENTITY_ID")
    alert_entity_id: Variable = Field("", alias="ALERT.entity_id")
    number: Variable = Field("", alias="STATE.INCIDENT_NAME")
    phase: Variable = Field("", alias="STATE.CURRENT_ALERT_PHASE")
    incident_phase: Variable = Field("", alias="INCIDENT.CURRENT_PHASE")
    state: Variable = Field("", alias="STATE.CURRENT_STATE")
    name: Variable = Field("", alias="ALERT.entity_display_name")
    message: Variable = Field("", alias="ALERT.state_message")
    service: Variable = Field("", alias="STATE.SERVICE")
    """What is called a service there is a check of a host, or the incident's name once more."""
    host: Variable = Field("", alias="STATE.HOST")
    host_name: Variable = Field("", alias="ALERT.host_name")
    routing_key: Variable = Field("", alias="ALERT.routing_key")
    tool: Variable = Field("", alias="ALERT.monitoring_tool")
    organization: Variable = Field("", alias="ALERT.VO_ORGANIZATION_ID")
    acknowledged_by: Variable = Field("", alias="STATE.ACK_USER")
    note: Variable = Field("", alias="STATE.ACK_MSG")
    began_at: Time = Field(None, alias="STATE.INCIDENT_TIMESTAMP")
    told_at: Time = Field(None, alias="INCIDENT.SEQUENCING.SERVICE_TIME")


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one incident."""
    event = understood(Event, payload)
    status = _STATUS.get((event.phase or event.incident_phase).strip().upper())
    if status is None:
        raise PayloadNotUnderstood("STATE.CURRENT_ALERT_PHASE", "not 'UNACKED', 'ACKED' or 'RESOLVED'")
    host = event.host or event.host_name
    check = event.service if event.service != event.name else ""
    labels = {"host": host, "check": check, "routing_key": event.routing_key, "tool": event.tool}
    notes = {
        "number": event.number,
        "acknowledged by": event.acknowledged_by if status == "acknowledged" else "",
        "note": event.note,
    }
    # The time of the message has whole seconds, the start has milliseconds.
    ended_at = max(event.told_at, event.began_at) if event.told_at and event.began_at else None
    return (
        Alert(
            source=NAME,
            fingerprint=_fingerprint(event),
            title=cut(event.name or event.message or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(event.message or event.name),
            severity=(told.priority(event.state) or "unknown") if status != "resolved" else "unknown",
            service=cut(host or check, NAME_LIMIT),
            labels=short({name: value for name, value in labels.items() if value}),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=event.began_at,
            ended_at=ended_at if status == "resolved" else None,
            changed_at=event.told_at,
            acknowledged_by=cut(event.acknowledged_by, NAME_LIMIT) if status == "acknowledged" else "",
            source_url=_page(event),
        ),
    )


def _fingerprint(event: Event) -> str:
    identity = event.entity_id or event.alert_entity_id
    if not identity:
        raise PayloadNotUnderstood("STATE.ENTITY_ID", "missing; leave the webhook's payload empty")
    return identity if len(identity) <= MAX_IDENTITY else told.fingerprint({"entity": identity})


def _page(event: Event) -> str:
    if not event.organization or not event.number:
        return ""
    place = f"https://portal.victorops.com/client/{quote(event.organization, safe='')}/popoutIncident"
    return web_address(f"{place}?incidentName={quote(event.number, safe='')}")


SETUP: Final = """\
1. In Splunk On-Call, open **Integrations → Outgoing Webhooks → Add Webhook**.
2. Choose the event **Any-Incident**, the method **POST** and the content type **application/json**, and enter this URL:

   ```text
   {url}
   ```
3. Leave the payload empty, so that all there is to tell is sent, and save.

Splunk On-Call signs nothing. To keep the token out of the URL, leave it off there and add the custom header
`Authorization` with `Bearer <token>`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Splunk On-Call",
    setup=SETUP,
    parse=parse,
    sample={
        "STATE.ENTITY_ID": "aurora-test",
        "STATE.INCIDENT_NAME": "1",
        "STATE.CURRENT_ALERT_PHASE": "UNACKED",
        "STATE.CURRENT_STATE": "WARNING",
        "STATE.HOST": "aurora-test",
        "ALERT.entity_display_name": "Aurora test alert",
        "ALERT.state_message": "A test alert: webhooks from Splunk On-Call arrive",
    },
)
