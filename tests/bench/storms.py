"""A storm of alerts, made up: some causes, each told by four vendors in their own words, over and over, out of order.

All that one cause brings about shares what a person would know it by, in the way in which each vendor tells it:

| vendor | service | where |
| --- | --- | --- |
| alertmanager | label `service` | labels `namespace`, `cluster`, `pod`, `instance` |
| grafana | label `service` | labels `namespace`, `cluster`, `host` |
| datadog | tag `service` | tags `kube_namespace`, `kube_cluster_name`, `host` |
| pagerduty | the name of the service | nothing |

Causes share clusters and teams, never a service, a namespace or a host.
"""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

SOURCES: Final = ("alertmanager", "grafana", "datadog", "pagerduty")
SERVICES: Final = (
    *("basket", "checkout", "payment", "search", "catalogue", "stock", "pricing", "login", "profile", "mail"),
    *("invoice", "shipping", "returns", "coupons", "reviews", "images", "ads", "billing", "ledger", "fraud"),
    *("gateway", "session", "cache", "orders", "tracking", "maps", "weather", "chat", "voice", "video"),
    *("export", "import", "backup", "audit", "tax", "rates", "tickets", "seats", "menus", "tables"),
)
RULES: Final = ("HighErrorRate", "SlowResponses", "PodRestarts", "QueueGrows")
PANELS: Final = ("Latency p99", "Saturation", "Failed requests")
MONITORS: Final = ("Errors", "Thread pool is full", "Timeouts of clients")
SEVERITIES: Final = ("critical", "warning", "warning", "high")
PRIORITIES: Final = {"critical": "P1", "high": "P2", "warning": "P3"}

REPEATED_WITH_NEWS: Final = 0.15
"""The share of repeated alerts whose text has changed."""
RETRIED: Final = 0.08
"""The share of requests that come again word for word, as if their answer had been lost."""
RECOVERED: Final = 0.05
"""The share of alerts that recover before the storm is over."""
SHUFFLED: Final = 1.5
"""By how many seconds a request may be late, at most."""
TOGETHER: Final = 4
"""Alerts of one notification, at most, where a vendor sends several."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What really is the matter."""

    number: int
    service: str
    cluster: str
    began: datetime

    @property
    def namespace(self) -> str:
        return f"{self.service}-{self.number}"

    def host(self, n: int) -> str:
        return f"{self.service}-{self.number}-node-{n}"


