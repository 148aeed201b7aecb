"""Elastic: rules of Kibana, through a connector of the type *Webhook*.

A connector posts what an action's owner wrote with the variables of
https://www.elastic.co/docs/explore-analyze/alerting/alerts/rule-action-variables, so the set-up text brings a body. The
identity is the rule with its alert: `alert.id` is the group that the rule looks at, such as a host, the same each time.

| `alert.actionGroup` | becomes |
| --- | --- |
| `recovered` | resolved |
| any other | firing; its last word is the severity where it is one: `metrics.threshold.warning` |
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import MAX_LABELS, Epoch, Several, Text, Wire, understood

NAME: Final = "elastic"

_RECOVERED: Final = "recovered"


def _listed(value: object) -> object:
    """Mustache makes `a,b` of a list."""
    return [one for one in value.split(",") if one.strip()] if isinstance(value, str) else value


Needed = Annotated[Text, Field(min_length=1)]


class Rule(Wire):
    """What looks."""

    id: Needed
    name: Text = ""
    type: Text = ""
    space: Text = Field("", alias="spaceId")
    url: Text = ""
    tags: Annotated[Several[Text], BeforeValidator(_listed)] = Field([])


class RuleAlert(Wire):
    """What it found, in one group."""

    id: Needed
    group: Needed = Field(alias="actionGroup")
    group_name: Text = Field("", alias="actionGroupName")
    flapping: Text = ""


class Context(Wire):
    """What the kind of rule tells of it."""

    reason: Text = ""
    message: Text = ""
    value: Text = ""
    threshold: Text = ""
    url: Text = Field("", alias="alertDetailsUrl")
    host: Text = ""
    service: Text = ""
    environment: Text = ""


class Action(Wire):
    """What the connector posts for one alert of a rule."""

    rule: Rule
    alert: RuleAlert
    context: Context = Field(Context())
    severity: Text = ""
    date: Epoch = None


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one action."""
    action = understood(Action, payload)
    rule, alert, context = action.rule, action.alert, action.context
    over = alert.group.strip().lower() == _RECOVERED
    labels = _labels(action)
    notes = {
        "group": alert.group_name or alert.group,
        "value": context.value,
        "threshold": context.threshold,
        "flapping": alert.flapping if alert.flapping == "true" else "",
        "rule page": web_address(rule.url),
    }
    return (
        Alert(
            source=NAME,
            fingerprint=told.fingerprint({"rule": rule.id, "alert": alert.id}),
            title=cut(rule.name or NAMELESS, NAME_LIMIT),
            status="resolved" if over else "firing",
            description=cut(context.reason or context.message),
            severity="unknown" if over else _severity(action),
            service=cut(context.service, NAME_LIMIT) or told.service(labels),
            environment=cut(context.environment, NAME_LIMIT) or told.environment(labels),
            labels=short(labels),
            annotations=_told(notes),
            started_at=None if over else action.date,
            ended_at=action.date if over else None,
            changed_at=action.date,
            source_url=web_address(context.url) or web_address(rule.url),
        ),
    )


def _severity(action: Action) -> str:
    """What the body's owner wrote, else the last word of the group: `high` of `slo.burnRate.high`."""
    tagged = told.tagged(action.rule.tags[:MAX_LABELS]).get("severity", "")
    for word in (action.severity, tagged, action.alert.group.rpartition(".")[2]):
        if severity := told.priority(word):
            return severity
    return "unknown"


def _labels(action: Action) -> dict[str, str]:
    context, alert, rule = action.context, action.alert, action.rule
    placed = {
        "host": context.host,
        "service": context.service,
        "group": alert.id,
        "rule_type": rule.type,
        "space": rule.space,
    }
    return {name: value for name, value in placed.items() if value} | told.tagged(rule.tags[:MAX_LABELS])


def _told(entries: Mapping[str, str]) -> dict[str, str]:
    return short({name: text for name, text in entries.items() if text})


SETUP: Final = """\
1. In Kibana, open **Stack Management → Connectors → Create connector → Webhook**, with the method **POST**, no
   authentication, the header `Content-Type: application/json`, and this URL:

   ```text
   {url}
   ```
2. In each rule add the connector as an action, with the frequency *For each alert*, *On status changes*, and this body:

   ```text
   {
     "rule": {
       "id": "{{rule.id}}", "name": "{{rule.name}}", "type": "{{rule.type}}", "spaceId": "{{rule.spaceId}}",
       "url": "{{rule.url}}", "tags": "{{rule.tags}}"
     },
     "alert": {
       "id": "{{alert.id}}", "actionGroup": "{{alert.actionGroup}}",
       "actionGroupName": "{{alert.actionGroupName}}", "flapping": "{{alert.flapping}}"
     },
     "context": {
       "reason": "{{context.reason}}", "message": "{{context.message}}", "value": "{{context.value}}",
       "threshold": "{{context.threshold}}", "alertDetailsUrl": "{{context.alertDetailsUrl}}",
       "host": "{{context.host.name}}", "service": "{{context.serviceName}}",
       "environment": "{{context.environment}}"
     },
     "severity": "",
     "date": "{{date}}"
   }
   ```
3. Add the same action once more for **Recovered**, with the same body: without it, nothing tells that it is over.

Write the rule's severity (`critical`, `high`, …) into `severity`, or give the rule tags such as `severity:high`,
`service:web` and `env:prod`. To keep the token out of the URL, leave it off there and add the header `Authorization`
with `Bearer <token>`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Elastic, Kibana",
    setup=SETUP,
    parse=parse,
    sample={
        "rule": {
            "id": "00000000-0000-4000-8000-000000000001",
            "name": "Aurora test alert",
            "type": ".es-query",
            "spaceId": "default",
            "tags": "service:aurora-test",
        },
        "alert": {"id": "aurora-test", "actionGroup": "query matched", "actionGroupName": "Query matched"},
        "context": {"message": "A test alert: webhooks from Kibana arrive"},
        "severity": "warning",
    },
)
