"""Scripted worlds: what each tool would show, as recorded facts, and a `Looking` that serves it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from aurora_rt.investigation.investigator import Case, CaseAlert
from aurora_rt.toolsets.facts import (
    AnyFacts,
)
from aurora_rt.toolsets.facts.host import (
    Filesystem,
    Filesystems,
    FileUse,
    HostState,
    Interface,
    LargeFiles,
    Network,
    Pressure,
    Processes,
    ProcessUse,
)
from aurora_rt.toolsets.facts.logs import (
    LogLine,
    LogLines,
)
from aurora_rt.toolsets.facts.metrics import (
    FiringAlert,
    FiringAlerts,
    Rules,
    Series,
    SeriesSet,
    Target,
    Targets,
)
from aurora_rt.toolsets.toolset import Observation, Offer, Window

MIB = 1024 * 1024
GIB = 1024 * MIB
ANCHOR = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
BOOT = ANCHOR - timedelta(days=9)

Shown = AnyFacts | str
"""Facts, or the sentence why nothing could be seen."""
Tool = Shown | Callable[[Mapping[str, object]], Shown]


@dataclass
class World:
    """A `Looking` over recorded facts. Each call gets a number; the same call the same one."""

    tools: dict[str, Tool] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    seen: dict[str, Observation] = field(default_factory=dict)

    @property
    def window(self) -> Window:
        return Window(start=ANCHOR - timedelta(hours=2), end=ANCHOR + timedelta(minutes=10), anchor=ANCHOR)

    @property
    def offers(self) -> Sequence[Offer]:
        nothing = {"type": "object", "properties": {}}
        return [Offer(name, name, nothing, name.partition(".")[0], "low") for name in sorted(self.tools)]

    def has(self, tool: str) -> bool:
        return tool in self.tools

    async def look(self, tool: str, **parameters: object) -> Observation:
        key = f"{tool} {sorted(parameters.items())}"
        if key not in self.seen:
            self.calls.append((tool, dict(parameters)))
            found = self.tools[tool]
            shown = found(parameters) if callable(found) else found
            failed = isinstance(shown, str)
            self.seen[key] = Observation(
                number=len(self.seen) + 1,
                tool=tool,
                parameters=parameters,
                command=f"{tool} {parameters}",
                output="" if failed else shown.model_dump_json(indent=1),
                executed_at=ANCHOR,
                seconds=0.1,
                facts=None if failed else shown,
                error=shown if failed else None,
            )
        return self.seen[key]


def case(alertname: str = "HighCpuUsage", *, expression: str | None = None, **changes: object) -> Case:
    """An incident with one alert. `changes` are labels, `summary`, `severity` or `status`."""
    summary = str(changes.pop("summary", ""))
    severity = str(changes.pop("severity", "critical"))
    status = str(changes.pop("status", "firing"))
    labels = {name: str(value) for name, value in changes.items()} | (
        {"alertname": alertname} if alertname else {}
    )
    alert = CaseAlert(
        title=alertname,
        description=summary,
        severity=severity,
        service=labels.get("service", ""),
        status=status,
        labels=labels,
        annotations={"summary": summary} if summary else {},
        started_at=ANCHOR,
        expression=expression,
    )
    return Case(
        incident_id=UUID(int=7),
        title=alertname,
        service=alert.service,
        severity=severity,
        environment="",
        source="alertmanager",
        started_at=ANCHOR,
        alerts=(alert,),
    )


def process(pid: int, command: str, **changes: object) -> ProcessUse:
    """A process that does next to nothing, but for `changes`."""
    usual: dict[str, object] = {
        "parent_pid": 1,
        "name": command.split()[0].rsplit("/", 1)[-1],
        "user": "app",
        "cpu_percent": 0.3,
        "rss": 30 * MIB,
        "rss_growth": 0.0,
        "read_rate": 0.0,
        "write_rate": 0.0,
        "open_files": 12,
        "threads": 3,
        "state": "S",
        "nice": 0,
        "started_at": BOOT,
    }
    return ProcessUse.model_validate({"pid": pid, "command": command} | usual | changes)


IDLE = (process(1, "/sbin/init"), process(320, "postgres: writer", rss=200 * MIB), process(411, "sshd -D"))


def processes(*unusual: ProcessUse, seconds: float = 2.0) -> Processes:
    """The idle processes, and `unusual` ones."""
    return Processes(sampled_seconds=seconds, total=120, processes=(*IDLE, *unusual))


def state(**changes: object) -> HostState:
    """A host at ease, but for `changes`."""
    usual: dict[str, object] = {
        "hostname": "web-1",
        "cores": 4,
        "load": (0.4, 0.3, 0.3),
        "cpu_percent": 6.5,
        "iowait_percent": 0.2,
        "steal_percent": 0.0,
        "sampled_seconds": 1.0,
        "memory_total": 8 * GIB,
        "memory_available": 5 * GIB,
        "swap_total": GIB,
        "swap_used": 0,
        "boot_at": BOOT,
        "pressure": tuple(
            Pressure(resource=name, some10=0, some60=0, some300=0, full10=None, full60=None, full300=None)
            for name in ("cpu", "memory", "io")
        ),
    }
    return HostState.model_validate(usual | changes)


def filesystem(mount: str, used_percent: float = 40.0, growth: float = 0.0) -> Filesystem:
    """A file system of 100 GiB."""
    used = int(GIB * used_percent)
    return Filesystem(
        mount=mount,
        device="/dev/sda1",
        type="ext4",
        total=100 * GIB,
        used=used,
        free=100 * GIB - used,
        used_percent=used_percent,
        inodes_percent=3.0,
        growth=growth,
    )


def large_files(*files: FileUse) -> LargeFiles:
    """What a walk found."""
    return LargeFiles(roots=("/",), sampled_seconds=2, complete=True, files=files)


def log_line(text: str, priority: str = "error", source: str = "kernel") -> LogLine:
    """A line half a minute before the alert."""
    return LogLine.model_validate(
        {"at": ANCHOR - timedelta(seconds=30), "source": source, "priority": priority, "text": text}
    )


def calm(**changes: Tool) -> dict[str, Tool]:
    """The host toolset on a host where nothing is wrong, but for `changes` (`host.x` is written `x`)."""
    usual: dict[str, Tool] = {
        "state": state(),
        "processes": processes(),
        "filesystems": Filesystems(sampled_seconds=2, filesystems=(filesystem("/"), filesystem("/srv"))),
        "large_files": large_files(),
        "network": Network(
            interfaces=(
                Interface(name="eth0", up=True, received_rate=1e4, sent_rate=1e4, errors=0, drops=2),
            ),
            connections={"ESTABLISHED": 12, "LISTEN": 5},
            listening=("0.0.0.0:22 sshd",),
            retransmit_percent=0.1,
        ),
        "recent_starts": Processes(sampled_seconds=0, total=120, processes=()),
        "journal": LogLines(
            origin="journal", lines=(log_line("session opened", "info", "sshd[411]"),), truncated=False
        ),
    }
    return {f"host.{name}": tool for name, tool in (usual | changes).items()}


def stepped(
    before: float, after: float, at: timedelta = timedelta(minutes=-2)
) -> tuple[tuple[float, float], ...]:
    """Half-minute samples over the window: `before`, with a ripple, until `ANCHOR + at`, then `after`."""
    start = ANCHOR - timedelta(hours=2)
    moments = [start + timedelta(seconds=30 * n) for n in range(260)]
    ripple = (1.0, 1.01, 0.99, 1.005)
    return tuple(
        (moment.timestamp(), (after if moment >= ANCHOR + at else before) * ripple[n % 4])
        for n, moment in enumerate(moments)
    )


def series_set(query: object, *series: Series) -> SeriesSet:
    """The answer to a query over the window."""
    return SeriesSet(query=str(query), step=30, series=series, truncated=False)


def metrics(measure: Series, *related: Series, targets: tuple[Target, ...] = ()) -> dict[str, Tool]:
    """A Prometheus with one series for the alert's expression and others with its labels."""
    up = Target(job="node", instance="web-1:9100", up=True, last_error="", last_scrape_at=ANCHOR)
    return {
        "prometheus.query": lambda asked: series_set(asked["query"], measure),
        "prometheus.query_range": lambda asked: series_set(asked["query"], measure),
        "prometheus.related": lambda asked: series_set(asked["matchers"], *related),
        "prometheus.rules": Rules(rules=()),
        "prometheus.targets": Targets(targets=(up, *targets)),
        "prometheus.alerts": FiringAlerts(
            alerts=(
                FiringAlert(
                    name="HighCpuUsage",
                    labels={"alertname": "HighCpuUsage"},
                    state="firing",
                    active_since=ANCHOR,
                ),
            )
        ),
    }


