"""What an alert is about: nothing that many have in common for no reason."""

import pytest

from aurora_rt.alerts.correlation.subject import subject_of
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import sources
from aurora_rt.clock import now


def about(source: str, payload: object) -> list[frozenset[str]]:
    return [subject_of(alert, now()).names for alert in sources()[source].parse(payload)]


def of_prometheus(**labels: str) -> frozenset[str]:
    alert = {
        "status": "firing",
        "labels": {"alertname": "Slow", **labels},
        "startsAt": "2026-03-02T10:00:00Z",
    }
    (names,) = about("alertmanager", {"version": "4", "groupKey": "g", "status": "firing", "alerts": [alert]})
    return names


def test_a_job_that_scrapes_everything_is_nobody() -> None:
    assert of_prometheus(service="checkout", job="kubernetes-pods") == {"checkout"}
    assert of_prometheus(service="checkout", job="scrape-all") == {"checkout"}
    assert of_prometheus(pod="mail-5d9c7f6b8d-x2k4q", job="scrape-all") == {"mail"}
    assert of_prometheus(job="kubernetes-pods") == frozenset()
    assert of_prometheus(job="checkout") == {"checkout"}


@pytest.mark.parametrize("source", ["gcp", "splunk", "coroot", "jira"])
def test_what_all_alerts_of_an_account_have_is_nobody(source: str) -> None:
    """A project of Google Cloud, an app of Splunk's, a board in Jira."""
    (names,) = about(source, dict(sources()[source].sample))
    assert names <= {"aurora-test"}


def test_several_names_in_one_label_are_several() -> None:
    assert of_prometheus(service="basket, checkout") == {"basket", "checkout"}


def test_alerts_without_common_ground_but_their_alert_model_are_told_apart() -> None:
    one = Alert(
        source="json", fingerprint="1", title="t", status="firing", service="", labels={"project": "all"}
    )
    assert not subject_of(one, now()).names
