"""The server that is measured: one `aurora-rt` with its embedded PostgreSQL, on a core of its own."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
from programs import free_port, running

from aurora_rt import embedded

READY = {"up": r"running at (\S+)", "web": r"Serving on (\S+)"}


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds that were used so far."""

    server: float
    postgres: float

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.server - other.server, self.postgres - other.postgres)


@dataclass(frozen=True, slots=True)
class Measured:
    """A running server."""

    url: str
    database_url: str
    process: psutil.Process
    postmaster: psutil.Process

    def cpu(self) -> Cpu:
        return Cpu(_seconds(self.process), sum(map(_seconds, self._postgres())))

    @contextmanager
    def postgres_apart(self, *, apart: bool) -> Iterator[None]:
        """Meanwhile, let PostgreSQL run on the core of the load."""
        together = self.process.cpu_affinity()
        if apart:
            self._put_postgres(sorted(os.sched_getaffinity(0)))
        try:
            yield
        finally:
            self._put_postgres(together)

    def _put_postgres(self, cores: list[int]) -> None:
        for process in self._postgres():
            with suppress(psutil.NoSuchProcess):
                process.cpu_affinity(cores)

    def _postgres(self) -> list[psutil.Process]:
        return [self.postmaster, *self.postmaster.children(recursive=True)]

    async def fetch(self, query: str) -> list[asyncpg.Record]:
        """Ask Aurora's own database, past the server."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return await connection.fetch(query)
        finally:
            await connection.close()


@asynccontextmanager
async def measured(role: str, data_dir: Path, **more: str) -> AsyncIterator[Measured]:
    """Run `aurora-rt ROLE` on the first core and move this process, the load, to the second where there is one."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])  # what is started inherits it, PostgreSQL and Valkey included
    try:
        arguments = (role, "--data-dir", str(data_dir), "--port", free_port())
        settings = {"AURORA_WEBHOOK_RATE_LIMIT": "0", "AURORA_LOG_LEVEL": "warning", **more}
        async with running(*arguments, **settings) as program:
            url = (await program.prints(READY[role]))[1]
            os.sched_setaffinity(0, cores[1:2] or cores)
            postmaster = int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
            yield Measured(
                url=url,
                database_url=embedded.running(data_dir).database_url,
                process=psutil.Process(program.process.pid),
                postmaster=psutil.Process(postmaster),
            )
    finally:
        os.sched_setaffinity(0, cores)


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # a backend that has just ended; its time goes to the postmaster
        return 0.0
    return times.user + times.system
