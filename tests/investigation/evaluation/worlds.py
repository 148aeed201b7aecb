"""Made-up systems of services that something happens to: recordings as suites hold them, from seeds.

A system is a graph of services. Requests enter at the front and are handed down; a service's time is its own and that
of what it calls; a share of what fails below fails above. A fault changes one service. Names, measurements, sampling,
noise and what is known beside the measurements differ from world to world, as they do between real systems.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from aurora_rt.investigation.evaluation.recording import Measure, Points, Recording
from aurora_rt.investigation.evaluation.suite import RecordedCase, Truth
from aurora_rt.investigation.investigator import CaseAlert

Fault = Literal["cpu", "mem", "disk", "delay", "loss", "socket", "crash", "load", "none"]
Style = Literal["short", "prometheus", "cloud"]

FAULTS: Final[tuple[Fault, ...]] = ("cpu", "mem", "disk", "delay", "loss", "socket", "crash", "load")
STYLES: Final[tuple[Style, ...]] = ("short", "prometheus", "cloud")
START: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KINDS: Final[Mapping[Fault, str]] = {
    "cpu": "cpu_saturation",
    "mem": "memory_pressure",
    "disk": "io_saturation",
    "crash": "target_down",
    "load": "traffic_load",
    "delay": "latency",
    "loss": "error_rate",
    "socket": "descriptor_exhaustion",
}
_WORDS: Final[Sequence[str]] = (
    *("cart", "catalog", "orders", "payment", "shipping", "email", "currency", "users"),
    *("basket", "search", "stock", "price", "route", "seat", "station", "travel"),
    *("ticket", "food", "rating", "review", "auth", "session", "config", "notify"),
    *("queue", "rebook", "cancel", "inside", "admin", "voucher", "contact", "train"),
    *("consign", "assurance", "security", "verify", "execute", "avatar", "gateway", "delivery"),
    *("wait", "media", "social", "home"),
)


@dataclass(frozen=True, slots=True)
class Service:
    """What a service is like in normal times."""

    name: str
    calls: Mapping[int, float]
    """How often it calls which other for each of its requests."""
    own_ms: float
    cpu_cost: float
    memory: float
    failing: float
    jitter: float


@dataclass(slots=True)
class Moment:
    """What is true of all services at one moment."""

    rate: list[float]
    latency: list[float]
    failed: list[float]
    cpu: list[float]
    memory: list[float]
    disk: list[float]
    sockets: list[float]


@dataclass(frozen=True, slots=True)
class World:
    """A system, what happens to it, and how it is seen."""

    seed: int
    services: Sequence[Service]
    fault: Fault
    culprit: int
    alerting: int
    style: Style
    graph: bool
    baseline: bool
    step: float
    before: float
    """Seconds that are recorded before the alert."""
    missing: float
    late: float
    """Seconds from the fault to the alert."""
    noise: float
    chosen: str = field(default="latency")
    """What the alert is about: latency or errors."""


def world(
    seed: int, *, fault: Fault | None = None, style: Style | None = None, graph: bool | None = None
) -> World:
    """A world for a seed; what is given is as given."""
    dice = random.Random(seed)
    size = dice.choice((5, 8, 11, 12, 20, 27, 40))
    style = style or dice.choice(STYLES)
    services = _services(dice, size)
    fault = fault or dice.choice(FAULTS)
    culprit = 0 if fault == "load" else dice.randrange(0 if dice.random() < 0.1 else 1, size)
    above = _above(services, culprit)
    alerting = 0 if dice.random() < 0.7 or not above else dice.choice(sorted(above))
    step = dice.choice((5.0, 10.0, 15.0, 30.0, 60.0))
    return World(
        seed=seed,
        services=services,
        fault=fault,
        culprit=culprit,
        alerting=alerting,
        style=style,
        graph=dice.random() < 0.5 if graph is None else graph,
        baseline=dice.random() < 0.4,
        step=step,
        before=dice.choice((600.0, 1200.0, 3600.0)) if step < 60 else 3600.0,
        missing=dice.choice((0.0, 0.02, 0.1)),
        late=dice.choice((0.0, 60.0, 120.0, 240.0)),
        noise=dice.choice((0.5, 1.0, 2.0)),
    )


def _services(dice: random.Random, size: int) -> list[Service]:
    naming = dice.choice(
        (
            lambda word: f"{word}service",
            lambda word: f"ts-{word}-service",
            lambda word: word,
            lambda word: f"{word}-api",
        )
    )
    names = ["frontend", *map(naming, dice.sample(_WORDS, size - 1))]
    calls: list[dict[int, float]] = [{} for _ in range(size)]
    for n in range(1, size):
        parents = dice.sample(range(max(0, n - 8), n), k=min(n, dice.choice((1, 1, 1, 2)), 8))
        for parent in parents:
            calls[parent][n] = dice.choice((0.3, 0.7, 1.0, 1.0, 1.0, 2.0))
    return [
        Service(
            name=names[n],
            calls=calls[n],
            own_ms=math.exp(dice.uniform(math.log(1.5), math.log(40))),
            cpu_cost=math.exp(dice.uniform(math.log(0.0005), math.log(0.01))),
            memory=math.exp(dice.uniform(math.log(3e7), math.log(8e8))),
            failing=dice.choice((0.0, 0.0, 0.0, 0.001, 0.01)),
            jitter=dice.uniform(0.02, 0.15),
        )
        for n in range(size)
    ]


def _above(services: Sequence[Service], culprit: int) -> set[int]:
    found: set[int] = set()
    waiting = [culprit]
    while waiting:
        here = waiting.pop()
        for n, one in enumerate(services):
            if here in one.calls and n not in found:
                found.add(n)
                waiting.append(n)
    return found


def recorded(one: World) -> RecordedCase:
    """The world's incident as a suite has it."""
    dice = random.Random(one.seed * 7919 + 1)
    anchor = START.timestamp()
    began = anchor - one.late if one.fault != "none" else float("inf")
    strength = dice.uniform(0.4, 1.0)
    times = [anchor - one.before + n * one.step for n in range(int((one.before + 600) / one.step))]
    walk = _Walk(dice, one)
    moments = [walk.at(at, began, strength) for at in times]
    chosen, alerting = _chosen(one, times, moments, anchor)
    series = _series(dice, one, times, moments, began)
    baseline: Mapping[Measure, Points] = {}
    if one.baseline:
        calm = _Walk(random.Random(one.seed * 31 + 5), one)
        earlier = [anchor - 86400 + n * one.step for n in range(int(3600 / one.step))]
        baseline = _series(dice, one, earlier, [calm.at(at, float("inf"), 0) for at in earlier], float("inf"))
    name = one.services[alerting].name
    labels = {"alertname": f"High{chosen}", "service": name, "severity": "critical"}
    alert = CaseAlert(
        title=labels["alertname"],
        description="",
        severity="critical",
        service=name,
        status="firing",
        labels=labels,
        annotations={"summary": f"{chosen} of {name} is out of its usual range"},
        started_at=START,
    )
    calls = tuple((s.name, one.services[c].name) for s in one.services for c in s.calls) if one.graph else ()
    truth = (
        Truth(healthy=True)
        if one.fault == "none"
        else Truth(nodes=(one.services[one.culprit].name,), kind=KINDS[one.fault])
    )
    return RecordedCase(
        f"{one.fault}-{one.style}-{one.seed}", START, (alert,), Recording(series, baseline, calls), truth
    )


