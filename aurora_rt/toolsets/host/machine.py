"""The machine as a whole: load, processor, memory, pressure."""

import asyncio
import os
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import psutil

from aurora_rt.toolsets.facts.host import (
    HostState,
    Pressure,
)
from aurora_rt.toolsets.tables import size
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

SECONDS = 1.0
PRESSURE = Path("/proc/pressure")
RESOURCES: tuple[Literal["cpu", "memory", "io"], ...] = ("cpu", "memory", "io")
LINE = re.compile(r"^(some|full) avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+)", re.MULTILINE)
"""https://docs.kernel.org/accounting/psi.html"""


async def state(_: Parameters, __: Access) -> Seen:
    """Watch the processor for a second, and read the rest."""
    before = await asyncio.to_thread(psutil.cpu_times)
    await asyncio.sleep(SECONDS)
    facts = await asyncio.to_thread(_state, before)
    return Seen("uptime; free -h; cat /proc/pressure/*", _shown(facts), facts)


def _state(before: Any) -> HostState:
    after = psutil.cpu_times()
    spent = {name: getattr(after, name) - getattr(before, name) for name in after._fields}
    total = max(sum(spent.values()) - spent.get("guest", 0) - spent.get("guest_nice", 0), 0.001)
    iowait, idle = spent.get("iowait", 0.0), spent.get("idle", 0.0)
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    return HostState(
        hostname=socket.gethostname(),
        cores=psutil.cpu_count() or 1,
        load=os.getloadavg(),
        cpu_percent=_percent(total - idle - iowait, total),
        iowait_percent=_percent(iowait, total),
        steal_percent=_percent(spent.get("steal", 0.0), total),
        sampled_seconds=SECONDS,
        memory_total=memory.total,
        memory_available=memory.available,
        swap_total=swap.total,
        swap_used=swap.used,
        boot_at=datetime.fromtimestamp(psutil.boot_time(), UTC),
        pressure=tuple(_pressure()),
    )


def _percent(part: float, whole: float) -> float:
    return round(min(100.0, max(0.0, 100 * part / whole)), 1)


def _pressure() -> Iterator[Pressure]:
    for resource in RESOURCES:
        try:
            lines = {line[0]: line[1:] for line in LINE.findall((PRESSURE / resource).read_text())}
        except OSError:  # a kernel without PSI, or one where it is off
            continue
        some, full = lines.get("some"), lines.get("full")
        if some is not None:
            yield Pressure(
                resource=resource,
                some10=float(some[0]),
                some60=float(some[1]),
                some300=float(some[2]),
                full10=float(full[0]) if full else None,
                full60=float(full[1]) if full else None,
                full300=float(full[2]) if full else None,
            )


def _shown(facts: HostState) -> str:
    used = facts.memory_total - facts.memory_available
    lines = [
        f"host {facts.hostname}, up since {facts.boot_at:%Y-%m-%d %H:%M:%S} UTC",
        f"load {facts.load[0]:.2f} {facts.load[1]:.2f} {facts.load[2]:.2f} on {facts.cores} cores",
        f"cpu {facts.cpu_percent:.1f} % busy, {facts.iowait_percent:.1f} % waiting for storage, "
        f"{facts.steal_percent:.1f} % stolen (over {facts.sampled_seconds:g} s)",
        f"memory {size(used)} used of {size(facts.memory_total)}, {size(facts.memory_available)} available",
        f"swap {size(facts.swap_used)} used of {size(facts.swap_total)}",
        *(
            f"pressure {one.resource}: some {one.some10:.2f} {one.some60:.2f} {one.some300:.2f} %"
            + (
                f", full {one.full10:.2f} {one.full60:.2f} {one.full300:.2f} %"
                if one.full10 is not None
                else ""
            )
            + " (10, 60, 300 s)"
            for one in facts.pressure
        ),
    ]
    if not facts.pressure:
        lines.append("pressure: this kernel does not tell")
    return "\n".join(lines)
