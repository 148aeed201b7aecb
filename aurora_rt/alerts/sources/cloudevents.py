"""CloudEvents by HTTP (https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md).

All three modes are taken: structured (the event is the body), binary (its attributes are the headers `ce-…`, and the
body is its data) and batched (a list of events). Every event has another `id`, so the identity is `source`, `subject`
and `type` – without its last word if that says how it stands, as in `com.example.alert.resolved` – or, where there is
no subject, the data's `fingerprint`.

What the data says of the alert goes by the usual names: `title`, `status`, `severity`, `service`, `environment`,
`description`, `labels`, `url`, `started_at`, `ended_at` and what they are often called instead; extension attributes
may tell the same. Without a status the type's word counts, and an event that tells neither fires. Data that is an alert
of Prometheus – a group as Alertmanager sends it, or one of its alerts – is read as such, with its own fingerprint.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import unquote

from pydantic import AliasChoices, BeforeValidator, Field
from pydantic_core import from_json

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, WireAlert, WireGroup, alert_of, distinct, short
from aurora_rt.alerts.wire import (
    MAX_ALERTS,
    MAX_LABELS,
    Epoch,
    Identity,
    Moment,
    Several,
    Text,
    Wire,
    WireLabels,
    understood,
)

NAME: Final = "cloudevents"

_HEADER: Final = "ce-"
_VERSION: Final = re.compile(r"v?[0-9]{1,9}")
_WORDS: Final[Mapping[str, AlertStatus]] = {
    **dict.fromkeys(
        ("firing", "fired", "triggered", "raised", "opened", "open", "created", "updated", "started"),
        "firing",
    ),
    **dict.fromkeys(("alerting", "failed", "failing", "failure", "down", "problem", "active"), "firing"),
    **dict.fromkeys(("acknowledged", "ack", "acked"), "acknowledged"),
    **dict.fromkeys(("resolved", "closed", "recovered", "recovery", "cleared", "ended", "ok"), "resolved"),
    **dict.fromkeys(("succeeded", "success", "up", "healthy", "inactive", "normal"), "resolved"),
}


def _labelled(value: object) -> object:
    """Labels are an object, or a list of tags."""
    if isinstance(value, list):
        return told.tagged(storable(one) for one in value[:MAX_LABELS] if isinstance(one, str))
    return value


class Event(Wire):
    """The attributes of an event."""

    type: Annotated[Identity, Field(min_length=1)]
    source: Annotated[Identity, Field(min_length=1)]
    subject: Identity = ""
    time: Moment = None
    severity: Text = ""
    status: Text = ""


class Data(Wire):
    """What the data of an event may say."""

    fingerprint: Identity = ""
    title: Text = Field("", validation_alias=AliasChoices("title", "name", "alertname", "summary"))
    status: Text = Field("", validation_alias=AliasChoices("status", "state"))
    severity: Text = Field("", validation_alias=AliasChoices("severity", "priority", "level"))
    service: Text = ""
    environment: Text = Field("", validation_alias=AliasChoices("environment", "env"))
    description: Text = Field("", validation_alias=AliasChoices("description", "message", "text", "reason"))
    labels: Annotated[WireLabels, BeforeValidator(_labelled)] = Field(
        {}, validation_alias=AliasChoices("labels", "tags")
    )
    url: Text = Field("", validation_alias=AliasChoices("url", "link"))
    started_at: Epoch = Field(None, validation_alias=AliasChoices("started_at", "startsAt", "startedAt"))
    ended_at: Epoch = Field(
        None, validation_alias=AliasChoices("ended_at", "endsAt", "endedAt", "resolvedAt")
    )


class Group(WireGroup):
    """The data of an event that is Alertmanager's."""

    alerts: Several[WireAlert]


class WithData(Wire):
    """An event by its data, so that a complaint says where it is: `data.started_at`."""

    data: Data


class WithGroup(Wire):
    """The same, of Alertmanager's."""

    data: Group


class WithPrometheus(Wire):
    """The same, of one alert of Prometheus."""

    data: WireAlert


def joined(payload: object, headers: Mapping[str, str]) -> object:
    """The event of a call: in binary mode its attributes stand in the headers, percent-encoded."""
    if f"{_HEADER}type" not in headers:
        return payload
    told_of = {
        name.removeprefix(_HEADER): storable(unquote(value))
        for name, value in headers.items()
        if name.startswith(_HEADER)
    }
    return {**told_of, "data": payload}


def parse(payload: object) -> tuple[Alert, ...]:
    """The alerts of one event, or of several."""
    if not isinstance(payload, list):
        return distinct(_alerts(payload, ""))
    if len(payload) > MAX_ALERTS:
        raise PayloadNotUnderstood("payload", f"more than {MAX_ALERTS} entries")
    found = [alert for n, one in enumerate(payload) for alert in _alerts(one, f"[{n}]")]
    if len(found) > MAX_ALERTS:
        raise PayloadNotUnderstood("payload", f"more than {MAX_ALERTS} alerts")
    return distinct(found)


