"""What to ask a metrics server for, by how metrics are named: traffic, errors, slowness and use of every place. Pure.

The conventions are those of https://prometheus.io/docs/practices/naming/, of OpenTelemetry's and Istio's metrics, and
of what cAdvisor and client libraries expose. A place is told by labels; of several the plainest one names it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MOST: Final = 28
"""Questions in one look."""
PLACES: Final = (
    "destination_workload",
    "service_name",
    "service",
    "app",
    "workload",
    "deployment",
    "container",
    "job",
)
"""Labels that name a place, the plainest first."""
IN_CONTAINERS: Final = ("container", "deployment", "workload", "app", "pod", "name", "job")
"""The same for measurements of containers, whose `service` and `job` are of what measures them."""

_SLOW: Final = re.compile(
    r"(duration|latency|response_time|request_time|processing_time|wait_time|_seconds|_ms|_milliseconds)"
)
_NOT_OF_ANSWERS: Final = re.compile(
    r"^(prometheus|scrape|go|promhttp|net_conntrack|python|jvm|alertmanager)_|_gc_"
)
_CALLS: Final = re.compile(r"(requests?|calls?|handled|queries|messages|operations|invocations)_total$")
_FAILED: Final = re.compile(r"(errors?|failures?|failed|exceptions?|timeouts?|dropped)_total$")
_USED: Final = re.compile(r"^(process|container)_cpu_(usage_)?seconds_total$|_fs_(reads|writes)_bytes_total$")
_HELD: Final = re.compile(
    r"^process_(resident_memory_bytes|open_fds|threads)$|^container_(memory_working_set_bytes|sockets|threads)$|"
    r"(in_use|in_flight|queue_(size|length|depth)|queue|backlog|lag|pending|waiting)(_messages|_requests|_seconds|_records)?$|"
    r"connections(_active|_open|_used)?$"
)
_PARTS: Final = re.compile(
    r"^(?P<base>.+?)_(?:in_use|active|used|current|open)(?P<unit>_connections|_bytes)?$"
)
"""How much of something is used, of which another metric tells how much there is."""
_WHOLES: Final = ("max", "limit", "capacity", "size", "total")
_CODES: Final = (
    "code",
    "status",
    "status_code",
    "response_code",
    "http_response_status_code",
    "http_status_code",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One range query, and what its series are."""

    metric: str
    statistic: str
    query: str
    places: tuple[str, ...]


def questions(names: Iterable[str], rate: str) -> list[Question]:
    """What to ask for, what callers notice first; `rate` is over how long to take rates, as PromQL writes it."""
    known = sorted({name for name in names if not _NOT_OF_ANSWERS.search(name)})
    found = [question for make in (_slow, _failing, _traffic, _use) for question in make(known, rate)]
    return found[:MOST]


def _slow(known: list[str], rate: str) -> Iterator[Question]:
    every = set(known)
    bases = [
        name.removesuffix("_count")
        for name in known
        if name.endswith("_count") and f"{name[:-6]}_sum" in every
    ]
    for base in bases:
        if not _SLOW.search(base):
            continue
        by = _by(PLACES)
        mean = f"sum {by} (rate({base}_sum[{rate}])) / sum {by} (rate({base}_count[{rate}]))"
        yield Question(base, "Average", mean, PLACES)
        if f"{base}_bucket" in every:
            buckets = f"sum {_by((*PLACES, 'le'))} (rate({base}_bucket[{rate}]))"
            yield Question(base, "p95", f"histogram_quantile(0.95, {buckets})", PLACES)


def _failing(known: list[str], rate: str) -> Iterator[Question]:
    by = _by(PLACES)
    for name in known:
        if _FAILED.search(name):
            yield Question(name, "", f"sum {by} (rate({name}[{rate}]))", PLACES)
    for name in _calls(known):
        bad = " or ".join(
            [f'rate({name}{{{code}=~"5..|0"}}[{rate}])' for code in _CODES]
            + [
                f'rate({name}{{grpc_code!~"OK|0|"}}[{rate}])',
                f'rate({name}{{outcome=~"(?i)error|failure"}}[{rate}])',
            ]
        )
        none = f"0 * sum {by} (rate({name}[{rate}]))"
        yield Question(f"{name} errors", "", f"sum {by} ({bad}) or {none}", PLACES)


def _traffic(known: list[str], rate: str) -> Iterator[Question]:
    for name in _calls(known):
        yield Question(name, "", f"sum {_by(PLACES)} (rate({name}[{rate}]))", PLACES)


def _calls(known: list[str]) -> list[str]:
    """Counters of calls; of histograms without one, their counts."""
    named = [name for name in known if _CALLS.search(name) and not _FAILED.search(name)]
    if named:
        return named
    return [name for name in known if name.endswith("_count") and _SLOW.search(name)]


def _use(known: list[str], rate: str) -> Iterator[Question]:
    by = _by(PLACES)
    for name, whole in _shares(known):
        yield Question(name, "share", f"sum {by} ({name}) / (sum {by} ({whole}) > 0)", PLACES)
    for name in known:
        places = IN_CONTAINERS if name.startswith("container_") else PLACES
        only = '{container!="",container!="POD"}' if name.startswith("container_") else ""
        if _USED.search(name):
            yield Question(name, "", f"sum {_by(places)} (rate({name}{only}[{rate}]))", places)
        elif _HELD.search(name):
            yield Question(name, "", f"sum {_by(places)} ({name}{only})", places)


def _shares(known: list[str]) -> Iterator[tuple[str, str]]:
    """What is used with how much there is: `pool_connections_in_use` with `pool_connections_max`."""
    every = set(known)
    for name in known:
        if match := _PARTS.match(name):
            base, unit = match["base"], match["unit"] or ""
            wholes = (form for word in _WHOLES for form in (f"{base}_{word}{unit}", f"{base}_{word}"))
            if whole := next((one for one in wholes if one in every), None):
                yield name, whole


def _by(labels: Iterable[str]) -> str:
    return f"by ({', '.join(labels)})"
