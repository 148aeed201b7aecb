"""Nothing connects without a setting. Each `up` of e2e/test_processes.py is held to it; here, that it would be seen."""

import asyncio
import os
import sys
from pathlib import Path

from outbound import environment, foreign, written

PROGRAM = """
import asyncio, contextlib, socket, uvloop
async def connect():
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError):
        await loop.create_connection(asyncio.Protocol, "192.0.2.1", 0)
    with contextlib.suppress(OSError):
        await loop.getaddrinfo("name.invalid", 0)
    with contextlib.suppress(OSError):
        await loop.create_connection(asyncio.Protocol, host="127.0.0.1", port=0)
for new in (uvloop.new_event_loop, asyncio.new_event_loop):
    with asyncio.Runner(loop_factory=new) as runner:
        runner.run(connect())
with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
    line.sendto(b"", ("192.0.2.2", 0))
"""


async def test_whom_a_process_connects_to_is_seen_however_it_does(tmp_path: Path) -> None:
    file = tmp_path / "connections"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, env={**os.environ, **environment(file)}
    )
    assert await process.wait() == 0
    assert set(foreign(file)) == {
        "uvloop.create_connection 192.0.2.1",
        "uvloop.getaddrinfo name.invalid",
        "socket.connect 192.0.2.1",
        "socket.getaddrinfo name.invalid",
        "socket.sendto 192.0.2.2",
    }
    assert "uvloop.create_connection 127.0.0.1" in written(file)
