"""What tools tell, typed: the vocabulary that investigators reason about.

Facts travel beside the text that a person reads, and are kept with the citation as JSON, so that an investigation
which another worker takes over sees again exactly what was seen before. A toolset whose facts fit one of these
kinds uses it, so that rules written for one source of metrics or processes work on all.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from aurora_rt.toolsets.cluster import Cluster
from aurora_rt.toolsets.fact import Fact as Fact


class ProcessUse(Fact):
    """What one process used while it was watched."""

    pid: int
    parent_pid: int
    name: str
    command: str
    """The command line, cut and with secrets removed."""
    user: str
    cpu_percent: float
    """Of one core: 200 means two full cores."""
    rss: int
    rss_growth: float
    """Bytes a second, over the sampled time; negative when it shrank."""
    read_rate: float | None
    write_rate: float | None
    """Bytes a second to and from storage (`None`: not ours to see)."""
    open_files: int | None
    threads: int
    state: str
    nice: int
    started_at: datetime


class Processes(Fact):
    """The processes of the host that use most, watched for `sampled_seconds`."""

    kind: Literal["processes"] = "processes"
    sampled_seconds: float
    total: int
    """How many processes there are, the ones not listed included."""
    processes: tuple[ProcessUse, ...]


class Pressure(Fact):
    """Pressure stall information (Linux PSI): share of time in percent that work waited, mean of 10/60/300 s."""

    resource: Literal["cpu", "memory", "io"]
    some10: float
    some60: float
    some300: float
    full10: float | None
    full60: float | None
    full300: float | None


class HostState(Fact):
    """Load, processor, memory and pressure of the host."""

    kind: Literal["host_state"] = "host_state"
    hostname: str
    cores: int
    load: tuple[float, float, float]
    cpu_percent: float
    """Of all cores together, 0 to 100, over `sampled_seconds`; all that was neither idle nor `iowait`."""
    iowait_percent: float
    steal_percent: float
    """The part of `cpu_percent` that the hypervisor gave to other machines."""
    sampled_seconds: float
    memory_total: int
    memory_available: int
    swap_total: int
    swap_used: int
    boot_at: datetime
    pressure: tuple[Pressure, ...]
    """Empty where the kernel does not tell."""


class Filesystem(Fact):
    """How full one mounted file system is."""

    mount: str
    device: str
    type: str
    total: int
    used: int
    free: int
    used_percent: float
    inodes_percent: float | None
    growth: float
    """Bytes a second while it was watched."""


class Filesystems(Fact):
    """The file systems of the host."""

    kind: Literal["filesystems"] = "filesystems"
    sampled_seconds: float
    filesystems: tuple[Filesystem, ...]


class FileUse(Fact):
    """A large or growing file, and who holds it open."""

    path: str
    size: int
    growth: float
    """Bytes a second while it was watched."""
    modified_at: datetime
    deleted: bool
    """Held open by a process but no longer in any directory: space that no `du` shows."""
    pids: tuple[int, ...]
    process_names: tuple[str, ...]


class LargeFiles(Fact):
    """The largest and fastest growing files that were looked at."""

    kind: Literal["large_files"] = "large_files"
    roots: tuple[str, ...]
    sampled_seconds: float
    complete: bool
    """False when a limit of time or count stopped the walk."""
    files: tuple[FileUse, ...]


class Interface(Fact):
    """Traffic and errors of one network interface, per second while it was watched."""

    name: str
    up: bool
    received_rate: float
    sent_rate: float
    errors: int
    drops: int
    """Errors and drops since boot, both directions."""


class Network(Fact):
    """Interfaces, and TCP connections by state."""

    kind: Literal["network"] = "network"
    interfaces: tuple[Interface, ...]
    connections: Mapping[str, int]
    listening: tuple[str, ...]
    """`address:port process`, as far as it may be seen."""
    retransmit_percent: float | None


class LogLine(Fact):
    """One line of a log."""

    at: datetime | None
    source: str
    priority: Literal["critical", "error", "warning", "info", "unknown"]
    text: str


class LogLines(Fact):
    """Lines of logs within the incident's window, newest last."""

    kind: Literal["log_lines"] = "log_lines"
    origin: str
    lines: tuple[LogLine, ...]
    truncated: bool


class Series(Fact):
    """One time series: its labels (the metric's name is `__name__`) and its samples."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]
    """(Unix time in seconds, value); values that are not finite numbers are left out."""


class SeriesSet(Fact):
    """The answer to one metric query."""

    kind: Literal["series"] = "series"
    query: str
    step: float | None
    """Seconds between samples; `None` for an instant query."""
    series: tuple[Series, ...]
    truncated: bool
    """True when there were more series than are kept."""


class Rule(Fact):
    """An alerting rule, as the metrics server has it."""

    name: str
    expression: str
    for_seconds: float
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    state: str
    health: str
    last_error: str


class Rules(Fact):
    """Alerting rules by name."""

    kind: Literal["rules"] = "rules"
    rules: tuple[Rule, ...]


class Target(Fact):
    """Something that the metrics server scrapes."""

    job: str
    instance: str
    up: bool
    last_error: str
    last_scrape_at: datetime | None


class Targets(Fact):
    """All scrape targets."""

    kind: Literal["targets"] = "targets"
    targets: tuple[Target, ...]


class FiringAlert(Fact):
    """An alert that fires now, as the metrics server sees it."""

    name: str
    labels: Mapping[str, str]
    state: str
    active_since: datetime | None


class FiringAlerts(Fact):
    """Alerts that fire or are pending now."""

    kind: Literal["firing_alerts"] = "firing_alerts"
    alerts: tuple[FiringAlert, ...]


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


AnyFacts = Annotated[
    Processes
    | HostState
    | Filesystems
    | LargeFiles
    | Network
    | LogLines
    | SeriesSet
    | Rules
    | Targets
    | FiringAlerts
    | Telemetry
    | CallGraph
    | Cluster,
    Field(discriminator="kind"),
]
"""Everything that a tool may tell."""
