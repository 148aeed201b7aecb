"""Several processes behind one port: web processes that share a listening socket, and a worker beside them.

The parent owns the embedded servers and the listening socket, migrates once, and starts the others as `aurora-rt web`
and `aurora-rt worker`; it serves nothing itself. Whoever dies is started again. Because all accept from one socket,
no connection that waits is lost with a process. SIGHUP restarts them one after another, each only once the one before
answers: a deploy that nobody notices.

A pair of sockets ties each process to the parent: a byte says that it is ready, and its end, that the other is gone.
So processes whose parent was killed stop by themselves and free the port.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

import structlog
import uvloop

from aurora_rt import jobs, serve
from aurora_rt.db.migrate import migrate
from aurora_rt.db.pool import opened
from aurora_rt.errors import Misconfigured
from aurora_rt.settings import Settings, inherited_environment

Part = Literal["web", "worker"]

READY_SECONDS: Final = 60.0
BACK_OFF_SECONDS: Final = (0.1, 0.5, 2.0, 5.0)
MARGIN_SECONDS: Final = 5.0
"""What a process may take over its own deadline before it is killed."""

log = structlog.get_logger(__name__)


class NotStarted(Misconfigured):
    """A process ended before it was ready."""

    code = "not_started"


def run(settings: Settings, processes: int, announce: Callable[[str], None]) -> None:
    """Run `processes` web processes and a worker until SIGINT or SIGTERM. Raises like `serve.serve`."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_lead(settings, processes, announce))


async def _lead(settings: Settings, processes: int, announce: Callable[[str], None]) -> None:
    stop, renew = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, renew.set)
    with serve.bound(settings) as listener:
        listener.listen(1024)
        async with serve.located(settings) as where:
            async with (
                opened(where.database_url or "", connections=3) as database,
                database.connection() as one,
            ):
                await migrate(one, jobs.install)
            members = [Member("web", where, listener) for _ in range(processes)]
            members.append(Member("worker", where, listener))
            async with _running(members):
                announce(settings.public_url or serve.url_of(*listener.getsockname()[:2]))
                await _until(stop, renew, members)


@asynccontextmanager
async def _running(members: "Sequence[Member]") -> AsyncIterator[None]:
    """All members, kept running; stopped at the end. Raises `NotStarted` when one does not come up at first."""
    async with asyncio.TaskGroup() as together:
        keeping = [together.create_task(one.keep(), name=one.part) for one in members]
        try:
            await asyncio.gather(*(one.first_ready() for one in members))
            yield
        finally:
            await asyncio.gather(*(one.stop() for one in members))
            for task in keeping:
                task.cancel()


async def _until(stop: asyncio.Event, renew: asyncio.Event, members: "Sequence[Member]") -> None:
    """Wait for the end; at each wish to renew, restart the members one by one."""
    while True:
        async with asyncio.TaskGroup() as waiting:
            tasks = [waiting.create_task(one.wait()) for one in (stop, renew)]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        if stop.is_set():
            return
        renew.clear()
        log.info("renewing", processes=len(members))
        for one in members:
            if not stop.is_set():
                await one.renew()
        log.info("renewed")


@dataclass(slots=True)
class Member:
    """One process of the fleet, through all its restarts."""

    part: Part
    settings: Settings
    listener: socket.socket
    _process: asyncio.subprocess.Process | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _failed: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self) -> None:
        """Start the process, and start it again whenever it ends, until `stop`."""
        failures = 0
        while not self._stopping.is_set():
            status, was_ready = await self._live()
            if self._stopping.is_set():
                return
            failures = 0 if was_ready else failures + 1
            log.warning("process_ended", part=self.part, status=status)
            if failures:
                self._failed.set()
                await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS)) - 1])

    async def first_ready(self) -> None:
        """Wait until the process is ready. Raises `NotStarted` when it ends before, or takes too long."""
        async with asyncio.TaskGroup() as waiting:
            tasks = [waiting.create_task(one.wait()) for one in (self._ready, self._failed)]
            await asyncio.wait(tasks, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        if not self._ready.is_set():
            raise NotStarted(f"The {self.part} process did not start; its log says why.")

    async def renew(self) -> None:
        """End the process gently, and wait until its successor is ready."""
        self._ready.clear()
        await self._end()
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            log.error("renewed_process_not_ready", part=self.part)

    async def stop(self) -> None:
        """End the process for good."""
        self._stopping.set()
        await self._end()

    async def _live(self) -> tuple[int, bool]:
        """One process from start to end: its exit status, and whether it ever was ready."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.setblocking(False)
            with theirs:
                self._process = process = await self._start(theirs)
            became_ready = False
            if await asyncio.get_running_loop().sock_recv(ours, 1):
                became_ready = True
                self._ready.set()
            status = await process.wait()
            self._ready.clear()
            return status, became_ready

    async def _start(self, theirs: socket.socket) -> asyncio.subprocess.Process:
        shared = [theirs.fileno()]
        options = ["--parent-fd", str(theirs.fileno())]
        if self.part == "web":
            shared.append(self.listener.fileno())
            options += ["--listener-fd", str(self.listener.fileno())]
        key = self.settings.secret_key
        secret = {"AURORA_SECRET_KEY": key.get_secret_value()} if key else {}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "aurora_rt", self.part, *options),
            pass_fds=shared,
            env=inherited_environment(
                DATABASE_URL=self.settings.database_url or "",
                REDIS_URL=self.settings.redis_url or "",
                AURORA_HOST=self.settings.host,
                AURORA_PORT=str(self.settings.port),
                AURORA_SERVER=self.settings.server,
                AURORA_LONG_POLLING="false",  # one client's polls would go to different processes
                **secret,
            ),
            start_new_session=True,  # Ctrl-C is for the parent, which ends the others in order
        )

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        deadline = self.settings.drain_seconds + self.settings.shutdown_seconds + MARGIN_SECONDS
        try:
            await asyncio.wait_for(process.wait(), deadline)
        except TimeoutError:
            log.error("process_killed", part=self.part)
            process.kill()
            await process.wait()
