"""Choosing where to look: the hypotheses that an alert suggests, and the inquiries that test them."""

from collections.abc import Callable
from typing import Final

from aurora_rt.investigation.builtin.families import Family
from aurora_rt.investigation.builtin.gathering import Inquiry
from aurora_rt.investigation.builtin.inquiries import (
    alerting,
    changes,
    cloud,
    databases,
    docker,
    host,
    kubernetes,
    logs,
    metrics,
    places,
    probes,
    traces,
)
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.investigation.builtin.wording import joined
from aurora_rt.toolsets.toolset import Looking

HYPOTHESES: Final[dict[Family, tuple[str, ...]]] = {
    "cpu": (
        "one process burns processor time",
        "there is more work than before",
        "work piles up behind slow storage",
    ),
    "memory": (
        "one process takes ever more memory",
        "a few large processes together are too much",
        "load has grown",
    ),
    "disk": (
        "one file grows without end",
        "deleted files are still held open",
        "many small files use up the inodes",
    ),
    "io": (
        "one process reads or writes without pause",
        "the device itself is failing",
        "memory is short and swaps",
    ),
    "descriptors": ("one process opens files and does not close them", "connections pile up"),
    "network": (
        "packets are lost on the way",
        "connections pile up in one program",
        "the other side is down",
    ),
    "latency": (
        "the machine is short of processor or storage time",
        "traffic has grown",
        "something it calls is slow",
    ),
    "errors": ("something it needs is down", "a disk or memory is full", "a change brought the errors"),
    "availability": (
        "the program has ended or was killed",
        "the machine is overloaded",
        "the network is cut",
    ),
    "traffic": ("more is asked than before", "callers try again because answers fail"),
    "general": ("a process takes too much", "something is full", "something was changed or has ended"),
}
_NETWORKED: Final = frozenset(
    {"network", "latency", "errors", "availability", "traffic", "descriptors", "general"}
)


def hypotheses(reading: Reading, inquiries: list[Inquiry]) -> str:
    """What may explain the alert, and what is looked at to tell."""
    family = reading.families[0]
    worth = joined(list(HYPOTHESES[family]), "or")
    about = (
        "what the alert is about is not plain, so I look broadly"
        if family == "general"
        else f"this is about {_NAMES[family]}"
    )
    if not inquiries:
        return f"As I read it, {about}. It may be that {worth}. No tool is usable here to find out which."
    return f"As I read it, {about}. It may be that {worth}. {_looks(len(inquiries))} will tell, all at the same time."


def planned(reading: Reading, tools: Looking) -> list[Inquiry]:
    """The inquiries for an alert, those whose tools can be used."""
    choices: tuple[tuple[str, bool, Callable[[], Inquiry]], ...] = (
        ("prometheus.query_range", True, lambda: metrics.expression_inquiry(reading, tools)),
        ("host.processes", True, lambda: host.processes_inquiry(reading, tools)),
        ("host.state", True, lambda: host.machine_inquiry(reading)),
        ("host.filesystems", True, lambda: host.storage_inquiry(reading, tools)),
        ("prometheus.related", True, lambda: metrics.related_inquiry(reading, tools)),
        ("telemetry.compare", True, lambda: places.places_inquiry(reading, tools)),
        ("kubernetes.get", True, lambda: kubernetes.kubernetes_inquiry(reading, tools)),
        ("logs.search", True, lambda: logs.logs_inquiry(reading, tools)),
        ("traces.search", True, lambda: traces.traces_inquiry(reading)),
        ("alertmanager.alerts", True, lambda: alerting.alerting_inquiry(reading, tools)),
        ("docker.containers", True, lambda: docker.docker_inquiry(reading, tools)),
        ("changes.list", True, lambda: changes.changes_inquiry(reading, tools)),
        ("probes.check", True, lambda: probes.probes_inquiry(reading)),
        (
            "network.connectivity",
            probes.reachable_wanted(reading, tools),
            lambda: probes.reachable_inquiry(reading, tools),
        ),
        ("postgresql.activity", True, lambda: databases.postgresql_inquiry(reading, tools)),
        ("mysql.activity", True, lambda: databases.mysql_inquiry(reading, tools)),
        ("redis.info", True, lambda: databases.redis_inquiry(reading, tools)),
        ("prometheus.targets", True, lambda: metrics.targets_inquiry(reading, tools)),
        ("host.journal", True, lambda: host.journal_inquiry(reading, tools)),
        ("host.recent_starts", True, lambda: host.starts_inquiry(reading, tools)),
        ("host.network", not _NETWORKED.isdisjoint(reading.families), lambda: host.network_inquiry(reading)),
        *((tool, True, make) for tool, make in cloud.cloud_inquiries(reading, tools)),
    )
    return [make() for tool, wanted, make in choices if wanted and tools.has(tool)]


_NAMES: Final[dict[Family, str]] = {
    "cpu": "processor time",
    "memory": "memory",
    "disk": "disk space",
    "io": "slow or busy storage",
    "descriptors": "open files",
    "network": "the network",
    "latency": "slow answers",
    "errors": "errors",
    "availability": "something that does not answer",
    "traffic": "the amount of traffic",
    "general": "something",
}


def _looks(count: int) -> str:
    return "One line of looking" if count == 1 else f"{count} lines of looking"
