"""What labels tell."""

import pytest

from aurora_rt.alerts.labels import environment, fingerprint, host, service, severity


@pytest.mark.parametrize(
    ("labels", "identity"),
    [
        ({"alertname": "Watchdog", "severity": "none"}, "448881ef475b9b26"),
        (
            {
                "severity": "critical",
                "alertname": "HighErrorRate",
                "cluster": "prod-eu",
                "instance": "checkout-7d9f8b6c4-xkp2q:8080",
                "namespace": "shop",
                "service": "checkout",
            },
            "2f0fd8ecd18cf764",
        ),
    ],
)
def test_the_fingerprint_is_the_one_that_a_real_alertmanager_gave(
    labels: dict[str, str], identity: str
) -> None:
    assert fingerprint(labels) == identity


@pytest.mark.parametrize(
    ("instance", "name"),
    [
        ("db-1:9100", "db-1"),
        ("10.0.0.7:9100", "10.0.0.7"),
        ("db-1", "db-1"),
        ("[fe80::1]:9100", "fe80::1"),
        ("fe80::1", "fe80::1"),
        ("https://shop.example.com/health", "shop.example.com"),
        ("unix:socket", "unix:socket"),
        ("http://[broken", "http://[broken"),
        ("", ""),
    ],
)
def test_the_host_is_found_in_every_form_of_an_instance(instance: str, name: str) -> None:
    assert host(instance) == name


def test_the_service_is_the_first_label_that_names_one() -> None:
    labels = {"instance": "web-3:80"}
    assert service(labels) == "web-3"
    assert service(labels | {"job": "nginx"}) == "nginx"
    assert service(labels | {"job": "nginx", "service": "shop"}) == "shop"
    assert service({}) == ""


def test_the_severity_is_the_labels_own_word() -> None:
    assert severity({"severity": " Page "}) == "page"
    assert severity({}) == "unknown"


def test_the_environment_has_two_usual_names() -> None:
    assert environment({"env": "test"}) == "test"
    assert environment({"env": "test", "environment": "production"}) == "production"