def _alerts(payload: object, where: str) -> tuple[Alert, ...]:
    try:
        event = understood(Event, payload)
        data = _data(payload if isinstance(payload, Mapping) else {})
        if isinstance(data, Mapping) and isinstance(data.get("alerts"), list):
            group = understood(WithGroup, {"data": data}).data
            return tuple(
                alert_of(NAME, one, group, field=f"data.alerts[{n}]", rule_url=web_address(one.generator_url))
                for n, one in enumerate(group.alerts)
            )
        if isinstance(data, Mapping) and _is_prometheus(data):
            wire = understood(WithPrometheus, {"data": data}).data
            status = wire.status or ("resolved" if _standing(event, "") == "resolved" else "firing")
            rule_url = web_address(wire.generator_url)
            return (alert_of(NAME, wire, WireGroup(status=status), field="data", rule_url=rule_url),)
        return (_alert(event, data),)
    except PayloadNotUnderstood as error:
        if not where:
            raise
        field = where if error.field == "payload" else f"{where}.{error.field}"
        raise PayloadNotUnderstood(field, error.message.removeprefix(f"{error.field}: ")) from None


def _data(event: Mapping[str, Any]) -> object:
    """The data, which may be packed in base64."""
    packed = event.get("data_base64")
    if not isinstance(packed, str):
        return event.get("data")
    try:
        plain = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise PayloadNotUnderstood("data_base64", "not base64") from None
    try:
        return from_json(plain)
    except ValueError:
        return plain.decode("utf-8", "replace")


def _is_prometheus(data: Mapping[str, Any]) -> bool:
    labels = data.get("labels")
    return isinstance(labels, Mapping) and "alertname" in labels


def _alert(event: Event, data: object) -> Alert:
    if isinstance(data, Mapping):
        said = understood(WithData, {"data": data}).data
    else:
        said = Data(description=cut(storable(data).strip()) if isinstance(data, str) else "")
    status = _standing(event, said.status)
    identity = {
        "source": event.source,
        "type": _parted(event.type)[0],
        "subject": event.subject or said.fingerprint,
    }
    notes = {"event": event.type, "source": event.source, "subject": event.subject}
    severity, labels = said.severity or event.severity, said.labels
    return Alert(
        source=NAME,
        fingerprint=told.fingerprint(identity),
        title=cut(said.title or event.subject or _parted(event.type)[0] or NAMELESS, NAME_LIMIT),
        status=status,
        description=cut(said.description or said.title or event.type),
        severity=told.priority(severity) or cut(severity.strip().lower(), NAME_LIMIT) or "unknown",
        service=cut(said.service, NAME_LIMIT) or told.service(labels),
        environment=cut(said.environment, NAME_LIMIT) or told.environment(labels),
        labels=short(labels),
        annotations=short({name: value for name, value in notes.items() if value}),
        started_at=said.started_at or (event.time if status == "firing" else None),
        ended_at=(said.ended_at or event.time) if status == "resolved" else None,
        changed_at=event.time,
        source_url=web_address(said.url),
    )


def _standing(event: Event, status: str) -> AlertStatus:
    for word in (status, event.status, _parted(event.type)[1]):
        stands = _WORDS.get(word.strip().lower())
        if stands is not None:
            return stands
    return "firing"


def _parted(name: str) -> tuple[str, str]:
    """A type without its last word, if that says how an alert stands, and the word. A version may follow it."""
    parts = name.split(".")
    last = len(parts) - (2 if len(parts) > 1 and _VERSION.fullmatch(parts[-1]) else 1)
    if not last or parts[last].strip().lower() not in _WORDS:
        return name, ""
    return ".".join(parts[:last] + parts[last + 1 :]), parts[last]


SETUP: Final = """\
Let whatever makes CloudEvents – Knative, Argo Events, Azure Event Grid, a program of yours – send them to this URL by
`POST`:

```text
{url}
```

```sh
curl '{url}' -H 'Content-Type: application/cloudevents+json' -d '{
  "specversion": "1.0", "id": "1", "source": "/shop/checks", "type": "com.example.alert.fired", "subject": "basket",
  "data": {"title": "The basket answers with errors", "severity": "high", "service": "basket"}
}'
```

The same with the type `com.example.alert.resolved`, or with `"status": "resolved"` in its data, ends the alert: it is
known by source, type and subject, not by the event's id. The structured, the binary and the batched mode are all taken.
To keep the token out of the URL, leave it off there and send `Authorization: Bearer <token>`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="CloudEvents",
    setup=SETUP,
    parse=parse,
    takes=("json", "text"),
    headers=("ce-*",),
    joined=joined,
    sample={
        "specversion": "1.0",
        "id": "aurora-test-1",
        "source": "/aurora/test",
        "type": "com.example.alert.fired",
        "subject": "aurora-test",
        "data": {
            "title": "Aurora test alert",
            "description": "A test alert: CloudEvents arrive",
            "severity": "warning",
            "service": "aurora-test",
        },
    },
)
