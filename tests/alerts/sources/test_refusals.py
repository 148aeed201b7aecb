"""What a person reads when a payload is not understood, and what is taken at the limits."""

from typing import Any

import pytest

from aurora_rt.alerts.source import PayloadNotUnderstood, sources

GOOD = {"status": "firing", "labels": {"alertname": "Down"}, "startsAt": "2026-03-03T03:03:03Z"}


def alertmanager(*alerts: object, **group: object) -> dict[str, Any]:
    return {"version": "4", "alerts": list(alerts), **group}


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        ([], "payload: not an object"),
        ("firing", "payload: not an object"),
        ({}, "alerts: missing"),
        ({"alerts": {}}, "alerts: not a list"),
        (alertmanager("Down"), "alerts[0]: not an object"),
        (alertmanager(GOOD, GOOD, GOOD, GOOD | {"startsAt": "yesterday"}), "alerts[3].startsAt: not a time"),
        (alertmanager(GOOD | {"startsAt": 1780000000}), "alerts[0].startsAt: not a time"),
        (
            alertmanager(GOOD | {"endsAt": "2026-03-03T03:03:03"}),
            "alerts[0].endsAt: a time without its time zone",
        ),
        (
            alertmanager(GOOD | {"startsAt": "9999-12-31T23:59:59Z"}),
            "alerts[0].startsAt: too far in the future",
        ),
        (alertmanager(GOOD | {"status": "broken"}), "alerts[0].status: not 'firing' or 'resolved'"),
        (alertmanager({"labels": {"alertname": "Down"}}), "alerts[0].status: missing"),
        (alertmanager(GOOD | {"labels": ["Down"]}), "alerts[0].labels: not an object"),
        (alertmanager(GOOD | {"labels": {"a": {"b": "c"}}}), "alerts[0].labels.a: not text"),
        (
            alertmanager(GOOD | {"fingerprint": "f" * 201}),
            "alerts[0].fingerprint: longer than 200 characters",
        ),
        (
            alertmanager({"status": "firing", "labels": {}}),
            "alerts[0]: has neither labels nor a fingerprint to tell it from other alerts",
        ),
        (alertmanager(*[GOOD] * 10_001), "alerts: more than 10000 entries"),
        (
            alertmanager(GOOD | {"labels": dict.fromkeys(map(str, range(501)), "x")}),
            "alerts[0].labels: more than 500 entries",
        ),
    ],
)
def test_a_refused_payload_is_told_which_field_is_wrong(payload: object, sentence: str) -> None:
    with pytest.raises(PayloadNotUnderstood) as refused:
        sources()["alertmanager"].parse(payload)

    assert refused.value.message == sentence
    assert refused.value.code == "payload_not_understood"


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        ({"state": "alerting"}, "alerts: missing"),
        ({"state": "maybe", "commonLabels": {"alertname": "Down"}}, "commonLabels.status: missing"),
        (
            {"ruleId": 7, "state": "broken"},
            "state: not 'alerting', 'no_data', 'ok', 'paused', 'pending' or 'unknown'",
        ),
        ({"ruleId": None, "state": "ok"}, "ruleId: empty"),
        ({"ruleId": 7}, "state: missing"),
        ({"ruleId": 7, "state": "ok", "evalMatches": [1]}, "evalMatches[0]: not an object"),
        ({"status": "firing", "alerts": [GOOD | {"values": 5}]}, "alerts[0].values: not an object"),
    ],
)
def test_grafana_is_told_too(payload: object, sentence: str) -> None:
    with pytest.raises(PayloadNotUnderstood) as refused:
        sources()["grafana"].parse(payload)

    assert refused.value.message == sentence


def test_ten_thousand_alerts_in_one_payload_are_all_taken() -> None:
    alerts = [GOOD | {"labels": {"alertname": "Down", "instance": f"node-{n}:9100"}} for n in range(10_000)]

    assert len(sources()["alertmanager"].parse(alertmanager(*alerts))) == 10_000


def test_long_texts_are_cut_where_a_reader_sees_it_and_the_identity_is_not() -> None:
    labels = {"alertname": "N" * 5000}
    one, other = (
        sources()["alertmanager"].parse(alertmanager(GOOD | {"labels": labels | {"path": "p" * 9000 + end}}))[
            0
        ]
        for end in "ab"
    )

    assert one.title == "N" * 299 + "…"
    assert one.labels["path"] == other.labels["path"] == "p" * 4095 + "…"
    assert one.fingerprint != other.fingerprint
