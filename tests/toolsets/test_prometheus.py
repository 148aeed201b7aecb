"""Asking a real Prometheus that scrapes itself and a target that is down."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from servers import prometheus_server, target, until

from aurora_rt.clock import now
from aurora_rt.settings import load
from aurora_rt.toolsets.facts.metrics import (
    FiringAlerts,
    Rules,
    SeriesSet,
    Targets,
)
from aurora_rt.toolsets.prometheus import TOOLSET
from aurora_rt.toolsets.toolbox import Toolbox

Tools = Callable[..., Toolbox]

USUAL = load()
DOWN = "127.0.0.1:9"
RULES = """
groups:
  - name: tests
    rules:
      - record: targets:up:sum
        expr: sum(up)
      - alert: TargetDown
        expr: up == 0
        labels: {severity: critical}
        annotations: {summary: "{{ $labels.job }} is down, password=hunter2"}
      - alert: NeverFires
        expr: up > 1
        for: 5m
"""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus that has scraped and evaluated its rules; one for all, because its start takes seconds."""
    directory = tmp_path_factory.mktemp("prometheus")
    with asyncio.Runner() as runner:
        running = prometheus_server(directory, scrape={"down": [DOWN]}, rules=RULES)
        base_url = runner.run(running.__aenter__())
        try:
            runner.run(until(base_url, "count(count_over_time(up[1m]) >= 3) == 2"))
            runner.run(until(base_url, 'ALERTS{alertstate="firing"}'))
            yield base_url
        finally:
            runner.run(running.__aexit__(None, None, None))


async def test_a_query_gives_the_values_of_one_moment(tools: Tools, prometheus: str) -> None:
    box = tools(prometheus_url=prometheus)
    seen = await box.look("prometheus.query", query="up")
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert {one.labels["job"]: one.points[0][1] for one in seen.facts.series} == {"prometheus": 1, "down": 0}
    assert f'up{{instance="{target(prometheus)}",job="prometheus"}}  1' in seen.output
    assert seen.command.endswith(f"{prometheus} up")

    scalar = await box.look("prometheus.query", query="40 + 2.5")
    assert isinstance(scalar.facts, SeriesSet), scalar.error
    assert scalar.facts.series[0].points[0][1] == 42.5
    assert "42.5" in scalar.output

    samples = await box.look("prometheus.query", query='up{job="prometheus"}[1m]')
    assert isinstance(samples.facts, SeriesSet), samples.error
    assert len(samples.facts.series[0].points) >= 3

    infinite = await box.look("prometheus.query", query="vector(1) / 0")
    assert isinstance(infinite.facts, SeriesSet), infinite.error
    assert infinite.facts.series[0].points == ()

    text = await box.look("prometheus.query", query="'words'")
    assert (text.error, text.output[:9]) == (None, "No series")


async def test_a_query_may_be_about_a_moment_of_its_own(tools: Tools, prometheus: str) -> None:
    box, long_ago = tools(prometheus_url=prometheus), now() - timedelta(days=30)
    for moment in (long_ago.isoformat(), f"{long_ago.timestamp():.0f}"):
        seen = await box.look("prometheus.query", query="up", time=moment)
        assert isinstance(seen.facts, SeriesSet), seen.error
        assert seen.facts.series == ()
        assert f"{long_ago:%Y-%m-%d}" in seen.output


async def test_a_query_over_time_gives_real_values_at_a_step_that_fits_young_series(
    tools: Tools, prometheus: str
) -> None:
    seen = await tools(prometheus_url=prometheus).look("prometheus.query_range", query="up")
    assert isinstance(seen.facts, SeriesSet), seen.error
    values = {one.labels["job"]: {value for _, value in one.points} for one in seen.facts.series}
    assert values == {"prometheus": {1.0}, "down": {0.0}}
    assert all(len(one.points) >= 3 for one in seen.facts.series)
    # The window is two hours long, the series are seconds old: asked at the usual step, there would be one sample.
    assert seen.facts.step == 1
    assert "last 1, min 1 at" in seen.output
    assert seen.command.startswith("promtool query range --start=")


async def test_a_query_over_a_time_of_its_own_never_asks_for_the_future(
    tools: Tools, prometheus: str
) -> None:
    box = tools(prometheus_url=prometheus)
    start, end = now() - timedelta(minutes=1), now() + timedelta(days=1)
    seen = await box.look(
        "prometheus.query_range", query="vector(7)", start=start.isoformat(), end=end.isoformat(), step="5s"
    )
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert seen.facts.step == 5
    [one] = seen.facts.series
    assert one.points[-1][0] <= now().timestamp()
    assert one.points[0][0] >= start.timestamp() - 1
    to_come = await box.look("prometheus.query_range", query="up", start=end.isoformat())
    assert "is to come" in (to_come.error or "")


async def test_a_finer_step_than_is_good_is_made_coarser(tools: Tools, prometheus: str) -> None:
    seen = await tools(prometheus_url=prometheus).look("prometheus.query_range", query="vector(1)", step=1)
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert len(seen.facts.series[0].points) <= 501


