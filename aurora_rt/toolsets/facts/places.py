"""What is told of the places of a system: measurements beside what is usual, and who calls whom."""

from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact


class Usual(Fact):
    """What a measurement is in normal times."""

    median: float
    spread: float
    """Median absolute deviation, scaled to a normal distribution's sigma."""
    mean: float
    sigma: float
    samples: int


class Measured(Fact):
    """One measurement of one place of a system, within the incident's window, beside what is usual."""

    node: str
    """The place, as the call graph names it: a service, a queue, a database."""
    metric: str
    statistic: str
    """`Average`, `p99`, `Sum`, …; `""` where there is only one."""
    usual: Usual | None
    """`None`: nothing is known of normal times but what lies in the window before the alert."""
    points: tuple[tuple[float, float], ...]
    """(Unix time in seconds, value)."""


class Telemetry(Fact):
    """The same measurement of every place that has it."""

    kind: Literal["telemetry"] = "telemetry"
    measured: tuple[Measured, ...]
    truncated: bool


class CallGraph(Fact):
    """Who calls whom, as far as it is known."""

    kind: Literal["call_graph"] = "call_graph"
    calls: tuple[tuple[str, str], ...]
    """(caller, callee)."""
    truncated: bool
