"""What a measurement is of, by its name: conventions of Prometheus, Istio, CloudWatch and of benchmarks alike. Pure.

Unlike an alert, which may speak of several things at once, a measurement is of one. The first pattern that fits says
which: errors of requests are errors, the duration of disk reads is of storage.
"""

import re
from functools import lru_cache
from typing import Final, Literal, get_args

from aurora_rt.investigation.builtin.families import KIND_OF_FAMILY, Family, Kind, words_of

Aspect = Literal[
    "cpu",
    "memory",
    "disk",
    "io",
    "descriptors",
    "network",
    "latency",
    "errors",
    "availability",
    "traffic",
    "pool",
    "queue",
    "cache",
    "restarts",
    "general",
]

SYMPTOMS: Final = frozenset[Aspect]({"latency", "errors", "availability"})
"""What callers have from what they call."""
RESOURCES: Final = frozenset[Aspect](
    {"cpu", "memory", "disk", "io", "descriptors", "network", "pool", "queue", "cache", "restarts"}
)
"""What is of a place itself, and says why it is slow or fails."""
_FAMILIES: Final[dict[Aspect, Family]] = {
    "pool": "descriptors",
    "queue": "traffic",
    "cache": "memory",
    "restarts": "availability",
}
_KINDS: Final[dict[Aspect, Kind]] = {
    "pool": "pool_exhausted",
    "queue": "queue_growth",
    "cache": "cache_eviction",
    "restarts": "crash",
}


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(words)})\b")


_ERRORS: Final = _any(
    r"errors?",
    r"errs?",
    r"fail\w*",
    r"[45] ?xx",
    r"5\d\d",
    r"exceptions?",
    r"faults?",
    r"error\w*",
    r"\w+error",
)
_PATTERNS: Final[tuple[tuple[Aspect, re.Pattern[str]], ...]] = (
    (
        "network",
        _any(r"packets?", r"retrans\w*", r"tcp retrans\w*", r"rtt", r"network (errs?|errors?|drops?\w*)"),
    ),
    ("restarts", _any(r"restarts?", r"oom kills?", r"oom events")),
    ("cache", _any(r"evict\w*", r"cache miss\w*")),
    ("errors", _ERRORS),
    ("queue", _any(r"queue\w*", r"backlog", r"lag", r"pending", r"unacked", r"in ?flight")),
    ("availability", _any(r"availab\w+", r"success\w*", r"apdex", r"up", r"ready", r"healthy")),
    (
        "io",
        _any(
            r"disk ?io",
            r"io ?(wait|time)",
            r"iops",
            r"blkio",
            r"(disk|fs|volume|storage|block)\w* (io|reads?|writes?|written|latency|busy)",
            r"(read|write) (bytes|ops|iops|latency|throughput)",
        ),
    ),
    ("pool", _any(r"pool", r"in use", r"connections? (active|used|waiting|pending)")),
    (
        "latency",
        _any(
            r"latency",
            r"latencies",
            r"duration",
            r"response times?",
            r"resp time",
            r"rt",
            r"delay",
            r"elapsed",
            r"slow\w*",
        ),
    ),
    (
        "cpu",
        _any(
            r"cpus?",
            r"processors?",
            r"cores?",
            r"throttl\w*",
            r"load ?(average|avg)?(1|5|15)",
            r"load average",
        ),
    ),
    ("memory", _any(r"mem", r"memory", r"oom", r"swap", r"rss", r"heap", r"ram", r"working set")),
    (
        "descriptors",
        _any(r"sockets?", r"fds?", r"file ?fd", r"descriptors?", r"open files", r"threads?", r"connections?"),
    ),
    ("disk", _any(r"disks?", r"file ?systems?", r"fs", r"volumes?", r"inodes?", r"storage")),
    (
        "traffic",
        _any(
            *(
                r"requests?",
                r"req",
                r"calls?",
                r"[rqt]ps",
                r"ops",
                r"throughput",
                r"traffic",
                r"invocations?",
            ),
            *(
                r"hits",
                r"work ?load",
                r"load",
                r"receive\w*",
                r"transmit\w*",
                r"sent",
                r"network",
                r"net",
                r"[rt]x",
            ),
            r"messages?",
        ),
    ),
    ("latency", _any(r"time", r"millis\w*", r"ms", r"p\d\d")),
)
"""In this order; a benchmark's `load` is traffic, a machine's `load1` is its processor's."""


@lru_cache(4096)
def aspect_of(metric: str, statistic: str = "") -> Aspect:
    """What a measurement is of; `general` when its name does not say."""
    spoken = words_of(metric)
    told = words_of(statistic)
    if told and _ERRORS.search(told):
        return "errors"
    return next((aspect for aspect, sign in _PATTERNS if sign.search(spoken)), "general")


def family_of(aspect: Aspect) -> Family:
    """The family that an aspect belongs to."""
    if (family := _FAMILIES.get(aspect)) is not None:
        return family
    return next(family for family in get_args(Family) if family == aspect)


def kind_of_aspect(aspect: Aspect) -> Kind:
    """What a measurement of that aspect is a sign of when it rises."""
    return _KINDS.get(aspect) or KIND_OF_FAMILY[family_of(aspect)]


_TRIFLES: Final = (
    (re.compile(r"cpu\w*_seconds_total$"), 0.05),  # cores
    (re.compile(r"memory\w*_bytes$|_rss(_bytes)?$"), 16.0 * 1024 * 1024),
    (re.compile(r"_bytes_total$"), 256.0 * 1024),  # bytes a second
    (re.compile(r"(open_fds|threads|sockets)$"), 16.0),
    (re.compile(r"(in_use|connections(_active)?)$"), 2.0),
    (re.compile(r"(latency|duration|response_time|time)\w*_seconds(_\w+)?$"), 0.005),
    (re.compile(r"(latency|duration|response_time|time)\w*_(ms|millis\w*)$"), 5.0),
)


def trifle(metric: str) -> float:
    """How much of a measurement is next to nothing for any machine, where its name tells the unit; else 0."""
    return next((least for pattern, least in _TRIFLES if pattern.search(metric)), 0.0)
