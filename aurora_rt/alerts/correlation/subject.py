"""What an alert is about, in the words that all vendors' labels come down to: pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

from aurora_rt.alerts.correlation.service_map import NO_MAP, ServiceMap, named
from aurora_rt.alerts.correlation.words import NAMELIKE, resources_in, themes_in, words_in
from aurora_rt.alerts.labels import host
from aurora_rt.alerts.models import Alert

NAMES: Final = (
    "service", "app", "application", "app_kubernetes_io_name", "k8s_app", "service_name", "deployment",
    "statefulset", "daemonset", "kube_deployment", "kube_stateful_set", "kube_daemon_set", "workload", "component",
    "container", "kube_container_name", "repository",
)  # fmt: skip
"""Labels that name a component: something that is deployed, and that others call.

`project` is none of them: with some vendors it is a whole account (Google Cloud), or a team's board (Jira)."""
HOSTS: Final = (
    "host",
    "hostname",
    "node",
    "nodename",
    "server_name",
    "kubernetes_node",
    "kube_node",
    "instance",
)
PODS: Final = ("pod", "pod_name", "kube_pod", "kubernetes_pod_name", "server_name")
SPACES: Final = ("namespace", "kube_namespace", "kubernetes_namespace", "exported_namespace")
CLUSTERS: Final = ("cluster", "kube_cluster_name", "cluster_name", "kubernetes_cluster", "k8s_cluster_name")
ZONES: Final = (
    "zone",
    "availability_zone",
    "availability-zone",
    "topology_kubernetes_io_zone",
    "datacenter",
    "dc",
    "rack",
)
CALLEES: Final = (
    "upstream",
    "upstream_service",
    "destination_service",
    "destination_workload",
    "peer_service",
    "dependency",
)
"""Labels that name what a component calls."""

EXPORTERS: Final = frozenset(
    {
        "node", "node-exporter", "kube-state-metrics", "kubelet", "cadvisor", "blackbox", "blackbox-exporter", "ping",
        "prometheus", "pushgateway", "windows-exporter", "process-exporter", "snmp", "snmp-exporter", "telegraf",
        "netdata", "node-problem-detector", "default", "pod", "main", "app", "kubernetes-pods", "kubernetes-nodes",
        "kubernetes-services", "kubernetes-service-endpoints", "kubernetes-apiservers", "kubernetes-cadvisor",
        "kubernetes-nodes-cadvisor", "kubernetes-pods-slow", "kubernetes-service-endpoints-slow", "istio-proxy",
        "linkerd-proxy",
    }
)  # fmt: skip
"""Who only measures, or stands beside everything: an alert that names one of them is about something else. Of
Prometheus' jobs, those that its chart for Kubernetes is installed with scrape all there is."""
ABOUT_OTHERS: Final = frozenset({"kube-state-metrics", "pushgateway", "cadvisor"})
"""Exporters whose own address is no hint at where the trouble is."""
_ENVIRONMENTS: Final = {
    "prod": "production", "prd": "production", "live": "production", "stage": "staging", "stg": "staging",
    "dev": "development", "testing": "test",
}  # fmt: skip
_OF_DEPLOYMENT: Final = re.compile(r"(.+)-[a-z0-9]{8,10}-[a-z0-9]{5}")
_OF_STATEFUL_SET: Final = re.compile(r"(.+)-\d{1,4}")
OBJECTS: Final = ("namespace", "deployment", "statefulset", "daemonset", "pod", "node", "instance", "host")
LIMIT: Final = 8
"""Of each sort of thing, so many are looked at: no alert costs more than another."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about. What is not told is empty."""

    at: datetime
    """When it began to fire."""
    title: str
    names: frozenset[str]
    """Of components, as `service_map.named` writes them."""
    hosts: frozenset[str]
    pods: frozenset[str]
    spaces: frozenset[str]
    zones: frozenset[str]
    cluster: str
    environment: str
    group: str
    words: frozenset[str]
    """What its title says."""
    named: frozenset[str]
    """What its text names that may be a component or a host."""
    themes: frozenset[str]
    """What many depend on, and its text is about: `dns`, …"""
    resources: frozenset[str]
    """What has run out by its text: `cpu`, …"""
    callees: frozenset[str]
    """What its labels say that it calls."""

    @property
    def kind(self) -> str:
        """What makes it the same rule about the same thing, as a short key: for what people have decided about it."""
        about = sorted(self.names) or sorted(self.hosts)
        return blake2b(
            "\0".join([self.title, self.environment, self.cluster, *about]).encode(), digest_size=12
        ).hexdigest()


