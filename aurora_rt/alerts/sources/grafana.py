"""Grafana: contact points of the type "Webhook" (unified alerting), and channels of legacy alerting.

Unified alerting sends Alertmanager's shape with fields of its own, described at
https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/.
Legacy alerting (until Grafana 10) tells of one rule at a time, which `ruleId` names:

| `state` | becomes |
| --- | --- |
| `alerting`, `no_data` | firing: a rule that lost what it watches is trouble, too |
| `ok` | resolved |
| `paused`, `pending`, `unknown` | nothing: it tells neither that trouble is there nor that it is over |
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.proof.schemes import Hmac
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, GroupStatus, WireAlert, WireGroup, alert_of, distinct, short
from aurora_rt.alerts.wire import Identity, Several, Text, Wire, WireLabels, understood

NAME: Final = "grafana"

State = Literal["alerting", "no_data", "ok", "paused", "pending", "unknown"]
_STATUS: Final[Mapping[str, GroupStatus]] = {"alerting": "firing", "no_data": "firing", "ok": "resolved"}


class GrafanaAlert(WireAlert):
    """One alert instance of unified alerting."""

    dashboard_url: Text = Field("", alias="dashboardURL")
    panel_url: Text = Field("", alias="panelURL")
    silence_url: Text = Field("", alias="silenceURL")
    image_url: Text = Field("", alias="imageURL")
    values: WireLabels = Field({})
    value_string: Text = Field("", alias="valueString")


class Notification(WireGroup):
    """What a contact point posts. Message templates of users may leave the list of alerts out."""

    alerts: Several[GrafanaAlert] | None = None
    state: Text = ""
    common_labels: WireLabels = Field({}, alias="commonLabels")
    common_annotations: WireLabels = Field({}, alias="commonAnnotations")


class Match(Wire):
    """A series that the rule of a legacy alert has found."""

    metric: Text = ""
    value: Text = ""
    tags: WireLabels = Field({})


class LegacyNotification(Wire):
    """What legacy alerting posts: the state of one rule."""

    rule_id: Annotated[Identity, Field(alias="ruleId", min_length=1)]
    rule_name: Text = Field("", alias="ruleName")
    rule_url: Text = Field("", alias="ruleUrl")
    title: Text = ""
    state: State
    message: Text = ""
    image_url: Text = Field("", alias="imageUrl")
    tags: WireLabels = Field({})
    matches: Several[Match] = Field([], alias="evalMatches")


def parse(payload: object) -> tuple[Alert, ...]:
    """The alerts of one notification, of unified or legacy alerting."""
    if isinstance(payload, Mapping) and "ruleId" in payload and "alerts" not in payload:
        return _legacy(understood(LegacyNotification, payload))
    return _unified(understood(Notification, payload))


def _unified(group: Notification) -> tuple[Alert, ...]:
    if group.alerts is None:
        return (_unlisted(group),)
    return distinct(_listed(wire, group, f"alerts[{n}]") for n, wire in enumerate(group.alerts))


def _listed(wire: GrafanaAlert, group: Notification, field: str) -> Alert:
    pages = {
        "dashboard": web_address(wire.dashboard_url, group.external_url),
        "panel": web_address(wire.panel_url, group.external_url),
        "silence": web_address(wire.silence_url, group.external_url),
        "image": web_address(wire.image_url, group.external_url),
    }
    values = ", ".join(f"{name} = {value}" for name, value in wire.values.items()) or wire.value_string
    told_too = {name: text for name, text in ({"values": values} | pages).items() if text}
    annotated = wire.model_copy(update={"annotations": told_too | wire.annotations})
    rule_url = web_address(wire.generator_url, group.external_url) or pages["panel"] or pages["dashboard"]
    return alert_of(NAME, annotated, group, field=field, rule_url=rule_url)


def _unlisted(group: Notification) -> Alert:
    """The one alert that a body without a list tells of by what its alerts have in common."""
    if not group.common_labels:
        raise PayloadNotUnderstood("alerts", "missing")
    status = group.status or _STATUS.get(group.state)
    wire = WireAlert(status=status, labels=group.common_labels, annotations=group.common_annotations)
    return alert_of(NAME, wire, group, field="commonLabels", rule_url="")


def _legacy(rule: LegacyNotification) -> tuple[Alert, ...]:
    status = _STATUS.get(rule.state)
    if status is None:
        return ()
    labels = _tags_in_common(rule.matches) | rule.tags
    annotations = {
        "state": rule.state,
        "message": rule.message,
        "values": "; ".join(_spoken(match) for match in rule.matches),
        "image": web_address(rule.image_url),
    }
    alert = Alert(
        source=NAME,
        fingerprint=rule.rule_id,
        title=cut(rule.rule_name or rule.title or NAMELESS, NAME_LIMIT),
        status=status,
        description=cut(rule.message or annotations["values"] or f"The rule's state is {rule.state}."),
        severity=told.severity(labels),
        service=told.service(labels),
        environment=told.environment(labels),
        labels=short(labels),
        annotations=short({name: text for name, text in annotations.items() if text}),
        source_url=web_address(rule.rule_url),
    )
    return (alert,)


def _tags_in_common(matches: list[Match]) -> dict[str, str]:
    """The tags on which all series agree that have them: a label of the whole alert."""
    values: dict[str, set[str]] = {}
    for match in matches:
        for name, value in match.tags.items():
            values.setdefault(name, set()).add(value)
    return {name: next(iter(several)) for name, several in values.items() if len(several) == 1}


def _spoken(match: Match) -> str:
    tags = ", ".join(f"{name}={value}" for name, value in sorted(match.tags.items()))
    series = f"{match.metric}{{{tags}}}" if tags else match.metric
    return f"{series} = {match.value or 'no data'}"


SETUP: Final = """\
1. In Grafana, open **Alerting → Contact points → New contact point**.
2. Choose the integration **Webhook**, the method **POST**, and this URL:

   ```text
   {url}
   ```
