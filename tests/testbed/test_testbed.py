"""Two faults that are caused for real, looked into live. All of them by hand: `aurora-rt eval --live tests/testbed`."""

import json
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner
from servers import missing

from aurora_rt.cli import aurora_rt
from testbed.cases import BY_NAME, CASES

HERE = Path(__file__).parent
PLAYED = ("postgres-lock", "dns-failure")


def evaluated(*arguments: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(aurora_rt, ["eval", "--json", *arguments])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def of_testbeds() -> set[int]:
    """Processes that testbeds have started and that are still there."""
    return {
        one.pid
        for one in psutil.process_iter(["cmdline"])
        if any("aurora-testbed-" in part for part in one.info["cmdline"] or ())
    }


def test_faults_that_are_caused_for_real_are_looked_into_scored_and_kept(tmp_path: Path) -> None:
    saved, before = tmp_path / "saved", of_testbeds()
    *cases, last = evaluated(
        "--live", str(HERE), "--only", ",".join(PLAYED), "--settle", "3", "--save", str(saved)
    )
    assert [case["id"] for case in cases] == list(PLAYED)
    for case in cases:
        assert not case["healthy"]
        assert case["tool_calls"] > 5
        assert case["seconds"] < 30
        assert "Gateway" in case["summary"] or "gateway" in case["summary"]
    assert last["totals"]["cases"] == len(PLAYED)
    assert of_testbeds() <= before

    # What was recorded holds the fault: from it the investigator blames a place, again and without the shop.
    for name in PLAYED:
        told = json.loads((saved / name / "case.json").read_text())
        assert told["truth"]["kind"] == BY_NAME[name].kind
        assert (saved / name / "metrics.csv").read_text().count("\n") > 5
    *again, _ = evaluated("--suite", str(saved))
    assert sorted(case["id"] for case in again) == sorted(PLAYED)
    assert all(case["ranked"] for case in again)


def test_alerts_tell_symptoms_and_never_the_cause() -> None:
    for case in CASES:
        assert not any(node.lower() in case.alert.lower() for node in case.nodes), case.name
    assert sum(bool(case.kind) for case in CASES) >= 13
    assert sum(not case.kind for case in CASES) >= 4


@pytest.fixture(autouse=True)
def programs() -> None:
    """What the shop stands on must be installed."""
    import shutil

    for program in ("prometheus", "prometheus-node-exporter", "redis-server", "openssl", "faketime"):
        if shutil.which(program) is None:
            missing(f"The testbed starts {program}: install the Debian package of that name.")