@dataclass(frozen=True, slots=True)
class Symptom:
    """An alert that a cause brings about, as one vendor knows it."""

    cause: Cause
    source: str
    rule: str
    place: int
    severity: str
    starts: datetime

    @property
    def fingerprint(self) -> str:
        """Who it is to its vendor, where the vendor tells that in one field."""
        told = f"{self.source} {self.cause.namespace} {self.rule} {self.place}"
        return sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Telling:
    """A symptom, as it stands when its vendor tells of it."""

    symptom: Symptom
    said: str
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a webhook, due so many seconds after the storm began."""

    due: float
    source: str
    body: bytes
    symptoms: frozenset[Symptom]


def storm(seed: int, start: datetime, *, alerts: int, causes: int, seconds: float) -> list[Call]:
    """The calls of a storm in the order in which they are due, which tell of alerts `alerts` times in all."""
    chance = random.Random(seed)
    symptoms = [one for cause in _causes(chance, start, causes, seconds) for one in _symptoms(chance, cause)]
    calls: list[Call] = []
    for telling_of in _groups(chance, symptoms, alerts):
        began = max((one.symptom.starts - start).total_seconds() for one in telling_of)
        due = min(seconds, chance.uniform(began, seconds) + chance.uniform(0, SHUFFLED))
        first = due if len(calls) > len(symptoms) else began + chance.uniform(0, SHUFFLED)
        calls.append(_call(first, telling_of))
    return sorted(calls, key=lambda one: one.due)


def _causes(chance: random.Random, start: datetime, causes: int, seconds: float) -> Iterator[Cause]:
    for number in range(causes):
        began = start + timedelta(seconds=chance.uniform(0, seconds / 2))
        yield Cause(number, SERVICES[number % len(SERVICES)], f"cluster-{number % 4}", began)


def _symptoms(chance: random.Random, cause: Cause) -> Iterator[Symptom]:
    by_vendor = {
        "alertmanager": itertools.product(RULES, range(3)),
        "grafana": itertools.product(PANELS, range(2)),
        "datadog": itertools.product(MONITORS, range(3)),
        "pagerduty": itertools.product(("is down", "burns its error budget"), range(1)),
    }
    for source, places in by_vendor.items():
        for rule, place in places:
            starts = cause.began + timedelta(seconds=round(chance.uniform(0, 2), 3))
            yield Symptom(cause, source, rule, place, chance.choice(SEVERITIES), starts)


def _groups(chance: random.Random, symptoms: list[Symptom], alerts: int) -> Iterator[list[Telling]]:
    """What each call tells of: every symptom once, then some again and again, and some calls word for word again."""
    told = 0
    fresh = [[Telling(one, "It began")] for one in chance.sample(symptoms, len(symptoms))]
    again = (_again(chance, symptoms, n) for n in itertools.count())
    for telling_of in itertools.chain(fresh, again):
        for _ in range(1 + (chance.random() < RETRIED)):
            some = telling_of[: alerts - told]
            if not some:
                return
            told += len(some)
            yield some


def _again(chance: random.Random, symptoms: list[Symptom], number: int) -> list[Telling]:
    one = chance.choice(symptoms)
    alike = [each for each in symptoms if (each.cause, each.source) == (one.cause, one.source)]
    several = one.source in ("alertmanager", "grafana")
    some = chance.sample(alike, min(len(alike), chance.randint(1, TOGETHER) if several else 1))
    return [_telling(chance, each, number) for each in some]


def _telling(chance: random.Random, symptom: Symptom, number: int) -> Telling:
    said = f"Now at {number}" if chance.random() < REPEATED_WITH_NEWS else "It began"
    recovers = int(symptom.fingerprint, 16) % 1000 < RECOVERED * 1000 and symptom.place > 0
    ended = symptom.starts + timedelta(seconds=20) if recovers and chance.random() < 0.5 else None
    return Telling(symptom, said, ended)


def _call(due: float, tellings: list[Telling]) -> Call:
    source = tellings[0].symptom.source
    body = _BODIES[source](tellings)
    return Call(due, source, json.dumps(body).encode(), frozenset(one.symptom for one in tellings))


def _v4(tellings: list[Telling]) -> dict[str, Any]:
    """Alertmanager's notification, which is Grafana's, too."""
    alerts = [_v4_alert(one) for one in tellings]
    firing = any(one["status"] == "firing" for one in alerts)
    return {
        "version": "4",
        "groupKey": f'{{}}:{{namespace="{tellings[0].symptom.cause.namespace}"}}',
        "status": "firing" if firing else "resolved",
        "receiver": "aurora",
        "externalURL": "http://alerts.example",
        "alerts": alerts,
    }


def _v4_alert(one: Telling) -> dict[str, Any]:
    symptom, cause = one.symptom, one.symptom.cause
    where = (
        {"pod": f"{cause.service}-{symptom.place}", "instance": f"{cause.host(symptom.place)}:9100"}
        if symptom.source == "alertmanager"
        else {"host": cause.host(symptom.place)}
    )
    return {
        "status": "firing" if one.ended is None else "resolved",
        "labels": {
            "alertname": symptom.rule,
            "severity": symptom.severity,
            "service": cause.service,
            "namespace": cause.namespace,
            "cluster": cause.cluster,
            **where,
        },
        "annotations": {"summary": f"{symptom.rule} of {cause.service}", "description": one.said},
        "startsAt": symptom.starts.isoformat(),
        "endsAt": one.ended.isoformat() if one.ended else "0001-01-01T00:00:00Z",
        "fingerprint": symptom.fingerprint,
    }


def _datadog(tellings: list[Telling]) -> dict[str, Any]:
    (one,) = tellings
    symptom, cause = one.symptom, one.symptom.cause
    host = cause.host(symptom.place)
    return {
        "alert_id": str(int(sha256(f"{cause.namespace} {symptom.rule}".encode()).hexdigest()[:7], 16)),
        "alert_scope": f"host:{host},service:{cause.service}",
        "alert_transition": "Triggered" if one.ended is None else "Recovered",
        "alert_type": "error",
        "alert_priority": PRIORITIES[symptom.severity],
        "alert_title": f"{symptom.rule} of {cause.service}",
        "alert_status": f"{symptom.rule} over {host} was too high",
        "body": one.said,
        "hostname": host,
        "tags": f"env:prod,service:{cause.service},kube_namespace:{cause.namespace},"
        f"kube_cluster_name:{cause.cluster}",
        "date": str(int((one.ended or symptom.starts).timestamp() * 1000)),
    }


def _pagerduty(tellings: list[Telling]) -> dict[str, Any]:
    (one,) = tellings
    symptom, cause = one.symptom, one.symptom.cause
    number = int(symptom.fingerprint[:6], 16)
    return {
        "event": {
            "id": f"01{symptom.fingerprint.upper()}",
            "event_type": "incident.triggered",
            "resource_type": "incident",
            "occurred_at": symptom.starts.isoformat(),
            "data": {
                "id": f"Q{symptom.fingerprint.upper()}",
                "type": "incident",
                "number": number,
                "status": "triggered",
                "created_at": symptom.starts.isoformat(),
                "title": f"{cause.service} {symptom.rule}",
                "html_url": f"https://example.pagerduty.com/incidents/{number}",
                "service": {"type": "service_reference", "summary": cause.service},
                "priority": {"type": "priority_reference", "summary": PRIORITIES[symptom.severity]},
                "urgency": "high",
            },
        }
    }


_BODIES: Final = {
    "alertmanager": _v4,
    "grafana": _v4,
    "datadog": _datadog,
    "pagerduty": _pagerduty,
}
