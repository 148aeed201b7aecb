"""What we add to a model, measured in short: it still runs, and every figure is there. No speed is asserted."""

import asyncio
import json
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("models.py")
SHORT = ("--questions", "2", "--runs", "1", "--tokens", "20", "--calls", "2")
OTHERS = ("pydantic-ai", "openai")


async def test_all_that_ask_the_same_provider_are_measured(database_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(SCRIPT), "--json", *SHORT, "--database", database_url),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    measured = json.loads(printed.splitlines()[-1])
    for name in ("aurora", *OTHERS):
        assert 0 < measured["first"][name]["p50_ms"] <= measured["first"][name]["p99_ms"]
        assert measured["tokens"][name]["us"] > 0
        assert measured["calls"][name]["us"] > 0
    for name in OTHERS:
        assert set(measured["first"][f"added to {name}"]) == {"p50_ms", "p99_ms"}
        assert measured["tokens"][f"to {name}"]["cpu_us"] > 0
        assert measured["calls"][f"to {name}"]["cpu_us"] > 0
