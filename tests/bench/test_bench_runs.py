"""The measurement itself, in short: that it still runs and gives every figure. How fast is not asserted anywhere."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("alerts.py")
SHORT = ("--seconds", "0.3", "--runs", "1", "--repetitions", "1", "--at-once", "2")
SCENARIOS = {"liveness", "insert", "new", "repeated", "hundred", "new_postgres_apart"}
LOAD = {
    "alerts_per_second",
    "requests_per_second",
    "p50_ms",
    "p99_ms",
    "server_cpu_ms",
    "postgres_cpu_ms",
} | {
    "load_cpu",
    "answered",
    "refused",
}


async def figures() -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), "--json", *SHORT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(printed)


async def test_the_measurement_gives_every_figure_and_loses_no_alert() -> None:
    measured = await figures()
    webhook, calm, screen = measured["webhook"], measured["calm"], measured["screen"]
    for one in (*(webhook[name] for name in SCENARIOS), calm["web"], calm["web_and_worker"]):
        assert set(one) == LOAD
        assert one["answered"] > 0
        assert one["refused"] == 0
        assert 0 < one["p50_ms"] <= one["p99_ms"]
    assert webhook["durable"]["kept"] == webhook["durable"]["accepted"]
    assert set(webhook["ratios"]) == {
        f"{name}_to_{floor}"
        for name in SCENARIOS - {"liveness", "insert"}
        for floor in ("liveness", "insert")
    }
    for one, incidents in ((screen["one_at_a_time"], 1), (screen["at_once"], 2)):
        assert one["incidents"] == incidents
        for what in ("accepted", "thought", "summary"):
            assert one[f"{what}_missing"] == 0
            assert 0 < one[f"{what}_p50_ms"] <= one[f"{what}_p99_ms"]
    assert measured["postgres"]["fsync"] == "on"
