"""Splunk Enterprise and Splunk Cloud: the webhook action of an alert.

It posts what https://docs.splunk.com/Documentation/Splunk/latest/Alert/Webhooks shows: the saved search, a link to
its results and the first of them. The identity is the saved search with its app; its `sid` is another with each run.

Splunk tells when an alert triggers and never that it is over. Two fields that a search can add to its results say
more: `alert_id` is the identity instead, so that one search can watch many things, and `alert_status` of `resolved`
(or `ok`, `closed`, `clear`) ends the alert, from the same search or from a second one.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import short
from aurora_rt.alerts.wire import MAX_LABELS, Identity, Text, Wire, WireLabels, understood

NAME: Final = "splunk"

_OVER: Final = frozenset({"resolved", "ok", "closed", "clear", "cleared", "recovered", "normal"})
_PLACES: Final = frozenset(
    {
        "host",
        "source",
        "sourcetype",
        "index",
        "service",
        "job",
        "app",
        "namespace",
        "pod",
        "container",
        "deployment",
        "cluster",
        "node",
        "region",
        "zone",
        "env",
        "environment",
    }
)
"""The fields of a result that say where it is; the others are what it found."""
_OURS: Final = frozenset({"alert_id", "alert_status"})


def _fields(value: object) -> object:
    """A result's fields. Splunk's own begin with `_`; one with several values is a list."""
    if not isinstance(value, Mapping):
        return {}
    kept = [(name, one) for name, one in value.items() if isinstance(name, str)][:MAX_LABELS]
    return {name: ", ".join(map(_text, one)) if isinstance(one, list) else _text(one) for name, one in kept}


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


class Triggered(Wire):
    """What the action posts when an alert has triggered."""

    search_name: Identity = ""
    app: Text = ""
    owner: Text = ""
    sid: Text = ""
    results_link: Text = ""
    result: Annotated[WireLabels, BeforeValidator(_fields)] = Field({})


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one triggered search."""
    triggered = understood(Triggered, payload)
    found = triggered.result
    places = {name: value for name, value in found.items() if name in _PLACES and value}
    notes = {
        name: value
        for name, value in found.items()
        if value and name not in _PLACES | _OURS and not name.startswith("_")
    }
    told_of = {"search": triggered.search_name, "owner": triggered.owner, "sid": triggered.sid}
    text = found.get("description") or found.get("message") or found.get("_raw") or _spoken(notes)
    return (
        Alert(
            source=NAME,
            fingerprint=_fingerprint(triggered),
            title=cut(found.get("title") or triggered.search_name or found["alert_id"], NAME_LIMIT),
            status="resolved" if found.get("alert_status", "").strip().lower() in _OVER else "firing",
            description=cut(text),
            severity=_severity(found),
            service=told.service(places),
            environment=told.environment(places),
            # Which app of Splunk's the search is saved in says nothing about where the trouble is: `app` would.
            labels=short(({"splunk_app": triggered.app} if triggered.app else {}) | places),
            annotations=short({name: value for name, value in (notes | told_of).items() if value}),
            source_url=web_address(triggered.results_link),
        ),
    )


def _fingerprint(triggered: Triggered) -> str:
    if named := triggered.result.get("alert_id"):
        return told.fingerprint({"app": triggered.app, "alert_id": named})
    if not triggered.search_name:
        raise PayloadNotUnderstood("search_name", "missing; save the search as an alert")
    return told.fingerprint({"app": triggered.app, "search": triggered.search_name})


def _severity(found: Mapping[str, str]) -> str:
    """The word that the search tells; numbers count upwards in one place of Splunk and downwards in another."""
    word = found.get("severity") or found.get("urgency") or found.get("priority") or ""
    return "unknown" if word.strip().isdigit() else told.priority(word) or "unknown"


def _spoken(notes: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in notes.items())


SETUP: Final = """\
1. In Splunk, open the alert (**Search & Reporting → Alerts → Edit → Edit alert**), or save a search as one.
2. Under *Trigger actions* choose **Add actions → Webhook** and enter this URL:

   ```text
   {url}
   ```
3. Where Splunk keeps a list of webhooks that it may call (**Settings → Server settings → Webhook allow list**), add the
   URL there.

Let the search say how bad it is and where, with the fields `severity`, `service`, `host` and `env`.

Splunk tells when an alert triggers, and nothing when it is over. To have that told, too, let the search return both,
*for each result*:

```text
index=web status>=500 earliest=-5m | stats count by service
| eval alert_id = "errors of " . service
| eval alert_status = if(count > 50, "firing", "resolved")
```

Of results with the same `alert_id` the latest counts.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Splunk",
    setup=SETUP,
    parse=parse,
    sample={
        "search_name": "Aurora test alert",
        "app": "search",
        "owner": "admin",
        "sid": "scheduler__admin__search__aurora_at_0_0",
        "results_link": "https://splunk.example.com/app/search/@go?sid=scheduler__admin__search__aurora_at_0_0",
        "result": {
            "service": "aurora-test",
            "severity": "warning",
            "message": "A test alert: webhooks from Splunk arrive",
        },
    },
)
