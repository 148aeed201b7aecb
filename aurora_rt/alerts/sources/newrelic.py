"""New Relic: webhooks of workflows, which tell of issues, and of the older notification channels.

A workflow posts a template of its owner's
(https://docs.newrelic.com/docs/alerts/get-notified/custom-variables-alert-event-workflows/): the set-up text brings
one, and New Relic's own default is understood as well. Its identity is the issue. Older channels post
https://docs.newrelic.com/docs/alerts/new-relic-alerts/advanced-alerts/advanced-techniques/customize-your-webhook-payload/;
there it is New Relic's incident.

| `state`, `current_state` | becomes |
| --- | --- |
| `CREATED`, `ACTIVATED`, `open` | firing; acknowledged where the template tells that it is |
| `ACKNOWLEDGED` | acknowledged |
| `CLOSED`, `DEACTIVATED` | resolved |
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Epoch, Identity, Several, Text, Wire, WireLabels, understood

NAME: Final = "newrelic"

_STATUS: Final[dict[str, AlertStatus]] = {
    "created": "firing",
    "activated": "firing",
    "active": "firing",
    "open": "firing",
    "acknowledged": "acknowledged",
    "closed": "resolved",
    "deactivated": "resolved",
}


def _listed(value: object) -> object:
    """Most variables of a workflow are lists, but templates often take one entry, or write them as one text."""
    return [value] if isinstance(value, str) and value else value or []


Texts = Annotated[Several[Text], BeforeValidator(_listed)]


class Issue(Wire):
    """What a workflow posts for one change of an issue."""

    issue_id: Identity = Field("", alias="issueId")
    id: Identity = ""
    state: Text = ""
    titles: Texts = Field([], alias="title")
    descriptions: Texts = Field([], alias="description")
    priority: Text = ""
    entities: Texts = Field([], alias="impactedEntities")
    policies: Texts = Field([], alias="alertPolicyNames")
    conditions: Texts = Field([], alias="alertConditionNames")
    queries: Texts = Field([], alias="nrqlQuery")
    runbooks: Texts = Field([], alias="runbookUrl")
    workflow: Text = Field("", alias="workflowName")
    is_acknowledged: Text = Field("", alias="isAcknowledged")
    acknowledged_by: Text = Field("", alias="acknowledgedBy")
    created_at: Epoch = Field(None, alias="createdAt")
    updated_at: Epoch = Field(None, alias="updatedAt")
    closed_at: Epoch = Field(None, alias="closedAt")
    url: Text = Field("", alias="issueUrl")


class Target(Wire):
    """What an incident of an older channel is about."""

    name: Text = ""
    link: Text = ""
    product: Text = ""
    labels: WireLabels = Field({})


class Incident(Wire):
    """What an older channel posts for one change of an incident."""

    incident_id: Annotated[Identity, Field(min_length=1)]
    current_state: Text
    condition: Text = Field("", alias="condition_name")
    description: Text = Field("", alias="condition_description")
    details: Text = ""
    severity: Text = ""
    policy: Text = Field("", alias="policy_name")
    account: Text = Field("", alias="account_name")
    owner: Text = ""
    runbook: Text = Field("", alias="runbook_url")
    timestamp: Epoch = None
    targets: Several[Target] = Field([])
    url: Text = Field("", alias="incident_url")


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one issue, or of one incident of an older channel."""
    if isinstance(payload, Mapping) and "current_state" in payload:
        return (_incident(understood(Incident, payload)),)
    return (_issue(understood(Issue, payload)),)


def _issue(issue: Issue) -> Alert:
    identity = issue.issue_id or issue.id
    if not identity:
        raise PayloadNotUnderstood("issueId", "missing; the set-up text has a template that sends it")
    status = _status("state", issue.state)
    if status == "firing" and issue.is_acknowledged == "true":
        status = "acknowledged"
    labels = {
        "entity": ", ".join(issue.entities),
        "policy": ", ".join(issue.policies),
        "condition": ", ".join(issue.conditions),
    }
    notes = {
        "query": "\n".join(issue.queries),
        "runbook": next(filter(None, map(web_address, issue.runbooks)), ""),
        "acknowledged by": issue.acknowledged_by,
        "workflow": issue.workflow,
    }
    title = next((text for text in (*issue.titles, *issue.conditions) if text), NAMELESS)
    return Alert(
        source=NAME,
        fingerprint=identity,
        title=cut(title, NAME_LIMIT),
        status=status,
        description=cut("\n".join(issue.descriptions) or "\n".join(issue.titles)),
        severity=told.priority(issue.priority) or "unknown",
        service=cut(issue.entities[0] if issue.entities else "", NAME_LIMIT),
        labels=short(_told(labels)),
        annotations=short(_told(notes)),
        started_at=issue.created_at,
        ended_at=(issue.closed_at or issue.updated_at) if status == "resolved" else None,
        changed_at=issue.updated_at,
        acknowledged_by=cut(issue.acknowledged_by, NAME_LIMIT) if status == "acknowledged" else "",
        source_url=web_address(issue.url),
    )


