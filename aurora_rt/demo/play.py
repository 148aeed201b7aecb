"""The demo's course: cause the problems, tell the webhook when they show, and again when they are over."""

import asyncio
import contextlib
import shutil
import socket
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import structlog

from aurora_rt.clock import now
from aurora_rt.demo.notifications import Place, notification
from aurora_rt.demo.problems import PROBLEMS, Problem, ProblemName
from aurora_rt.settings import child_environment

log = structlog.get_logger(__name__)

LOOKS = 80
LOOK_EVERY = 0.25
"""A problem that cannot be measured after so many looks, so many seconds apart, is told all the same: the
machine is too busy to let it show, which is trouble enough."""
PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each new attempt to deliver; Alertmanager tries again, too."""
GRACE = 3.0
"""Seconds from SIGTERM to SIGKILL."""


class Demo:
    """Real problems on this machine, and the alerts about them, posted to `base_url` with a webhook `token`.

    `seconds` is how long the problems last, `gap` the seconds between the first alerts.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        problems: Sequence[ProblemName] = ("cpu", "memory", "disk"),
        seconds: float = 180,
        gap: float = 4,
        prometheus_url: str | None = None,
    ) -> None:
        self._webhook = f"{base_url.rstrip('/')}/api/webhooks/alertmanager/{token}"
        self._problems = [PROBLEMS[name] for name in problems]
        self._seconds = seconds
        self._gap = gap
        self._prometheus_url = (prometheus_url or f"http://{socket.gethostname()}:9090").rstrip("/")

    async def run(self) -> None:
        """Play it once; returns when all problems are over and told. Cancelled, it ends them without a word.

        A webhook that cannot be reached or refuses is logged and ends nothing.
        """
        async with _spool() as directory, httpx.AsyncClient(timeout=10, trust_env=False) as http:
            mountpoint = await asyncio.to_thread(_mountpoint, directory)
            place = Place(socket.gethostname(), mountpoint, self._prometheus_url)
            async with asyncio.TaskGroup() as running:
                for position, problem in enumerate(self._problems):
                    wait = position * self._gap
                    running.create_task(self._play(problem, place, directory, wait, http))

    async def _play(
        self, problem: Problem, place: Place, directory: Path, wait: float, http: httpx.AsyncClient
    ) -> None:
        async with _started(problem.command(self._seconds, directory)) as culprit:
            log.info("demo_problem_started", alertname=problem.alertname, seconds=self._seconds)
            await _until_it_shows(problem, culprit, directory)
            await asyncio.sleep(wait)
            if culprit.returncode is not None:
                return
            started_at = now()
            await self._post(http, notification(problem, place, started_at))
            await culprit.wait()
            await self._post(http, notification(problem, place, started_at, ended_at=now()))

    async def _post(self, http: httpx.AsyncClient, body: dict[str, object]) -> None:
        outcome = "not tried"
        for pause in (0.0, *PAUSES):
            await asyncio.sleep(pause)
            try:
                answer = await http.post(self._webhook, json=body)
            except httpx.TransportError as error:
                outcome = type(error).__name__
                continue
            outcome = str(answer.status_code)
            if answer.status_code < 500 and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
        delivered = outcome.startswith("2")
        event = "demo_alert_posted" if delivered else "demo_alert_not_delivered"
        (log.info if delivered else log.warning)(event, status=body["status"], answer=outcome)


@asynccontextmanager
async def _started(command: Sequence[str]) -> AsyncIterator[Process]:
    """A child that is gone when the block is left."""
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=DEVNULL,
        stdout=DEVNULL,
        env=child_environment(),
        start_new_session=True,  # Ctrl-C is for the server, which ends its children itself
    )
    try:
        yield child
    finally:
        await _end(child)


async def _end(child: Process) -> None:
    if child.returncode is not None:
        return
    try:
        with contextlib.suppress(TimeoutError, ProcessLookupError):
            child.terminate()
            async with asyncio.timeout(GRACE):
                await child.wait()
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _until_it_shows(problem: Problem, culprit: Process, directory: Path) -> None:
    for _ in range(LOOKS):
        if culprit.returncode is not None or await asyncio.to_thread(_shows, problem, culprit.pid, directory):
            return
        await asyncio.sleep(LOOK_EVERY)


def _shows(problem: Problem, pid: int, directory: Path) -> bool:
    try:
        return problem.shows(pid, directory)
    except (psutil.Error, FileNotFoundError):  # it has just ended
        return False


@asynccontextmanager
async def _spool() -> AsyncIterator[Path]:
    """A directory to be filled; removed at the end, also when its filler was killed and could not."""
    directory = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="spool-"))
    try:
        yield directory
    finally:
        await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)


def _mountpoint(directory: Path) -> str:
    """The mount point of the file system that holds `directory`."""
    return str(next(place for place in (directory, *directory.parents) if place.is_mount()))
