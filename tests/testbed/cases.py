"""The cases: what is caused, which alert tells of it, and what really is the matter."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from testbed import faults, quiet
from testbed.shop import Shop


@dataclass(frozen=True, slots=True)
class Case:
    """One case. Without a `kind` nothing is wrong."""

    name: str
    cause: Callable[[Shop], AbstractAsyncContextManager[tuple[str, ...]]]
    alert: str
    """The alert that is waited for."""
    nodes: tuple[str, ...] = ()
    """Places that count as the cause."""
    kind: str = ""
    over: bool = False
    """The alert is looked into only when it does not fire any more."""
    lasting: float = 2.0
    """Seconds between the alert and the look: whoever is called does not come at once."""

    def truth(self, places: tuple[str, ...]) -> dict[str, Any]:
        """What really is the matter, as suites write it."""
        if not self.kind:
            return {"healthy": True, "nodes": []}
        return {"healthy": False, "nodes": [*self.nodes, *places], "kind": self.kind}


LATENCY, ERRORS = "GatewayLatencyHigh", "GatewayErrorsHigh"

CASES = (
    Case("postgres-lock", faults.postgres_lock, LATENCY, ("postgres",), "lock_contention"),
    Case("bad-deploy", faults.bad_deploy, ERRORS, ("catalog",), "bad_deploy"),
    Case("slow-dependency", faults.slow_dependency, LATENCY, ("payments",), "latency"),
    Case("dependency-down", faults.dependency_down, ERRORS, ("payments",), "target_down"),
    Case("pool-exhausted", faults.pool_exhausted, LATENCY, ("orders",), "pool_exhausted"),
    Case("dropped-index", faults.dropped_index, LATENCY, ("postgres",), "slow_query"),
    Case("redis-evictions", faults.redis_evictions, LATENCY, ("redis",), "cache_eviction"),
    Case("memory-leak", faults.memory_leak, "ShopMemoryGrowing", ("catalog",), "memory_leak"),
    Case("disk-full", faults.disk_full, "ReceiptsNotWritten", (), "disk_filling"),
    Case(
        "dns-failure",
        faults.dns_failure,
        ERRORS,
        ("name-server", "payments.internal", "payments"),
        "dns_failure",
    ),
    Case("certificate-expired", faults.certificate_expired, ERRORS, ("payments",), "certificate"),
    Case("short-timeout", faults.short_timeout, ERRORS, ("orders",), "config_change"),
    Case("wrong-port", faults.wrong_port, ERRORS, ("orders",), "config_change"),
    Case("cpu-hog", faults.cpu_hog, "HostCpuHigh", (), "cpu_saturation"),
    Case("noisy-neighbour", faults.noisy_neighbour, LATENCY, (), "noisy_neighbour"),
    Case("false-alarm", quiet.false_alarm, "CatalogLatencyHigh"),
    Case("already-over", quiet.blip, LATENCY, over=True, lasting=12),
    Case("watchdog", quiet.watchdog, "Watchdog"),
    Case("load-peak", quiet.load_peak, "GatewayTrafficHigh", lasting=6),
)
BY_NAME = {case.name: case for case in CASES}
