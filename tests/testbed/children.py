"""Starting and ending processes, so that none outlives whoever started it, however that ends."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from pathlib import Path

TESTS = Path(__file__).parents[1]
END_SECONDS = 5
_DIE_WITH_PARENT = 1
"""`PR_SET_PDEATHSIG` of prctl(2)."""
_libc = ctypes.CDLL(None)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    _libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)


class Children:
    """The processes of one testbed, ended in the order opposite to the one in which they were started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Process] = []

    async def start(
        self,
        *command: str | Path,
        output: str,
        user: str | None = None,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a program whose output goes to the file `output`; `user` is who it runs as, if we may choose."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AURORA_")}
        with (self._folder / output).open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                *map(str, command),
                stdin=DEVNULL,
                stdout=file,
                stderr=file,
                cwd=cwd or self._folder,
                user=user,
                env={
                    **clean,
                    "PYTHONPATH": str(TESTS),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    **(environment or {}),
                },
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self._running.append(process)
        return process

    async def python(self, module: str, *arguments: str | Path) -> Process:
        """Start a module of the testbed."""
        return await self.start(
            sys.executable, "-m", f"testbed.{module}", *arguments, output=f"{module.rpartition('.')[2]}.out"
        )

    async def end(self, process: Process, by: int = signal.SIGTERM) -> None:
        """End one of them."""
        if process in self._running:
            self._running.remove(process)
        if process.returncode is not None:
            return
        process.send_signal(by)
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def end_all(self) -> None:
        """End them all."""
        for process in reversed(list(self._running)):
            await self.end(process, signal.SIGINT if process.pid in _fast else signal.SIGTERM)


_fast: set[int] = set()
"""Processes for which SIGINT is the quick way to stop: PostgreSQL's "fast" shutdown."""


def stops_by_interrupt(process: Process) -> None:
    """Note that a process is to be ended by SIGINT."""
    _fast.add(process.pid)
