"""The webhook that Alertmanager made common: a group of alerts with labels, annotations and times.

Alertmanager sends it as version "4" (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config),
old ones as "3", with a number for `groupKey` and no fingerprints. Grafana's unified alerting adds fields.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import PayloadNotUnderstood
from aurora_rt.alerts.text import NAME_LIMIT, cut, expression_in, web_address
from aurora_rt.alerts.wire import Identity, Moment, Text, Wire, WireLabels

NAMELESS = "Alert without a name"

GroupStatus = Literal["firing", "resolved"]


class WireAlert(Wire):
    """One alert of a group."""

    status: GroupStatus | None = None
    labels: WireLabels = Field({})
    annotations: WireLabels = Field({})
    starts_at: Moment = Field(None, alias="startsAt")
    ends_at: Moment = Field(None, alias="endsAt")
    generator_url: Text = Field("", alias="generatorURL")
    fingerprint: Identity = ""


class WireGroup(Wire):
    """What holds for all alerts of a notification."""

    status: GroupStatus | None = None
    group_key: Text = Field("", alias="groupKey")
    external_url: Text = Field("", alias="externalURL")


def alert_of(source: str, wire: WireAlert, group: WireGroup, *, field: str, rule_url: str) -> Alert:
    """`wire` in our terms. `field` says where it stands in the payload; `rule_url` is a page about its rule.

    A firing alert without a rule's page links to where it was sent from; a resolved one does not, so that the
    link that is known from its firing is kept. Raises `PayloadNotUnderstood` without status or identity.
    """
    status = wire.status or group.status
    if status is None:
        raise PayloadNotUnderstood(f"{field}.status", "missing")
    firing = status == "firing"
    return Alert(
        source=source,
        fingerprint=wire.fingerprint or _own_fingerprint(wire, field),
        title=cut(wire.labels.get("alertname") or wire.annotations.get("summary") or NAMELESS, NAME_LIMIT),
        status=status,
        description=cut(_description(wire.annotations)),
        severity=told.severity(wire.labels),
        service=told.service(wire.labels),
        environment=told.environment(wire.labels),
        labels=short(wire.labels),
        annotations=short(wire.annotations),
        started_at=wire.starts_at,
        ended_at=None if firing else wire.ends_at,
        source_url=rule_url or (web_address(group.external_url) if firing else ""),
        expression=expression_in(wire.generator_url),
        group=cut(group.group_key) or None,
    )


def distinct(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Each fingerprint once. Of two that tell of the same alert, the later counts."""
    return tuple({alert.fingerprint: alert for alert in alerts}.values())


def short(entries: Mapping[str, str]) -> dict[str, str]:
    """Labels or annotations with names and values cut to what we keep."""
    return {cut(name, NAME_LIMIT): cut(value) for name, value in entries.items()}


def _own_fingerprint(wire: WireAlert, field: str) -> str:
    if not wire.labels:
        raise PayloadNotUnderstood(field, "has neither labels nor a fingerprint to tell it from other alerts")
    return told.fingerprint(wire.labels)


def _description(annotations: Mapping[str, str]) -> str:
    return annotations.get("description") or annotations.get("summary") or annotations.get("message") or ""
