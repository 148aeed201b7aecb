"""Recorded incidents are read, played and scored; what cannot be read is named."""

import asyncio
import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from aurora_rt.cli import aurora_rt
from aurora_rt.errors import Invalid
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.evaluation.play import Played, Stage
from aurora_rt.investigation.evaluation.recording import RecordedCall, read_series
from aurora_rt.investigation.evaluation.replay import answer_to
from aurora_rt.investigation.evaluation.score import scored, totals
from aurora_rt.investigation.evaluation.suite import RecordedCase, opened
from aurora_rt.investigation.investigator import CaseAlert
from aurora_rt.settings import Settings
from aurora_rt.toolsets.registry import discover

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SERIES = ("shop|latency|Average", "cart|latency|Average", "stock|latency|Average", "stock|cpu|Average")


def alert_of(service: str) -> dict[str, Any]:
    labels = {"alertname": "HighLatency", "service": service, "severity": "critical", "metric": "latency"}
    one = {"status": "firing", "labels": labels, "startsAt": START.isoformat(), "fingerprint": "f00d"}
    return {"version": "4", "status": "firing", "alerts": [one]}


def rows(values: list[list[float | None]], start: datetime) -> list[list[str]]:
    return [
        [(start + timedelta(minutes=n)).isoformat(), *("" if value is None else str(value) for value in row)]
        for n, row in enumerate(values)
    ]


def write_csv(file: Path, values: list[list[float | None]], start: datetime) -> None:
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([["time", *SERIES], *rows(values, start)])


def write_case(folder: Path, name: str, now: list[float | None], truth: dict[str, Any]) -> None:
    case = folder / name
    case.mkdir(parents=True)
    told = {"id": name, "start": START.isoformat(), "alert": alert_of("shop"), "truth": truth}
    (case / "case.json").write_text(json.dumps(told))
    write_csv(case / "metrics.csv", [now] * 8, START - timedelta(minutes=2))


