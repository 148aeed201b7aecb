"""Processes: who uses what, and who was started lately."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import psutil
from pydantic import Field

from aurora_rt.redaction import hidden_words, redacted
from aurora_rt.toolsets.facts.host import (
    Processes,
    ProcessUse,
)
from aurora_rt.toolsets.legible import legible, one_line
from aurora_rt.toolsets.tables import rate, size, table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

COMMAND_LIMIT = 300
WAITED_LEAST = 1.0
"""Percent of the time; who waited for a core for less is not listed for it."""
LOOKED_AT = 8192
"""Characters of a command line that are looked at; some programs pass megabytes."""
NAME_LIMIT = 64
STARTS_LIMIT = 40
STARTS_SECONDS = 0.5
EACH_DIMENSION = 4
"""How many of the top users of every dimension are listed, whatever the order asked for."""

Dimension = Literal["cpu", "memory", "memory_growth", "io", "open_files"]

PS = "ps -eo pid,user,ni,pcpu,rss,nlwp,lstart,args --sort=-{column} | head -n {lines}"
PS_COLUMN: dict[Dimension, str] = {
    "cpu": "pcpu",
    "memory": "rss",
    "memory_growth": "rss",
    "io": "pcpu",
    "open_files": "pid",
}


class UseParameters(Parameters):
    """How to list processes."""

    sort: Dimension = "cpu"
    limit: Annotated[int, Field(ge=1, le=100)] = 15
    seconds: Annotated[float, Field(ge=0.2, le=10)] = 2.0
    """How long they are watched."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """One process at one moment."""

    at: float
    cpu_seconds: float
    rss: int
    read: int | None
    written: int | None
    waited: int | None
    """Nanoseconds, since it started, in which it was ready to run and had no core."""
    process: psutil.Process


async def users(parameters: UseParameters, _: Access) -> Seen:
    """Watch all processes for a moment, and list the top users of every dimension."""
    before = await asyncio.to_thread(_sample_all)
    await asyncio.sleep(parameters.seconds)
    used = await asyncio.to_thread(_used_since, before)
    chosen = _top(used, parameters.sort, parameters.limit)
    facts = Processes(sampled_seconds=parameters.seconds, total=len(used), processes=tuple(chosen))
    command = PS.format(column=PS_COLUMN[parameters.sort], lines=parameters.limit + 1)
    heading = f"{facts.total} processes, watched for {parameters.seconds:g} s, most {parameters.sort} first\n"
    return Seen(command, heading + _shown(chosen), facts)


async def recent_starts(_: Parameters, access: Access) -> Seen:
    """The processes that were started within the window, newest first."""
    before = await asyncio.to_thread(_sample_all)
    await asyncio.sleep(STARTS_SECONDS)
    used = await asyncio.to_thread(_used_since, before)
    window = access.window
    started = sorted(
        (one for one in used if window.start <= one.started_at <= window.end),
        key=lambda one: one.started_at,
        reverse=True,
    )
    facts = Processes(
        sampled_seconds=STARTS_SECONDS, total=len(used), processes=tuple(started[:STARTS_LIMIT])
    )
    heading = (
        f"{len(started)} of {len(used)} running processes were started between "
        f"{window.start:%Y-%m-%d %H:%M:%S} and {window.end:%Y-%m-%d %H:%M:%S} UTC\n"
    )
    return Seen("ps -eo lstart,pid,user,args --sort=-start_time", heading + _shown(facts.processes), facts)


def _sample_all() -> dict[int, _Sample]:
    samples = {}
    for process in psutil.process_iter():
        sample = _sample(process)
        if sample is not None:
            samples[process.pid] = sample
    return samples


def _sample(process: psutil.Process) -> _Sample | None:
    try:
        with process.oneshot():
            times = process.cpu_times()
            rss = process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # it ended while we looked, or is not ours to see
        return None
    read, written = _storage(process)
    used, waited = times.user + times.system, _waited(process.pid)
    return _Sample(time.monotonic(), used, rss, read, written, waited, process)


def _storage(process: psutil.Process) -> tuple[int | None, int | None]:
    try:
        counters = process.io_counters()
    except (psutil.Error, OSError):
        return None, None
    # Not the characters that went through read() and write(): those count sockets and pipes, too.
    return counters.read_bytes, counters.write_bytes


def _waited(pid: int) -> int | None:
    """The run delay that the kernel tells (see sched-stats in its documentation); `None` where it does not."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None


