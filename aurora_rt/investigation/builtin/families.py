"""What an alert can be about, and which kinds of fault belong to it. Closed vocabularies, and the words for them."""

import re
from collections import Counter
from typing import Final, Literal, get_args

from aurora_rt.investigation.builtin.promql import metric_names
from aurora_rt.investigation.investigator import CaseAlert

Family = Literal[
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
    "general",
]

Kind = Literal[
    "cpu_saturation",
    "memory_leak",
    "memory_pressure",
    "disk_filling",
    "io_saturation",
    "descriptor_exhaustion",
    "network_fault",
    "target_down",
    "crash",
    "error_rate",
    "latency",
    "traffic_load",
    "config_change",
    "metric_deviation",
    "image_pull",
    "out_of_memory",
    "probe_failure",
    "bad_command",
    "missing_config",
    "config_error",
    "volume_fault",
    "permission_denied",
    "authentication",
    "certificate",
    "quota_exceeded",
    "admission_denied",
    "unschedulable",
    "service_misrouted",
    "network_policy",
    "dns_failure",
    "node_fault",
    "node_pressure",
    "stuck_rollout",
    "scaled_to_zero",
    "autoscaler_fault",
    "job_failed",
    "dependency_down",
    "pool_exhausted",
    "lock_contention",
    "slow_query",
    "replication_lag",
    "table_bloat",
    "cache_eviction",
    "queue_growth",
    "bad_deploy",
    "noisy_neighbour",
    "none",
]

FAMILY_OF_KIND: Final[dict[Kind, Family]] = {
    "cpu_saturation": "cpu",
    "memory_leak": "memory",
    "memory_pressure": "memory",
    "disk_filling": "disk",
    "io_saturation": "io",
    "descriptor_exhaustion": "descriptors",
    "network_fault": "network",
    "target_down": "availability",
    "crash": "availability",
    "error_rate": "errors",
    "latency": "latency",
    "traffic_load": "traffic",
    "config_change": "general",
    "metric_deviation": "general",
    "image_pull": "availability",
    "out_of_memory": "memory",
    "probe_failure": "availability",
    "bad_command": "availability",
    "missing_config": "availability",
    "config_error": "errors",
    "volume_fault": "availability",
    "permission_denied": "errors",
    "authentication": "errors",
    "certificate": "errors",
    "quota_exceeded": "availability",
    "admission_denied": "availability",
    "unschedulable": "availability",
    "service_misrouted": "availability",
    "network_policy": "network",
    "dns_failure": "network",
    "node_fault": "availability",
    "node_pressure": "memory",
    "stuck_rollout": "availability",
    "scaled_to_zero": "availability",
    "autoscaler_fault": "traffic",
    "job_failed": "availability",
    "dependency_down": "availability",
    "pool_exhausted": "errors",
    "lock_contention": "latency",
    "slow_query": "latency",
    "replication_lag": "latency",
    "table_bloat": "disk",
    "cache_eviction": "memory",
    "queue_growth": "traffic",
    "bad_deploy": "errors",
    "noisy_neighbour": "cpu",
    "none": "general",
}

KIND_OF_FAMILY: Final[dict[Family, Kind]] = {
    "cpu": "cpu_saturation",
    "memory": "memory_pressure",
    "disk": "disk_filling",
    "io": "io_saturation",
    "descriptors": "descriptor_exhaustion",
    "network": "network_fault",
    "latency": "latency",
    "errors": "error_rate",
    "availability": "target_down",
    "traffic": "traffic_load",
    "general": "metric_deviation",
}
"""What a series that moved is called, by what it measures."""

WORDS: Final[dict[Kind, str]] = {
    "cpu_saturation": "the processor is used up",
    "memory_leak": "memory that grows and is not given back",
    "memory_pressure": "memory is short",
    "disk_filling": "a file system fills up",
    "io_saturation": "storage is too busy",
    "descriptor_exhaustion": "open files run out",
    "network_fault": "the network loses or delays packets",
    "target_down": "something does not answer",
    "crash": "a program crashed",
    "error_rate": "more errors than before",
    "latency": "answers take longer than before",
    "traffic_load": "traffic has changed",
    "config_change": "something was started or changed shortly before",
    "metric_deviation": "a measurement left its usual range",
    "image_pull": "an image cannot be had",
    "out_of_memory": "a container is killed at its memory limit",
    "probe_failure": "a probe fails",
    "bad_command": "a command cannot be started",
    "missing_config": "a ConfigMap or Secret that is needed is missing",
    "config_error": "a configuration is wrong",
    "volume_fault": "a volume cannot be used",
    "permission_denied": "a service account may not do what it must",
    "authentication": "credentials are refused",
    "certificate": "a certificate is refused, missing or over",
    "quota_exceeded": "a quota or limit does not allow it",
    "admission_denied": "an admission rule refuses it",
    "unschedulable": "no node takes a pod",
    "service_misrouted": "a way to the pods leads nowhere",
    "network_policy": "a network policy cuts it off",
    "dns_failure": "names cannot be resolved",
    "node_fault": "a node is not well",
    "node_pressure": "a node is short of something",
    "stuck_rollout": "a rollout does not come to its end",
    "scaled_to_zero": "a workload is scaled to nothing",
    "autoscaler_fault": "an autoscaler does not scale",
    "job_failed": "a job failed",
    "dependency_down": "something that is called does not answer",
    "pool_exhausted": "connections are used up",
    "lock_contention": "work waits for a lock",
    "slow_query": "a statement takes long",
    "replication_lag": "a replica lags behind",
    "table_bloat": "a table is full of dead rows",
    "cache_eviction": "the cache drops what is still needed",
    "queue_growth": "a queue grows",
    "bad_deploy": "what was deployed misbehaves",
    "noisy_neighbour": "a neighbour takes what others need",
    "none": "nothing wrong was found",
}