def _chosen(one: World, times: Sequence[float], moments: Sequence[Moment], anchor: float) -> tuple[str, int]:
    """What fires: the alerting service's latency or errors, whichever has changed; else the culprit's own caller."""
    before = [m for at, m in zip(times, moments, strict=True) if at < anchor - one.late]
    after = [m for at, m in zip(times, moments, strict=True) if at >= anchor + 60]
    if one.fault == "none":
        return "Latency", one.alerting

    def change(n: int) -> tuple[float, float]:
        was = sum(m.latency[n] for m in before) / len(before)
        now = sum(m.latency[n] for m in after) / len(after)
        more = sum(m.failed[n] for m in after) / len(after) - sum(m.failed[n] for m in before) / len(before)
        return (now / was - 1 if was > 0 else 0.0), more

    slower, failing = change(one.alerting)
    return ("Errors" if failing > 0.02 and failing * 10 > slower else "Latency"), one.alerting


class _Walk:
    """Goes through time; what wanders keeps where it was."""

    def __init__(self, dice: random.Random, one: World) -> None:
        self._dice = dice
        self._world = one
        self._load = 0.0
        self._wander = [0.0] * len(one.services)
        self._phase = dice.uniform(0, 6.28)
        self._level = dice.uniform(20, 200)

    def at(self, at: float, began: float, strength: float) -> Moment:
        one, dice = self._world, self._dice
        on = at >= began
        ramp = min(1.0, (at - began) / 180) if on else 0.0
        self._load = 0.95 * self._load + dice.gauss(0, 0.02 * one.noise)
        bump = 0.15 * math.sin(at / 5000 + self._phase)
        burst = 1.4 if dice.random() < 0.01 * one.noise else 1.0
        front = self._level * math.exp(self._load) * (1 + bump) * burst
        if on and one.fault == "load":
            front *= 1 + 3 * strength
        count = len(one.services)
        rate = [0.0] * count
        rate[0] = front
        for n, service in enumerate(one.services):
            for callee, often in service.calls.items():
                rate[callee] += rate[n] * often
        moment = Moment(
            rate, [0.0] * count, [0.0] * count, [0.0] * count, [0.0] * count, [0.0] * count, [0.0] * count
        )
        for n in reversed(range(count)):
            self._fill(moment, n, on, ramp, strength)
        return moment

    def _fill(self, moment: Moment, n: int, on: bool, ramp: float, strength: float) -> None:
        one, dice = self._world, self._dice
        service, hit = one.services[n], on and n == one.culprit
        self._wander[n] = 0.98 * self._wander[n] + dice.gauss(0, 0.004 * one.noise)
        busy = 1 + (0.8 * strength if on and one.fault == "load" else 0.0)
        own = service.own_ms * math.exp(dice.gauss(0, service.jitter * one.noise)) * busy
        failing = service.failing * math.exp(dice.gauss(0, 0.3 * one.noise)) if service.failing else 0.0
        cpu = moment.rate[n] * service.cpu_cost * math.exp(dice.gauss(0, 0.05 * one.noise)) + 0.005
        memory = service.memory * math.exp(self._wander[n])
        disk = 1e4 + moment.rate[n] * 300 * math.exp(dice.gauss(0, 0.4 * one.noise))
        sockets = 10 + moment.rate[n] * 0.1 * math.exp(dice.gauss(0, 0.05))
        down = hit and one.fault == "crash"
        if hit:
            match one.fault:
                case "cpu":
                    cpu += 0.5 + 1.5 * strength
                    own *= 1.5 + 4 * strength
                case "mem":
                    memory *= 1 + (0.6 + 2 * strength) * ramp
                    own *= 1 + 1.5 * strength * ramp
                case "disk":
                    disk += 4e6 * (1 + 4 * strength)
                    own *= 1.4 + 2 * strength
                case "delay":
                    own += 50 + 400 * strength
                case "loss":
                    own += 60 * strength
                    failing += 0.03 + 0.2 * strength
                case "socket":
                    sockets *= 3 + 8 * strength
                    own *= 1.3 + 2 * strength
                    failing += 0.02 + 0.1 * strength
                case _:
                    pass
        latency, passing = own, 1 - failing
        for callee, often in service.calls.items():
            latency += often * moment.latency[callee]
            passing *= 1 - min(1.0, 0.7 * often) * moment.failed[callee]
        moment.latency[n] = 0.0 if down else latency
        moment.failed[n] = 1.0 if down else min(1.0, 1 - passing)
        moment.cpu[n] = cpu
        moment.memory[n] = memory
        moment.disk[n] = disk
        moment.sockets[n] = sockets


