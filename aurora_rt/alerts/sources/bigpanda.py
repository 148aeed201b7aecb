"""BigPanda: a Notifications Webhook, which posts an incident with its alerts
(https://docs.bigpanda.io/reference/webhook-incident-object).

The identity is BigPanda's incident. `active` says how it stands: an incident is active until all of its alerts are
over, or somebody resolves it. Names come as `startedOn` or as `started_on`, for BigPanda has both; a template of the
second webhook may send an alert by itself, which is read alike.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AliasChoices, BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Epoch, Identity, Several, Text, Wire, WireLabels, understood

NAME: Final = "bigpanda"
LISTED: Final = 10
"""Alerts of an incident that are named for a person."""

_STATUS: Final[dict[str, AlertStatus]] = {
    "critical": "firing",
    "warning": "firing",
    "unknown": "firing",
    "acknowledged": "acknowledged",
    "ok": "resolved",
}


def _tags(value: object) -> object:
    """Tags are an object, or a list of objects with a name and a value, which may be a list."""
    if isinstance(value, list):
        pairs = [
            (one.get("name") or one.get("id"), one.get("value")) for one in value if isinstance(one, Mapping)
        ]
    elif isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        return {}
    return {name: _plain(one) for name, one in pairs if isinstance(name, str) and name}


def _plain(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(storable(one) for one in value if isinstance(one, str))
    return "" if isinstance(value, Mapping) else value


def _links(value: object) -> object:
    """Links are an object, or a list of objects with an address; the first is the incident's page."""
    found = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else []
    addresses = [one.get("href") if isinstance(one, Mapping) else one for one in found]
    return next((one for one in addresses if isinstance(one, str) and web_address(one)), "")


Tags = Annotated[WireLabels, BeforeValidator(_tags)]


class Told(Wire):
    """What an alert says, and what an incident has for itself."""

    description: Text = ""
    condition: Text = Field("", validation_alias=AliasChoices("condition_name", "conditionName"))
    primary: Text = Field("", validation_alias=AliasChoices("primary_property", "primaryProperty"))
    secondary: Text = Field("", validation_alias=AliasChoices("secondary_property", "secondaryProperty"))
    system: Text = Field("", validation_alias=AliasChoices("source_system", "sourceSystem"))
    tags: Tags = Field({})


class Incident(Told):
    """What the webhook posts."""

    id: Annotated[Identity, Field(min_length=1)]
    status: Text = ""
    active: bool | None = None
    severity: Text = ""
    started_at: Epoch = Field(None, validation_alias=AliasChoices("started_on", "startedOn", "started_at"))
    changed_at: Epoch = Field(None, validation_alias=AliasChoices("changed_on", "changedOn", "changed_at"))
    ended_at: Epoch = Field(None, validation_alias=AliasChoices("ended_on", "endedOn", "ended_at"))
    incident_tags: Tags = Field({}, validation_alias=AliasChoices("incident_tags", "incidentTags"))
    page: Annotated[Text, BeforeValidator(_links)] = Field("", validation_alias=AliasChoices("links", "link"))
    alerts: Several[Told] = Field([])


def parse(payload: object) -> tuple[Alert, ...]:
    """The incident as an alert."""
    inner = payload.get("incident") if isinstance(payload, Mapping) else None
    incident = understood(Incident, inner if isinstance(inner, Mapping) else payload)
    status = _status(incident)
    first = incident.alerts[0] if incident.alerts else incident
    labels = _labels(incident, first)
    return (
        Alert(
            source=NAME,
            fingerprint=incident.id,
            title=cut(_title(first), NAME_LIMIT),
            status=status,
            description=cut(first.description or incident.description or _title(first)),
            severity=told.priority(incident.severity) or told.priority(incident.status) or "unknown",
            service=told.service(labels) or cut(first.primary, NAME_LIMIT),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short(_annotations(incident)),
            started_at=incident.started_at,
            ended_at=(incident.ended_at or incident.changed_at) if status == "resolved" else None,
            changed_at=incident.changed_at,
            source_url=web_address(incident.page),
        ),
    )


def _status(incident: Incident) -> AlertStatus:
    status = _STATUS.get(incident.status.lower())
    if incident.active is False:
        return "resolved"
    if status is None and incident.active is None:
        raise PayloadNotUnderstood("status", "not 'critical', 'warning', 'unknown', 'acknowledged' or 'ok'")
    return status or "firing"


def _title(one: Told) -> str:
    what = one.condition or one.secondary or one.description
    return ": ".join(filter(None, (one.primary, what))) or NAMELESS


def _labels(incident: Incident, first: Told) -> dict[str, str]:
    told_of = {"source": first.system}
    tags = first.tags | incident.tags | incident.incident_tags
    return {name: value for name, value in (tags | told_of).items() if value}


def _annotations(incident: Incident) -> dict[str, str]:
    named = [_title(one) for one in incident.alerts[:LISTED]]
    more = len(incident.alerts) - len(named)
    told_of = {
        "alerts": "\n".join([*named, *([f"and {more} more"] if more > 0 else [])]),
        "status": incident.status,
    }
    return {name: value for name, value in told_of.items() if value}


SETUP: Final = """\
1. In BigPanda, open **Integrations → New Integration → Notifications Webhook**, name it `Aurora RT`, and enter this
   URL as the callback URL:

   ```text
   {url}
   ```
2. Open **Settings → AutoShare → New AutoShare**, and share the environments that matter with **Aurora RT**, for new
   incidents and for updates: the update that closes an incident is its recovery.

BigPanda's incident is one alert here, with the alerts in it by name. To keep the token out of the URL, leave it off
there and send it in a custom header: `Authorization: Bearer <token>`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="BigPanda",
    setup=SETUP,
    parse=parse,
    sample={
        "id": "aurora-test",
        "status": "warning",
        "active": True,
        "severity": "warning",
        "alerts": [
            {
                "id": "aurora-test-1",
                "status": "warning",
                "description": "A test alert: incidents from BigPanda arrive",
                "condition_name": "Aurora test alert",
                "primary_property": "aurora-test",
                "source_system": "api.aurora",
                "tags": [{"name": "service", "value": "aurora-test"}],
            }
        ],
    },
)
