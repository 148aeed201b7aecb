"""The demo: its culprits do what they say and end when they must; its alerts are a real Alertmanager's."""

import asyncio
import json
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.sources import alertmanager
from aurora_rt.demo import disk_filler
from aurora_rt.demo.culprit import MEBIBYTE, Bounds
from aurora_rt.demo.play import Demo
from aurora_rt.demo.problems import PROBLEMS

PATIENCE = 30.0
CULPRITS = ("cpu_hog", "memory_leak", "disk_filler")


def until(happened: Callable[[], bool]) -> None:
    """Look until it has happened; a test that waits in vain fails."""
    last = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < last, "it has not happened"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@contextmanager
def culprit(name: str, *arguments: str) -> Iterator[psutil.Popen]:
    with psutil.Popen([sys.executable, "-m", f"aurora_rt.demo.{name}", *arguments]) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()


def size_of(directory: Path) -> int:
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())


def test_the_cpu_hog_burns_at_the_lowest_priority() -> None:
    with culprit("cpu_hog", "--seconds", "60") as hog:
        until(lambda: hog.cpu_times().user > 0.5)

        assert hog.nice() == 19
        assert hog.num_threads() == 1


def test_the_memory_leak_grows_to_its_limit_and_no_further() -> None:
    with culprit("memory_leak", "--seconds", "60", "--rate", "100", "--limit", "30") as leak:
        until(lambda: leak.memory_info().rss > 42 * MEBIBYTE)
        reached = leak.memory_info().rss
        ticks = leak.num_ctx_switches().voluntary + 5
        until(lambda: leak.num_ctx_switches().voluntary > ticks)

        assert leak.memory_info().rss - reached < 12 * MEBIBYTE
        assert leak.nice() == 19


def test_the_disk_filler_fills_to_its_limit_and_takes_its_files_along(tmp_path: Path) -> None:
    arguments = ("--seconds", "60", "--rate", "40", "--limit", "4", "--directory", str(tmp_path))
    with culprit("disk_filler", *arguments) as filler:
        until(lambda: size_of(tmp_path) >= 4 * MEBIBYTE)
        ticks = filler.num_ctx_switches().voluntary + 5
        until(lambda: filler.num_ctx_switches().voluntary > ticks)

        assert size_of(tmp_path) == 4 * MEBIBYTE
        assert [Path(file.path).parent.parent for file in filler.open_files()] == [tmp_path]
        assert filler.nice() == 19
        filler.terminate()
        assert filler.wait(PATIENCE) == 0

    assert list(tmp_path.iterdir()) == []


def test_no_culprit_takes_more_than_a_small_share_of_the_machine() -> None:
    assert Bounds(bytes_per_second=1e12, most=7).due(elapsed=60) == 7
    assert Bounds(bytes_per_second=10, most=700).due(elapsed=1.5) == 15
    assert disk_filler.SHARE_OF_FREE <= 0.05


@pytest.mark.parametrize("name", CULPRITS)
def test_a_culprit_ends_when_its_time_is_over(name: str, tmp_path: Path) -> None:
    where = ("--directory", str(tmp_path)) if name == "disk_filler" else ()
    with culprit(name, "--seconds", "0.3", *where) as child:
        assert child.wait(PATIENCE) == 0

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", CULPRITS)
@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_culprit_ends_when_it_is_told_to(name: str, signal_number: int, tmp_path: Path) -> None:
    where = ("--directory", str(tmp_path)) if name == "disk_filler" else ()
    with culprit(name, "--seconds", "60", *where) as child:
        until(lambda: child.nice() == 19)  # by then it listens
        child.send_signal(signal_number)

        assert child.wait(PATIENCE) == 0


