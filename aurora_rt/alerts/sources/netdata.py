"""Netdata: webhooks of Netdata Cloud, and the custom notifications of an agent.

What the cloud sends, of alerts and of nodes that it lost, is told at
https://learn.netdata.cloud/docs/alerts-&-notifications/notifications/centralized-cloud-notifications/webhook (newer
ones nest it by `alert`, `node` and `space`). An agent sends what its owner writes into `custom_sender()`
(https://learn.netdata.cloud/docs/alerts-&-notifications/notifications/agent-dispatched-notifications/custom); the
set-up text brings that. The identity is the alert with its chart and node. Netdata Cloud's older payload leaves the
node out, so the space, the context and the family stand for it there.

| `severity`, `status` | becomes |
| --- | --- |
| `warning`, `critical`; `unreachable` | firing |
| `clear`, `removed`; `reachable` | resolved |
| `undefined`, `uninitialized` | nothing: it tells neither that trouble is there nor that it is over |
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import short
from aurora_rt.alerts.wire import Epoch, Text, Wire, understood

NAME: Final = "netdata"

_STATUS: Final[dict[str, AlertStatus | None]] = {
    "warning": "firing",
    "critical": "firing",
    "clear": "resolved",
    "removed": "resolved",
    "undefined": None,
    "uninitialized": None,
}


def _name(value: object) -> object:
    """A space, a node or a chart is a name, or an object that has one."""
    if isinstance(value, Mapping):
        return next((value[key] for key in ("name", "hostname", "id", "slug") if value.get(key)), "")
    return value


Name = Annotated[Text, BeforeValidator(_name)]


class Raised(Wire):
    """An alert that changed, of the cloud or of an agent."""

    alert: Name = ""
    alarm: Name = ""
    host: Name = ""
    node: Name = ""
    space: Name = ""
    chart: Name = ""
    context: Text = ""
    family: Text = ""
    kind: Text = Field("", alias="class")
    severity: Text = ""
    status: Text = ""
    value: Text = ""
    message: Text = ""
    info: Text = ""
    roles: Text = ""
    duration: Text = ""
    date: Epoch = None
    url: Text = Field("", alias="alert_url")
    url_of_old: Text = Field("", alias="alarm_url")


class Reach(Wire):
    """Whether the cloud reaches a node."""

    reachable: bool = False


class Reachability(Wire):
    """A node that the cloud lost, or found again."""

    host: Text = Field(min_length=1)
    message: Text = ""
    url: Text = ""
    severity: Text = ""
    status: Reach


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert; none for a test notification."""
    if not isinstance(payload, Mapping):
        raise PayloadNotUnderstood("payload", "not an object")
    if isinstance(payload.get("status"), Mapping):
        return (_reachability(understood(Reachability, payload)),)
    if "token" in payload and not ({"alert", "alarm"} & payload.keys()):
        return ()
    return _raised(understood(Raised, _flat(payload)))


def _flat(payload: Mapping[object, object]) -> dict[str, object]:
    """The newer payload of the cloud in the form of the older one."""
    flat = {name: value for name, value in payload.items() if isinstance(name, str)}
    alert = flat.get("alert")
    if not isinstance(alert, Mapping):
        return flat
    state, texts, config = alert.get("state"), alert.get("rendered"), alert.get("config")
    inner = {name: alert.get(name) for name in ("chart", "context")} | {
        "severity": state.get("status") if isinstance(state, Mapping) else None,
        "value": (state.get("value_str") or state.get("value")) if isinstance(state, Mapping) else None,
        "message": texts.get("summary") if isinstance(texts, Mapping) else None,
        "info": texts.get("info") if isinstance(texts, Mapping) else None,
        "class": config.get("classification") if isinstance(config, Mapping) else None,
        "alert_url": alert.get("url"),
    }
    return flat | {name: value for name, value in inner.items() if value is not None and not flat.get(name)}


