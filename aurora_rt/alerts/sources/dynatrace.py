"""Dynatrace: problem notifications through a custom integration.

Its payload is a template of its owner's
(https://docs.dynatrace.com/docs/analyze-explore-automate/notifications-and-alerting/problem-notifications/webhook-integration),
so the set-up text brings one; any other is understood that has the placeholders under their own names. The identity
is the problem: `PID`, or `ProblemID`, the number that people see, where a template has only that.

| `State` | becomes |
| --- | --- |
| `OPEN` | firing |
| `MERGED` | firing: another event has joined the problem, which goes on |
| `RESOLVED`, `CLOSED` | resolved |
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import MAX_LABELS, Epoch, Identity, Several, Text, Wire, understood

NAME: Final = "dynatrace"

_STATUS: Final[dict[str, AlertStatus]] = {
    "OPEN": "firing",
    "MERGED": "firing",
    "RESOLVED": "resolved",
    "CLOSED": "resolved",
}
_SEVERITY: Final[dict[str, str]] = {
    "AVAILABILITY": "critical",
    "ERROR": "error",
    "PERFORMANCE": "warning",
    "RESOURCE_CONTENTION": "warning",
    "MONITORING_UNAVAILABLE": "warning",
    "CUSTOM_ALERT": "low",
}


def _joined(value: object) -> object:
    """`{Tags}` is a text with commas; templates of people make a list of it."""
    if isinstance(value, list):
        return ",".join(storable(one) for one in value if isinstance(one, str))
    return value


def _objects(value: object) -> object:
    """The objects of a list; `{ImpactedEntities}` in quotes, as some templates have it, is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _object(value: object) -> object:
    return value if isinstance(value, Mapping) else {}


class Entity(Wire):
    """What the problem has an impact on."""

    type: Text = ""
    name: Text = ""


class Details(Wire):
    """Of `{ProblemDetailsJSON}`, the times; an end of -1 is none."""

    started_at: Epoch = Field(None, alias="startTime")
    ended_at: Epoch = Field(None, alias="endTime")


class Problem(Wire):
    """What the integration posts for one change of a problem."""

    pid: Identity = Field("", alias="PID")
    id: Identity = Field("", alias="ProblemID")
    state: Text = Field(alias="State")
    title: Text = Field("", alias="ProblemTitle")
    severity: Text = Field("", alias="ProblemSeverity")
    impact: Text = Field("", alias="ProblemImpact")
    text: Text = Field("", alias="ProblemDetailsText")
    text_elsewhere: Text = Field("", alias="ProblemDetails")
    details: Annotated[Details, BeforeValidator(_object)] = Field(Details(), alias="ProblemDetailsJSON")
    entities: Annotated[Several[Entity], BeforeValidator(_objects)] = Field([], alias="ImpactedEntities")
    entity: Text = Field("", alias="ImpactedEntity")
    tags: Annotated[Text, BeforeValidator(_joined)] = Field("", alias="Tags")
    url: Text = Field("", alias="ProblemURL")
    url_elsewhere: Text = Field("", alias="Problem URL")


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one problem."""
    problem = understood(Problem, payload)
    identity = problem.pid or problem.id
    if not identity:
        raise PayloadNotUnderstood("PID", "missing; the set-up text has a payload that sends it")
    status = _STATUS.get(problem.state.strip().upper())
    if status is None:
        raise PayloadNotUnderstood("State", "not 'OPEN', 'MERGED' or 'RESOLVED'")
    tags = told.tagged(problem.tags.split(",")[:MAX_LABELS])
    started_at, ended_at = _since_1970(problem.details.started_at), _since_1970(problem.details.ended_at)
    notes = {"number": problem.id, "impact": problem.impact.lower(), "entities": problem.entity}
    return (
        Alert(
            source=NAME,
            fingerprint=identity,
            title=cut(problem.title or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(problem.text or problem.text_elsewhere or problem.entity or problem.title),
            severity=_SEVERITY.get(problem.severity.strip().upper(), "unknown"),
            service=_service(problem, tags),
            environment=told.environment(tags),
            labels=short(_labels(problem) | tags),
            annotations=short({name: text for name, text in notes.items() if text}),
            started_at=started_at,
            ended_at=ended_at if status == "resolved" and started_at else None,
            source_url=web_address(problem.url) or web_address(problem.url_elsewhere),
        ),
    )


def _since_1970(moment: datetime | None) -> datetime | None:
    return moment if moment and moment.year >= 1970 else None


def _service(problem: Problem, tags: Mapping[str, str]) -> str:
    """The service or application that is hit, else what the tags say, else whatever is hit first."""
    hit = [one.name for one in problem.entities if one.type in ("SERVICE", "APPLICATION") and one.name]
    first = next((one.name for one in problem.entities if one.name), problem.entity)
    return cut(hit[0] if hit else told.service(tags) or first, NAME_LIMIT)


def _labels(problem: Problem) -> dict[str, str]:
    """The entities by their kind: `host`, `service`, `process_group_instance`, …"""
    kinds: dict[str, Any] = {}
    for one in problem.entities[:MAX_LABELS]:
        if one.type and one.name:
            kinds.setdefault(one.type.lower(), {})[one.name] = None
    return {kind: ", ".join(names) for kind, names in kinds.items()}


SETUP: Final = """\
1. In Dynatrace, open **Settings → Integration → Problem notifications → Add notification** and choose **Custom
   integration**.
2. Enter this URL:

   ```text
   {url}
   ```
3. Replace the custom payload by this one. `{ImpactedEntities}` and `{ProblemDetailsJSON}` stand there without quotes:

   ```text
   {
     "PID": "{PID}",
     "ProblemID": "{ProblemID}",
     "State": "{State}",
     "ProblemTitle": "{ProblemTitle}",
     "ProblemSeverity": "{ProblemSeverity}",
     "ProblemImpact": "{ProblemImpact}",
     "ProblemDetailsText": "{ProblemDetailsText}",
     "ProblemDetailsJSON": {ProblemDetailsJSON},
     "ImpactedEntities": {ImpactedEntities},
     "ImpactedEntity": "{ImpactedEntity}",
     "Tags": "{Tags}",
     "ProblemURL": "{ProblemURL}"
   }
   ```
4. Turn **Notify of closed problems** on, choose an alerting profile and save.

Dynatrace signs nothing. To keep the token out of the URL, leave it off there and add the HTTP header `Authorization`
with `Bearer <token>`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Dynatrace",
    setup=SETUP,
    parse=parse,
    sample={
        "PID": "0",
        "ProblemID": "P-0",
        "State": "OPEN",
        "ProblemTitle": "Aurora test alert",
        "ProblemSeverity": "PERFORMANCE",
        "ProblemImpact": "SERVICE",
        "ProblemDetailsText": "A test alert: webhooks from Dynatrace arrive",
        "ImpactedEntities": [{"type": "SERVICE", "name": "aurora-test", "entity": "SERVICE-0"}],
        "ImpactedEntity": "aurora-test",
        "Tags": "",
        "ProblemURL": "https://example.live.dynatrace.com/#problems/problemdetails;pid=0",
    },
)