@pytest.mark.parametrize("name", CULPRITS)
def test_a_culprit_ends_when_its_parent_is_killed(name: str, tmp_path: Path) -> None:
    parent = textwrap.dedent(f"""
        import subprocess, sys, time
        command = [sys.executable, "-m", "aurora_rt.demo.{name}", "--seconds", "60"]
        command += ["--directory", {str(tmp_path)!r}] if "{name}" == "disk_filler" else []
        print(subprocess.Popen(command).pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        child = int(starter.stdout.readline())
        until(lambda: psutil.Process(child).nice() == 19)
        starter.kill()

    until(lambda: gone(child))
    assert list(tmp_path.iterdir()) == []


@dataclass
class Inbox:
    """What a loopback server was sent: paths and bodies, in order."""

    base_url: str = ""
    statuses: list[int] = field(default_factory=list)
    """What to answer to the next requests; 202 when there is nothing left."""
    paths: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(line for line in head.lower().splitlines() if line.startswith("content-length:"))
        body = json.loads(await reader.readexactly(int(length.split(":")[1])))
        status = self.statuses.pop(0) if self.statuses else 202
        if status < 300:
            async with self.arrived:
                self.paths.append(head.split()[1])
                self.bodies.append(body)
                self.arrived.notify_all()
        writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def until(self, count: int) -> list[Alert]:
        """The alerts of the first `count` bodies, once they are here, as our source understands them."""
        async with self.arrived, asyncio.timeout(PATIENCE):
            await self.arrived.wait_for(lambda: len(self.bodies) >= count)
        parse = alertmanager.parse
        return [alert for body in self.bodies for alert in parse(body)]


@asynccontextmanager
async def inbox(*statuses: int) -> AsyncIterator[Inbox]:
    here = Inbox(statuses=list(statuses))
    server = await asyncio.start_server(here.answer, "127.0.0.1", 0)
    async with server:
        here.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield here


def culprits_of_this_process() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [child for child in children if "aurora_rt.demo." in " ".join(child.cmdline())]


async def test_each_problem_is_told_when_it_shows_and_again_when_it_is_over() -> None:
    async with inbox() as here:
        await Demo(f"{here.base_url}/", "secret", seconds=9, gap=0).run()
        alerts = await here.until(6)

    assert set(here.paths) == {"/api/webhooks/alertmanager/secret"}
    firing = {alert.title: alert for alert in alerts if alert.status == "firing"}
    resolved = {alert.title: alert for alert in alerts if alert.status == "resolved"}
    assert set(firing) == set(resolved) == {"HighCpuUsage", "MemoryGrowing", "DiskFilling"}
    for title, alert in firing.items():
        assert alert.fingerprint == resolved[title].fingerprint
        assert alert.started_at == resolved[title].started_at
        assert alert.started_at is not None
        assert (resolved[title].ended_at or alert.started_at) > alert.started_at
        assert alert.expression
        assert alert.service == "node"
    assert {alert.severity for alert in firing.values()} == {"critical", "warning"}
    assert Path(firing["DiskFilling"].labels["mountpoint"]).is_mount()
    assert "{" not in "".join(alert.description for alert in alerts)


def test_the_alerts_do_not_name_the_culprit() -> None:
    for problem in PROBLEMS.values():
        said = f"{problem.alertname} {problem.summary} {problem.description} {problem.expression}".lower()
        for tell_tale in ("python", "demo", "hog", "leak", "filler", "aurora", "spool", "process "):
            assert tell_tale not in said


async def test_an_alert_is_resolved_when_somebody_ends_the_culprit() -> None:
    async with inbox() as here, asyncio.TaskGroup() as group:
        group.create_task(Demo(here.base_url, "secret", problems=["cpu"], seconds=60).run())
        (firing,) = await here.until(1)
        (hog,) = culprits_of_this_process()
        hog.kill()
        _, resolved = await here.until(2)

    assert (firing.status, resolved.status) == ("firing", "resolved")


async def test_nothing_is_left_when_the_server_stops_in_the_middle() -> None:
    async with inbox() as here, asyncio.TaskGroup() as group:
        playing = group.create_task(Demo(here.base_url, "secret", seconds=60, gap=0).run())
        await here.until(3)
        culprits = culprits_of_this_process()
        (spool,) = {Path(word) for one in culprits for word in one.cmdline() if "/spool-" in word}
        playing.cancel()

    assert len(culprits) == 3
    assert all(gone(one.pid) for one in culprits)
    assert not spool.exists()
    assert len(here.bodies) == 3


async def test_a_culprit_that_does_not_listen_is_killed() -> None:
    async with inbox() as here, asyncio.TaskGroup() as group:
        playing = group.create_task(Demo(here.base_url, "secret", problems=["disk"], seconds=60).run())
        await here.until(1)
        (filler,) = culprits_of_this_process()
        (spool,) = {Path(word) for word in filler.cmdline() if "/spool-" in word}
        filler.suspend()  # a stopped process does not get to its SIGTERM
        playing.cancel()

    assert gone(filler.pid)
    assert not spool.exists()


async def test_a_server_that_is_busy_is_told_again() -> None:
    async with inbox(503, 429) as here:
        await Demo(here.base_url, "secret", problems=["cpu"], seconds=5).run()
        alerts = await here.until(2)

    assert [alert.status for alert in alerts] == ["firing", "resolved"]


async def test_a_server_that_refuses_ends_nothing() -> None:
    async with inbox(404, 404) as here:
        await Demo(here.base_url, "wrong", problems=["cpu"], seconds=4).run()

    assert here.bodies == []
    assert here.statuses == []
