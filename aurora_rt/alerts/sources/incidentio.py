"""incident.io: webhooks about incidents and alerts (https://docs.incident.io/integrations/webhooks), signed by Svix.

What an event is about stands under the event's own name (https://api-docs.incident.io/tag/Webhooks/). The identity is
the incident's or the alert's id. Of private ones only the id is told, so they mean nothing here; the same holds for
incidents that are a tutorial or were written down afterwards.

| category of the incident's status | becomes |
| --- | --- |
| `triage`, `live`, `paused` | firing |
| `learning`, `closed`, `declined`, `merged`, `canceled` | resolved |
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.schemes import StandardWebhooks
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Identity, Moment, Several, Text, Wire, WireModel, understood

NAME: Final = "incidentio"

_CATEGORIES: Final[dict[str, AlertStatus]] = {
    "triage": "firing",
    "live": "firing",
    "paused": "firing",
    "learning": "resolved",
    "closed": "resolved",
    "declined": "resolved",
    "merged": "resolved",
    "canceled": "resolved",
}
_ALERTS: Final[dict[str, AlertStatus]] = {"firing": "firing", "resolved": "resolved"}
_UNREAL: Final = frozenset({"tutorial", "retrospective"})
_SERVICE: Final = ("service", "services", "affected service", "affected services", "component")

Needed = Annotated[Identity, Field(min_length=1)]


class Named(Wire):
    """A severity, a type, a custom field, a person."""

    name: Text = ""


class Status(Wire):
    """How an incident stands; the names are of its owner's making, the categories are not."""

    name: Text = ""
    category: Text = ""


class Option(Wire):
    """One of the values that a field can have."""

    value: Text = ""


class Value(Wire):
    """A value of a custom field, or of an alert's attribute: one of these is there."""

    label: Text = ""
    literal: Text = ""
    value_text: Text = ""
    value_numeric: Text = ""
    value_link: Text = ""
    value_option: Option | None = None
    value_catalog_entry: Named | None = None

    def told(self) -> str:
        """As a person reads it."""
        option = self.value_option.value if self.value_option else ""
        entry = self.value_catalog_entry.name if self.value_catalog_entry else ""
        plain = self.label or self.literal or self.value_text or self.value_numeric or self.value_link
        return entry or option or plain


class FieldEntry(Wire):
    """A custom field of an incident, with its values."""

    custom_field: Named = Named()
    values: Several[Value] = Field([])


class Attribute(Wire):
    """An attribute of an alert, with its value or its values."""

    attribute: Named = Named()
    value: Value | None = None
    array_value: Several[Value] = Field([])


class Assignment(Wire):
    """Who has which role in an incident."""

    role: Named = Named()
    assignee: Named | None = None


class Incident(Wire):
    """An incident."""

    id: Needed
    reference: Text = ""
    name: Text = ""
    summary: Text = ""
    permalink: Text = ""
    mode: Text = ""
    status: Status = Field(Status(), alias="incident_status")
    type: Named | None = Field(None, alias="incident_type")
    severity: Named | None = None
    fields: Several[FieldEntry] = Field([], alias="custom_field_entries")
    roles: Several[Assignment] = Field([], alias="incident_role_assignments")
    channel: Text = Field("", alias="slack_channel_name")
    created_at: Moment = None
    updated_at: Moment = None


class StatusUpdate(Wire):
    """An incident whose status changed."""

    incident: Incident
    message: Text = ""


class AlertEvent(Wire):
    """An alert that one of incident.io's alert sources has."""

    id: Needed
    title: Text = ""
    description: Text = ""
    status: Text = ""
    deduplication_key: Text = ""
    source_url: Text = ""
    attributes: Several[Attribute] = Field([])
    created_at: Moment = None
    updated_at: Moment = None
    resolved_at: Moment = None


class Envelope(Wire):
    """What is common to all events."""

    event_type: Text


def parse(payload: object) -> tuple[Alert, ...]:
    """The incident or the alert; none for an event about something else, or something private."""
    event = understood(Envelope, payload).event_type
    about = payload.get(event) if isinstance(payload, Mapping) else None
    if event.startswith("public_incident.incident_status_updated"):
        update = _inner(StatusUpdate, event, about)
        return _incident(update.incident, update.message, field=f"{event}.incident.incident_status")
    if event.startswith(("public_incident.incident_created", "public_incident.incident_updated")):
        return _incident(_inner(Incident, event, about), "", field=f"{event}.incident_status")
    if event.startswith("public_alert.alert_"):
        return _alert(_inner(AlertEvent, event, about), event)
    return ()


