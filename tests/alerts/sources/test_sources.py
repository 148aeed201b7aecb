"""What holds for every source: its payloads become the alerts that were expected, and nothing breaks it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vendors import Payload, alerts_in, amazon, has, payload, payloads, secret_of, signed, told

from aurora_rt.alerts.decoding import decoded
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.proof.call import Call, SignatureExpired, SignatureInvalid, SignatureMissing
from aurora_rt.alerts.proof.schemes import BODY, Hmac, StandardWebhooks, TokenInBody
from aurora_rt.alerts.proof.sns import Sns
from aurora_rt.alerts.source import PayloadNotUnderstood, Source, sources
from aurora_rt.alerts.text import NAME_LIMIT, URL_LIMIT, VALUE_LIMIT

every_source = pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.name)
every_payload = pytest.mark.parametrize("sent", payloads(), ids=lambda sent: sent.id)
every_proof = pytest.mark.parametrize(
    "source",
    [one for one in sources().values() if one.proof.takes_secret or one.proof.always],
    ids=lambda source: source.name,
)

some_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@every_payload
def test_a_vendors_payload_becomes_the_alerts_that_a_person_expects(sent: Payload) -> None:
    assert [told(alert) for alert in sent.alerts()] == sent.expected["alerts"]
    assert sent.expected["documentation"].startswith("https://")


@every_source
def test_what_fires_and_what_resolves_is_one_alert(source: Source) -> None:
    (firing,) = payload(source.name, "firing").alerts()
    assert firing.status == "firing"
    for name, status in (("acknowledged", "acknowledged"), ("resolved", "resolved")):
        if has(source.name, name) or (name == "resolved" and source.recovers):
            (alert,) = payload(source.name, name).alerts()
            assert (alert.status, alert.fingerprint) == (status, firing.fingerprint)


@every_source
def test_a_person_can_send_the_sample_and_sees_it_start_now(source: Source) -> None:
    (alert,) = source.alerts_in(json.loads(json.dumps(source.sample)), {})

    assert alert.status == "firing"
    assert alert.started_at is None
    assert "test alert" in alert.description


@every_source
def test_the_setup_text_holds_the_webhooks_url_and_keeps_its_other_braces(source: Source) -> None:
    text = source.setup_for("https://aurora.example.com/api/webhooks/x/secret")

    assert "https://aurora.example.com/api/webhooks/x/secret" in text
    assert "{url}" not in text


@every_source
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(value=some_json)
def test_whatever_json_is_sent_it_is_understood_or_refused_with_a_sentence(
    source: Source, value: object
) -> None:
    check(source, value)


@every_payload
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_payload_with_any_one_field_spoilt_is_understood_or_refused(
    sent: Payload, data: st.DataObject
) -> None:
    value = (
        json.loads(sent.body)
        if sent.path.suffix == ".json"
        else decoded(sent.source, sent.body, sent.headers)
    )
    place = data.draw(st.sampled_from(list(places(value))))
    check(sent.source, spoilt(value, place, data.draw(some_json)), sent.headers)


@every_proof
def test_what_the_vendor_signed_is_believed(source: Source) -> None:
    body, headers = signed(source.proof, payload(source.name, "firing").body)
    assert source.proof.check(call(body, headers), secret_of(source.proof) or "") != ""


@every_proof
def test_what_was_changed_on_the_way_is_refused(source: Source) -> None:
    body, headers = signed(source.proof, payload(source.name, "firing").body)
    if isinstance(source.proof, Sns):
        body = json.dumps(
            json.loads(body) | {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:other"}
        ).encode()
    elif isinstance(source.proof, TokenInBody):
        body += b"0"
    else:
        headers = {name: f"{value[:-1]}{'0' if value[-1] != '0' else '1'}" for name, value in headers.items()}
    with pytest.raises((SignatureInvalid, SignatureMissing)):
        source.proof.check(call(body, headers), secret_of(source.proof) or "")


@every_proof
def test_what_nobody_signed_is_refused(source: Source) -> None:
    body = payload(source.name, "firing").body
    with pytest.raises(SignatureMissing):
        source.proof.check(call(body, {}), secret_of(source.proof) or "")


@every_proof
def test_a_replay_is_known_by_its_time_or_by_its_identity(source: Source) -> None:
    body, headers = signed(source.proof, payload(source.name, "firing").body)
    secret = secret_of(source.proof) or ""
    assert source.proof.check(call(body, headers), secret) == source.proof.check(call(body, headers), secret)
    timed = isinstance(source.proof, StandardWebhooks | Sns) or (
        isinstance(source.proof, Hmac) and bool(source.proof.time_header)
    )
    if timed:
        with pytest.raises(SignatureExpired):
            source.proof.check(call(body, headers, late=timedelta(hours=2)), secret)
    if isinstance(source.proof, Hmac) and source.proof.once == BODY:
        other, others = signed(source.proof, payload(source.name, "resolved").body)
        assert source.proof.check(call(other, others), secret) != source.proof.check(
            call(body, headers), secret
        )


def call(body: bytes, headers: Mapping[str, str], late: timedelta = timedelta()) -> Call:
    small = {name.lower(): value for name, value in headers.items()}
    return Call(small, body, datetime.now(UTC) + late, certificate=amazon()[1])


@pytest.mark.parametrize("name", ["alertmanager", "grafana"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(labels=st.dictionaries(st.text(min_size=1), st.text(), min_size=1), changed=st.text())
def test_an_alert_keeps_its_fingerprint_when_it_changes_and_when_it_resolves(
    name: str, labels: dict[str, str], changed: str
) -> None:
    def sent(status: str, summary: str) -> Alert:
        alert = {"status": status, "labels": labels, "annotations": {"summary": summary}}
        return sources()[name].parse({"status": status, "alerts": [alert]})[0]

    assert sent("firing", "").fingerprint == sent("resolved", changed).fingerprint


def parsed(source: Source, value: object, headers: Mapping[str, str]) -> tuple[Alert, ...]:
    """The alerts of a payload, or none when it was refused with a sentence; anything else is an error."""
    try:
        return source.alerts_in(value, headers)
    except PayloadNotUnderstood as error:
        refusal = error
    assert refusal.message.startswith(f"{refusal.field}: ")
    assert storable(refusal.message)
    return ()


def check(source: Source, value: object, headers: Mapping[str, str] | None = None) -> None:
    """What `parse` promises of its alerts: each fingerprint once, bounded, fit to be stored and shown."""
    alerts = parsed(source, value, headers or {})
    assert len({alert.fingerprint for alert in alerts}) == len(alerts)
    for alert in alerts:
        assert alert.source == source.name
        assert 0 < len(alert.fingerprint) <= 1000
        assert alert.title
        for short in (alert.title, alert.service, alert.environment, alert.severity, *alert.labels):
            assert len(short) <= NAME_LIMIT
        assert len(alert.source_url) <= URL_LIMIT
        assert not alert.source_url or alert.source_url.startswith(("http://", "https://"))
        texts = [alert.description, *alert.annotations.values(), *alert.labels.values()]
        assert all(len(text) <= VALUE_LIMIT for text in texts)
        names = [alert.fingerprint, alert.title, alert.service, alert.environment, alert.severity]
        assert all(storable(text) for text in [*names, *texts, *alert.labels, *alert.annotations])
        for moment in (alert.started_at, alert.ended_at, alert.changed_at):
            assert moment is None or moment.tzinfo is UTC


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


def test_a_form_and_a_text_are_read_where_a_source_takes_them() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    (alert,) = alerts_in(sources()["datadog"], b"alert_id=7&title=Disk+full&alert_transition=Triggered", form)
    assert (alert.fingerprint, alert.title) == ("7", "Disk full")
