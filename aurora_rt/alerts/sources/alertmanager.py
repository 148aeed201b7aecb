"""Prometheus Alertmanager: `webhook_configs`, payload versions 4 and 3 (also from vmalert, Mimir, Loki)."""

from typing import Final

from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import Source
from aurora_rt.alerts.text import web_address
from aurora_rt.alerts.webhook_v4 import WireAlert, WireGroup, alert_of, distinct
from aurora_rt.alerts.wire import Several, understood

NAME: Final = "alertmanager"


class Notification(WireGroup):
    """What Alertmanager posts: the alerts of one group that fire or have just been resolved."""

    alerts: Several[WireAlert]


def parse(payload: object) -> tuple[Alert, ...]:
    """The alerts of one notification."""
    group = understood(Notification, payload)
    return distinct(
        alert_of(NAME, wire, group, field=f"alerts[{n}]", rule_url=web_address(wire.generator_url))
        for n, wire in enumerate(group.alerts)
    )


SETUP: Final = """\
Add a receiver to `alertmanager.yml`, and send your alerts to it:

```yaml
receivers:
  - name: aurora
    webhook_configs:
      - url: '{url}'
        send_resolved: true

route:
  routes:
    - receiver: aurora
      continue: true   # your other receivers still get every alert
```

Put the route first in the list, then reload Alertmanager: `amtool check-config alertmanager.yml && \
curl -X POST http://localhost:9093/-/reload`.

Alerts that always fire on purpose, such as `Watchdog`, become incidents too. Keep them out with
`matchers: ['alertname != "Watchdog"']` on the route.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Prometheus Alertmanager",
    setup=SETUP,
    parse=parse,
    sample={
        "version": "4",
        "groupKey": '{}:{alertname="AuroraTestAlert"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "aurora",
        "groupLabels": {"alertname": "AuroraTestAlert"},
        "commonLabels": {"alertname": "AuroraTestAlert", "service": "aurora-test", "severity": "warning"},
        "commonAnnotations": {"summary": "A test alert: webhooks from Alertmanager arrive"},
        "externalURL": "http://alertmanager.example.com:9093",
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "AuroraTestAlert", "service": "aurora-test", "severity": "warning"},
                "annotations": {"summary": "A test alert: webhooks from Alertmanager arrive"},
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus.example.com:9090/graph?g0.expr=vector%281%29&g0.tab=1",
                "fingerprint": "f1aa70c2d94ab35e",
            }
        ],
    },
)