def _inner(shape: type[WireModel], event: str, about: object) -> WireModel:
    try:
        return understood(shape, about)
    except PayloadNotUnderstood as error:
        field = f"{event}.{error.field}" if error.field != "payload" else event
        raise PayloadNotUnderstood(
            cut(field, NAME_LIMIT), error.message.removeprefix(f"{error.field}: ")
        ) from None


def _incident(incident: Incident, message: str, *, field: str) -> tuple[Alert, ...]:
    if incident.mode in _UNREAL:
        return ()
    status = _CATEGORIES.get(incident.status.category)
    if status is None:
        raise PayloadNotUnderstood(f"{field}.category", f"not one of {', '.join(_CATEGORIES)}")
    labels = _fields(incident)
    severity = incident.severity.name if incident.severity else ""
    return (
        Alert(
            source=NAME,
            fingerprint=incident.id,
            title=cut(incident.name or incident.reference or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(incident.summary or message or incident.name),
            severity=told.priority(severity) or cut(severity.lower(), NAME_LIMIT) or "unknown",
            service=_service(labels),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short(_annotations(incident, message)),
            started_at=incident.created_at,
            ended_at=incident.updated_at if status == "resolved" else None,
            changed_at=incident.updated_at,
            source_url=web_address(incident.permalink),
        ),
    )


def _alert(alert: AlertEvent, event: str) -> tuple[Alert, ...]:
    status = _ALERTS.get(alert.status)
    if status is None:
        raise PayloadNotUnderstood(f"{event}.status", "not 'firing' or 'resolved'")
    labels = _named(
        (one.attribute.name, [*([one.value] if one.value else []), *one.array_value])
        for one in alert.attributes
    )
    severity = labels.get("severity") or labels.get("priority") or ""
    notes = {"deduplication key": alert.deduplication_key}
    return (
        Alert(
            source=NAME,
            fingerprint=alert.id,
            title=cut(alert.title or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(alert.description or alert.title),
            severity=told.priority(severity) or cut(severity.lower(), NAME_LIMIT) or "unknown",
            service=_service(labels),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=alert.created_at,
            ended_at=(alert.resolved_at or alert.updated_at) if status == "resolved" else None,
            changed_at=alert.updated_at,
            source_url=web_address(alert.source_url),
        ),
    )


def _fields(incident: Incident) -> dict[str, str]:
    labels = _named((one.custom_field.name, one.values) for one in incident.fields)
    return labels | ({"type": incident.type.name} if incident.type and incident.type.name else {})


def _named(entries: Iterable[tuple[str, list[Value]]]) -> dict[str, str]:
    told_of = {
        name.lower(): ", ".join(filter(None, (one.told() for one in values))) for name, values in entries
    }
    return {name: value for name, value in told_of.items() if name and value}


def _service(labels: Mapping[str, str]) -> str:
    return cut(next((labels[name] for name in _SERVICE if name in labels), ""), NAME_LIMIT)


def _annotations(incident: Incident, message: str) -> dict[str, str]:
    roles = {one.role.name.lower(): one.assignee.name for one in incident.roles if one.assignee}
    told_of = {
        **roles,
        "reference": incident.reference,
        "status": incident.status.name,
        "update": message,
        "channel": incident.channel,
    }
    return {name: value for name, value in told_of.items() if name and value}


SETUP: Final = """\
1. In incident.io, open **Settings → Webhooks → Add endpoint**, and enter this URL:

   ```text
   {url}
   ```
2. Subscribe to the events *public_incident.incident_created_v2*, *public_incident.incident_updated_v2* and
   *public_incident.incident_status_updated_v2*. Where the alerts that incident.io gets are to be looked at before
   anybody declares an incident, take *public_alert.alert_created_v1* and *public_alert.alert_resolved_v1* instead.
3. Open the new endpoint and copy its **signing secret**, which begins with `whsec_`; enter it here as the webhook's
   secret, so that nobody else can call it.

Private incidents are left out: incident.io tells nothing but their id.
"""

SOURCE: Final = Source(
    name=NAME,
    title="incident.io",
    setup=SETUP,
    parse=parse,
    proof=StandardWebhooks("The signing secret of the endpoint, which begins with whsec_"),
    sample={
        "event_type": "public_incident.incident_created_v2",
        "public_incident.incident_created_v2": {
            "id": "01AURORATESTINCIDENT",
            "reference": "INC-1",
            "name": "Aurora test",
            "summary": "A test alert: webhooks from incident.io arrive",
            "permalink": "https://app.incident.io/incidents/1",
            "mode": "standard",
            "incident_status": {"name": "Investigating", "category": "live"},
            "severity": {"name": "Minor"},
        },
    },
)
