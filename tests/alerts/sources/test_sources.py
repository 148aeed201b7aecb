"""What holds for every source: its payloads become the alerts that were expected, and nothing breaks it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import PayloadNotUnderstood, Source, sources
from aurora_rt.alerts.text import NAME_LIMIT, URL_LIMIT, VALUE_LIMIT

PAYLOADS = Path(__file__).parent / "payloads"
BODIES = sorted(path for path in PAYLOADS.glob("*.json") if ".expected" not in path.name)

every_source = pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.name)
every_body = pytest.mark.parametrize("body", BODIES, ids=lambda path: path.stem)

some_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def source_of(body: Path) -> Source:
    return sources()[body.name.split("-")[0]]


def as_json(alert: Alert) -> dict[str, Any]:
    fields = asdict(alert)
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in fields.items()}


@every_body
def test_a_vendors_payload_becomes_the_alerts_that_a_person_expects(body: Path) -> None:
    alerts = source_of(body).parse(json.loads(body.read_text()))

    assert [as_json(alert) for alert in alerts] == json.loads(body.with_suffix(".expected.json").read_text())


@every_source
def test_every_source_has_payloads_of_its_own_that_fire_and_resolve(source: Source) -> None:
    bodies = [json.loads(body.read_text()) for body in BODIES if source_of(body) is source]

    assert {alert.status for body in bodies for alert in source.parse(body)} == {"firing", "resolved"}


@every_source
def test_a_person_can_send_the_sample_and_sees_it_start_now(source: Source) -> None:
    (alert,) = source.parse(json.loads(json.dumps(source.sample)))

    assert alert.status == "firing"
    assert alert.started_at is None
    assert "test alert" in alert.description


@every_source
def test_the_setup_text_holds_the_webhooks_url_and_keeps_its_other_braces(source: Source) -> None:
    text = source.setup_for("https://aurora.example.com/api/webhooks/x/secret")

    assert "https://aurora.example.com/api/webhooks/x/secret" in text
    assert "{url}" not in text


@every_source
@given(payload=some_json)
def test_whatever_json_is_sent_it_is_understood_or_refused_with_a_sentence(
    source: Source, payload: object
) -> None:
    check(source, payload)


@every_body
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_payload_with_any_one_field_spoilt_is_understood_or_refused(
    body: Path, data: st.DataObject
) -> None:
    payload = json.loads(body.read_text())
    place = data.draw(st.sampled_from(list(places(payload))))
    check(source_of(body), spoilt(payload, place, data.draw(some_json)))


@every_source
@given(labels=st.dictionaries(st.text(min_size=1), st.text(), min_size=1), changed=st.text())
def test_an_alert_keeps_its_fingerprint_when_it_changes_and_when_it_resolves(
    source: Source, labels: dict[str, str], changed: str
) -> None:
    def sent(status: str, summary: str) -> Alert:
        alert = {"status": status, "labels": labels, "annotations": {"summary": summary}}
        return source.parse({"status": status, "alerts": [alert]})[0]

    assert sent("firing", "").fingerprint == sent("resolved", changed).fingerprint


def parsed(source: Source, payload: object) -> tuple[Alert, ...]:
    """The alerts of `payload`, or none when it was refused with a sentence; anything else is an error."""
    try:
        return source.parse(payload)
    except PayloadNotUnderstood as error:
        refusal = error
    assert refusal.message.startswith(f"{refusal.field}: ")
    assert storable(refusal.message)
    return ()


def check(source: Source, payload: object) -> None:
    """What `parse` promises of its alerts: each fingerprint once, bounded, fit to be stored and shown."""
    alerts = parsed(source, payload)
    assert len({alert.fingerprint for alert in alerts}) == len(alerts)
    for alert in alerts:
        assert alert.source == source.name
        assert alert.fingerprint
        assert alert.title
        assert len(alert.title) <= NAME_LIMIT
        assert len(alert.source_url) <= URL_LIMIT
        assert not alert.source_url or alert.source_url.startswith(("http://", "https://"))
        texts = [alert.description, *alert.annotations.values(), *alert.labels.values()]
        assert all(len(text) <= VALUE_LIMIT for text in texts)
        assert all(
            storable(text)
            for text in [alert.fingerprint, alert.title, *texts, *alert.labels, *alert.annotations]
        )


def storable(text: str) -> bool:
    text.encode()  # raises on a lone surrogate
    return "\0" not in text


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path to a value within `value`."""
    children: list[tuple[str | int, object]] = []
    if isinstance(value, Mapping):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    below = [place for name, child in children for place in places(child, (*path, name))]
    return [path, *below]


def spoilt(value: Any, path: tuple[str | int, ...], instead: object) -> object:
    if not path:
        return instead
    name, *rest = path
    if isinstance(value, list):
        return [spoilt(child, tuple(rest), instead) if n == name else child for n, child in enumerate(value)]
    return {**value, name: spoilt(value[name], tuple(rest), instead)}
