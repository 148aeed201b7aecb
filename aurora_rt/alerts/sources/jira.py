"""Jira: webhooks about issues (https://developer.atlassian.com/server/jira/platform/webhooks/), Cloud and Data Center.

Read are the events `jira:issue_created`, `jira:issue_updated` and `jira:issue_deleted`, and an issue by itself, as
Jira's automation sends it. The identity is the issue's id, which stays when it moves to another project. How it stands
is told by its status' category, whatever the statuses are called:

| category | becomes |
| --- | --- |
| `new` (to do), `undefined` | firing |
| `indeterminate` (in progress) | acknowledged |
| `done`; the issue was deleted | resolved |
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.schemes import BODY, Hmac
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Epoch, Identity, Moment, Several, Text, Wire, understood

NAME: Final = "jira"

_CATEGORIES: Final[dict[str, AlertStatus]] = {
    "new": "firing",
    "undefined": "firing",
    "indeterminate": "acknowledged",
    "done": "resolved",
}
_PRIORITIES: Final = {"highest": "critical", "blocker": "critical", "lowest": "low", "trivial": "low"}
_DELETED: Final = "jira:issue_deleted"


def _plain(value: object) -> object:
    """A description is a text; where it is a document with a structure, its title has to do."""
    return "" if isinstance(value, Mapping) else value


class Named(Wire):
    """A priority, a type, a component, a project, a person."""

    name: Text = ""
    key: Text = ""
    display_name: Text = Field("", alias="displayName")


class Category(Wire):
    """One of the few categories that all statuses have."""

    key: Text = ""


class Status(Wire):
    """Where an issue is in its workflow."""

    name: Text = ""
    category: Category = Field(Category(), alias="statusCategory")


class Fields(Wire):
    """What an issue says."""

    summary: Text = ""
    description: Annotated[Text, BeforeValidator(_plain)] = ""
    status: Status
    priority: Named | None = None
    type: Named | None = Field(None, alias="issuetype")
    project: Named | None = None
    assignee: Named | None = None
    components: Several[Named] = Field([])
    labels: Several[Text] = Field([])
    environment: Annotated[Text, BeforeValidator(_plain)] = ""
    created: Moment = None
    updated: Moment = None
    resolved: Moment = Field(None, alias="resolutiondate")


class Issue(Wire):
    """An issue."""

    id: Annotated[Identity, Field(min_length=1)]
    key: Text = ""
    address: Text = Field("", alias="self")
    fields: Fields


class Envelope(Wire):
    """What all events have."""

    name: Text = Field(alias="webhookEvent")


class Event(Envelope):
    """What a webhook posts about an issue."""

    timestamp: Epoch = None
    user: Named | None = None
    issue: Issue | None = None


def parse(payload: object) -> tuple[Alert, ...]:
    """The issue as an alert; none for an event that is not about one."""
    if isinstance(payload, Mapping) and "webhookEvent" not in payload and "fields" in payload:
        return _alert(Event(name="", issue=understood(Issue, payload)))
    if not understood(Envelope, payload).name.startswith("jira:issue_"):
        return ()
    return _alert(understood(Event, payload))


def _alert(event: Event) -> tuple[Alert, ...]:
    issue = event.issue
    if issue is None:
        raise PayloadNotUnderstood("issue", "missing")
    fields = issue.fields
    status = "resolved" if event.name == _DELETED else _CATEGORIES.get(fields.status.category.key)
    if status is None:
        raise PayloadNotUnderstood(
            "issue.fields.status.statusCategory.key", "not 'new', 'indeterminate' or 'done'"
        )
    changed_at = event.timestamp or fields.updated
    labels = _labels(fields)
    return (
        Alert(
            source=NAME,
            fingerprint=issue.id,
            title=cut(fields.summary or issue.key or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(fields.description or fields.summary),
            severity=_severity(fields),
            service=_service(fields, labels),
            environment=told.environment(labels) or cut(fields.environment.strip(), NAME_LIMIT),
            labels=short(labels),
            annotations=short(_annotations(event, issue)),
            started_at=fields.created,
            ended_at=(fields.resolved or changed_at) if status == "resolved" else None,
            changed_at=changed_at,
            acknowledged_by=_acknowledged_by(fields) if status == "acknowledged" else "",
            source_url=_page(issue),
        ),
    )


def _acknowledged_by(fields: Fields) -> str:
    return cut(fields.assignee.display_name or fields.assignee.name, NAME_LIMIT) if fields.assignee else ""


def _severity(fields: Fields) -> str:
    name = fields.priority.name.strip().lower() if fields.priority else ""
    return _PRIORITIES.get(name) or told.priority(name) or "unknown"


def _labels(fields: Fields) -> dict[str, str]:
    told_of = {
        "project": (fields.project.key or fields.project.name) if fields.project else "",
        "type": fields.type.name if fields.type else "",
        "component": ", ".join(one.name for one in fields.components if one.name),
    }
    return told.tagged(fields.labels) | {name: value for name, value in told_of.items() if value}


def _service(fields: Fields, labels: Mapping[str, str]) -> str:
    component = next((one.name for one in fields.components if one.name), "")
    project = fields.project.name if fields.project else ""
    return cut(labels.get("service") or component or project, NAME_LIMIT)


def _annotations(event: Event, issue: Issue) -> dict[str, str]:
    assignee = issue.fields.assignee
    told_of = {
        "issue": issue.key,
        "status": issue.fields.status.name,
        "priority": issue.fields.priority.name if issue.fields.priority else "",
        "assignee": (assignee.display_name or assignee.name) if assignee else "",
        "by": (event.user.display_name or event.user.name) if event.user else "",
    }
    return {name: value for name, value in told_of.items() if value}


def _page(issue: Issue) -> str:
    """The issue's page: Jira tells the address in its interface, which begins alike."""
    base, rest, _ = issue.address.partition("/rest/")
    return web_address(f"{base}/browse/{issue.key}") if rest and issue.key else ""


SETUP: Final = """\
1. In Jira, as an administrator, open **Settings → System → WebHooks → Create a WebHook**, and enter this URL:

   ```text
   {url}
   ```
2. *Generate a secret*, and enter the same one here as the webhook's secret, so that nobody else can call it.
3. Under *Issue related events*, give a JQL query that names the issues which are incidents, such as
   `project = OPS AND issuetype = Incident`, and tick *created*, *updated* and *deleted*. A query on the status would
   keep recoveries away.

To do fires, in progress is acknowledged, done is resolved. The first component becomes the service, or a label such as
`service:basket`. Without an administrator's rights, an automation rule can *Send web request* to the same URL, with
*Issue data (Jira format)* as its body and `Authorization: Bearer <token>` among its headers; it signs nothing.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Jira",
    setup=SETUP,
    parse=parse,
    proof=Hmac(
        "X-Hub-Signature",
        asks_for="The secret of the webhook, as generated in Jira",
        prefix="sha256=",
        once=BODY,  # the time of the event is in it, to the millisecond
    ),
    sample={
        "webhookEvent": "jira:issue_created",
        "issue": {
            "id": "1",
            "key": "TEST-1",
            "self": "https://example.atlassian.net/rest/api/2/issue/1",
            "fields": {
                "summary": "Aurora test",
                "description": "A test alert: webhooks from Jira arrive",
                "status": {"name": "To Do", "statusCategory": {"key": "new"}},
                "priority": {"name": "Low"},
                "issuetype": {"name": "Incident"},
                "project": {"key": "TEST", "name": "aurora-test"},
            },
        },
    },
)
