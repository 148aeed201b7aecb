"""Uptime Kuma: notifications of the type "Webhook", whose body is made in
https://github.com/louislam/uptime-kuma/blob/master/server/notification-providers/webhook.js.

It has the monitor, and the heartbeat that changed how it stands. The identity is the monitor's id.

| `heartbeat.status` | becomes |
| --- | --- |
| 0 (down) | firing |
| 1 (up) | resolved |
| 2 (pending), 3 (maintenance), no heartbeat | nothing: a retry, planned work, a test, a certificate that expires |
"""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Identity, Moment, Several, Text, Wire, understood

NAME: Final = "uptimekuma"

_STATUS: Final[dict[str, AlertStatus | None]] = {"0": "firing", "1": "resolved", "2": None, "3": None}


def _in_utc(value: object) -> object:
    """A heartbeat's time is in UTC and does not say so: `2026-03-02 08:30:00.527`."""
    return f"{value}Z" if isinstance(value, str) and value and value[-1].isdigit() else value


class Heartbeat(Wire):
    """One check of a monitor."""

    monitor: Identity = Field("", alias="monitorID")
    status: Text
    time: Annotated[Moment, BeforeValidator(_in_utc)] = None
    msg: Text = ""
    ping: Text = ""


class Tag(Wire):
    """A tag of a monitor; most have no value."""

    name: Text = ""
    value: Text = ""


class Monitor(Wire):
    """What is checked. `url` is `https://` where it is not by HTTP."""

    id: Identity = ""
    name: Text = ""
    path: Text = Field("", alias="pathName")
    description: Text = ""
    type: Text = ""
    url: Text = ""
    hostname: Text = ""
    port: Text = ""
    tags: Several[Tag] = Field([])


class Notification(Wire):
    """What a webhook posts."""

    heartbeat: Heartbeat | None = None
    monitor: Monitor | None = None
    msg: Text = ""


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of a monitor that went down or came back."""
    sent = understood(Notification, payload)
    beat, monitor = sent.heartbeat, sent.monitor or Monitor()
    if beat is None:
        return ()
    if beat.status not in _STATUS:
        raise PayloadNotUnderstood("heartbeat.status", "not 0, 1, 2 or 3")
    status = _STATUS[beat.status]
    if status is None:
        return ()
    identity = monitor.id or beat.monitor
    if not identity:
        raise PayloadNotUnderstood("monitor.id", "missing")
    labels = _labels(monitor)
    notes = {
        "path": monitor.path if monitor.path != monitor.name else "",
        "about": monitor.description,
        "url": web_address(monitor.url),
        "ping": f"{beat.ping} ms" if beat.ping else "",
    }
    return (
        Alert(
            source=NAME,
            fingerprint=identity,
            title=cut(monitor.name or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(beat.msg or sent.msg),
            severity=told.priority(labels.get("severity") or labels.get("priority") or "") or "critical",
            service=told.service({"service": labels.get("service", ""), "host": monitor.name}),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=beat.time if status == "firing" else None,
            ended_at=beat.time if status == "resolved" else None,
        ),
    )


def _labels(monitor: Monitor) -> dict[str, str]:
    of_tags = {tag.name: tag.value or "true" for tag in monitor.tags if tag.name}
    where = monitor.hostname or (told.host(monitor.url) if web_address(monitor.url) else "")
    told_of = {"host": where, "port": monitor.port, "type": monitor.type}
    return {name: value for name, value in told_of.items() if value} | of_tags


SETUP: Final = """\
1. In Uptime Kuma, open **Settings → Notifications → Setup Notification**, and choose the type **Webhook**.
2. Enter this URL; leave the method at *POST* and the request body at **Preset – application/json**:

   ```text
   {url}
   ```
3. Tick *Default enabled*, so that new monitors have it too, and *Apply on all existing monitors*. Save.

*Test* is answered and opens nothing, since it tells of no monitor. The tags `service`, `environment` and `severity` of
a monitor are used where it has them. Uptime Kuma signs nothing; to keep the token out of the URL, leave it off there
and add the header `{"Authorization": "Bearer <token>"}` under *Additional Headers*.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Uptime Kuma",
    setup=SETUP,
    parse=parse,
    sample={
        "heartbeat": {"monitorID": 1, "status": 0, "msg": "A test alert: webhooks from Uptime Kuma arrive"},
        "monitor": {
            "id": 1,
            "name": "aurora-test",
            "type": "http",
            "url": "https://test.example.com",
            "tags": [{"name": "severity", "value": "warning"}],
        },
        "msg": "[aurora-test] [🔴 Down] A test alert",
    },
)