def failing_metrics(reason: str) -> dict[str, Tool]:
    """A Prometheus that answers nothing."""
    names = ("query", "query_range", "related", "rules", "targets", "alerts")
    return {f"prometheus.{name}": reason for name in names}


BURNER = process(
    4242, "python3 -m crunch --all", cpu_percent=99.4, nice=19, started_at=ANCHOR - timedelta(seconds=20)
)
LEAKER = process(
    5151,
    "java -jar billing.jar",
    rss=900 * MIB,
    rss_growth=5.0 * MIB,
    started_at=ANCHOR - timedelta(minutes=3),
)
FILLER = process(
    6363, "exporter --out /srv/spool", write_rate=3.0 * MIB, started_at=ANCHOR - timedelta(minutes=1)
)
FILLED = FileUse(
    path="/srv/spool/rows.csv.part",
    size=700 * MIB,
    growth=3.0 * MIB,
    modified_at=ANCHOR,
    deleted=False,
    pids=(6363,),
    process_names=("exporter",),
)


def all_three() -> dict[str, Tool]:
    """A host on which one process burns, one leaks and one fills, all at once."""
    return calm(
        state=state(cpu_percent=31.0, load=(1.4, 0.9, 0.5)),
        processes=lambda asked: processes(
            BURNER, LEAKER, FILLER, seconds=float(str(asked.get("seconds", 2.0)))
        ),
        filesystems=Filesystems(
            sampled_seconds=2, filesystems=(filesystem("/"), filesystem("/srv", 71.0, 3.0 * MIB))
        ),
        large_files=large_files(FILLED),
        recent_starts=Processes(sampled_seconds=0, total=120, processes=(BURNER, LEAKER, FILLER)),
    )
