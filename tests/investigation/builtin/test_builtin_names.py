"""Names of one thing are one place, names of two are two; what agrees on a place adds up."""

from datetime import UTC, datetime

import pytest

from aurora_rt.investigation.builtin.findings.finding import Assessment, Calm, Finding
from aurora_rt.investigation.builtin.measures import aspect_of
from aurora_rt.investigation.builtin.names import alike, bare, folded_names, plain_name, short
from aurora_rt.investigation.builtin.ranking import weigh

ANCHOR = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "cart",
        "service cart",
        "pod cart-7d9f8b6c5-x2x4z",
        "Cart:8080",
        "cart.shop.svc.cluster.local",
        "cart-5c689d88bb",
    ],
)
def test_one_thing_is_known_by_many_names(name: str) -> None:
    assert plain_name(name) == "cart"


@pytest.mark.parametrize(
    "name", ["orders-db", "ts-order-service", "redis-cart", "mongo-0", "api.example.com", "a-2"]
)
def test_a_name_that_platforms_did_not_make_stays_as_it_is(name: str) -> None:
    assert plain_name(name) == name


def test_what_is_shown_keeps_its_case_and_loses_the_word_for_its_kind() -> None:
    assert bare("service Cart") == "Cart"
    assert short("pod cart-7d9f8b6c5-x2x4z") == "cart"
    assert bare('series up{job="x"}') == 'series up{job="x"}'


def test_a_word_like_service_is_left_off_only_where_one_thing_is_left() -> None:
    one = folded_names({"cart", "cartservice", "orders"})
    assert one["cart"] == one["cartservice"] != one["orders"]
    two = folded_names({"cart-api", "cart-service"})
    assert two["cart-api"] != two["cart-service"]
    assert alike("cart", {"cartservice", "orders"}) == "cartservice"
    assert alike("cart", {"cart-api", "cart-service"}) is None
    assert alike("mail", {"cart"}) is None


def found(node: str, strength: float, cite: int, kind: str = "latency") -> Finding:
    claim = f"Something is the matter [{cite}]."
    return Finding(kind, node, claim, strength, on_host=False, own=True)  # type: ignore[arg-type]


def test_metrics_logs_and_state_that_agree_on_a_place_outweigh_one_that_is_louder() -> None:
    loud = found("frontend", 0.72, 1)
    agreeing = [
        found("cart", 0.68, 1),
        found("pod cart-7d9f8b6c5-x2x4z", 0.66, 2, "crash"),
        found("service cart", 0.6, 3),
    ]
    verdict = weigh(Assessment((loud, *agreeing)), ("latency",), "unknown", ANCHOR, ())
    assert [one.node for one in verdict.candidates] == ["cart", "frontend"]
    assert len(verdict.candidates[0].findings) == 3
    assert not verdict.context


def test_two_findings_of_the_same_look_do_not_add_up() -> None:
    once = weigh(Assessment((found("cart", 0.6, 1),)), ("latency",), "unknown", ANCHOR, ())
    twice = weigh(
        Assessment((found("cart", 0.6, 1), found("cart", 0.5, 1))), ("latency",), "unknown", ANCHOR, ()
    )
    assert twice.candidates[0].score == once.candidates[0].score


def test_beside_an_alert_that_is_over_only_what_is_plainly_at_fault_is_named() -> None:
    over = (Calm("recovered", "It is back [1]."),)
    weak = weigh(Assessment((found("cart", 0.4, 1),), calm=over), ("latency",), "unknown", ANCHOR, ())
    assert weak.candidates == ()
    assert [one.node for one in weak.set_aside] == ["cart"]
    strong = weigh(Assessment((found("cart", 0.9, 1),), calm=over), ("latency",), "unknown", ANCHOR, ())
    assert [one.node for one in strong.candidates] == ["cart"]


@pytest.mark.parametrize(
    ("metric", "aspect"),
    [
        ("load", "traffic"),
        ("node_load1", "cpu"),
        ("workload", "traffic"),
        ("diskio", "io"),
        ("mem", "memory"),
        ("latency-90", "latency"),
        ("istio_request_duration_milliseconds", "latency"),
        ("http_requests_total", "traffic"),
        ("http_request_errors_total", "errors"),
        ("container_cpu_usage_seconds_total", "cpu"),
        ("container_memory_working_set_bytes", "memory"),
        ("container_fs_writes_bytes_total", "io"),
        ("CPUUtilization", "cpu"),
        ("HTTPCode_Target_5XX_Count", "errors"),
        ("TargetResponseTime", "latency"),
        ("socket", "descriptors"),
        ("hikaricp_connections_active", "pool"),
        ("rabbitmq_queue_messages_ready", "queue"),
        ("kafka_consumergroup_lag", "queue"),
        ("availability", "availability"),
        ("redis_evicted_keys_total", "cache"),
        ("node_network_receive_bytes_total", "traffic"),
        ("kube_pod_container_status_restarts_total", "restarts"),
        ("temperature", "general"),
    ],
)
def test_a_measurement_is_of_what_its_name_says(metric: str, aspect: str) -> None:
    assert aspect_of(metric) == aspect
