"""All places of a system compared, as a real Prometheus knows them by the usual names of metrics."""

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from servers import prometheus_server
from test_prometheus_failures import answering, response

from aurora_rt.clock import now
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.investigator import Case, CaseAlert, Summary
from aurora_rt.toolsets.facts.places import Telemetry
from aurora_rt.toolsets.telemetry.conventions import MOST, questions
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Window

Tools = Callable[..., Toolbox]

ANCHOR = (now() - timedelta(hours=3)).replace(microsecond=0)
WINDOW = Window(ANCHOR - timedelta(hours=1), ANCHOR + timedelta(minutes=10), ANCHOR)
STEP = 15


def exposed() -> str:
    """A shop of three whose stock is slow since the alert, because its processor is busy, as OpenMetrics."""
    since, until_ = ANCHOR.timestamp() - 2400, ANCHOR.timestamp() + 600
    times = [since + n * STEP for n in range(int((until_ - since) / STEP))]
    lines: dict[str, list[str]] = {}

    def say(family: str, sample: str, value: float, at: float) -> None:
        lines.setdefault(family, []).append(f"{sample} {value:.6g} {at:.3f}")

    for job in ("front", "stock", "mail"):
        calls = spent = cpu = 0.0
        for n, at in enumerate(times):
            slow = at >= ANCHOR.timestamp() and job != "mail"
            wobble = 1 + 0.05 * (n % 3)
            calls += 10 * STEP
            seconds = (0.2 if job == "front" else 0.02) * wobble + (0.3 if slow else 0)
            spent += 10 * STEP * seconds
            cpu += STEP * (0.1 * wobble + (0.9 if slow and job == "stock" else 0))
            labels = f'job="{job}",instance="{job}:80"'
            say("up gauge", f"up{{{labels}}}", 1, at)
            say("http_requests counter", f'http_requests_total{{{labels},code="200"}}', calls, at)
            say(
                "http_request_duration_seconds summary",
                f"http_request_duration_seconds_sum{{{labels}}}",
                spent,
                at,
            )
            say(
                "http_request_duration_seconds summary",
                f"http_request_duration_seconds_count{{{labels}}}",
                calls,
                at,
            )
            say("process_cpu_seconds counter", f"process_cpu_seconds_total{{{labels}}}", cpu, at)
            say(
                "process_resident_memory_bytes gauge",
                f"process_resident_memory_bytes{{{labels}}}",
                5e7 * wobble,
                at,
            )
    told = [line for family, samples in lines.items() for line in (f"# TYPE {family}", *samples)]
    return "\n".join([*told, "# EOF", ""])


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus that remembers what happened three hours ago."""
    directory: Path = tmp_path_factory.mktemp("remembering")
    (directory / "told.txt").write_text(exposed())
    made = subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", directory / "told.txt", directory / "tsdb"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with asyncio.Runner() as runner:
        running = prometheus_server(directory, scrape={})
        try:
            yield runner.run(running.__aenter__())
        finally:
            runner.run(running.__aexit__(None, None, None))


async def test_every_place_is_measured_by_what_its_metrics_are_called(tools: Tools, prometheus: str) -> None:
    seen = await tools(prometheus_url=prometheus, window=WINDOW).look("telemetry.compare")
    assert isinstance(seen.facts, Telemetry), seen.error
    by_name = {(one.node, one.metric, one.statistic): one for one in seen.facts.measured}
    assert {node for node, _, _ in by_name} == {"front", "stock", "mail"}
    slow = by_name["stock", "http_request_duration_seconds", "Average"].points
    assert slow[5][1] == pytest.approx(0.021, abs=0.002)
    assert slow[-1][1] == pytest.approx(0.32, abs=0.02)
    assert by_name["mail", "http_requests_total", ""].points[-1][1] == pytest.approx(10, rel=0.01)
    assert {value for _, value in by_name["mail", "http_requests_total errors", ""].points} == {0.0}
    assert seen.command == "telemetry.compare"


async def test_one_place_or_measurement_can_be_asked_for(tools: Tools, prometheus: str) -> None:
    box = tools(prometheus_url=prometheus, window=WINDOW)
    seen = await box.look("telemetry.compare", node="sto", metric="process_cpu_seconds_total")
    assert isinstance(seen.facts, Telemetry), seen.error
    assert [(one.node, one.metric) for one in seen.facts.measured] == [("stock", "process_cpu_seconds_total")]
    none = await box.look("telemetry.compare", node="nobody")
    assert none.error == "Nothing was measured in the incident's window."


async def test_the_place_that_made_the_front_slow_is_found_in_a_live_system(
    tools: Tools, prometheus: str
) -> None:
    labels = {"alertname": "HighLatency", "service": "front", "severity": "critical"}
    alert = CaseAlert("HighLatency", "", "critical", "front", "firing", labels, {}, ANCHOR)
    case = Case(uuid4(), "HighLatency", "front", "critical", "", "alertmanager", ANCHOR, (alert,))
    box = tools(prometheus_url=prometheus, window=WINDOW)
    ended = [step async for step in BuiltinInvestigator().investigate(case, box) if isinstance(step, Summary)]
    first = ended[0].causes[0]
    assert (first.node, first.kind) == ("stock", "cpu_saturation"), ended[0].text


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (response(b"<html>no</html>"), "does not speak JSON"),
        (response(b"", "503 Service Unavailable"), "503"),
        (response(b"", "401 Unauthorized"), "401"),
    ],
)
async def test_a_server_that_cannot_tell_is_a_sentence(tools: Tools, said: bytes, error: str) -> None:
    async with answering(said) as (place, _):
        seen = await tools(prometheus_url=f"http://{place}", window=WINDOW).look("telemetry.compare")
    assert error in str(seen.error)


async def test_a_server_that_is_away_cannot_be_reached(tools: Tools) -> None:
    seen = await tools(prometheus_url="http://127.0.0.1:9", window=WINDOW).look("telemetry.compare")
    assert "127.0.0.1:9" in str(seen.error)


def test_however_many_metrics_there_are_few_questions_are_asked_and_first_those_that_callers_notice() -> None:
    names = [f"a{n}_requests_total" for n in range(50)] + [
        "x_duration_seconds_sum",
        "x_duration_seconds_count",
    ]
    asked = questions(names, "60s")
    assert len(asked) == MOST
    assert (asked[0].metric, asked[0].statistic) == ("x_duration_seconds", "Average")
    assert questions(["go_gc_duration_seconds_sum", "go_gc_duration_seconds_count"], "60s") == []