_Read = Callable[[Moment, int], float]
_COLUMNS: Final[Mapping[Style, Sequence[tuple[str, str, _Read, bool]]]] = {
    "short": (
        ("cpu", "", lambda m, n: m.cpu[n], False),
        ("mem", "", lambda m, n: m.memory[n], False),
        ("latency-50", "", lambda m, n: m.latency[n] / 1e3, False),
        ("latency-90", "", lambda m, n: m.latency[n] * 1.7 / 1e3, False),
        ("error", "", lambda m, n: m.failed[n] * m.rate[n], False),
        ("workload", "", lambda m, n: m.rate[n], False),
        ("diskio", "", lambda m, n: m.disk[n], False),
        ("socket", "", lambda m, n: m.sockets[n], False),
    ),
    "prometheus": (
        ("container_cpu_usage_seconds_total", "", lambda m, n: m.cpu[n], True),
        ("container_memory_working_set_bytes", "", lambda m, n: m.memory[n], False),
        ("istio_request_duration_milliseconds", "p50", lambda m, n: m.latency[n], False),
        ("istio_request_duration_milliseconds", "p99", lambda m, n: m.latency[n] * 2.5, False),
        ("http_requests_total", "", lambda m, n: m.rate[n], True),
        ("http_request_errors_total", "", lambda m, n: m.failed[n] * m.rate[n], True),
        ("container_fs_writes_bytes_total", "", lambda m, n: m.disk[n], True),
        ("container_sockets", "", lambda m, n: m.sockets[n], False),
    ),
    "cloud": (
        ("latency", "Average", lambda m, n: m.latency[n] / 1e3, False),
        ("latency", "p99", lambda m, n: m.latency[n] * 2.5 / 1e3, False),
        ("requests", "Sum", lambda m, n: m.rate[n] * 60, False),
        ("error", "Average", lambda m, n: m.failed[n] * 100, False),
        ("CPUUtilization", "Average", lambda m, n: min(100.0, m.cpu[n] * 40), False),
        ("MemoryUtilization", "Average", lambda m, n: m.memory[n] / 1.6e7, False),
        ("DiskWriteBytes", "Sum", lambda m, n: m.disk[n] * 60, False),
    ),
}


def _series(
    dice: random.Random, one: World, times: Sequence[float], moments: Sequence[Moment], began: float
) -> dict[Measure, Points]:
    found: dict[Measure, Points] = {}
    for n, service in enumerate(one.services):
        for metric, statistic, read, counts in _COLUMNS[one.style]:
            total, points = dice.uniform(0, 1e5), []
            for at, moment in zip(times, moments, strict=True):
                gone = one.fault == "crash" and n == one.culprit and at >= began
                value = read(moment, n)
                total += value * one.step
                if not gone and dice.random() >= one.missing:
                    points.append((at, float(f"{total if counts else value:.6g}")))
            found[Measure(service.name, metric, statistic)] = tuple(points)
    return found
