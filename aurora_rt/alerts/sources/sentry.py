"""Sentry: webhooks of an internal integration (https://docs.sentry.io/integrations/integration-platform/webhooks/).

| resource | what it becomes |
| --- | --- |
| `event_alert` | the issue fires; its identity is the issue's id |
| `issue` | created, unresolved: the issue fires; resolved, archived, ignored: it is over; anything else: nothing |
| `metric_alert` | critical, warning: it fires; resolved: it is over; its identity is Sentry's incident |
| `error`, `comment`, `installation` | nothing: no rule asked for it |
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.schemes import Hmac
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import MAX_LABELS, Epoch, Identity, Several, Text, Wire, understood

NAME: Final = "sentry"

_ISSUE: Final[dict[str, AlertStatus]] = {
    "created": "firing",
    "unresolved": "firing",
    "resolved": "resolved",
    "archived": "resolved",
    "ignored": "resolved",
}
_METRIC: Final[dict[str, AlertStatus]] = {"critical": "firing", "warning": "firing", "resolved": "resolved"}
_PROJECT: Final = re.compile(r"/projects/[^/]+/([^/]+)/")


def _tags(value: object) -> object:
    """`[["browser", "Chrome"], …]`, as labels."""
    if not isinstance(value, list):
        return {}
    pairs = [one for one in value[:MAX_LABELS] if isinstance(one, list) and len(one) == 2]
    return {
        storable(name): storable(text)
        for name, text in pairs
        if isinstance(name, str) and isinstance(text, str)
    }


Tags = Annotated[dict[str, str], BeforeValidator(_tags)]
Needed = Annotated[Identity, Field(min_length=1)]


class Event(Wire):
    """The event on which a rule acted."""

    issue_id: Needed
    title: Text = ""
    message: Text = ""
    culprit: Text = ""
    level: Text = ""
    environment: Text = ""
    release: Text = ""
    url: Text = ""
    web_url: Text = ""
    datetime: Epoch = None
    timestamp: Epoch = None
    tags: Tags = Field({})


class Project(Wire):
    """Whose issue it is."""

    slug: Text = ""
    name: Text = ""


class Issue(Wire):
    """An issue that changed."""

    id: Needed
    title: Text = ""
    culprit: Text = ""
    level: Text = ""
    short_id: Text = Field("", alias="shortId")
    web_url: Text = ""
    permalink: Text = ""
    first_seen: Epoch = Field(None, alias="firstSeen")
    project: Project = Field(Project())


class Rule(Wire):
    """The rule of a metric alert."""

    name: Text = ""
    environment: Text = ""
    aggregate: Text = ""
    query: Text = ""


class Metric(Wire):
    """Sentry's incident of a metric alert."""

    id: Needed
    title: Text = ""
    alert_rule: Rule = Field(Rule())
    projects: Several[Text] = Field([])
    date_started: Epoch = None
    date_closed: Epoch = None


class EventAlert(Wire):
    """What `data` is of the resource `event_alert`."""

    event: Event
    triggered_rule: Text = ""


class IssueChanged(Wire):
    """What `data` is of the resource `issue`."""

    issue: Issue


class MetricAlert(Wire):
    """What `data` is of the resource `metric_alert`."""

    metric_alert: Metric
    description_text: Text = ""
    description_title: Text = ""
    web_url: Text = ""


class Hook(Wire):
    """What every webhook of Sentry has."""

    action: Text
    data: dict[str, Any]


def parse(payload: object) -> tuple[Alert, ...]:
    """The issue or metric alert that the webhook tells of; none for the other resources and actions."""
    hook = understood(Hook, payload)
    try:
        match hook.data:
            case {"metric_alert": _}:
                return _metric(hook.action, understood(MetricAlert, hook.data))
            case {"event": _}:
                return (_event(understood(EventAlert, hook.data)),)
            case {"issue": _}:
                return _issue(hook.action, understood(IssueChanged, hook.data).issue)
    except PayloadNotUnderstood as error:
        complaint = error.message.removeprefix(f"{error.field}: ")
        raise PayloadNotUnderstood(f"data.{error.field}", complaint) from None
    return ()