def _used_since(before: dict[int, _Sample]) -> list[ProcessUse]:
    used = []
    for pid, earlier in before.items():
        later = _sample(earlier.process)
        if later is not None and (use := _use(pid, earlier, later)) is not None:
            used.append(use)
    return used


def _use(pid: int, earlier: _Sample, later: _Sample) -> ProcessUse | None:
    process, seconds = later.process, max(later.at - earlier.at, 0.001)
    try:
        with process.oneshot():
            return ProcessUse(
                pid=pid,
                parent_pid=process.ppid(),
                name=one_line(process.name(), NAME_LIMIT),
                command=_command(process),
                user=process.username(),
                cpu_percent=round(100 * max(0.0, later.cpu_seconds - earlier.cpu_seconds) / seconds, 1),
                rss=later.rss,
                rss_growth=round((later.rss - earlier.rss) / seconds),
                read_rate=_rate(earlier.read, later.read, seconds),
                write_rate=_rate(earlier.written, later.written, seconds),
                open_files=_open_files(process),
                threads=process.num_threads(),
                state=process.status(),
                nice=process.nice(),
                started_at=datetime.fromtimestamp(process.create_time(), UTC),
                waited_percent=_waited_percent(earlier.waited, later.waited, seconds),
                core=process.cpu_num(),
            )
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def _command(process: psutil.Process) -> str:
    """The command line without secrets; where there is none, the name in brackets, as `ps` has it.

    Kernel threads have none, nor have processes that ended and that their parent has not waited for.
    """
    try:
        words = process.cmdline()[:LOOKED_AT]
    except psutil.ZombieProcess:
        words = []
    text = " ".join(hidden_words(words)) if words else f"[{process.name()}]"
    return one_line(redacted(legible(text[:LOOKED_AT])), COMMAND_LIMIT)


def _open_files(process: psutil.Process) -> int | None:
    try:
        return process.num_fds()
    except psutil.Error:
        return None


def _rate(earlier: int | None, later: int | None, seconds: float) -> float | None:
    return None if earlier is None or later is None else round(max(0, later - earlier) / seconds)


def _waited_percent(earlier: int | None, later: int | None, seconds: float) -> float | None:
    if earlier is None or later is None:
        return None
    # A wait is counted when it ends: one that began before we looked may be longer than we watched.
    return round(min(100.0, max(0, later - earlier) / 1e7 / seconds), 1)


def _starved(one: ProcessUse) -> float:
    waited = one.waited_percent or 0.0
    return waited if waited >= WAITED_LEAST else 0.0


_MEASURES: dict[Dimension, Callable[[ProcessUse], float]] = {
    "cpu": lambda one: one.cpu_percent,
    "memory": lambda one: one.rss,
    "memory_growth": lambda one: one.rss_growth,
    "io": lambda one: (one.read_rate or 0) + (one.write_rate or 0),
    "open_files": lambda one: one.open_files or 0,
}


def _top(used: list[ProcessUse], first: Dimension, limit: int) -> list[ProcessUse]:
    """The top users of the dimension asked for, then of every other, and who waits, if not yet among them."""
    chosen = sorted(used, key=lambda one: (_MEASURES[first](one), one.rss), reverse=True)[:limit]
    listed = {one.pid for one in chosen}
    for measure in (*_MEASURES.values(), _starved):
        for one in sorted(used, key=measure, reverse=True)[:EACH_DIMENSION]:
            if one.pid not in listed and measure(one) > 0:
                listed.add(one.pid)
                chosen.append(one)
    return chosen


def _shown(processes: Iterable[ProcessUse]) -> str:
    return table(
        (
            "PID",
            "USER",
            "NI",
            "%CPU",
            "WAIT%",
            "CORE",
            "RSS",
            "GROWTH",
            "READ",
            "WRITE",
            "FILES",
            "STARTED (UTC)",
            "COMMAND",
        ),
        (
            (
                one.pid,
                one.user,
                one.nice,
                f"{one.cpu_percent:.1f}",
                "-" if one.waited_percent is None else f"{one.waited_percent:.1f}",
                "-" if one.core is None else one.core,
                size(one.rss),
                rate(one.rss_growth),
                rate(one.read_rate),
                rate(one.write_rate),
                "-" if one.open_files is None else one.open_files,
                f"{one.started_at:%m-%d %H:%M:%S}",
                one.command,
            )
            for one in processes
        ),
    )