async def test_all_series_of_the_same_labels_are_found_within_the_limit(
    tools: Tools, prometheus: str
) -> None:
    box, mine = tools(prometheus_url=prometheus), f'instance="{target(prometheus)}",job="prometheus"'
    seen = await box.look("prometheus.related", matchers=mine)
    assert isinstance(seen.facts, SeriesSet), seen.error
    names = {one.labels["__name__"] for one in seen.facts.series}
    assert {"process_resident_memory_bytes", "prometheus_tsdb_head_series", "up"} <= names
    assert not any(name.endswith("_bucket") for name in names)
    assert all(one.labels["instance"] == target(prometheus) for one in seen.facts.series)

    few = await box.look("prometheus.related", matchers=f"{{{mine},}}", limit=20)
    assert isinstance(few.facts, SeriesSet), few.error
    assert (len(few.facts.series), few.facts.truncated) == (20, True)
    assert all(len({value for _, value in one.points}) > 1 for one in few.facts.series)
    assert "were left out" in few.output


async def test_rules_are_listed_by_name_with_their_expression(tools: Tools, prometheus: str) -> None:
    box = tools(prometheus_url=prometheus)
    seen = await box.look("prometheus.rules", name="TargetDown")
    assert isinstance(seen.facts, Rules), seen.error
    [rule] = seen.facts.rules
    assert (rule.expression, rule.state, rule.labels) == ("up == 0", "firing", {"severity": "critical"})
    assert rule.annotations["summary"].endswith("password=[redacted]")
    assert "up == 0" in seen.output

    every = await box.look("prometheus.rules")
    assert isinstance(every.facts, Rules), every.error
    assert [(one.name, one.for_seconds) for one in every.facts.rules] == [
        ("TargetDown", 0),
        ("NeverFires", 300),
    ]

    none = await box.look("prometheus.rules", name="Unheard")
    assert none.output == "No alerting rule is called Unheard."


async def test_targets_that_are_down_come_first_with_the_reason(tools: Tools, prometheus: str) -> None:
    seen = await tools(prometheus_url=prometheus).look("prometheus.targets")
    assert isinstance(seen.facts, Targets), seen.error
    down, up = seen.facts.targets
    assert (down.job, down.instance, down.up) == ("down", DOWN, False)
    assert "connection refused" in down.last_error
    assert (up.job, up.up, up.last_error) == ("prometheus", True, "")
    assert up.last_scrape_at is not None
    assert "2 targets, 1 of them down" in seen.output


async def test_alerts_that_fire_are_listed(tools: Tools, prometheus: str) -> None:
    seen = await tools(prometheus_url=prometheus).look("prometheus.alerts")
    assert isinstance(seen.facts, FiringAlerts), seen.error
    [alert] = seen.facts.alerts
    assert (alert.name, alert.state, alert.labels["job"]) == ("TargetDown", "firing", "down")
    assert alert.active_since is not None
    assert alert.active_since < now()


async def test_a_query_that_is_wrong_is_answered_with_what_prometheus_says_of_it(
    tools: Tools, prometheus: str
) -> None:
    seen = await tools(prometheus_url=prometheus).look("prometheus.query_range", query="sum(")
    assert f"The metrics server at {target(prometheus)} refused (HTTP 400)" in (seen.error or "")
    assert "parse error" in (seen.error or "")
    assert "sum(" in seen.command


async def test_a_long_query_is_asked_all_the_same(tools: Tools, prometheus: str) -> None:
    query = " or ".join(f'up{{job="job-{n}"}}' for n in range(200)) + ' or up{job="down"}'
    seen = await tools(prometheus_url=prometheus).look("prometheus.query", query=query)
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert len(seen.facts.series) == 1


async def test_the_health_of_the_toolset_is_that_of_the_server(
    http: httpx.AsyncClient, prometheus: str
) -> None:
    well = await TOOLSET.health(USUAL.model_copy(update={"prometheus_url": prometheus}), http)
    assert (well.status, target(prometheus) in well.message) == ("healthy", True)
    away = await TOOLSET.health(USUAL.model_copy(update={"prometheus_url": f"http://{DOWN}"}), http)
    assert (away.status, "cannot be reached" in away.message) == ("unhealthy", True)
    unset = await TOOLSET.health(USUAL.model_copy(update={"prometheus_url": None}), http)
    assert unset.status == "unhealthy"


async def test_a_window_of_the_past_is_looked_at_as_it_was(tools: Tools, prometheus: str) -> None:
    box = tools(prometheus_url=prometheus)
    end = datetime(2026, 1, 1, tzinfo=UTC)
    seen = await box.look(
        "prometheus.query_range",
        query="time()",
        start=(end - timedelta(hours=1)).isoformat(),
        end=end.timestamp(),
    )
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert seen.facts.series[0].points[-1] == (end.timestamp(), end.timestamp())
