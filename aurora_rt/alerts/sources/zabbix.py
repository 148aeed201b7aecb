"""Zabbix: a media type of the kind *Webhook*, whose script posts what we ask for.

Zabbix sends nothing of its own: the set-up text brings the script and its parameters, which are the macros of
https://www.zabbix.com/documentation/current/en/manual/appendix/macros/supported_by_location. `{EVENT.ID}` is the
problem's id in its recovery and in each update, too: it is the identity.

| the event | becomes |
| --- | --- |
| value 1 | firing; acknowledged where somebody has acknowledged the problem |
| value 0 | resolved |
"""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic_core import from_json

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import MAX_LABELS, Epoch, Identity, Text, Wire, WireLabels, understood

NAME: Final = "zabbix"

_SEVERITIES: Final = ("unknown", "info", "warning", "medium", "high", "critical")
"""Zabbix's severities by their number: not classified, information, warning, average, high, disaster."""
_UNRESOLVED: Final = re.compile(r"\{\$?[A-Z][A-Z0-9_.]*\}|\*UNKNOWN\*")


def _macro(value: object) -> object:
    """A macro's value; Zabbix leaves the macro, or `*UNKNOWN*`, where it has none."""
    return "" if isinstance(value, str) and _UNRESOLVED.fullmatch(value) else value


def _tags(value: object) -> object:
    """`[{"tag": "service", "value": "web"}, …]`, or its JSON as text, as labels."""
    if isinstance(value, str):
        try:
            value = from_json(storable(value), allow_inf_nan=False)
        except ValueError:
            return {}
    tags = value[:MAX_LABELS] if isinstance(value, list) else []
    pairs = [(one.get("tag"), one.get("value")) for one in tags if isinstance(one, Mapping)]
    return {name: text or "true" for name, text in pairs if isinstance(name, str) and isinstance(text, str)}


Macro = Annotated[Text, BeforeValidator(_macro)]


class Event(Wire):
    """What the script posts of a problem, its updates and its recovery."""

    event_id: Annotated[Identity, Field(min_length=1), BeforeValidator(_macro)]
    value: Macro = Field("", alias="event_value")
    acknowledged: Macro = ""
    severity: Macro = Field("", alias="event_nseverity")
    name: Macro = ""
    data: Macro = Field("", alias="operational_data")
    description: Macro = Field("", alias="trigger_description")
    trigger_id: Macro = ""
    host: Macro = ""
    host_ip: Macro = ""
    groups: Macro = Field("", alias="host_groups")
    tags: Annotated[WireLabels, BeforeValidator(_tags)] = Field({})
    user: Macro = Field("", alias="update_user")
    action: Macro = Field("", alias="update_action")
    message: Macro = Field("", alias="update_message")
    sent_at: Epoch = None
    url: Macro = Field("", alias="zabbix_url")


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one event."""
    event = understood(Event, payload)
    status, labels = _status(event), _labels(event)
    notes = {
        "operational data": event.data,
        "groups": event.groups,
        "by": event.user,
        "update": event.action,
        "note": event.message,
    }
    return (
        Alert(
            source=NAME,
            fingerprint=event.event_id,
            title=cut(event.name or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(event.description or event.data or event.name),
            severity=_severity(event.severity),
            service=told.service(event.tags) or cut(event.host, NAME_LIMIT),
            environment=told.environment(event.tags),
            labels=short(labels),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=event.sent_at if status == "firing" else None,
            ended_at=event.sent_at if status == "resolved" else None,
            changed_at=event.sent_at,
            acknowledged_by=cut(event.user, NAME_LIMIT) if status == "acknowledged" else "",
            source_url=_page(event),
        ),
    )


def _status(event: Event) -> AlertStatus:
    match event.value.strip():
        case "0":
            return "resolved"
        case "1":
            return "acknowledged" if event.acknowledged.strip().lower() in ("yes", "1") else "firing"
    raise PayloadNotUnderstood("event_value", "not '0' or '1'")


def _severity(number: str) -> str:
    at = number.strip()
    return _SEVERITIES[int(at)] if at in ("0", "1", "2", "3", "4", "5") else told.priority(at) or "unknown"


def _labels(event: Event) -> dict[str, str]:
    placed = {"host": event.host, "ip": event.host_ip, "trigger": event.trigger_id}
    return {name: value for name, value in placed.items() if value} | event.tags


def _page(event: Event) -> str:
    """The problem's page, where the address of Zabbix is known and the ids are ids."""
    base = web_address(event.url)
    if not base or not event.event_id.isdecimal() or not event.trigger_id.isdecimal():
        return base
    return web_address(f"tr_events.php?triggerid={event.trigger_id}&eventid={event.event_id}", base)


SETUP: Final = """\
1. In Zabbix, open **Alerts → Media types → Create media type**, name it *Aurora*, choose the type **Webhook**, and
   enter these parameters (`zabbix_url` is where people open Zabbix):

   ```text
   url                  {url}
   zabbix_url           {$ZABBIX.URL}
   event_id             {EVENT.ID}
   event_value          {EVENT.VALUE}
   event_nseverity      {EVENT.NSEVERITY}
   acknowledged         {EVENT.ACK.STATUS}
   name                 {EVENT.NAME}
   operational_data     {EVENT.OPDATA}
   trigger_id           {TRIGGER.ID}
   trigger_description  {TRIGGER.DESCRIPTION}
   host                 {HOST.NAME}
   host_ip              {HOST.IP}
   host_groups          {TRIGGER.HOSTGROUP.NAME}
   tags                 {EVENT.TAGSJSON}
   update_user          {USER.FULLNAME}
   update_action        {EVENT.UPDATE.ACTION}
   update_message       {EVENT.UPDATE.MESSAGE}
   ```
2. The script is

   ```js
   var parameters = JSON.parse(value), url = parameters.url, request = new HttpRequest();
   delete parameters.url;
   parameters.sent_at = Date.now();
   request.addHeader('Content-Type: application/json');
   var answer = request.post(url, JSON.stringify(parameters));
   if (request.getStatus() !== 202) { throw request.getStatus() + ' ' + answer; }
   return 'OK';
   ```
3. Under *Message templates* add **Problem**, **Problem recovery** and **Problem update**; their texts do not matter.
4. Give a user the media *Aurora* (**Users → Media**; *Send to* may be anything), and let **Alerts → Actions → Trigger
   actions** send to that user: in *Operations*, *Recovery operations* and *Update operations*.

Tags such as `service` and `env` tell what is in trouble.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Zabbix",
    setup=SETUP,
    parse=parse,
    sample={
        "event_id": "1",
        "event_value": "1",
        "event_nseverity": "2",
        "acknowledged": "No",
        "name": "Aurora test alert",
        "trigger_description": "A test alert: webhooks from Zabbix arrive",
        "trigger_id": "1",
        "host": "aurora-test",
        "tags": '[{"tag": "service", "value": "aurora-test"}]',
    },
)
