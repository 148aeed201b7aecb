"""Counters, gauges and histograms in Prometheus' text format; no more than the shop needs."""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable

import psutil

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0)

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """What one process measures of itself."""

    def __init__(self) -> None:
        self._counters: dict[tuple[str, Labels], float] = defaultdict(float)
        self._gauges: dict[str, Callable[[], float]] = {}
        self._buckets: dict[tuple[str, Labels], list[int]] = {}
        self._sums: dict[tuple[str, Labels], float] = defaultdict(float)
        self._process = psutil.Process()
        self._started = time.time()

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter; its name ends in `_total`."""
        self._counters[name, tuple(sorted(labels.items()))] += amount

    def gauge(self, name: str, read: Callable[[], float]) -> None:
        """Measure something whenever it is asked for."""
        self._gauges[name] = read

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Add to a histogram."""
        key = (name, tuple(sorted(labels.items())))
        counts = self._buckets.setdefault(key, [0] * (len(BUCKETS) + 1))
        counts[bisect_left(BUCKETS, seconds)] += 1
        self._sums[key] += seconds

    def text(self) -> str:
        """All of it, as Prometheus reads it."""
        lines = [*self._of_process()]
        lines += [f"{name}{_braced(labels)} {value}" for (name, labels), value in self._counters.items()]
        lines += [f"{name} {read()}" for name, read in self._gauges.items()]
        for (name, labels), counts in self._buckets.items():
            total = 0
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                total += count
                lines.append(f"{name}_bucket{_braced((*labels, ('le', bound)))} {total}")
            lines += [f"{name}_sum{_braced(labels)} {self._sums[name, labels]}"]
            lines += [f"{name}_count{_braced(labels)} {total}"]
        return "\n".join([*lines, ""])

    def _of_process(self) -> list[str]:
        used = self._process.cpu_times()
        return [
            f"process_cpu_seconds_total {used.user + used.system}",
            f"process_resident_memory_bytes {self._process.memory_info().rss}",
            f"process_open_fds {self._process.num_fds()}",
            f"process_start_time_seconds {self._started}",
        ]


def _braced(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels) + "}" if labels else ""
