"""Waiting for an alert, and what Alertmanager would post about it."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from testbed.quiet import TIGHT
from testbed.servers.prometheus import RULES, Prometheus

FIRES_WITHIN = 40
IS_OVER_WITHIN = 60
POLL = 0.3
SAMPLES = 6
_EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in (*RULES, TIGHT)}
_WAITS = {rule["alert"]: int(str(rule.get("for", "0s")).rstrip("s")) for rule in (*RULES, TIGHT)}


_ALWAYS = frozenset({"Watchdog", "HostCpuHigh", "ShopMemoryGrowing"})
"""Alerts that others may cause: somebody else on this machine, a service that has just started."""


class NeverFired(Exception):
    """A fault did not do what it should: no alert came of it."""


async def fired(prometheus: Prometheus, name: str, since: datetime) -> dict[str, Any]:
    """The alert called `name`, once it fires for something that began after `since`. Raises `NeverFired`."""
    try:
        async with asyncio.timeout(FIRES_WITHIN):
            while True:
                for alert in await prometheus.firing():
                    if alert["labels"]["alertname"] == name and start_of(alert) >= since:
                        return alert
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise NeverFired(f"{name} did not fire within {FIRES_WITHIN} s") from None


async def steady(prometheus: Prometheus) -> None:
    """Wait until enough was measured to tell what is usual."""
    async with asyncio.timeout(IS_OVER_WITHIN):
        while (await prometheus.value(f"min(count_over_time(up[1m])) >= {SAMPLES}")) is None:
            await asyncio.sleep(POLL)


async def quiet(prometheus: Prometheus, wanted: str) -> bool:
    """Wait until nothing fires but the watchdog, and what others on this machine may cause; False if that lasts.

    `wanted` is the alert that is to come next: it must not fire already.
    """
    still = _ALWAYS - ({wanted} - {"Watchdog"})
    try:
        async with asyncio.timeout(IS_OVER_WITHIN):
            while any(one["labels"]["alertname"] not in still for one in await prometheus.firing()):
                await asyncio.sleep(POLL)
    except TimeoutError:
        return False
    return True


def start_of(alert: Mapping[str, Any]) -> datetime:
    """When it began to fire, as Prometheus tells Alertmanager: its condition held `for` so long before."""
    if alert["labels"]["alertname"] == "Watchdog":
        return datetime.now(UTC)  # it has always been firing; this is one of its repetitions
    active = datetime.fromisoformat(alert["activeAt"])
    return active + timedelta(seconds=_WAITS[alert["labels"]["alertname"]])


def body(alert: Mapping[str, Any], prometheus_url: str) -> dict[str, Any]:
    """A notification in version 4 of Alertmanager's webhook."""
    name = alert["labels"]["alertname"]
    expression = quote(_EXPRESSIONS[name], safe="")
    one = {
        "status": "firing",
        "labels": alert["labels"],
        "annotations": alert["annotations"],
        "startsAt": start_of(alert).isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": f"{prometheus_url}/graph?g0.expr={expression}&g0.tab=1",
        "fingerprint": hashlib.sha256(json.dumps(alert["labels"], sort_keys=True).encode()).hexdigest()[:16],
    }
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{name}"}}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "aurora",
        "groupLabels": {"alertname": name},
        "commonLabels": alert["labels"],
        "commonAnnotations": alert["annotations"],
        "externalURL": "http://127.0.0.1:9093",
        "alerts": [one],
    }
