"""ServiceNow: a business rule that posts an incident, which the set-up text brings.

How such a rule sends is told at
https://www.servicenow.com/docs/bundle/zurich-api-reference/page/app-store/dev_portal/API_reference/sn_ws-RESTMessageV2/concept/c_RESTMessageV2API.html.
The identity is the record's `sys_id`. A field may be a text, or an object with `value` and `display_value`, as
ServiceNow's own API has it. Times are in UTC and don't say so.

| `state` | becomes |
| --- | --- |
| New (1) | firing |
| In Progress (2), On Hold (3) | acknowledged |
| Resolved (6), Closed (7), Canceled (8), or `active` is false | resolved |
| one of your own | firing |
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AliasChoices, BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Identity, Moment, Text, Wire, understood

NAME: Final = "servicenow"

_STATES: Final[dict[str, AlertStatus]] = {
    "1": "firing",
    "new": "firing",
    "2": "acknowledged",
    "in progress": "acknowledged",
    "3": "acknowledged",
    "on hold": "acknowledged",
    "6": "resolved",
    "resolved": "resolved",
    "7": "resolved",
    "closed": "resolved",
    "8": "resolved",
    "canceled": "resolved",
}


def _shown(value: object) -> object:
    """What a person sees of a field that is an object."""
    if isinstance(value, Mapping):
        return value.get("display_value") or value.get("value")
    return value


def _meant(value: object) -> object:
    """What the database has of a field that is an object."""
    return value.get("value") if isinstance(value, Mapping) else value


def _in_utc(value: object) -> object:
    """`2026-03-02 08:30:00` is in UTC."""
    plain = _meant(value)
    return f"{plain}Z" if isinstance(plain, str) and len(plain) == len("2026-03-02 08:30:00") else plain


Shown = Annotated[Text, BeforeValidator(_shown)]
Key = Annotated[Identity, BeforeValidator(_meant)]
Time = Annotated[Moment, BeforeValidator(_in_utc)]


class Record(Wire):
    """An incident."""

    sys_id: Key = ""
    number: Key = ""
    state: Key = ""
    state_shown: Shown = Field("", validation_alias=AliasChoices("state_name", "state"))
    active: Annotated[Text, BeforeValidator(_meant)] = ""
    priority: Shown = ""
    severity: Shown = ""
    short_description: Shown = ""
    description: Shown = ""
    category: Shown = ""
    item: Shown = Field("", alias="cmdb_ci")
    service: Shown = Field("", alias="business_service")
    environment: Shown = ""
    group: Shown = Field("", alias="assignment_group")
    assigned_to: Shown = ""
    opened_at: Time = None
    resolved_at: Time = None
    closed_at: Time = None
    changed_at: Time = Field(None, alias="sys_updated_on")
    url: Text = ""


def parse(payload: object) -> tuple[Alert, ...]:
    """The incident as an alert."""
    record = understood(Record, payload)
    identity = record.sys_id or record.number
    if not identity:
        raise PayloadNotUnderstood("sys_id", "missing, and so is the number")
    if not record.state and not record.active:
        raise PayloadNotUnderstood("state", "missing")
    status = _status(record)
    labels = _labels(record)
    return (
        Alert(
            source=NAME,
            fingerprint=identity,
            title=cut(record.short_description or record.number or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(record.description or record.short_description),
            severity=told.priority(record.priority) or told.priority(record.severity) or "unknown",
            service=cut(record.service or record.item, NAME_LIMIT),
            environment=cut(record.environment, NAME_LIMIT),
            labels=short(labels),
            annotations=short(_annotations(record)),
            started_at=record.opened_at,
            ended_at=(record.resolved_at or record.closed_at or record.changed_at)
            if status == "resolved"
            else None,
            changed_at=record.changed_at,
            acknowledged_by=cut(record.assigned_to, NAME_LIMIT) if status == "acknowledged" else "",
            source_url=web_address(record.url),
        ),
    )


def _status(record: Record) -> AlertStatus:
    if record.active.lower() in ("false", "0"):
        return "resolved"
    return _STATES.get(record.state.strip().lower(), "firing")


def _labels(record: Record) -> dict[str, str]:
    told_of = {
        "service": record.service,
        "item": record.item,
        "environment": record.environment,
        "team": record.group,
        "category": record.category,
        "priority": record.priority,
    }
    return {name: value for name, value in told_of.items() if value}


def _annotations(record: Record) -> dict[str, str]:
    told_of = {"number": record.number, "state": record.state_shown, "assigned to": record.assigned_to}
    return {name: value for name, value in told_of.items() if value}


SETUP: Final = """\
1. In ServiceNow, open **System Definition → Business Rules → New**: name `Aurora RT`, table *Incident*, tick *Active*
   and *Advanced*.
2. Under *When to run*, choose **after**, tick *Insert* and *Update*, and give a condition if not every incident is to
   come, such as *Priority is one of 1, 2*. A condition on the state would keep recoveries away.
3. Under *Advanced*, enter this script:

   ```js
   (function executeRule(current, previous) {
     var told = { url: gs.getProperty('glide.servlet.uri') + current.getLink(true) };
     ['sys_id', 'number', 'state', 'active', 'short_description', 'description', 'opened_at', 'resolved_at',
       'closed_at', 'sys_updated_on'].forEach(function (name) { told[name] = current.getValue(name) || ''; });
     ['priority', 'severity', 'category', 'cmdb_ci', 'business_service', 'assignment_group',
       'assigned_to'].forEach(function (name) { told[name] = current.getDisplayValue(name) || ''; });
     told.state_name = current.getDisplayValue('state');
     var request = new sn_ws.RESTMessageV2();
     request.setEndpoint('{url}');
     request.setHttpMethod('POST');
     request.setRequestHeader('Content-Type', 'application/json');
     request.setRequestBody(JSON.stringify(told));
     request.executeAsync();
   })(current, previous);
   ```

To keep the token out of the URL, leave it off there, and add
`request.setRequestHeader('Authorization', 'Bearer <token>')`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="ServiceNow",
    setup=SETUP,
    parse=parse,
    sample={
        "sys_id": "00000000000000000000000000000001",
        "number": "INC0000001",
        "state": "1",
        "state_name": "New",
        "active": "1",
        "priority": "4 - Low",
        "short_description": "Aurora test",
        "description": "A test alert: incidents from ServiceNow arrive",
        "business_service": "aurora-test",
        "url": "https://example.service-now.com/incident.do?sys_id=00000000000000000000000000000001",
    },
)