def _raised(raised: Raised) -> tuple[Alert, ...]:
    name, host = raised.alert or raised.alarm, raised.host or raised.node
    if not name:
        raise PayloadNotUnderstood("alert", "missing")
    word = (raised.severity or raised.status).strip().lower()
    if word not in _STATUS:
        raise PayloadNotUnderstood("severity", "not 'warning', 'critical' or 'clear'")
    status = _STATUS[word]
    if status is None:
        return ()
    identity = {"alert": name, "chart": raised.chart, "space": raised.space, "host": host}
    if not host:
        identity |= {"context": raised.context, "family": raised.family}
    labels = {
        "host": host,
        "alert": name,
        "chart": raised.chart,
        "context": raised.context,
        "family": raised.family,
        "class": raised.kind,
        "space": raised.space,
    }
    notes = {
        "message": raised.message,
        "value": raised.value,
        "lasted": raised.duration,
        "roles": raised.roles,
    }
    return (
        Alert(
            source=NAME,
            fingerprint=told.fingerprint(identity),
            title=cut(f"{name} on {host}" if host else name, NAME_LIMIT),
            status=status,
            description=cut(raised.info or raised.message),
            severity=word if status == "firing" else "unknown",
            service=cut(host, NAME_LIMIT),
            labels=_told(labels),
            annotations=_told(notes),
            started_at=raised.date if status == "firing" else None,
            ended_at=raised.date if status == "resolved" else None,
            changed_at=raised.date,
            source_url=web_address(raised.url) or web_address(raised.url_of_old),
        ),
    )


def _reachability(node: Reachability) -> Alert:
    return Alert(
        source=NAME,
        fingerprint=told.fingerprint({"alert": "reachability", "host": node.host}),
        title=cut(f"{node.host} is unreachable", NAME_LIMIT),
        status="resolved" if node.status.reachable else "firing",
        description=cut(node.message),
        severity="unknown" if node.status.reachable else told.priority(node.severity) or "critical",
        service=cut(node.host, NAME_LIMIT),
        labels=_told({"host": node.host}),
        source_url=web_address(node.url),
    )


def _told(entries: Mapping[str, str]) -> dict[str, str]:
    return short({name: text for name, text in entries.items() if text})


SETUP: Final = """\
**Agents** tell of their own alerts, each with its node. Edit `health_alarm_notify.conf` with
`/etc/netdata/edit-config`, and write

```sh
SEND_CUSTOM="YES"
DEFAULT_RECIPIENT_CUSTOM="aurora"

custom_sender() {
    httpcode=$(docurl -X POST "{url}" \\
        --data-urlencode "alert=${name}" --data-urlencode "chart=${chart}" --data-urlencode "host=${host}" \\
        --data-urlencode "status=${status}" --data-urlencode "value=${value_string}" \\
        --data-urlencode "info=${info}" --data-urlencode "class=${classification}" \\
        --data-urlencode "roles=${roles}" --data-urlencode "date=${when}" --data-urlencode "alert_url=${goto_url}")
    [ "${httpcode}" = 202 ] && sent=$((sent + 1))
}
```

**Netdata Cloud** (paid plans) tells of all nodes, and of nodes that it lost, but not on which node an alert is: alerts
of one name and chart are one here.

1. Open **Space settings → Alerts & Notifications → Add configuration → Webhook**, and choose the rooms and *All alerts
   and unreachable*, so that recoveries come too.
2. Enter this URL, and leave the authentication as it is:

   ```text
   {url}
   ```
3. Netdata asks for the token of its test notification. We keep back whatever is called a token, so let that one test go
   to an address where you see all of it; then enter our URL again.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Netdata",
    setup=SETUP,
    parse=parse,
    takes=("json", "form"),
    sample={
        "alert": "aurora_test",
        "chart": "system.cpu",
        "context": "system.cpu",
        "family": "cpu",
        "host": "aurora-test",
        "space": "aurora",
        "class": "Utilization",
        "severity": "warning",
        "message": "Aurora test alert",
        "info": "A test alert: webhooks from Netdata arrive",
        "alert_url": "https://app.netdata.cloud/spaces/aurora",
    },
)
