"""The storm, in short: a tenth of its alerts. Nothing is lost, nothing is refused; how fast it is is not asserted."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storms import SOURCES, storm

SCRIPT = Path(__file__).with_name("storm.py")
ALERTS, CAUSES = 1_000, 4
LEAST_INCIDENTS, MOST_INCIDENTS = CAUSES, CAUSES + CAUSES // 10
"""Alerts of one cause become one incident."""


async def test_a_storm_of_four_vendors_is_taken_whole_and_kept_whole() -> None:
    size = ("--alerts", str(ALERTS), "--causes", str(CAUSES), "--seconds", "8", "--calm-seconds", "2")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), "--json", "--role", "web", *size, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    report: dict[str, Any] = json.loads(printed)
    webhook, reads, kept, incidents = (report[name] for name in ("webhook", "reads", "kept", "incidents"))
    assert set(webhook["answers"]) == {"202"}
    assert webhook["not_taken"] == 0
    assert 0 < webhook["p50_ms"] <= webhook["p99_ms"] <= webhook["longest_ms"]
    assert reads["refused"] == 0
    assert {"calm", "storm", "p99_ratio"} == set(reads["list"]) == set(reads["incident"])
    assert kept["alerts_kept"] == kept["alerts_sent"] == ALERTS
    assert kept["different_alerts_kept"] == kept["different_alerts_sent"]
    assert (kept["calls_kept"], kept["calls_not_processed"]) == (kept["calls_taken"], 0)
    assert incidents["causes"] == CAUSES
    assert CAUSES <= incidents["incidents"] <= MOST_INCIDENTS
    assert incidents["of_several_causes"] == 0


def test_a_storm_is_the_same_each_time_and_tells_of_each_cause_through_each_vendor() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    calls = storm(7, noon, alerts=10_000, causes=40, seconds=60)
    assert (
        calls
        == storm(7, noon, alerts=10_000, causes=40, seconds=60)
        != storm(8, noon, alerts=10_000, causes=40, seconds=60)
    )
    assert sum(len(call.symptoms) for call in calls) == 10_000
    assert {(one.cause.number, one.source) for call in calls for one in call.symptoms} == {
        (number, source) for number in range(40) for source in SOURCES
    }
    assert all(0 <= call.due <= 62 for call in calls)
    assert len({call.body for call in calls}) < len(calls)  # some come again, word for word
    services = {one.cause.number: one.cause.service for call in calls for one in call.symptoms}
    assert len(set(services.values())) == 40
