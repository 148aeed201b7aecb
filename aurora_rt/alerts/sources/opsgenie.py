"""Opsgenie, and the alerts of Jira Service Management: outgoing webhooks, which both send alike.

What they send for each action is told at
https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/. The identity is the alias, by
which Opsgenie itself knows an alert again; an alert that was made without one has its id there.

| `action` | becomes |
| --- | --- |
| `Create`, `UnAcknowledge` | firing |
| `Acknowledge` | acknowledged |
| `Close`, `Delete` | resolved |
| notes, tags, owners, escalations, snoozing, custom actions | nothing: the alert stays as it is |
"""

from typing import Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import MAX_IDENTITY, MAX_LABELS, Epoch, Several, Text, Wire, WireLabels, understood

NAME: Final = "opsgenie"

_STATUS: Final[dict[str, AlertStatus]] = {
    "create": "firing",
    "unacknowledge": "firing",
    "acknowledge": "acknowledged",
    "close": "resolved",
    "delete": "resolved",
}


class OpsgenieAlert(Wire):
    """The alert on which somebody, or something, acted."""

    id: Text = Field("", alias="alertId")
    alias: Text = ""
    tiny_id: Text = Field("", alias="tinyId")
    message: Text = ""
    description: Text = ""
    priority: Text = ""
    entity: Text = ""
    source: Text = ""
    username: Text = ""
    note: Text = ""
    team: Text = ""
    tags: Several[Text] = Field([])
    details: WireLabels = Field({})
    created_at: Epoch = Field(None, alias="createdAt")
    updated_at: Epoch = Field(None, alias="updatedAt")


class Delivery(Wire):
    """One webhook: one action."""

    action: Text
    alert: OpsgenieAlert


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert; none for an action that leaves it as it is."""
    delivery = understood(Delivery, payload)
    status, alert = _STATUS.get(delivery.action.strip().lower()), delivery.alert
    if status is None:
        return ()
    labels = _labels(alert)
    notes = {
        "number": alert.tiny_id,
        "source": alert.source,
        "by": alert.username if delivery.action != "Create" else "",
        "note": alert.note,
    }
    return (
        Alert(
            source=NAME,
            fingerprint=_fingerprint(alert),
            title=cut(alert.message.strip() or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(alert.description or alert.message),
            severity=told.priority(alert.priority) or "unknown",
            service=told.service(labels) or cut(alert.entity, NAME_LIMIT),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=alert.created_at,
            ended_at=alert.updated_at if status == "resolved" else None,
            changed_at=alert.updated_at,
            acknowledged_by=cut(alert.username, NAME_LIMIT) if status == "acknowledged" else "",
        ),
    )


def _fingerprint(alert: OpsgenieAlert) -> str:
    identity = alert.alias or alert.id
    if not identity:
        raise PayloadNotUnderstood("alert.alias", "missing, and so is alert.alertId")
    # An alias has up to 512 characters, which is more than we index.
    return identity if len(identity) <= MAX_IDENTITY else told.fingerprint({"alias": identity})


def _labels(alert: OpsgenieAlert) -> dict[str, str]:
    placed = {"entity": alert.entity, "team": alert.team}
    tags = told.tagged(tag for tag in alert.tags[:MAX_LABELS])
    return {name: value for name, value in placed.items() if value} | tags | alert.details


SETUP: Final = """\
1. In Opsgenie, open **Settings → Integrations → Add integration → Webhook**; in Jira Service Management, **Operations →
   your team → Integrations → Add integration → Webhook**.
2. Enter this URL, and turn *Add alert description to payload* and *Add alert details to payload* on:

   ```text
   {url}
   ```
3. Let these actions be posted: *alert is created*, *acknowledged*, *unacknowledged*, *closed* and *deleted*. Others do
   no harm.
4. Save, and turn the integration on.

Tags such as `service:checkout` and `env:prod` tell what is in trouble. Opsgenie signs nothing; to keep the token out of
the URL, leave it off there and add the header `Authorization` with `Bearer <token>`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Opsgenie, Jira Service Management",
    setup=SETUP,
    parse=parse,
    sample={
        "action": "Create",
        "alert": {
            "alertId": "00000000-0000-4000-8000-000000000001",
            "alias": "aurora-test",
            "tinyId": "1",
            "message": "Aurora test alert",
            "description": "A test alert: webhooks from Opsgenie arrive",
            "priority": "P3",
            "entity": "aurora-test",
            "tags": ["service:aurora-test"],
            "details": {},
        },
        "integrationName": "aurora",
    },
)
