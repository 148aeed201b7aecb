"""The comparison of real-time servers, in short: it still runs, and nobody loses a message. No speed is asserted."""

import asyncio
import json
import sys
from pathlib import Path

from node import node

SCRIPT = Path(__file__).with_name("realtime.py")
SHORT = ("--seconds", "0.3", "--runs", "1", "--sizes", "10", "--idle", "10")
SERVERS = ("aurora", "python-socketio", "node-socket.io", "picows")


async def test_every_server_delivers_everything_and_every_figure_is_there() -> None:
    node("socket.io")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), "--json", *SHORT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    measured = json.loads(printed)
    for step in (*measured["room of 10"].values(), measured["tokens"]["tokens"]):
        for server in SERVERS:
            assert step[server]["lost"] == 0, server
            assert step[server]["delivered"] > 0
            assert 0 < step[server]["p50_ms"] <= step[server]["p99_ms"]
    assert set(SERVERS) <= measured["10 idle"].keys()
    assert measured["processes"]["aurora"]["lost"] == 0
    assert measured["processes"]["python-socketio"]["messages_per_second"] > 0
    assert measured["processes"]["nobody in the room"]["cpu_us_per_message"] >= 0
    assert 0 < measured["webhook"]["p50_ms"] <= measured["webhook"]["p99_ms"]