def _incident(incident: Incident) -> Alert:
    status = _status("current_state", incident.current_state)
    target = incident.targets[0] if incident.targets else Target()
    labels = target.labels | _told(
        {"entity": target.name, "policy": incident.policy, "account": incident.account}
    )
    notes = {
        "description": incident.description,
        "runbook": web_address(incident.runbook),
        "acknowledged by": incident.owner if status == "acknowledged" else "",
        "entity page": web_address(target.link),
    }
    return Alert(
        source=NAME,
        fingerprint=incident.incident_id,
        title=cut(incident.condition or incident.policy or NAMELESS, NAME_LIMIT),
        status=status,
        description=cut(incident.details or incident.description),
        severity=told.priority(incident.severity) or "unknown",
        service=told.service(target.labels) or cut(target.name, NAME_LIMIT),
        environment=told.environment(target.labels),
        labels=short(labels),
        annotations=short(_told(notes)),
        acknowledged_by=cut(incident.owner, NAME_LIMIT) if status == "acknowledged" else "",
        started_at=incident.timestamp if status == "firing" else None,
        ended_at=incident.timestamp if status == "resolved" else None,
        changed_at=incident.timestamp,
        source_url=web_address(incident.url),
    )


def _status(field: str, state: str) -> AlertStatus:
    status = _STATUS.get(state.strip().lower())
    if status is None:
        raise PayloadNotUnderstood(field, "not 'CREATED', 'ACTIVATED', 'ACKNOWLEDGED' or 'CLOSED'")
    return status


def _told(entries: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in entries.items() if text}


SETUP: Final = """\
1. In New Relic, open **Alerts → Destinations → Webhook**, name it *Aurora* and enter this URL:

   ```text
   {url}
   ```
2. Open **Alerts → Workflows → Add a workflow**, choose which issues to send, and under *Notify* choose **Webhook** and
   the destination. Replace the payload by this one:

   ```text
   {
     "issueId": {{ json issueId }},
     "issueUrl": {{ json issuePageUrl }},
     "title": {{ json annotations.title }},
     "description": {{ json annotations.description }},
     "priority": {{ json priority }},
     "state": {{ json state }},
     "impactedEntities": {{ json entitiesData.names }},
     "alertPolicyNames": {{ json accumulations.policyName }},
     "alertConditionNames": {{ json accumulations.conditionName }},
     "nrqlQuery": {{#if accumulations.nrqlQuery}}{{ json accumulations.nrqlQuery }}{{else}}null{{/if}},
     "runbookUrl": {{#if accumulations.runbookUrl}}{{ json accumulations.runbookUrl }}{{else}}null{{/if}},
     "createdAt": {{ createdAt }},
     "updatedAt": {{ updatedAt }},
     "closedAt": {{#if closedAt}}{{ closedAt }}{{else}}null{{/if}},
     "isAcknowledged": {{#if isAcknowledged}}true{{else}}false{{/if}},
     "acknowledgedBy": {{#if acknowledgedBy}}{{ json acknowledgedBy }}{{else}}null{{/if}},
     "workflowName": {{ json workflowName }}
   }
   ```
3. In the channel's menu tick *Activated*, *Acknowledged*, *Priority changed* and **Closed**, and activate the workflow.

New Relic signs nothing. To keep the token out of the URL, leave it off there and give the destination a *Bearer token*.
"""

SOURCE: Final = Source(
    name=NAME,
    title="New Relic",
    setup=SETUP,
    parse=parse,
    sample={
        "issueId": "00000000-0000-4000-8000-000000000001",
        "issueUrl": "https://radar-api.service.newrelic.com/accounts/1/issues/0",
        "title": ["Aurora test alert"],
        "description": ["A test alert: webhooks from New Relic arrive"],
        "priority": "HIGH",
        "state": "ACTIVATED",
        "impactedEntities": ["aurora-test"],
        "alertPolicyNames": ["Aurora"],
        "alertConditionNames": ["Aurora test alert"],
        "workflowName": "aurora",
    },
)