@pytest.fixture
def suite_folder(tmp_path: Path) -> Path:
    """A shop of three places: once its stock is slow because of its processor, once nothing is wrong."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "suite.json").write_text(
        json.dumps({"name": "shop", "cases": 2, "licence": "CC0", "source": "ours"})
    )
    (folder / "graph.json").write_text(json.dumps([["shop", "cart"], ["cart", "stock"]]))
    usual: list[list[float | None]] = [[0.2 + 0.01 * (n % 3), 0.1, 0.05, 20 + n % 2] for n in range(60)]
    write_csv(folder / "baseline.csv", usual, START - timedelta(days=1))
    slow = {"healthy": False, "nodes": ["stock"], "kind": "cpu_saturation", "must_mention": ["stock"]}
    write_case(folder, "slow-stock", [1.2, 1.1, 1.05, 98.0], slow)
    write_case(folder, "watchdog", [0.21, 0.1, 0.05, 20.0], {"healthy": True, "nodes": []})
    return folder


def read_alerts(payload: object, start: datetime) -> tuple[CaseAlert, ...]:
    assert isinstance(payload, dict)
    labels = payload["alerts"][0]["labels"]
    return (
        CaseAlert(
            title=labels["alertname"],
            description="",
            severity="critical",
            service=labels["service"],
            status="firing",
            labels=labels,
            annotations={},
            started_at=start,
        ),
    )


@pytest.fixture
def cases(suite_folder: Path) -> dict[str, RecordedCase]:
    """The cases of the shop, by id."""
    return {case.id: case for case in opened(suite_folder, read_alerts).cases()}


async def played(case: RecordedCase, settings: Settings) -> Played:
    stage = Stage(
        BuiltinInvestigator(),
        await asyncio.to_thread(discover),
        settings,
        await asyncio.to_thread(httpx.AsyncClient),
    )
    async with stage.http:
        return await stage.play(case)


async def test_the_slow_place_is_found_below_the_one_that_alerts_and_why_it_is_slow(
    cases: dict[str, RecordedCase], settings: Settings
) -> None:
    found = scored(await played(cases["slow-stock"], settings))
    assert (found.place, found.place_and_kind) == (1, 1)
    assert found.mentioned == (True,)
    assert found.support.supported == found.support.claims > 0
    assert "cpu" in found.played.summary


async def test_no_cause_is_invented_where_everything_is_as_usual(
    cases: dict[str, RecordedCase], settings: Settings
) -> None:
    found = scored(await played(cases["watchdog"], settings))
    assert found.healthy
    figures = totals("shop", "builtin", [found, scored(await played(cases["slow-stock"], settings))])
    assert (figures["false_causes"], figures["missed"], figures["ac@1"]) == (0, 0, 1.0)
    assert figures["place_and_kind"]["ac@1"] == 1.0


def test_eval_prints_one_json_object_a_case_and_one_with_the_totals(suite_folder: Path) -> None:
    result = CliRunner().invoke(aurora_rt, ["eval", "--suite", str(suite_folder), "--json"])
    assert result.exit_code == 0, result.output
    slow, watchdog, figures = (json.loads(line) for line in result.stdout.splitlines())
    assert set(slow) == {"id", "ranked", "healthy", "seconds", "tool_calls", "summary"}
    assert slow["ranked"][0]["node"] == "stock"
    assert set(slow["ranked"][0]) == {"node", "kind", "confidence"}
    assert watchdog["healthy"]
    assert watchdog["ranked"] == []
    assert figures["totals"]["cases"] == 2


def test_eval_prints_a_table_for_people(suite_folder: Path) -> None:
    result = CliRunner().invoke(aurora_rt, ["eval", "--suite", str(suite_folder)])
    assert result.exit_code == 0
    assert "ok  slow-stock: stock (cpu_saturation" in result.stdout


async def test_what_was_not_recorded_is_unknown_and_not_absent(
    cases: dict[str, RecordedCase], settings: Settings
) -> None:
    away = RecordedCall(tool="prometheus.rules", params={}, error="HTTP 503")
    case = cases["slow-stock"]
    found = await played(replace(case, recording=replace(case.recording, answers=(away,))), settings)
    errors = {look.tool: look.error for look in found.looks.values() if look.error}
    assert errors["prometheus.rules"] == "HTTP 503"
    assert errors["prometheus.targets"] == "not recorded"
    assert "host.state" not in errors


def test_a_recorded_answer_may_leave_parameters_out_but_not_differ() -> None:
    pods = RecordedCall(tool="kubernetes.get", params={"resource": "pods"}, output="all")
    shop = RecordedCall(
        tool="kubernetes.get", params={"namespace": "shop", "resource": "pods"}, output="shop's"
    )
    known = [pods, shop]
    assert answer_to({"resource": "pods", "namespace": "shop", "output": None}, known) == shop
    assert answer_to({"resource": "pods", "namespace": "mail"}, known) == pods
    assert answer_to({"resource": "nodes"}, known) is None
    timed = RecordedCall(tool="logs.search", params={"query": "x", "start": "a", "end": "b"}, output="lines")
    assert answer_to({"query": "x", "start": "c", "end": "d"}, [timed]) == timed


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("suite.json", "{", "is not JSON"),
        ("suite.json", "{}", "name: Field required"),
        ("graph.json", '[["a"]]', "0.1: Field required"),
        ("slow-stock/case.json", '{"id": "x"}', "start: Field required"),
        ("slow-stock/metrics.csv", "when,a|b|c\n", "must be called time"),
        ("slow-stock/metrics.csv", "time,a|b|c\nyesterday,1\n", "no time in RFC 3339"),
        ("slow-stock/metrics.csv", f"time,a|b|c\n{START.isoformat()},many\n", "'many' is no number"),
        ("slow-stock/tools.json", '[{"params": {}}]', "0.tool: Field required"),
    ],
)
def test_a_suite_that_cannot_be_read_says_where_and_why(
    suite_folder: Path, file: str, text: str, told: str
) -> None:
    (suite_folder / file).write_text(text)
    with pytest.raises(Invalid) as refused:
        list(opened(suite_folder, read_alerts).cases())
    assert told in refused.value.message
    assert file.rpartition("/")[2] in refused.value.message


def test_empty_cells_and_endless_numbers_are_no_samples(tmp_path: Path) -> None:
    file = tmp_path / "metrics.csv"
    file.write_text(f"time,a|b|c,d\n{START.isoformat()},,nan\n2026-03-01T12:01:00Z,1.5,inf\n")
    (first, points), (second, none) = read_series(file).items()
    assert (first, [value for _, value in points]) == (("a", "b", "c"), [1.5])
    assert (second, none) == (("d", "", ""), ())


def test_a_folder_without_cases_is_no_suite(tmp_path: Path) -> None:
    (tmp_path / "suite.json").write_text('{"name": "empty"}')
    result = CliRunner().invoke(aurora_rt, ["eval", "--suite", str(tmp_path)])
    assert isinstance(result.exception, Invalid)