def _event(found: EventAlert) -> Alert:
    event = found.event
    project = _PROJECT.search(event.url)
    labels = event.tags | ({"release": event.release} if event.release else {})
    if project:
        labels = {"project": project[1]} | labels
    return Alert(
        source=NAME,
        fingerprint=event.issue_id,
        title=cut(event.title or event.message or NAMELESS, NAME_LIMIT),
        status="firing",
        description=cut(event.message or event.title),
        severity=_level(event.level),
        service=_service(labels),
        environment=cut(event.environment or told.environment(labels), NAME_LIMIT),
        labels=short(labels),
        annotations=_told({"rule": found.triggered_rule, "culprit": event.culprit}),
        started_at=event.datetime or event.timestamp,
        source_url=web_address(event.web_url),
    )


def _issue(action: str, issue: Issue) -> tuple[Alert, ...]:
    status = _ISSUE.get(action)
    if status is None:
        return ()
    project = issue.project.slug or issue.project.name
    return (
        Alert(
            source=NAME,
            fingerprint=issue.id,
            title=cut(issue.title or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(issue.title),
            severity=_level(issue.level),
            service=cut(project, NAME_LIMIT),
            labels=short({"project": project} if project else {}),
            annotations=_told({"issue": issue.short_id, "culprit": issue.culprit}),
            started_at=issue.first_seen if action == "created" else None,
            source_url=web_address(issue.web_url or issue.permalink),
        ),
    )


def _metric(action: str, found: MetricAlert) -> tuple[Alert, ...]:
    status, metric = _METRIC.get(action), found.metric_alert
    if status is None:
        raise PayloadNotUnderstood("action", "not 'critical', 'warning' or 'resolved'")
    projects = [one for one in metric.projects if one]
    labels = {"project": ", ".join(projects), "aggregate": metric.alert_rule.aggregate}
    return (
        Alert(
            source=NAME,
            fingerprint=f"metric:{metric.id}",
            title=cut(metric.alert_rule.name or metric.title or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(found.description_text or found.description_title),
            severity=action if status == "firing" else "unknown",
            service=cut(projects[0] if projects else "", NAME_LIMIT),
            environment=cut(metric.alert_rule.environment, NAME_LIMIT),
            labels=_told(labels),
            annotations=_told({"query": metric.alert_rule.query}),
            started_at=metric.date_started,
            ended_at=metric.date_closed if status == "resolved" else None,
            source_url=web_address(found.web_url),
        ),
    )


def _level(level: str) -> str:
    return told.priority(level) or "unknown"


def _service(labels: Mapping[str, str]) -> str:
    return cut(labels.get("service") or labels.get("project") or labels.get("server_name") or "", NAME_LIMIT)


def _told(entries: Mapping[str, str]) -> dict[str, str]:
    return short({name: text for name, text in entries.items() if text})


SETUP: Final = """\
1. In Sentry, open **Settings → Developer Settings → Create New Integration → Internal Integration**.
2. Name it *Aurora*, enter this webhook URL, and turn **Alert Rule Action** on:

   ```text
   {url}
   ```
3. Under *Permissions* give **Issue & Event: Read**, under *Webhooks* choose **issue**, so that a resolved issue
   resolves its alert.
4. Save. Sentry then shows the **Client Secret**: enter it here as the webhook's secret.
5. In **Alerts**, give each rule the action *Send a notification via Aurora*.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Sentry",
    setup=SETUP,
    parse=parse,
    proof=Hmac(
        "Sentry-Hook-Signature",
        asks_for="The client secret of the internal integration",
        once="Request-ID",
    ),
    sample={
        "action": "triggered",
        "data": {
            "event": {
                "issue_id": "1",
                "title": "A test alert: webhooks from Sentry arrive",
                "level": "warning",
                "tags": [["service", "aurora-test"]],
                "web_url": "https://sentry.example.com/organizations/example/issues/1/",
            },
            "triggered_rule": "Aurora test alert",
        },
    },
)