NEIGHBOURS: Final[dict[Family, frozenset[Family]]] = {
    "cpu": frozenset({"traffic", "io"}),
    "memory": frozenset({"availability"}),
    "disk": frozenset({"io"}),
    "io": frozenset({"disk", "memory"}),
    "descriptors": frozenset({"network"}),
    "network": frozenset({"availability", "traffic"}),
    "latency": frozenset({"cpu", "io", "memory", "traffic", "network", "errors"}),
    "errors": frozenset({"availability", "disk", "memory", "descriptors", "network"}),
    "availability": frozenset({"memory", "network", "errors", "disk"}),
    "traffic": frozenset({"cpu", "network"}),
    "general": frozenset({"cpu", "memory", "disk", "io", "availability", "descriptors"}),
}
"""Which other families commonly cause the symptom of a family."""

_SIGNS: Final[dict[Family, re.Pattern[str]]] = {
    "cpu": re.compile(r"\b(cpus?|processors?|cores?|load( ?average)?|load\d+|throttl\w*)\b"),
    "memory": re.compile(r"\b(mem|memory|oom|swap|rss|heap|ram|working set)\b"),
    "disk": re.compile(
        r"\b(disks?|file ?systems?|volumes?|inodes?|storage|free space|mountpoint|avail bytes)\b"
    ),
    "io": re.compile(r"\b(io ?wait|io time|iops|disk io|blkio|disk latency)\b"),
    "descriptors": re.compile(r"\b(fds?|file ?fd|descriptors?|open files)\b"),
    "network": re.compile(r"\b(network|packets?|tcp|interface|dns|retransmi\w+|connections?|netdev)\b"),
    "latency": re.compile(
        r"\b(latency|latencies|slow\w*|duration|response times?|p\d\d|apdex|quantile|timeouts?)\b"
    ),
    "errors": re.compile(r"\b(errors?|failures?|failed|failing|5xx|4xx|exceptions?|error ratio)\b"),
    "availability": re.compile(
        r"\b(down|unreachable|absent|up|availability|success rate|probe success|unavailable|outage|crash\w*|"
        r"restarts?|not ready)\b"
    ),
    "traffic": re.compile(r"\b(traffic|rps|qps|throughput|requests? rate|spike)\b"),
}

_HEARTBEAT: Final = re.compile(r"watchdog|dead ?man|heart ?beat|always firing", re.IGNORECASE)


def words_of(text: str) -> str:
    """`text` in lower-case words: `HighCpuUsage` and `node_cpu_seconds` alike."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.sub(r"[^0-9A-Za-z]+", " ", spaced).lower().split())


def families_in(text: str) -> tuple[Family, ...]:
    """The families that `text` speaks of, the most often named first."""
    spoken = words_of(text)
    counted = Counter({family: len(sign.findall(spoken)) for family, sign in _SIGNS.items()})
    return tuple(family for family, count in counted.most_common() if count)


def families_of(alert: CaseAlert) -> tuple[Family, ...]:
    """What the alert is about, most plainly first; `("general",)` when it does not say.

    Its name counts most, then what its rule measures, then what people wrote about it.
    """
    scores: Counter[Family] = Counter()
    for weight, text in _sources(alert):
        spoken = words_of(text)
        for family, sign in _SIGNS.items():
            if sign.search(spoken):
                scores[family] += weight
    ranked = sorted(scores, key=lambda family: (-scores[family], get_args(Family).index(family)))
    strong = [family for family in ranked if scores[family] >= max(2, scores[ranked[0]] // 3)]
    return tuple(strong or ranked[:1]) or ("general",)


def _sources(alert: CaseAlert) -> list[tuple[int, str]]:
    told = [
        text for name, text in sorted(alert.annotations.items()) if name != "summary" and "url" not in name
    ]
    metrics = " ".join(sorted(metric_names(alert.expression or "")))
    return [
        (6, alert.labels.get("alertname", alert.title)),
        (5, metrics),
        (2, alert.annotations.get("summary", "")),
        (1, " ".join([alert.title, alert.description, *told])),
    ]


def is_heartbeat(alert: CaseAlert) -> bool:
    """Whether the alert fires always, on purpose, to show that alerting works."""
    name = alert.labels.get("alertname", alert.title)
    constant = (alert.expression or "").replace(" ", "") in {"vector(1)", "vector(1)>0"}
    quiet = alert.severity.lower() in {"none", "", "unknown"}
    return bool(_HEARTBEAT.search(name)) or (quiet and constant)
