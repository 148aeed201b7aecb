"""`aurora-rt` as processes of their own, for tests that start, stop and kill them."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import servers

from aurora_rt.settings import Settings

AURORA = Path(sys.executable).with_name("aurora-rt")


class Program:
    """One `aurora-rt` process, with everything that it has printed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.printed = ""
        self._changed = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while line := await self.process.stdout.readline():
            self.printed += line.decode()
            self._changed.set()
        self._changed.set()

    async def prints(self, pattern: str) -> re.Match[str]:
        """Wait until it has printed something."""
        async with asyncio.timeout(60):
            while not (found := re.search(pattern, self.printed)):
                assert not self._reading.done(), self.printed
                self._changed.clear()
                await self._changed.wait()
            return found

    async def ended(self) -> int:
        """Wait until it has ended, and give its exit status."""
        async with asyncio.timeout(60):
            status = await self.process.wait()
            await self._reading
            return status


@asynccontextmanager
async def running(*arguments: str, **environment: str) -> AsyncIterator[Program]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AURORA_")}
    process = await asyncio.create_subprocess_exec(
        str(AURORA),
        *arguments,
        env={**clean, "AURORA_RATE_LIMIT": "0", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    program = Program(process)
    try:
        yield program
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await program.ended()


@asynccontextmanager
async def life(role: str, port: str, settings: Settings) -> AsyncIterator[str]:
    """One life of a server (`web`, or `up` with workers) on the databases of a test: its base URL.

    A process of its own, because a client that comes back in the moment in which a server closes trips over
    asyncio's own (python/cpython#109564), which a real server, on uvloop, does not have.
    """
    servers = {"DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or ""}
    async with running(role, "--port", port, **servers) as program:
        yield (await program.prints(r"(?:running at|Serving on) (\S+)"))[1]


def free_port() -> str:
    """A port of this machine that nobody listens on, for a command line."""
    return str(servers.free_port())
