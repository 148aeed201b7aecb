"""Datadog: the Webhooks integration (https://docs.datadoghq.com/integrations/webhooks/).

Its payload is whatever its owner wrote there, so the set-up text brings one. Read are also the fields of Datadog's
own default and of other hubs' templates. The identity is the monitor with its group: `alert_id` and `alert_scope`.
"""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import MAX_LABELS, Epoch, Identity, Text, Wire, understood

NAME: Final = "datadog"

_OVER: Final = frozenset({"recovered", "ok", "resolved", "warn recovered"})
_TYPES: Final = {"error": "error", "warning": "warning", "info": "info"}


def _joined(value: object) -> object:
    """Tags and scopes are a text with commas, or a list of texts."""
    if isinstance(value, list):
        return ",".join(storable(one) for one in value if isinstance(one, str))
    return value


Commas = Annotated[Text, BeforeValidator(_joined)]


class Event(Wire):
    """What the webhook posts for one transition of a monitor, or of one of its groups."""

    monitor: Identity = Field("", alias="alert_id")
    monitor_id: Identity = ""
    scope: Commas = Field("", alias="alert_scope")
    scopes: Commas = ""
    aggregation: Identity = Field("", alias="aggreg_key")
    title: Text = ""
    alert_title: Text = ""
    body: Text = ""
    message: Text = ""
    alert_status: Text = ""
    transition: Text = Field("", alias="alert_transition")
    alert_type: Text = ""
    priority: Text = ""
    alert_priority: Text = ""
    query: Text = ""
    alert_query: Text = ""
    metric: Text = Field("", alias="alert_metric")
    hostname: Text = ""
    tags: Commas = ""
    link: Text = ""
    snapshot: Text = ""
    date: Epoch = None
    last_updated: Epoch = None


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one event."""
    event = understood(Event, payload)
    labels = _labels(event)
    status = _status(event)
    at = event.date or event.last_updated
    notes = {
        "query": event.alert_query or event.query,
        "metric": event.metric,
        "status": event.alert_status,
        "snapshot": web_address(event.snapshot),
    }
    return (
        Alert(
            source=NAME,
            fingerprint=_fingerprint(event),
            title=cut(event.alert_title or event.title or event.metric or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(_plain(event.body or event.message) or event.alert_status),
            severity=_severity(event),
            service=told.service(labels),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=at if status == "firing" else None,
            ended_at=at if status == "resolved" else None,
            source_url=web_address(event.link),
        ),
    )


def _fingerprint(event: Event) -> str:
    monitor = event.monitor or event.monitor_id
    if not monitor and not event.aggregation:
        raise PayloadNotUnderstood("alert_id", "missing; the set-up text has a payload that sends it")
    group = ",".join(sorted(filter(None, (event.scope or event.scopes).split(","))))
    if not group or group == "*":
        return f"{monitor}:{event.aggregation}" if event.aggregation else monitor
    return f"{monitor}:{told.fingerprint({'group': group})}"


def _status(event: Event) -> AlertStatus:
    over = event.transition.strip().lower() in _OVER or (
        not event.transition and event.alert_type == "success"
    )
    return "resolved" if over else "firing"


def _severity(event: Event) -> str:
    if "warn" in event.transition.lower():
        return "warning"
    priority = told.priority(event.alert_priority or event.priority)
    if priority and event.priority not in ("normal", "low"):  # those are of events, not of monitors
        return priority
    return _TYPES.get(event.alert_type, priority or "unknown")


def _labels(event: Event) -> dict[str, str]:
    tags = [tag for part in (event.tags, event.scope or event.scopes) for tag in part.split(",")]
    labels = told.tagged(tag for tag in tags[:MAX_LABELS] if tag.strip() not in ("", "*", "monitor"))
    return labels | ({"host": event.hostname} if event.hostname and "host" not in labels else {})


def _plain(body: str) -> str:
    """The message without the marks between which Datadog writes Markdown."""
    return body.replace("%%%", "").strip()


SETUP: Final = """\
1. In Datadog, open **Integrations → Webhooks → New**, name it `aurora` and enter this URL:

   ```text
   {url}
   ```
2. Replace the payload by this one, which tells which monitor and group it is about:

   ```json
   {
     "alert_id": "$ALERT_ID",
     "alert_scope": "$ALERT_SCOPE",
     "alert_transition": "$ALERT_TRANSITION",
     "alert_type": "$ALERT_TYPE",
     "alert_priority": "$ALERT_PRIORITY",
     "alert_title": "$ALERT_TITLE",
     "alert_status": "$ALERT_STATUS",
     "alert_metric": "$ALERT_METRIC",
     "alert_query": "$ALERT_QUERY",
     "aggreg_key": "$AGGREG_KEY",
     "title": "$EVENT_TITLE",
     "body": "$EVENT_MSG",
     "hostname": "$HOSTNAME",
     "tags": "$TAGS",
     "link": "$LINK",
     "snapshot": "$SNAPSHOT",
     "date": "$DATE"
   }
   ```
3. Save, and write `@webhook-aurora` into the message of each monitor that is to open incidents, or into a
   notification rule under **Monitors → Settings**. Leave *notify on recovery* on.

Datadog signs nothing. To keep the token out of the URL, leave it off there and send it in a custom header:
`{"Authorization": "Bearer <token>"}`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Datadog",
    setup=SETUP,
    parse=parse,
    takes=("json", "form"),
    sample={
        "alert_id": "1",
        "alert_scope": "service:aurora-test",
        "alert_transition": "Triggered",
        "alert_type": "warning",
        "alert_title": "Aurora test alert",
        "alert_status": "aurora.test over service:aurora-test was > 1",
        "body": "%%%\nA test alert: webhooks from Datadog arrive\n%%%",
        "tags": "service:aurora-test,monitor",
        "link": "https://app.datadoghq.com/monitors/1",
    },
)
