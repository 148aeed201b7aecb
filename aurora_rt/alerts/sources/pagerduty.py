"""PagerDuty: generic webhooks, version 3 (https://developer.pagerduty.com/docs/webhooks-overview).

The identity is PagerDuty's incident. Its status is ours: triggered fires, acknowledged is acknowledged, resolved is
resolved; whatever else happens to the incident only brings what we show of it up to date.
"""

from typing import Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.schemes import BODY, Hmac
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Identity, Moment, Several, Text, Wire, understood

NAME: Final = "pagerduty"

_STATUS: Final[dict[str, AlertStatus]] = {
    "triggered": "firing",
    "acknowledged": "acknowledged",
    "resolved": "resolved",
}


class Reference(Wire):
    """Something that PagerDuty names: a service, a person, a priority, a team."""

    summary: Text = ""


class Incident(Wire):
    """What the event is about; it is only read when it is an incident."""

    id: Identity = ""
    type: Text = ""
    status: Text = ""
    title: Text = ""
    number: Text = ""
    html_url: Text = ""
    created_at: Moment = None
    urgency: Text = ""
    service: Reference | None = None
    priority: Reference | None = None
    escalation_policy: Reference | None = None
    assignees: Several[Reference] = Field([])
    teams: Several[Reference] = Field([])


class Event(Wire):
    """What happened."""

    event_type: Text
    occurred_at: Moment = None
    agent: Reference | None = None
    data: Incident | None = None


class Delivery(Wire):
    """One webhook: one event."""

    event: Event


def parse(payload: object) -> tuple[Alert, ...]:
    """The incident as an alert; none when the event is about something else, such as a note or a test."""
    event = understood(Delivery, payload).event
    incident = event.data
    if incident is None or incident.type != "incident" or not event.event_type.startswith("incident."):
        return ()
    status = _STATUS.get(incident.status)
    if status is None:
        raise PayloadNotUnderstood("event.data.status", "not 'triggered', 'acknowledged' or 'resolved'")
    if not incident.id:
        raise PayloadNotUnderstood("event.data.id", "missing")
    service = incident.service.summary if incident.service else ""
    return (
        Alert(
            source=NAME,
            fingerprint=incident.id,
            title=cut(incident.title or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(incident.title),
            severity=_severity(incident),
            service=cut(service, NAME_LIMIT),
            labels=short(_labels(incident)),
            annotations=short(_annotations(event, incident)),
            started_at=incident.created_at,
            ended_at=event.occurred_at if status == "resolved" else None,
            changed_at=event.occurred_at,
            acknowledged_by=_acknowledged_by(event),
            source_url=web_address(incident.html_url),
        ),
    )


def _acknowledged_by(event: Event) -> str:
    """Who acknowledged: only this event tells, later ones name whoever did something else."""
    acknowledges = event.event_type == "incident.acknowledged" and event.agent
    return cut(event.agent.summary, NAME_LIMIT) if acknowledges and event.agent else ""


def _severity(incident: Incident) -> str:
    named = told.priority(incident.priority.summary) if incident.priority else ""
    return named or told.priority(incident.urgency) or "unknown"


def _labels(incident: Incident) -> dict[str, str]:
    told_of = {
        "service": incident.service.summary if incident.service else "",
        "urgency": incident.urgency,
        "priority": incident.priority.summary if incident.priority else "",
        "team": ", ".join(team.summary for team in incident.teams if team.summary),
    }
    return {name: value for name, value in told_of.items() if value}


def _annotations(event: Event, incident: Incident) -> dict[str, str]:
    told_of = {
        "number": incident.number,
        "assignees": ", ".join(one.summary for one in incident.assignees if one.summary),
        "escalation policy": incident.escalation_policy.summary if incident.escalation_policy else "",
        "by": event.agent.summary if event.agent else "",
    }
    return {name: value for name, value in told_of.items() if value}


SETUP: Final = """\
1. In PagerDuty, open **Integrations → Generic Webhooks (v3) → New Webhook**.
2. Enter this URL, and as scope the account, a team or a service:

   ```text
   {url}
   ```
3. Subscribe to the events *incident.triggered*, *acknowledged*, *unacknowledged*, *resolved*, *reopened* and
   *priority_updated*; others do no harm.
4. PagerDuty shows the webhook's **signing secret** once: enter it here as the webhook's secret, so that nobody else
   can call it.
5. *Send Test Event* is answered and opens nothing.
"""

SOURCE: Final = Source(
    name=NAME,
    title="PagerDuty",
    setup=SETUP,
    parse=parse,
    proof=Hmac(
        "X-PagerDuty-Signature",
        asks_for="The signing secret that PagerDuty shows when the webhook is made",
        prefix="v1=",
        once=BODY,  # it holds the event's id
    ),
    sample={
        "event": {
            "id": "01AURORATESTEVENT",
            "event_type": "incident.triggered",
            "resource_type": "incident",
            "data": {
                "id": "PAURORA",
                "type": "incident",
                "status": "triggered",
                "number": 1,
                "title": "A test alert: webhooks from PagerDuty arrive",
                "html_url": "https://example.pagerduty.com/incidents/PAURORA",
                "service": {"id": "PSERVICE", "type": "service_reference", "summary": "aurora-test"},
                "urgency": "low",
            },
        }
    },
)
