"""Where trouble begins in a system, by measurements of its places."""

import random
from collections.abc import Callable, Mapping

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.findings.places import Asked, places
from aurora_rt.toolsets.comparison import counts, measured, telemetry
from aurora_rt.toolsets.facts.places import CallGraph

ANCHOR = 1_772_000_000.0
CALLS = (("web", "cart"), ("cart", "store"))
Read = Callable[[bool], float]


def weighed(
    series: Mapping[tuple[str, str], Read], *, graph: bool = True, gone: str = "", alert: str = "latency"
) -> Assessment:
    """What is found; each measurement tells its value before and since the alert."""
    dice = random.Random(1)
    told = telemetry(
        measured(
            node,
            metric,
            "",
            [
                (at, read(at >= ANCHOR) * dice.uniform(0.98, 1.02))
                for at in (ANCHOR + 60.0 * n for n in range(-60, 10))
                if node != gone or at < ANCHOR
            ],
        )
        for (node, metric), read in series.items()
    )
    calls = Evidence(CallGraph(calls=CALLS, truncated=False), "[2]") if graph else None
    return places(Evidence(told, "[1]"), calls, Asked("web", (alert,), anchor=ANCHOR))  # type: ignore[arg-type]


def slower(now: float, usual: float) -> Read:
    return lambda since: now if since else usual


def test_more_traffic_deep_in_a_system_is_what_a_caller_does_and_no_beginning() -> None:
    found = weighed(
        {
            ("web", "latency"): slower(1.2, 0.2),
            ("cart", "latency"): slower(1.1, 0.1),
            ("store", "latency"): slower(0.01, 0.01),
            ("store", "requests"): slower(300, 100),
        }
    )
    assert found.findings[0].node == "cart"
    assert not any(one.kind == "traffic_load" for one in found.findings)


def test_more_traffic_where_it_comes_in_explains_that_all_are_slower() -> None:
    more = {(node, "requests"): slower(400, 100) for node in ("web", "cart", "store")}
    slow = {(node, "latency"): slower(0.3, 0.2) for node in ("web", "cart", "store")}
    first = weighed({**more, **slow}).findings[0]
    assert (first.node, first.kind) == ("web", "traffic_load")


def test_a_place_that_no_longer_tells_anything_is_down_with_or_without_a_graph() -> None:
    series = {
        ("web", "errors"): slower(5, 0),
        ("cart", "errors"): slower(5, 0),
        ("cart", "cpu"): slower(0.2, 0.2),
        ("store", "cpu"): slower(0.2, 0.2),
        ("store", "errors"): slower(0, 0),
    }
    for graph in (True, False):
        first = weighed(series, graph=graph, gone="store", alert="errors").findings[0]
        assert (first.node, first.kind) == ("store", "target_down")
        assert "all measurements ended at" in first.claim


def test_that_the_recording_ends_for_all_is_nobody_s_silence() -> None:
    series = {(node, "latency"): slower(0.1, 0.1) for node in ("web", "cart", "store")}
    assert weighed(series).findings == ()


def test_memory_that_grew_at_one_place_only_tells_where_even_if_nobody_calls_it_slow() -> None:
    slow = {(node, "latency"): slower(0.24, 0.2) for node in ("web", "cart", "store")}
    memory = {
        (node, "mem"): slower(9e8 if node == "store" else 3e8, 3e8) for node in ("web", "cart", "store")
    }
    first = weighed({**slow, **memory}, graph=False).findings[0]
    assert (first.node, first.kind) == ("store", "memory_pressure")


def test_use_that_grew_everywhere_with_what_there_is_to_do_is_no_cause() -> None:
    busy = {(node, "cpu"): slower(0.8, 0.2) for node in ("web", "cart", "store")}
    more = {(node, "requests"): slower(400, 100) for node in ("web", "cart", "store")}
    slow = {(node, "latency"): slower(0.4, 0.2) for node in ("web", "cart", "store")}
    assert weighed({**busy, **more, **slow}).findings[0].kind == "traffic_load"


def test_counters_are_known_by_name_or_by_never_falling() -> None:
    growing = [(60.0 * n, 7.0 * n) for n in range(40)]
    wavering = [(60.0 * n, 5.0 + n % 2) for n in range(40)]
    assert counts("http_requests_total", growing)
    assert counts("requests", growing)
    assert not counts("http_requests_total", wavering)
    assert not counts("memory_used", growing)
    one = measured("web", "http_requests_total", "", growing)
    assert {round(value, 6) for _, value in one.points} == {round(7 / 60, 6)}
