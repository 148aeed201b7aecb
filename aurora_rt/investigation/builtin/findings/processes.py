"""Which processes use so much that they can be the cause, by measure alone."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import FAMILY_OF_KIND, Kind
from aurora_rt.investigation.builtin.findings.finding import (
    Assessment,
    Cleared,
    Finding,
    Subject,
    share_of,
    together,
)
from aurora_rt.investigation.builtin.wording import command_line, duration, plain, rate, size
from aurora_rt.toolsets.facts.host import (
    Processes,
    ProcessUse,
)

MEBIBYTE: Final = 1024 * 1024
BUSY_PERCENT: Final = 25.0
"""Of one core: from here on a process is worth naming."""
LEAK_RATE: Final = 0.2 * MEBIBYTE
LEAK_SIZE: Final = 16 * MEBIBYTE
LARGE_SHARE: Final = 0.2
"""Of the host's memory."""
IO_RATE: Final = 2.0 * MEBIBYTE
FILL_RATE: Final = 0.2 * MEBIBYTE
WITHOUT_A_FILE: Final = 0.55
"""How much a process that writes counts as filling the disk, as long as nobody has seen the file grow."""
MANY_FILES: Final = 800
"""Most systems let a process open 1,024 files unless told otherwise."""
RECENTLY: Final = timedelta(minutes=15)
MOST_NAMED: Final = 4

Measure = Callable[[ProcessUse, Evidence[Processes]], tuple[float, str] | None]
"""Strength and what to say about a process, or `None` when it is as usual."""


def node_of(process: ProcessUse) -> str:
    """How a process is named as a place."""
    return f"process {process.pid} ({process.name})"


def named(process: ProcessUse) -> str:
    """A process as texts name it, with its command line."""
    return f"Process {process.pid} ({command_line(process.command or process.name, 110)})"


def processes(
    samples: Sequence[Evidence[Processes]],
    anchor: datetime,
    memory_total: int | None = None,
    disk_fills: bool = False,
) -> Assessment:
    """What stands out among the processes; later samples confirm or dismiss what the first one shows.

    `disk_fills`: the alert says so; then a process that writes may be the one that fills it.
    """
    if not samples:
        return Assessment()
    measures: tuple[tuple[Kind, Measure, str], ...] = (
        ("cpu_saturation", _burning, "No process uses much processor time"),
        ("memory_leak", _leaking, "No process's memory grows notably"),
        ("memory_pressure", _large_in(memory_total), ""),
        ("disk_filling", _writing, "")
        if disk_fills
        else ("io_saturation", _moving, "No process reads or writes much"),
        ("descriptor_exhaustion", _hoarding, "No process holds many open files"),
    )
    return together(_assessed(kind, measure, samples, anchor, usual) for kind, measure, usual in measures)


def _assessed(
    kind: Kind, measure: Measure, samples: Sequence[Evidence[Processes]], anchor: datetime, usual: str
) -> Assessment:
    first = samples[0]
    found = [
        _finding(kind, process, told, _later(process, measure, samples[1:]), first, anchor)
        for process in first.facts.processes
        if (told := measure(process, first))
    ]
    found.sort(key=lambda finding: (-finding.strength, finding.node))
    if not found and usual:
        return Assessment(cleared=(Cleared(FAMILY_OF_KIND[kind], f"{usual} {first.cite}."),))
    return Assessment(tuple(found[:MOST_NAMED]))


def _finding(
    kind: Kind,
    process: ProcessUse,
    told: tuple[float, str],
    later: Sequence[tuple[Evidence[Processes], tuple[float, str] | None]],
    first: Evidence[Processes],
    anchor: datetime,
) -> Finding:
    strength, saying = told
    claim = f"{named(process)} {saying} {first.cite}"
    for sample, again in later:
        if again is None:
            strength *= 0.5
            claim += f", but no longer a moment later {sample.cite}"
        else:
            strength = (strength + again[0]) / 2 * 0.9 + 0.1
            claim += f", and did so again in a second sample {sample.cite}"
    return Finding(
        kind,
        node_of(process),
        f"{claim}{_start(process, anchor)}.",
        min(1.0, strength),
        subject=Subject(process=process),
        began_at=process.started_at,
    )


def _later(
    process: ProcessUse, measure: Measure, samples: Sequence[Evidence[Processes]]
) -> list[tuple[Evidence[Processes], tuple[float, str] | None]]:
    """What later samples say about the same process. One that is not listed there has ended or calmed down."""
    found = []
    for sample in samples:
        same = next((p for p in sample.facts.processes if p.pid == process.pid), None)
        found.append((sample, measure(same, sample) if same else None))
    return found


def _start(process: ProcessUse, anchor: datetime) -> str:
    earlier = anchor - process.started_at
    if timedelta(0) <= earlier <= RECENTLY:
        return f"; it started {duration(earlier.total_seconds())} before the alert"
    if timedelta(0) < -earlier <= RECENTLY:
        return f"; it started {duration(-earlier.total_seconds())} after the alert began"
    return ""


def _burning(process: ProcessUse, seen: Evidence[Processes]) -> tuple[float, str] | None:
    if process.cpu_percent < BUSY_PERCENT:
        return None
    percent = seen.shown(f"{process.cpu_percent:.1f}", f"{process.cpu_percent:.0f}")
    over = plain(seen.facts.sampled_seconds)
    return share_of(process.cpu_percent, 95), f"used {percent} % of one processor core over {over} s"


def _leaking(process: ProcessUse, seen: Evidence[Processes]) -> tuple[float, str] | None:
    if process.rss_growth < LEAK_RATE or process.rss < LEAK_SIZE:
        return None
    growth = seen.shown(rate(process.rss_growth), size(process.rss_growth))
    return _magnitude(process.rss_growth), f"holds {size(process.rss)} of memory and grew by {growth}"


def _large_in(memory_total: int | None) -> Measure:
    def large(process: ProcessUse, seen: Evidence[Processes]) -> tuple[float, str] | None:
        if not memory_total or process.rss < LARGE_SHARE * memory_total:
            return None
        return share_of(process.rss, 0.6 * memory_total), f"holds {seen.shown(size(process.rss))} of memory"

    return large


def _moving(process: ProcessUse, seen: Evidence[Processes]) -> tuple[float, str] | None:
    doing, most = max(
        ("wrote {} to storage", process.write_rate or 0.0),
        ("read {} from storage", process.read_rate or 0.0),
        key=lambda use: use[1],
    )
    if most < IO_RATE:
        return None
    strength = _magnitude(most, full=128 * MEBIBYTE, least=MEBIBYTE)
    return strength, doing.format(seen.shown(rate(most), size(most)))


def _writing(process: ProcessUse, seen: Evidence[Processes]) -> tuple[float, str] | None:
    written = process.write_rate or 0.0
    if written < FILL_RATE:
        return None
    return WITHOUT_A_FILE * _magnitude(
        written
    ), f"wrote {seen.shown(rate(written), size(written))} to storage"


def _hoarding(process: ProcessUse, seen: Evidence[Processes]) -> tuple[float, str] | None:
    if process.open_files is None or process.open_files < MANY_FILES:
        return None
    return share_of(process.open_files, 4000), f"holds {seen.shown(str(process.open_files))} open files"


def _magnitude(amount: float, full: float = 4 * MEBIBYTE, least: float = 64 * 1024) -> float:
    """Between 0 at `least` bytes a second and 1 at `full`, by order of magnitude."""
    return share_of(math.log2(max(amount, least) / least), math.log2(full / least))
