"""What Alertmanager would post about the demo's problems (webhook version "4"). Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aurora_rt.alerts.labels import fingerprint
from aurora_rt.clock import rfc3339
from aurora_rt.demo.problems import Problem

NO_END = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the problems happen, and who would have noticed."""

    host: str
    mountpoint: str
    """Of the file system that fills."""
    prometheus_url: str

    def fill_in(self, text: str) -> str:
        """`text` with the names of the place. Other braces, as PromQL has them, stay."""
        return text.replace("{host}", self.host).replace("{mountpoint}", self.mountpoint)


def notification(
    problem: Problem, place: Place, started_at: datetime, ended_at: datetime | None = None
) -> dict[str, Any]:
    """The webhook's body: firing, or resolved when there is an `ended_at`."""
    status = "resolved" if ended_at else "firing"
    labels = {
        "alertname": problem.alertname,
        "instance": place.host,
        "job": "node",
        "severity": problem.severity,
    } | {name: place.fill_in(f"{{{name}}}") for name in problem.labels}
    annotations = {
        "summary": place.fill_in(problem.summary),
        "description": place.fill_in(problem.description),
    }
    rule = urlencode({"g0.expr": place.fill_in(problem.expression), "g0.tab": 1})
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{problem.alertname}"}}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "aurora",
        "groupLabels": {"alertname": problem.alertname},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": f"http://{place.host}:9093",
        "alerts": [
            {
                "status": status,
                "labels": labels,
                "annotations": annotations,
                "startsAt": rfc3339(started_at),
                "endsAt": rfc3339(ended_at) if ended_at else NO_END,
                "generatorURL": f"{place.prometheus_url}/graph?{rule}",
                "fingerprint": fingerprint(labels),
            }
        ],
    }
