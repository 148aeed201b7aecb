"""Figures from what was measured, and the figures for people."""

import statistics
from collections.abc import Mapping
from typing import Any

from driving import Outcome, percentile
from measured import Cpu
from viewing import Seen


def of_load(outcome: Outcome, cpu: Cpu, alerts: int) -> dict[str, float]:
    asked = max(1, outcome.answered)
    return {
        "alerts_per_second": round(outcome.rate * alerts, 1),
        "requests_per_second": round(outcome.rate, 1),
        "p50_ms": round(percentile(outcome.waits, 0.5) * 1000, 2),
        "p99_ms": round(percentile(outcome.waits, 0.99) * 1000, 2),
        "server_cpu_ms": round(cpu.server / asked * 1000, 3),
        "postgres_cpu_ms": round(cpu.postgres / asked * 1000, 3),
        "load_cpu": round(outcome.load_cpu, 2),
        "answered": outcome.answered,
        "refused": outcome.refused,
    }


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure; what was refused is added up, so that none is overlooked."""
    figures = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return figures | {"refused": sum(run["refused"] for run in runs)}


def ratio(runs: list[dict[str, float]], floor: list[dict[str, float]]) -> float:
    """The median of the ratios of alerts a second, run by run."""
    rate = "alerts_per_second"
    return statistics.median(run[rate] / below[rate] for run, below in zip(runs, floor, strict=True))


def of_seen(seen: list[Seen]) -> dict[str, float]:
    figures: dict[str, float] = {"incidents": len(seen)}
    for what in ("accepted", "thought", "summary"):
        waits = sorted(wait for one in seen if (wait := getattr(one, what)) is not None)
        figures[f"{what}_p50_ms"] = round(percentile(waits, 0.5) * 1000, 1)
        figures[f"{what}_p99_ms"] = round(percentile(waits, 0.99) * 1000, 1)
        figures[f"{what}_missing"] = len(seen) - len(waits)
    return figures


def printed(figures: Mapping[str, Any], indent: str = "") -> str:
    """The figures for people: a line for each group of numbers."""
    lines = []
    numbers = [f"{name} {value}" for name, value in figures.items() if not isinstance(value, Mapping)]
    if numbers:
        lines.append(indent + "  ".join(numbers))
    for name, value in figures.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{name}", printed(value, indent + "  ")]
    return "\n".join(lines)
