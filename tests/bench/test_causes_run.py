"""The comparison with methods of the literature still runs, and they do what they are published to do."""

import csv
import json
import sys
from asyncio import create_subprocess_exec, subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from causes import METHODS, interquartile, ranked

from aurora_rt.investigation.evaluation.recording import Measure

SCRIPT = Path(__file__).with_name("causes.py")
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def write_suite(folder: Path) -> None:
    """One case: the stock is slow, the shop waits for it and raises the alarm."""
    case = folder / "slow-stock"
    case.mkdir(parents=True)
    (folder / "suite.json").write_text(json.dumps({"name": "shop"}))
    (folder / "graph.json").write_text(json.dumps([["shop", "stock"]]))
    labels = {"alertname": "HighLatency", "service": "shop", "severity": "critical"}
    alert = {"status": "firing", "labels": labels, "startsAt": START.isoformat(), "fingerprint": "f00d"}
    told = {
        "id": "slow-stock",
        "start": START.isoformat(),
        "alert": {"version": "4", "status": "firing", "alerts": [alert]},
        "truth": {"healthy": False, "nodes": ["stock"]},
    }
    (case / "case.json").write_text(json.dumps(told))
    with (case / "metrics.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["time", "shop|latency|p50", "stock|latency|p50"])
        for n in range(-60, 10):
            usual, slow = 0.001 * (n % 3), 2.0 if n >= 0 else 0.0
            at = (START + timedelta(seconds=2 * n)).isoformat()
            rows.writerow([at, 0.2 + 4 * usual + slow, 0.1 + usual + slow])


async def test_every_contender_is_measured_on_the_same_cases(tmp_path: Path) -> None:
    write_suite(tmp_path / "suite")
    process = await create_subprocess_exec(
        sys.executable, str(SCRIPT), str(tmp_path / "suite"), "--json", stdout=subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    figures = {one["investigator"]: one for one in map(json.loads, printed.splitlines())}
    assert set(figures) == {"aurora (built-in)", *METHODS}
    assert all(one["cases"] == 1 for one in figures.values())
    assert figures["alerting service"]["ac@1"] == 0
    assert figures["BARO"]["ac@1"] == 1


def test_places_are_ranked_by_the_highest_value_in_units_of_what_is_usual() -> None:
    usual = [1.0, 2.0, 3.0, 4.0, 5.0]
    assert interquartile(usual) == (3.0, 2.0)
    windows = {
        Measure("quiet", "latency", "p50"): (usual, [3.0, 4.0]),
        Measure("loud", "latency", "p50"): (usual, [3.0, 9.0]),
        Measure("low", "latency", "p50"): (usual, [3.0, -50.0]),
    }
    assert ranked(windows, interquartile) == ["loud", "quiet", "low"]
