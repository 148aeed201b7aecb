"""The problems that the demo makes: what causes each, how it shows, and what monitoring would say."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import psutil

from aurora_rt.demo.culprit import MEBIBYTE

ProblemName = Literal["cpu", "memory", "disk"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `{host}` and `{mountpoint}` in its texts stand for where it happens."""

    module: str
    """What causes it: run with `python -m`."""
    arguments: tuple[str, ...]
    """Its arguments beside `--seconds`; `{directory}` stands for the one that may be filled."""
    shows: Callable[[int, Path], bool]
    """Whether it can be measured by now, given the culprit's process id and the directory."""
    alertname: str
    severity: str
    summary: str
    description: str
    expression: str
    """A PromQL expression over node-exporter's metrics that is true while it lasts."""
    labels: tuple[str, ...] = ()
    """What the alert is labelled with beside `alertname`, `instance`, `job` and `severity`."""

    def command(self, seconds: float, directory: Path) -> list[str]:
        """What to run to cause it for so long."""
        own = (argument.replace("{directory}", str(directory)) for argument in self.arguments)
        return [sys.executable, "-m", self.module, "--seconds", str(seconds), *own]


def _burns(pid: int, _directory: Path) -> bool:
    used = psutil.Process(pid).cpu_times()
    return bool(used.user + used.system >= 1.0)


def _leaks(pid: int, _directory: Path) -> bool:
    return bool(psutil.Process(pid).memory_info().rss >= 40 * MEBIBYTE)


def _fills(_pid: int, directory: Path) -> bool:
    return sum(file.stat().st_size for file in directory.rglob("*.part")) >= 8 * MEBIBYTE


PROBLEMS: Final[dict[ProblemName, Problem]] = {
    "cpu": Problem(
        module="aurora_rt.demo.cpu_hog",
        arguments=(),
        shows=_burns,
        alertname="HighCpuUsage",
        severity="critical",
        summary="Processor use on {host} is high",
        description="At least one processor core of {host} is busy without a pause. "
        "Whatever else runs there may answer more slowly.",
        expression='max by (instance) (1 - rate(node_cpu_seconds_total{mode="idle"}[1m])) > 0.9',
    ),
    "memory": Problem(
        module="aurora_rt.demo.memory_leak",
        arguments=("--rate", "5", "--limit", "400"),
        shows=_leaks,
        alertname="MemoryGrowing",
        severity="warning",
        summary="Available memory on {host} is shrinking",
        description="Available memory on {host} falls steadily, by some megabytes a second. "
        "If it goes on, programs will be killed for want of memory.",
        expression="deriv(node_memory_MemAvailable_bytes[2m]) < -1e6",
    ),
    "disk": Problem(
        module="aurora_rt.demo.disk_filler",
        arguments=("--rate", "3", "--limit", "300", "--directory", "{directory}"),
        shows=_fills,
        alertname="DiskFilling",
        severity="warning",
        summary="Free space of {mountpoint} on {host} is shrinking",
        description="The file system {mountpoint} of {host} fills by some megabytes a second. "
        "If it goes on, programs will fail to write.",
        expression='deriv(node_filesystem_avail_bytes{mountpoint="{mountpoint}"}[2m]) < -1e6',
        labels=("mountpoint",),
    ),
}
