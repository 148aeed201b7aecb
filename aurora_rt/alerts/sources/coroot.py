"""Coroot: incidents, alerts and deployments through a webhook whose templates are `{{ json . }}`.

What that makes of each is told at https://docs.coroot.com/alerting/webhook. Incidents and alerts have their id in the
page that they link to; a deployment's identity is the application with the version.

| what | becomes |
| --- | --- |
| incident, alert: `WARNING`, `CRITICAL` | firing |
| incident, alert: `OK` | resolved |
| deployment: `Stuck` | firing |
| deployment: `Deployed`, `Cancelled` | resolved: a stuck one went on, or was given up |
| deployment: `In-progress` | nothing |
"""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Several, Text, Wire, understood

NAME: Final = "coroot"

_STATUS: Final[dict[str, AlertStatus]] = {"warning": "firing", "critical": "firing", "ok": "resolved"}
_DEPLOYMENT: Final[dict[str, AlertStatus | None]] = {
    "stuck": "firing",
    "deployed": "resolved",
    "cancelled": "resolved",
    "in-progress": None,
}

Needed = Annotated[Text, Field(min_length=1)]


class Report(Wire):
    """One inspection that found something."""

    name: Text = ""
    check: Text = ""
    message: Text = ""


class Detail(Wire):
    """One more thing that an alert tells."""

    name: Text = ""
    value: Text = ""


class Incident(Wire):
    """An application that misses its objectives."""

    status: Text
    application: Needed
    reports: Several[Report] = Field([])
    url: Text = ""


class RuleAlert(Wire):
    """What a rule of Coroot's found."""

    status: Text
    application: Text = ""
    project: Text = Field("", alias="project_name")
    rule: Text = Field("", alias="rule_name")
    severity: Text = ""
    summary: Text = ""
    details: Several[Detail] = Field([])
    resolved_by: Text = ""
    url: Text = ""


class Deployment(Wire):
    """A roll-out of an application, or how it turned out."""

    status: Text
    application: Needed
    version: Needed
    summary: Several[Text] = Field([])
    url: Text = ""


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one incident, rule or deployment; none for a deployment that goes well."""
    if isinstance(payload, Mapping) and "version" in payload:
        return _deployment(understood(Deployment, payload))
    if isinstance(payload, Mapping) and "rule_name" in payload:
        return (_alert(understood(RuleAlert, payload)),)
    return (_incident(understood(Incident, payload)),)


def _incident(incident: Incident) -> Alert:
    status = _status(incident.status)
    place = _place(incident.application)
    found = [f"{one.name} / {one.check}: {one.message}" for one in incident.reports]
    return Alert(
        source=NAME,
        fingerprint=told.fingerprint({"incident": _id(incident.url, "incident")}),
        title=cut(f"{place.get('service') or incident.application} misses its objectives", NAME_LIMIT),
        status=status,
        description=cut("\n".join(found)),
        severity=incident.status.strip().lower() if status == "firing" else "unknown",
        service=cut(place.get("service", ""), NAME_LIMIT),
        labels=short(place),
        source_url=web_address(incident.url),
    )


def _alert(alert: RuleAlert) -> Alert:
    status = _status(alert.status)
    place = _place(alert.application) | ({"project": alert.project} if alert.project else {})
    notes = {one.name: one.value for one in alert.details if one.name and one.value}
    if alert.resolved_by:
        notes["resolved by"] = alert.resolved_by
    return Alert(
        source=NAME,
        fingerprint=told.fingerprint({"alert": _id(alert.url, "alert")}),
        title=cut(alert.rule or NAMELESS, NAME_LIMIT),
        status=status,
        description=cut(alert.summary),
        severity=told.priority(alert.severity) or told.priority(alert.status) or "unknown",
        service=cut(place.get("service", ""), NAME_LIMIT),
        labels=short(place),
        annotations=short(notes),
        source_url=web_address(alert.url),
    )


def _deployment(deployment: Deployment) -> tuple[Alert, ...]:
    word = deployment.status.strip().lower()
    if word not in _DEPLOYMENT:
        raise PayloadNotUnderstood("status", "not 'Deployed', 'Stuck', 'Cancelled' or 'In-progress'")
    status, place = _DEPLOYMENT[word], _place(deployment.application)
    if status is None:
        return ()
    name = place.get("service") or deployment.application
    return (
        Alert(
            source=NAME,
            fingerprint=told.fingerprint(
                {"deployment": deployment.application, "version": deployment.version}
            ),
            title=cut(f"The deployment of {name} is stuck", NAME_LIMIT),
            status=status,
            description=cut("\n".join(deployment.summary) or f"{deployment.version}: {deployment.status}"),
            severity="warning" if status == "firing" else "unknown",
            service=cut(place.get("service", ""), NAME_LIMIT),
            labels=short(place | {"version": deployment.version}),
            source_url=web_address(deployment.url),
        ),
    )


def _status(word: str) -> AlertStatus:
    status = _STATUS.get(word.strip().lower())
    if status is None:
        raise PayloadNotUnderstood("status", "not 'OK', 'WARNING' or 'CRITICAL'")
    return status


def _id(address: str, name: str) -> str:
    """The id in the address of the page: `?incident=123ab456`."""
    try:
        found = parse_qs(urlsplit(address).query).get(name)
    except ValueError:
        found = None
    if not found:
        raise PayloadNotUnderstood("url", f"does not tell the {name}; let the template be '{{{{ json . }}}}'")
    return storable(found[0])


def _place(application: str) -> dict[str, str]:
    """`shop:Deployment:basket` in its parts; newer ones have the cluster before them, and names can have colons."""
    parts = application.split(":")
    kinds = [at for at, part in enumerate(parts) if at and part[:1].isupper()]
    if not kinds or kinds[0] + 1 == len(parts):
        return {"service": application} if application else {}
    at = kinds[0]
    told_of = {"namespace": parts[at - 1], "kind": parts[at], "service": ":".join(parts[at + 1 :])}
    if at > 1:
        told_of["cluster"] = parts[0]
    return {name: value for name, value in told_of.items() if value and value != "_"}


SETUP: Final = """\
1. In Coroot, open **Project Settings → Integrations → Webhook**, enter this URL, and turn incidents, alerts and
   deployments on as you like:

   ```text
   {url}
   ```
2. As *each* template – incident, deployment and alert – write

   ```text
   {{ json . }}
   ```
3. Save. Under **Settings → Application categories** see to it that incidents of the categories that matter are sent to
   the webhook.

To keep the token out of the URL, leave it off there and enter it as the password of *HTTP basic authentication*. The
identity is in the link that Coroot sends, so its *Base URL* has to be set.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Coroot",
    setup=SETUP,
    parse=parse,
    sample={
        "status": "WARNING",
        "application": "default:Deployment:aurora-test",
        "reports": [
            {"name": "SLO", "check": "Latency", "message": "a test alert: webhooks from Coroot arrive"}
        ],
        "url": "http://coroot.example.com/p/aurora/app/default:Deployment:aurora-test?incident=aurora00",
    },
)
