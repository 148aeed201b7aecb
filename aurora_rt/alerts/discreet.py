"""What a source sent, without the secrets in it: alerts quote log lines and commands.

Who an alert is was settled before, on what was really sent; so an alert stays the same whatever is hidden of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from pydantic_core import from_json

from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import PayloadNotUnderstood
from aurora_rt.redaction import redacted, redacted_json, redacted_value

Parse = Callable[[object], tuple[Alert, ...]]


def without_secrets(body: str, alerts: Sequence[Alert], parse: Parse) -> tuple[str, Sequence[Alert]]:
    """The body as it is kept, and what `parse` made of it. The usual one, without any secret, is looked at once."""
    clean = redacted_json(body)
    told = "\n".join(text for alert in alerts for text in _texts(alert))
    if clean == body and redacted(told) == told:
        return body, alerts
    shown = _parsed(clean, parse)
    pairs = zip(shown if len(shown) == len(alerts) else alerts, alerts, strict=True)
    return clean, [replace(_alert(one), fingerprint=_identity(sent.fingerprint)) for one, sent in pairs]


def _parsed(clean: str, parse: Parse) -> tuple[Alert, ...]:
    """The alerts of the body that is kept: texts are cut to what we keep, and half a secret looks like none."""
    try:
        return parse(from_json(clean))
    except (PayloadNotUnderstood, ValueError):
        return ()


def _texts(alert: Alert) -> Iterator[str]:
    """All that an alert says; a label as `name=value`, so that a name that tells of a secret is seen."""
    yield from (alert.fingerprint, alert.title, alert.description, alert.service, alert.environment)
    yield from (alert.source_url, alert.expression or "", alert.group or "", alert.acknowledged_by)
    for entries in (alert.labels, alert.annotations):
        yield from (f"{name}={value}" for name, value in entries.items())


def _alert(alert: Alert) -> Alert:
    return replace(
        alert,
        title=redacted(alert.title),
        description=redacted(alert.description),
        service=redacted(alert.service),
        environment=redacted(alert.environment),
        acknowledged_by=redacted(alert.acknowledged_by),
        labels=_entries(alert.labels),
        annotations=_entries(alert.annotations),
        source_url=redacted(alert.source_url),
        expression=None if alert.expression is None else redacted(alert.expression),
        group=None if alert.group is None else redacted(alert.group),
    )


def _entries(entries: Mapping[str, str]) -> dict[str, str]:
    shown: dict[str, str] = redacted_value(entries)
    return shown


def _identity(fingerprint: str) -> str:
    """A vendor's identity that holds a secret is kept as its hash: still the same each time, and nobody's secret."""
    return (
        fingerprint if redacted(fingerprint) == fingerprint else sha256(fingerprint.encode()).hexdigest()[:32]
    )


def told(text: str) -> str:
    """Text that nobody understood, without secrets."""
    clean: str = redacted_json(text)
    return clean