def subject_of(alert: Alert, at: datetime, service_map: ServiceMap = NO_MAP) -> Subject:
    """What `alert` is about, which began at `at`."""
    labels = {name.lower().replace(".", "_"): value for name, value in alert.labels.items() if value}
    pods = _values(labels, PODS)
    exporter = named(labels.get("job", ""))
    hosts = frozenset(
        host(one).lower()
        for one in _each(_values(labels, HOSTS if exporter not in ABOUT_OTHERS else HOSTS[:-1]))
        if one not in pods or not _OF_DEPLOYMENT.fullmatch(one)
    )
    nobody = EXPORTERS | {""} | {named(one) for one in hosts}
    names = {named(one) for one in _each(_values(labels, NAMES))} | {_workload(one) for one in pods}
    if alert.service != labels.get("job"):
        names |= {named(one) for one in _each([alert.service])}
    # Many are scraped by one job: it tells who is meant only where nothing else does.
    names = (names - nobody) or ({exporter} - nobody)
    title, text = (
        alert.title,
        f"{alert.title} {alert.description} {alert.annotations.get('summary', '')}",
    )
    if not names and not hosts:  # nobody thought of a label: what its title names is what it is about
        names = {one for one in words_in(title) if one in service_map}
    words = words_in(text)
    in_text = frozenset(
        one for one in words if one not in names and _may_be_named(one, service_map, bool(names))
    )
    return Subject(
        at=at,
        title=title,
        names=_first(names),
        hosts=_first(hosts),
        pods=_first(
            one.lower() for one in pods if _OF_DEPLOYMENT.fullmatch(one) or _OF_STATEFUL_SET.fullmatch(one)
        ),
        spaces=_first(one for one in _values(labels, SPACES) if "/" not in one),
        zones=_first(_values(labels, ZONES)),
        cluster=next(iter(_values(labels, CLUSTERS)), ""),
        environment=environment_of(alert.environment),
        group=alert.group or "",
        words=frozenset(list(words_in(title))[:24]),
        named=_first(in_text - hosts, 2 * LIMIT),
        themes=themes_in(text, names),
        resources=resources_in(text),
        callees=_first(named(one) for one in _values(labels, CALLEES)),
    )


def measured(alert: Alert) -> tuple[str, ...]:
    """What an alert is about whose service only measures: its object, or its host; nothing for any other alert."""
    if named(alert.service) not in EXPORTERS:
        return ()
    return tuple(one for label in OBJECTS if (one := alert.labels.get(label, "")))


def environment_of(told: str) -> str:
    """One word for the ways in which people write an environment."""
    word = told.strip().lower()
    return _ENVIRONMENTS.get(word, word)


def _may_be_named(word: str, service_map: ServiceMap, has_names: bool) -> bool:
    return bool(NAMELIKE.search(word)) or word in service_map or not has_names


def _values(labels: Mapping[str, str], names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(labels[name].strip() for name in names if labels.get(name, "").strip()))


def _each(values: Iterable[str]) -> Iterator[str]:
    """Each of the values; some vendors put several into one label."""
    return (one.strip() for value in values for one in value.split(","))


def _first(values: Iterable[str], limit: int = LIMIT) -> frozenset[str]:
    return frozenset(sorted({one for one in values if one})[:limit])


def _workload(pod: str) -> str:
    for shape in (_OF_DEPLOYMENT, _OF_STATEFUL_SET):
        if found := shape.fullmatch(pod.lower()):
            return named(found[1])
    return ""
