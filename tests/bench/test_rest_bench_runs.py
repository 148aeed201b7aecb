"""The comparison with Flask, in short: it still runs, all answer the same, and nobody refuses. No speed is asserted."""

import asyncio
import json
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("rest.py")
SHORT = ("--seconds", "0.3", "--runs", "1", "--only", "list,detail,sessions")


async def test_all_servers_give_the_same_answers_and_every_figure() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), "--json", *SHORT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    measured = json.loads(printed)
    assert set(measured) == {"list", "detail", "sessions"}
    for compared in measured.values():
        for server in ("hypercorn", "uvicorn", "flask"):
            assert compared[server]["refused"] == 0
            assert compared[server]["requests_per_second"] > 0
            assert 0 < compared[server]["p50_ms"] <= compared[server]["p99_ms"]
        assert len(compared["to_flask"]) == 6
