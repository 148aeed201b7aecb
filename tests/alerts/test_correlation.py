"""Which incident an alert joins: what always holds whatever is told, and one payload after another; no database."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.alerts.correlation.placing import Known, kinds_of, place
from aurora_rt.alerts.correlation.pool import CANDIDATES, SHARED
from aurora_rt.alerts.correlation.service_map import ServiceMap, named
from aurora_rt.alerts.correlation.signs import KEYS, keys_of, signs_of
from aurora_rt.alerts.correlation.subject import subject_of
from aurora_rt.alerts.models import Alert

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
CALLS = ServiceMap([("checkout", "payments"), ("cart", "payments"), ("payments", "ledger-db")])


def alert(
    title: str = "HighErrorRate",
    after: float = 0,
    *,
    text: str = "",
    service: str = "",
    env: str = "",
    **labels: str,
) -> Alert:
    return Alert(
        source="test",
        fingerprint=f"{title}{after}{service}{env}{sorted(labels.items())}",
        title=title,
        status="firing",
        description=text,
        severity="critical",
        service=service,
        environment=env,
        labels=labels,
        started_at=START + timedelta(seconds=after),
    )


def known(service_map: ServiceMap = CALLS) -> Known:
    return Known(timedelta(minutes=10), START + timedelta(hours=3), service_map)


def told(*alerts: Alert, so_far: Known | None = None) -> list[tuple[object, str, str]]:
    """Of each alert, sent one by one, its incident, the strategy and the reason."""
    so_far = so_far or known()
    placed = [place([one], {}, known=so_far)[0] for one in alerts]
    return [(one.incident_id, one.strategy, one.reason) for one in placed]


def groups(placements: Iterable[tuple[str, object]]) -> set[frozenset[str]]:
    found: dict[object, set[str]] = {}
    for name, where in placements:
        found.setdefault(where, set()).add(name)
    return {frozenset(one) for one in found.values()}


@pytest.mark.parametrize(
    ("first", "second", "strategy", "reason"),
    [
        (
            alert("HostDown", instance="db-1:9100", job="node"),
            alert("MySQLDown", 40, host="db-1", service="orders"),
            "same_host",
            "Same host db-1, 40 s after it last fired there.",
        ),
        (
            alert(service="payments"),
            alert("Slow", 120, service="checkout"),
            "topology",
            "checkout calls payments, which fires, 2 min after it last fired there.",
        ),
        (
            alert(service="checkout"),
            alert("Slow", 30, service="payments"),
            "topology",
            "checkout, which fires, calls payments, 30 s after it last fired there.",
        ),
        (
            alert(service="Checkout Service"),
            alert("KubePodCrashLooping", 90, job="kube-state-metrics", pod="checkout-7d9f8b6c5d-x2x1v"),
            "same_service",
            "Same service checkout, 90 s after it last fired there.",
        ),
        (
            alert("CPU", DBInstanceIdentifier="users-rds", service="users-rds"),
            alert("Errors", 20, text="connection to users-rds refused", service="accounts"),
            "named",
            "It names users-rds, which fires, 20 s after it last fired there.",
        ),
        (
            alert("CoreDNSErrorsHigh", job="coredns", cluster="eu"),
            alert("Errors", 20, text="lookup failed: no such host", service="mail", cluster="eu"),
            "same_trouble",
            "Both are about name resolution in eu, 20 s after it last fired there.",
        ),
        (
            alert("PodNotReady", pod="a-7d9f8b6c5d-x2x1v", namespace="shop"),
            alert("PodNotReady", 15, pod="b-7d9f8b6c5d-x2x1v", namespace="shop"),
            "same_trouble",
            "Both are about what does not start in shop, 15 s after it last fired there.",
        ),
        (
            alert(service="shop/checkout"),
            alert("Slow", -45, service="checkout"),
            "same_service",
            "Same service checkout, 45 s before it began there.",
        ),
    ],
)
def test_what_belongs_together_joins_and_says_why(
    first: Alert, second: Alert, strategy: str, reason: str
) -> None:
    (home, _, _), (joined, how, why) = told(first, second)
    assert (joined, how, why) == (home, strategy, reason)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (alert(service="cart"), alert(after=1, service="mail")),  # the same title
        (alert(service="cart", env="prod"), alert("Slow", 1, service="cart", env="staging")),
        (alert(service="cart", cluster="eu"), alert("Slow", 1, service="cart", cluster="us")),
        (alert("Down", host="db-1", cluster="eu"), alert("Slow", 1, host="db-1", cluster="us")),
        (alert(service="cart"), alert("Slow", 3600, service="cart")),  # too late
        (alert(namespace="shop", service="cart"), alert(after=1, namespace="shop", service="mail")),
        (alert("CPU busy", host="db-1"), alert("Disk full", 1, host="db-1")),  # another resource
        (alert("Watchdog", job="prometheus"), alert("Backup missing", 1)),
        (
            alert("JobFailed", job="kube-state-metrics", instance="10.2.0.9:8080", namespace="a"),
            alert("PvcFull", 1, job="kube-state-metrics", instance="10.2.0.9:8080", namespace="b"),
        ),
    ],
)
def test_what_does_not_belong_together_opens_its_own(first: Alert, second: Alert) -> None:
    (one, _, _), (other, strategy, _) = told(first, second)
    assert one != other
    assert strategy == "primary"


def test_other_spellings_of_an_environment_are_the_same() -> None:
    (one, _, _), (other, _, _) = told(
        alert(service="cart", env="prod"), alert("Slow", 5, service="cart", env="production")
    )
    assert one == other


def test_what_two_call_that_fire_shows_that_they_are_one() -> None:
    so_far = known()
    (checkout, _, _), (cart, _, _) = told(
        alert(service="checkout", text="x"), alert("Slow", 9, service="cart"), so_far=so_far
    )
    assert checkout != cart
    ((joined, _, _),) = told(alert("Down", 30, service="payments"), so_far=so_far)
    (bridge,) = so_far.bridges
    assert {bridge.incident_id, bridge.into} == {checkout, cart}
    assert joined in {checkout, cart}


def test_what_calls_two_that_fire_does_not_make_them_one() -> None:
    so_far = known(ServiceMap([("shop", "cart"), ("shop", "mail")]))
    told(
        alert(service="cart"),
        alert("Queue", 5, service="mail"),
        alert("Slow", 9, service="shop"),
        so_far=so_far,
    )
    assert so_far.bridges == []


def test_resolved_incidents_attract_nothing() -> None:
    so_far = known()
    ((one, _, _),) = told(alert(service="cart"), so_far=so_far)
    so_far.pool.remove(one)
    ((other, strategy, _),) = told(alert("Slow", 5, service="cart"), so_far=so_far)
    assert (other == one, strategy) == (False, "primary")


def test_a_namespace_in_which_everything_fires_says_nothing() -> None:
    so_far = known()
    crowd = [
        alert(f"Odd{number}", service=f"odd-{number}", namespace="shop", node="n1")
        for number in range(SHARED + 1)
    ]
    for one in crowd:
        so_far.pool.join(
            place([one], {})[0].incident_id, so_far.subject(one), keys_of(so_far.subject(one), CALLS)
        )
    ((_, strategy, _),) = told(alert("Slow", 1, service="new", namespace="shop", node="n1"), so_far=so_far)
    assert strategy == "primary"


def test_what_only_measures_is_no_service_but_a_rule_that_fires_on_very_many_things_is_one_problem() -> None:
    three = [alert("NotReady", n, service="kube-state-metrics", pod=f"p{n}-0") for n in range(3)]
    many = [alert("Down", n, service="node", instance=f"h{n}:9100") for n in range(6)]
    kinds = kinds_of([*three, *many])
    assert len({kinds[one.fingerprint] for one in three}) == 3
    assert len({kinds[one.fingerprint] for one in many}) == 1


def test_names_of_components_come_down_to_one() -> None:
    told_as = (
        "Checkout Service",
        "shop/checkout",
        "checkout-svc",
        "checkout_service",
        "checkout.shop.svc.cluster.local",
    )
    assert {named(one) for one in told_as} == {"checkout"}


WORDS = st.sampled_from(
    ["cart", "pay", "mail", "db-1", "db-2", "eu", "us", "prod", "staging", "High", "Down", ""]
)
LABELS = st.dictionaries(
    st.sampled_from(
        ["host", "pod", "namespace", "cluster", "zone", "deployment", "job", "instance", "upstream"]
    ),
    WORDS,
)
ALERTS = st.builds(
    lambda n, title, after, text, service, env, labels: Alert(
        source="test", fingerprint=f"f{n}", title=f"{title} {text}", status="firing", description=text,
        service=service, environment=env, labels=labels, started_at=START + timedelta(seconds=after),
    ),
    st.integers(0, 10**9), WORDS, st.floats(0, 5000), st.text(max_size=60), WORDS,
    st.sampled_from(["", "prod", "staging"]), LABELS,
)  # fmt: skip


@given(st.lists(ALERTS, min_size=2, max_size=9, unique_by=lambda one: one.fingerprint), st.integers())
def test_the_order_within_a_payload_does_not_matter(alerts: list[Alert], seed: int) -> None:
    shuffled = random.Random(seed).sample(alerts, len(alerts))
    one, other = (
        groups((it.alert.fingerprint, it.incident_id) for it in place(them, {}, known=known()))
        for them in (alerts, shuffled)
    )
    assert one == other


@given(st.lists(ALERTS, min_size=2, max_size=9, unique_by=lambda one: one.fingerprint))
def test_no_incident_has_two_environments_or_two_clusters(alerts: list[Alert]) -> None:
    so_far = known()
    homes: dict[object, list[Alert]] = {}
    for one in alerts:
        (placement,) = place([one], {}, known=so_far)
        homes.setdefault(placement.incident_id, []).append(one)
    for together in homes.values():
        assert len({one.environment for one in together} - {""}) <= 1
        assert len({one.labels.get("cluster", "") for one in together} - {""}) <= 1


@given(ALERTS, st.integers(0, 300))
def test_an_alert_looks_for_a_bounded_number_of_keys_however_much_is_known(one: Alert, callers: int) -> None:
    wide = ServiceMap([(f"caller-{n}", one.service or "cart") for n in range(callers)])
    subject = subject_of(one, START, wide)
    signs = signs_of(subject, wide)
    assert len(signs) <= KEYS
    so_far = known(wide)
    for number in range(40):
        so_far.join(
            alert(f"A{number}", service=one.service, host=one.labels.get("host", "")),
            place([one], {})[0].incident_id,
        )
    candidates, _ = so_far.pool.found(subject, signs, so_far.window)
    assert len(candidates) <= CANDIDATES