3. Leave the *Optional settings* as they are, above all *Disable resolved message* off.
4. To have Grafana sign what it sends (12 and later), make up a secret, such as the output of `openssl rand -hex 32`,
   and enter it here and there under *HMAC signature*, with the header `X-Grafana-Alerting-Signature` and the
   timestamp header `X-Grafana-Alerting-Timestamp`.
5. Save, then let a policy in **Alerting → Notification policies** use the contact point.

Or as a file in `provisioning/alerting/`:

```yaml
apiVersion: 1
contactPoints:
  - orgId: 1
    name: aurora
    receivers:
      - uid: aurora
        type: webhook
        disableResolveMessage: false
        settings:
          url: '{url}'
          httpMethod: POST
```

Legacy alerting (before Grafana 11): **Alerting → Notification channels → New channel**, type
**webhook**, the same URL.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Grafana",
    setup=SETUP,
    parse=parse,
    proof=Hmac(
        "X-Grafana-Alerting-Signature",
        asks_for="The secret that you made up for the contact point's HMAC signature",
        time_header="X-Grafana-Alerting-Timestamp",
    ),
    sample={
        "receiver": "aurora",
        "status": "firing",
        "orgId": 1,
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "Aurora test alert", "service": "aurora-test", "severity": "warning"},
                "annotations": {"summary": "A test alert: webhooks from Grafana arrive"},
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "https://grafana.example.com/alerting/grafana/test/view?orgId=1",
                "fingerprint": "a90d1c7be2f58463",
                "values": {"A": 42, "C": 1},
            }
        ],
        "groupLabels": {"alertname": "Aurora test alert"},
        "commonLabels": {"alertname": "Aurora test alert", "service": "aurora-test", "severity": "warning"},
        "commonAnnotations": {"summary": "A test alert: webhooks from Grafana arrive"},
        "externalURL": "https://grafana.example.com/",
        "version": "1",
        "groupKey": '{}/{}:{alertname="Aurora test alert"}',
        "truncatedAlerts": 0,
        "title": "[FIRING:1] Aurora test alert (aurora-test warning)",
        "state": "alerting",
        "message": "**Firing**",
    },
)
