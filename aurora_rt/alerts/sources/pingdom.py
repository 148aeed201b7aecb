"""Pingdom: state change webhooks (https://www.pingdom.com/resources/webhooks/).

One tells of one check whose state changed: `UP` and `DOWN`, or `SUCCESS` and `FAILING` of a transaction. The identity
is the check's id. Pingdom signs nothing.
"""

from typing import Annotated, Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Epoch, Identity, Several, Text, Wire, understood

NAME: Final = "pingdom"

_STATUS: Final[dict[str, AlertStatus]] = {
    "DOWN": "firing",
    "FAILING": "firing",
    "UP": "resolved",
    "SUCCESS": "resolved",
}


class Target(Wire):
    """What a check looks at; a transaction has other parameters."""

    hostname: Text = ""
    full_url: Text = ""
    port: Text = ""


class Probe(Wire):
    """From where it was looked at."""

    location: Text = ""


class StateChange(Wire):
    """What a webhook posts."""

    check_id: Annotated[Identity, Field(min_length=1)]
    check_name: Text = ""
    check_type: Text = ""
    check_params: Target | None = None
    tags: Several[Text] = Field([])
    state: Text = Field(alias="current_state")
    importance: Text = Field("", alias="importance_level")
    changed_at: Epoch = Field(None, alias="state_changed_timestamp")
    description: Text = ""
    long_description: Text = ""
    custom_message: Text = ""
    first_probe: Probe | None = None
    second_probe: Probe | None = None


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of the check."""
    change = understood(StateChange, payload)
    status = _STATUS.get(change.state.upper())
    if status is None:
        raise PayloadNotUnderstood("current_state", "not 'DOWN', 'UP', 'FAILING' or 'SUCCESS'")
    labels = _labels(change)
    return (
        Alert(
            source=NAME,
            fingerprint=change.check_id,
            title=cut(change.check_name or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(change.long_description or change.description or f"It is {change.state}."),
            severity=told.priority(change.importance) or "unknown",
            service=told.service(labels) or cut(change.check_name, NAME_LIMIT),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short(_annotations(change)),
            started_at=change.changed_at if status == "firing" else None,
            ended_at=change.changed_at if status == "resolved" else None,
        ),
    )


def _labels(change: StateChange) -> dict[str, str]:
    target = change.check_params or Target()
    told_of = {
        "host": target.hostname,
        "port": target.port,
        "type": change.check_type,
    }
    return told.tagged(change.tags) | {name: value for name, value in told_of.items() if value}


def _annotations(change: StateChange) -> dict[str, str]:
    target = change.check_params or Target()
    probes = [one.location for one in (change.first_probe, change.second_probe) if one and one.location]
    told_of = {
        "summary": change.description,
        "message": change.custom_message,
        "url": web_address(target.full_url),
        "seen from": "; ".join(probes),
    }
    return {name: value for name, value in told_of.items() if value}


SETUP: Final = """\
1. In Pingdom, open **Settings → Integrations → Add integration**, choose the type **Webhook**, name it `Aurora RT` and
   enter this URL:

   ```text
   {url}
   ```
2. Edit each check that is to open incidents: under *Integrations*, tick **Aurora RT**.

Both directions come by themselves: down and up, failing and success. Tags such as `service:shop` and `env:production`
are used where a check has them; its importance becomes the severity.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Pingdom",
    setup=SETUP,
    parse=parse,
    sample={
        "check_id": 1,
        "check_name": "aurora-test",
        "check_type": "HTTP",
        "check_params": {
            "hostname": "test.example.com",
            "full_url": "https://test.example.com/",
            "port": 443,
        },
        "tags": ["service:aurora-test"],
        "previous_state": "UP",
        "current_state": "DOWN",
        "importance_level": "LOW",
        "description": "Test",
        "long_description": "A test alert: webhooks from Pingdom arrive",
        "version": 1,
    },
)
