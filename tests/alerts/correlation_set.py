"""Alerts of known causes, made from a seed: what correlation is scored on.

A company of three clusters (two in production, one for staging) runs the same services in each; staging has hosts of
the same names. Causes happen over two bad days, every fourth within a minute and a half of another one, and each is
told of by those rules, and in those vendors' words and labels, that would notice it: late by the rule's own waiting
time, some without a service, some without an environment, some only as a sentence. Every alert goes through its
vendor's own `parse`. A cause's alerts are what belongs together; much of what happens is a single alert about something
else.

Nothing here knows how correlation decides: which alerts a cause has follows from the call graph, the machines that
things run on, and chance. `correlation_score.py` has the figures.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from zlib import crc32

from aurora_rt.alerts.labels import fingerprint
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import sources

BEGINNING: Final = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOURS: Final = 48
CAUSES: Final = 96
TRIES: Final = 30
ALIKE_WITHIN: Final = timedelta(minutes=15)

LINES: Final = {
    "shop": (
        ("storefront", "checkout", "cart", "orders", "shipping", "inventory", "returns", "coupons", "tax"),
        ("orders-postgres", "cart-redis", "orders-kafka"),
    ),
    "billing": (
        ("billing-console", "invoicing", "payments", "fraud", "ledger", "subscriptions", "quotes", "dunning"),
        ("ledger-postgres", "payments-mysql"),
    ),
    "discovery": (
        ("search", "catalog", "recommendations", "pricing", "reviews", "wishlist", "media", "assets"),
        ("catalog-elastic", "media-minio", "ranking-redis"),
    ),
    "platform": (
        (
            "mobile-gateway",
            "accounts",
            "sessions",
            "notifications",
            "email-sender",
            "sms-sender",
            "audit",
            "flags",
        ),
        ("users-mysql", "jobs-rabbit"),
    ),
    "partners": (
        ("partner-api", "webhooks", "exports", "feeds", "contracts", "geo", "addresses", "translations"),
        ("partners-postgres", "feeds-kafka"),
    ),
}
"""What each product line has: its services, from those that people see to those behind, and its stores."""
SERVICES: Final = tuple(service for services, _ in LINES.values() for service in services)
STORES: Final = tuple(store for _, stores in LINES.values() for store in stores)
SPACES: Final = tuple(LINES)
CLUSTERS: Final = (
    ("prod-eu", "production", "eu-west-1"),
    ("prod-us", "production", "us-east-1"),
    ("staging", "staging", "eu-west-1"),
)
SPELT: Final = {"production": ("production", "prod", "prd"), "staging": ("staging", "stage", "stg")}


@dataclass(frozen=True)
class Told:
    """An alert, and the number of its cause."""

    alert: Alert
    cause: int
    kind: str
    at: datetime
    """When it begins."""
    over_at: datetime


@dataclass
class Cluster:
    """Where a copy of everything runs."""

    name: str
    environment: str
    region: str
    nodes: list[str]
    node_of: dict[str, list[str]]
    """Of each service, a node for each of its pods."""
    pods: dict[str, list[str]]
    host_of: dict[str, str]
    """Of each store, its virtual machine; the stores that are not there are the cloud's."""
    zones: dict[str, str]


@dataclass
class World:
    """Who calls whom, and where everything runs."""

    calls: list[tuple[str, str]]
    space_of: dict[str, str]
    vendor_of: dict[str, str]
    """Of each namespace, who watches what runs there."""
    clusters: list[Cluster]
    callers: dict[str, list[str]] = field(default_factory=dict)

    def known(self, chance: random.Random, share: float = 0.9) -> tuple[tuple[str, str], ...]:
        """The part of the calls that traces have seen."""
        return tuple(pair for pair in self.calls if chance.random() < share)


def world(chance: random.Random) -> World:
    """A company."""
    calls = set()
    for services, stores in LINES.values():
        for position, service in enumerate(services[:-1]):
            behind = services[position + 1 : position + 6]
            calls |= {
                (service, callee)
                for callee in chance.sample(behind, min(len(behind), chance.choice((1, 1, 2, 3))))
            }
            if position and chance.random() < 0.5:
                calls.add((service, chance.choice(stores)))
        calls.add((services[-1], chance.choice(stores)))
    for _ in range(9):  # between the lines
        caller, callee = chance.sample(SERVICES, 2)
        calls.add((caller, callee))
    made = World(
        calls=sorted(calls),
        space_of={service: space for space, (services, _) in LINES.items() for service in services},
        vendor_of=dict(
            zip(
                SPACES,
                chance.sample(("prometheus", "datadog", "grafana", "prometheus", "prometheus"), 5),
                strict=True,
            )
        ),
        clusters=[],
    )
    for caller, callee in made.calls:
        made.callers.setdefault(callee, []).append(caller)
    for number, (name, environment, region) in enumerate(CLUSTERS):
        nodes = [f"ip-10-{number}-{chance.randrange(8)}-{chance.randrange(10, 250)}" for _ in range(8)]
        node_of = {service: chance.sample(nodes, 2) for service in SERVICES}
        pods = {
            service: [f"{service}-{chance.randbytes(5).hex()[:9]}-{_letters(chance, 5)}" for _ in range(2)]
            for service in node_of
        }
        hosts = {store: f"db-{position + 1}" for position, store in enumerate(STORES) if position % 3 != 0}
        zones = {node: f"{region}{chance.choice('abc')}" for node in nodes}
        made.clusters.append(Cluster(name, environment, region, nodes, node_of, pods, hosts, zones))
    return made


def _letters(chance: random.Random, many: int) -> str:
    return "".join(chance.choice("bcdfghjklmnpqrstvwxz2456789") for _ in range(many))


@dataclass
class Teller:
    """Tells of one cause in the words of those who notice it."""

    chance: random.Random
    world: World
    cluster: Cluster
    cause: int
    kind: str
    start: datetime
    lasts: timedelta
    numbers: Iterator[int]
    told: list[Told] = field(default_factory=list)
    touched: set[tuple[str, str]] = field(default_factory=set)
    """The services and machines, each with its cluster, of which something is told."""

    def touch(self, *names: str) -> None:
        """Note of what is told."""
        self.touched |= {(self.cluster.name, name) for name in names}

    def say(self, after: float, source: str, payload: dict[str, Any]) -> None:
        """Have an alert of a vendor begin so many seconds after the cause."""
        at = self.start + timedelta(seconds=after)
        (alert,) = sources()[source].parse(payload)
        alert = replace(alert, started_at=at, changed_at=None)
        self.told.append(Told(alert, self.cause, self.kind, at, max(at, self.start + self.lasts)))

    @property
    def environment(self) -> str:
        return self.chance.choice(SPELT[self.cluster.environment])

    def prometheus(self, after: float, name: str, summary: str, **labels: str) -> None:
        """Alertmanager's; every alert there has its cluster, and mostly its environment."""
        labels = {"alertname": name, "severity": self.chance.choice(("warning", "critical")), **labels}
        labels.setdefault("cluster", self.cluster.name)
        if self.chance.random() < 0.6:
            labels["env"] = self.environment
        alert = {"status": "firing", "labels": labels, "annotations": {"summary": summary}}
        alert["fingerprint"] = fingerprint({**labels, "n": str(next(self.numbers))})
        group = {"status": "firing", "groupKey": f'{{}}:{{alertname="{name}"}}', "alerts": [alert]}
        self.say(after, "alertmanager", group)

    def grafana(self, after: float, name: str, summary: str, **labels: str) -> None:
        """Grafana's; whoever made the rule did not always think of labels."""
        labels = {"alertname": name, "grafana_folder": self.chance.choice(SPACES), **labels}
        alert = {"status": "firing", "labels": labels, "annotations": {"description": summary}}
        alert["fingerprint"] = fingerprint({**labels, "n": str(next(self.numbers))})
        self.say(after, "grafana", {"status": "firing", "alerts": [alert]})

    def datadog(self, after: float, title: str, body: str, **tags: str) -> None:
        """Datadog's, with its unified tags."""
        tags = {"env": self.environment, **tags}
        if self.chance.random() < 0.7:
            tags["kube_cluster_name"] = self.cluster.name
        payload = {
            "alert_id": str(next(self.numbers)),
            "alert_transition": "Triggered",
            "alert_type": "error",
            "alert_title": title,
            "body": body,
            "tags": ",".join(f"{name}:{value}" for name, value in tags.items()),
            "hostname": tags.get("host", ""),
        }
        self.say(after, "datadog", payload)

    def pagerduty(self, after: float, title: str, service: str) -> None:
        """PagerDuty's: a title, and the name that people gave the service."""
        data = {
            "id": f"P{next(self.numbers)}",
            "type": "incident",
            "status": "triggered",
            "title": title,
            "service": {"summary": f"{service.replace('-', ' ').title()} Service"},
            "urgency": "high",
        }
        self.say(after, "pagerduty", {"event": {"event_type": "incident.triggered", "data": data}})

    def sentry(self, after: float, error: str, service: str) -> None:
        """A new issue of the service's project."""
        event = {
            "issue_id": str(next(self.numbers)),
            "title": error,
            "level": "error",
            "environment": self.environment,
            "tags": [["server_name", self.chance.choice(self.cluster.pods[service])]],
            "url": f"https://sentry.example.com/api/0/projects/acme/{service}/events/1/",
            "web_url": "https://sentry.example.com/organizations/acme/issues/1/",
        }
        self.say(after, "sentry", {"action": "triggered", "data": {"event": event}})

    def cloudwatch(self, after: float, name: str, reason: str, namespace: str, **dimensions: str) -> None:
        """An alarm; which environment it is of, only its name tells."""
        alarm = {
            "AlarmName": name,
            "AlarmArn": f"arn:aws:cloudwatch:{self.cluster.region}:000000000000:alarm:{name}-{next(self.numbers)}",
            "NewStateValue": "ALARM",
            "NewStateReason": reason,
            "Trigger": {
                "MetricName": "x",
                "Namespace": namespace,
                "Dimensions": [{"name": key, "value": value} for key, value in dimensions.items()],
            },
        }
        self.say(after, "cloudwatch", {"Type": "Notification", "Message": json.dumps(alarm)})

    def github(self, after: float, service: str) -> None:
        """A deployment that failed."""
        payload = {
            "action": "created",
            "deployment_status": {
                "state": "failure",
                "description": "The rollout timed out",
                "target_url": "",
            },
            "deployment": {
                "environment": self.environment,
                "task": "deploy",
                "ref": f"v{next(self.numbers)}",
            },
            "repository": {"name": service, "full_name": f"acme/{service}"},
        }
        self.say(after, "github", payload)

    def kubernetes(self, after: float, name: str, service: str, pod: int = 0, **more: str) -> None:
        """kube-state-metrics', as the Kubernetes mixin has it: the object's labels, and the exporter's own."""
        self.touch(service)
        place = {
            "namespace": self.world.space_of[service],
            "job": "kube-state-metrics",
            "instance": "10.2.0.9:8080",
        }
        what = {"deployment": service} if "Deployment" in name else {"pod": self.cluster.pods[service][pod]}
        said = f"{place['namespace']}/{next(iter(what.values()))} is not as it should be."
        self.prometheus(after, name, said, **place, **what, **more)

    def store(self, after: float, store: str, what: str, said: str) -> None:
        """What watches a store: an exporter on its machine, or the cloud."""
        self.touch(store, self.cluster.host_of.get(store, store))
        if store in self.cluster.host_of:
            host = self.cluster.host_of[store]
            port = self.chance.choice(("9104", "9187", "9121"))
            named = {"service": store} if self.chance.random() < 0.6 else {"job": store}
            self.prometheus(
                after,
                f"{what.title().replace(' ', '')}",
                f"{store}: {said}",
                instance=f"{host}:{port}",
                **named,
            )
        else:
            self.cloudwatch(
                after, f"{store}-{self.cluster.environment}-{what.replace(' ', '-')}", said, "AWS/RDS",
                DBInstanceIdentifier=store,
            )  # fmt: skip

    def service(self, after: float, service: str, because: str = "") -> None:
        """One of the things by which a service that does badly is noticed. `because`: what it waits for."""
        self.touch(service)
        symptom = self.chance.choice(("errors", "latency", "budget"))
        blamed = (
            f" {self.chance.choice(('upstream', 'call to', 'connection to'))} {because} failed"
            if because
            else ""
        )
        blamed = blamed if self.chance.random() < 0.35 else ""
        space = self.world.space_of[service]
        pod = self.chance.choice(self.cluster.pods[service])
        roll = self.chance.random()
        if roll < 0.12:
            self.sentry(
                after,
                f"{self.chance.choice(('TimeoutError', 'HTTPError', 'IOError'))}:{blamed or ' no answer'}",
                service,
            )
        elif roll < 0.2:
            self.pagerduty(after, f"{symptom.title()} of {service} are high{blamed}", service)
        elif self.world.vendor_of[space] == "datadog":
            tags = {"service": service, "kube_namespace": space}
            if self.chance.random() < 0.4:
                tags |= {"host": self.cluster.node_of[service][0], "kube_deployment": service}
            self.datadog(
                after, f"[P2] High {symptom} on {service}", f"{symptom} over the limit.{blamed}", **tags
            )
        elif self.world.vendor_of[space] == "grafana":
            labels = {"app": service} if self.chance.random() < 0.4 else {"service": service}
            if self.chance.random() < 0.5:
                labels |= {"cluster": self.cluster.name, "environment": self.environment}
            if self.chance.random() < 0.15:
                labels = {
                    "cluster": self.cluster.name
                }  # nobody thought of the service: only the sentence has it
            self.grafana(
                after,
                f"{service} {symptom}",
                f"{service}: {symptom} are above the threshold.{blamed}",
                **labels,
            )
        else:
            rule = {"errors": "HighErrorRate", "latency": "HighRequestLatency", "budget": "ErrorBudgetBurn"}[
                symptom
            ]
            labels = {
                "namespace": space,
                "pod": pod,
                "job": f"{space}/{service}",
                "instance": f"10.{crc32(pod.encode()) % 60_000 // 250}.{crc32(pod.encode()) % 250}.7:8080",
            }
            if self.chance.random() < 0.6:
                labels |= {"service": service}
            self.prometheus(after, rule, f"{service} has too many slow or failed requests.{blamed}", **labels)


def cascade(of: Teller) -> None:
    """A service does badly, and so do some of those that call it, and some of those that call them."""
    root = of.chance.choice(SERVICES)
    for _ in range(of.chance.choice((1, 2, 2, 3))):
        of.service(of.chance.uniform(0, 150), root)
    _callers_suffer(of, root, 0.0, 3)


def _callers_suffer(of: Teller, root: str, after: float, hops: int) -> None:
    hit, wave = {root}, [(root, after)]
    for hop in range(hops):
        following = []
        for callee, late in wave:
            for caller in of.world.callers.get(callee, []):
                if caller not in hit and of.chance.random() < (0.75, 0.55, 0.4)[hop]:
                    hit.add(caller)
                    then = late + of.chance.uniform(10, 80)
                    following.append((caller, then))
                    for _ in range(of.chance.choice((1, 1, 2))):
                        of.service(then + of.chance.choice((0, 0, 60, 120)), caller, callee)
        wave = following


def store_down(of: Teller) -> None:
    """A store that several share is full, slow or away."""
    store = of.chance.choice([one for one in STORES if of.world.callers.get(one)])
    what, said = of.chance.choice(
        (
            ("too many connections", "the connections are used up"),
            ("replication lag", "the replica is behind"),
            ("storage low", "the storage is nearly full"),
            ("slow queries", "queries take seconds"),
        )
    )
    for number in range(of.chance.choice((1, 2, 2))):
        of.store(of.chance.uniform(0, 90), store, what if number == 0 else "cpu high", said)
    _callers_suffer(of, store, 5.0, 2)


def host_down(of: Teller) -> None:
    """A store's machine dies: it is not seen any more, and what runs there is missed."""
    store = of.chance.choice(list(of.cluster.host_of))
    host = of.cluster.host_of[store]
    of.touch(host)
    of.prometheus(
        0, "InstanceDown", f"{host}:9100 cannot be scraped.", instance=f"{host}:9100", job="node-exporter"
    )
    if of.chance.random() < 0.6:
        of.prometheus(of.chance.uniform(0, 60), "HostUnreachable", f"No ping from {host}.", host=host)
    of.store(of.chance.uniform(20, 120), store, "instance down", f"{store} does not answer")
    if of.chance.random() < 0.4:
        of.datadog(
            of.chance.uniform(60, 180), f"Host {host} stopped reporting", "No data for 2 minutes.", host=host
        )
    _callers_suffer(of, store, 30.0, 1)


def node_down(of: Teller) -> None:
    """A node is not ready: what runs there is restarted elsewhere, whoever owns it."""
    node = of.chance.choice(of.cluster.nodes)
    of.touch(node)
    of.prometheus(
        0,
        "KubeNodeNotReady",
        f"{node} is not ready.",
        node=node,
        job="kube-state-metrics",
        instance="10.2.0.9:8080",
    )
    if of.chance.random() < 0.5:
        of.prometheus(
            of.chance.uniform(0, 90),
            "KubeletDown",
            f"The kubelet of {node} is away.",
            node=node,
            job="kubelet",
        )
    if of.chance.random() < 0.5:
        of.prometheus(
            of.chance.uniform(0, 60),
            "InstanceDown",
            f"{node}:9100 cannot be scraped.",
            instance=f"{node}:9100",
            job="node-exporter",
        )
    there = [service for service, nodes in of.cluster.node_of.items() if node in nodes]
    for service in of.chance.sample(there, min(len(there), of.chance.choice((2, 3, 4)))):
        pod = of.cluster.node_of[service].index(node)
        more = {"node": node} if of.chance.random() < 0.8 else {}
        of.kubernetes(of.chance.uniform(40, 400), "KubePodNotReady", service, pod, **more)


def namespace_broken(of: Teller) -> None:
    """A quota or a secret of a namespace: nothing in it can start any more."""
    space = of.chance.choice(SPACES)
    of.touch(space)
    mine = [service for service in SERVICES if of.world.space_of[service] == space]
    if of.chance.random() < 0.6:
        of.prometheus(
            0,
            "KubeQuotaExceeded",
            f"Namespace {space} has used up its quota.",
            namespace=space,
            job="kube-state-metrics",
            instance="10.2.0.9:8080",
            resourcequota="compute",
        )
    rule = of.chance.choice(("KubeDeploymentReplicasMismatch", "KubePodNotReady"))
    for service in of.chance.sample(mine, min(len(mine), of.chance.choice((3, 4, 5)))):
        of.kubernetes(of.chance.uniform(0, 150), rule, service)


def bad_release(of: Teller) -> None:
    """A release that does not work: the pipeline, the pods, the errors and the callers tell of it."""
    service = of.chance.choice(SERVICES)
    if of.chance.random() < 0.7:
        of.github(of.chance.uniform(0, 120), service)
    for number in range(of.chance.choice((1, 2))):
        of.kubernetes(of.chance.uniform(30, 300), "KubePodCrashLooping", service, number)
    if of.chance.random() < 0.6:
        of.kubernetes(of.chance.uniform(60, 420), "KubeDeploymentRolloutStuck", service)
    if of.chance.random() < 0.6:
        of.sentry(of.chance.uniform(10, 120), "KeyError: 'currency'", service)
    of.service(of.chance.uniform(30, 200), service)
    _callers_suffer(of, service, 60.0, 1)


def network(of: Teller) -> None:
    """The machines of one zone cannot be reached."""
    zone = of.chance.choice(sorted(set(of.cluster.zones.values())))
    there = [node for node, its in of.cluster.zones.items() if its == zone]
    of.touch(zone, *there)
    if of.chance.random() < 0.6:
        of.prometheus(0, "NetworkPacketLoss", f"Packets to {zone} are lost.", zone=zone, job="blackbox")
    for node in there[:5]:
        name = of.chance.choice(("InstanceDown", "NodeNetworkReceiveErrs", "NetworkPacketLoss"))
        said = f"{node}:9100: {of.chance.choice(('cannot be scraped', 'packets are lost', 'unreachable'))}."
        labels = {"zone": zone} if of.chance.random() < 0.85 else {}
        of.prometheus(
            of.chance.uniform(0, 100), name, said, instance=f"{node}:9100", job="node-exporter", **labels
        )


def name_resolution(of: Teller) -> None:
    """Names are not resolved: whoever looks up much notices."""
    of.prometheus(
        0,
        "CoreDNSErrorsHigh",
        "CoreDNS answers SERVFAIL to 12 % of requests.",
        job="coredns",
        namespace="kube-system",
    )
    if of.chance.random() < 0.4:
        of.prometheus(
            of.chance.uniform(0, 90),
            "CoreDNSLatencyHigh",
            "CoreDNS takes seconds.",
            job="coredns",
            namespace="kube-system",
        )
    for service in of.chance.sample(SERVICES, of.chance.choice((2, 3, 4))):
        of.touch(service)
        space, pod = of.world.space_of[service], of.cluster.pods[service][0]
        said = of.chance.choice(
            (
                "lookup failed: no such host",
                "DNS resolution timed out",
                "getaddrinfo: temporary failure in name resolution",
            )
        )
        after = of.chance.uniform(20, 200)
        match of.world.vendor_of[space]:
            case "datadog":
                of.datadog(
                    after,
                    f"[P2] High errors on {service}",
                    f"errors over the limit: {said}",
                    service=service,
                    kube_namespace=space,
                    kube_cluster_name=of.cluster.name,
                )
            case "grafana":
                of.grafana(
                    after, f"{service} errors", f"{service}: {said}", service=service, cluster=of.cluster.name
                )
            case _:
                of.prometheus(
                    after, "HighErrorRate", f"{service}: {said}", namespace=space, pod=pod, service=service
                )


def busy_host(of: Teller) -> None:
    """A machine whose processors are busy, which two who watch it tell."""
    store = of.chance.choice(list(of.cluster.host_of))
    host = of.cluster.host_of[store]
    of.touch(host)
    of.prometheus(
        0,
        "HostHighCpuLoad",
        f"{host}: the processors are at 97 %.",
        instance=f"{host}:9100",
        job="node-exporter",
    )
    of.datadog(
        of.chance.uniform(10, 120), f"CPU is high on {host}", "CPU over 95 % for 5 minutes.", host=host
    )


def lonely(of: Teller) -> None:
    """A single alert, about nothing else: most of what fires."""
    service, node = of.chance.choice(SERVICES), of.chance.choice(of.cluster.nodes)
    host = of.chance.choice(list(of.cluster.host_of.values()))
    space = of.world.space_of[service]
    of.touch(service, node, host)
    kube: dict[str, str] = {"namespace": space, "job": "kube-state-metrics", "instance": "10.2.0.9:8080"}
    on_node: dict[str, str] = {"instance": f"{node}:9100", "job": "node-exporter"}
    page = f"https://{service}.example.com"
    prometheus: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("KubeJobFailed", f"Job {space}/nightly-export failed.", kube | {"job_name": "nightly-export-28"}),
        (
            "CPUThrottlingHigh",
            f"{service} is throttled.",
            {"pod": of.cluster.pods[service][0], "job": "kubelet"},
        ),
        (
            "NodeFilesystemAlmostOutOfSpace",
            f"/var on {node} is nearly full.",
            on_node | {"mountpoint": "/var"},
        ),
        ("NodeClockSkew", f"{host}: the clock is off.", {"instance": f"{host}:9100", "job": "node-exporter"}),
        ("CertificateExpiresSoon", f"{page}: 6 days left.", {"instance": page, "job": "blackbox"}),
    )
    match of.chance.randrange(12):
        case 0 | 1:
            of.service(0, service)
        case 2:
            of.kubernetes(0, "KubeContainerWaiting", service)
        case 3:
            of.datadog(0, f"Disk usage is high on {host}", "Disk over 90 %.", host=host)
        case 4:
            of.grafana(0, "Backup missing", "No backup of the wiki since yesterday.", team="it")
        case 5:
            name = f"lambda-{service}-throttles"
            of.cloudwatch(0, name, "Throttles > 10", "AWS/Lambda", FunctionName=f"thumbnail-{service}")
        case 6:
            said = f"Messages wait for {service}."
            of.grafana(0, f"Queue of {service} is long", said, cluster=of.cluster.name, service=service)
        case other:
            name, said, labels = prometheus[other - 7]
            of.prometheus(0, name, said, **labels)


def heartbeat(of: Teller) -> None:
    """What fires for ever on purpose."""
    of.prometheus(0, "Watchdog", "An alert that should always be firing.", job="prometheus")


KINDS: Final[tuple[tuple[Callable[[Teller], None], int], ...]] = (
    (cascade, 12), (store_down, 7), (host_down, 5), (node_down, 6), (namespace_broken, 4), (bad_release, 8),
    (network, 3), (name_resolution, 3), (busy_host, 2), (lonely, 26), (heartbeat, 1),
)  # fmt: skip
"""What happens, and how often."""


@dataclass(frozen=True)
class Scored:
    """A set: what is told, in the order in which it begins, and the part of the call graph that is known."""

    told: Sequence[Told]
    calls: tuple[tuple[str, str], ...]


def made(seed: int, hours: float = HOURS, *, apart: bool = True) -> Scored:
    """The set of a seed: so many hours' alerts of always as many causes.

    Two causes that touch the same service or machine within a quarter of an hour cannot be told apart by anybody.
    `apart`: such a cause happens at another time instead.
    """
    chance = random.Random(seed)
    company, numbers = world(chance), count(1)
    kinds = [*(kind for kind, _ in KINDS)]
    kinds += chance.choices(kinds, [often for _, often in KINDS], k=CAUSES - len(kinds))
    chance.shuffle(kinds)
    causes: list[Teller] = []
    for number, tell in enumerate(kinds):
        for attempt in range(TRIES):
            start = BEGINNING + timedelta(seconds=chance.uniform(0, hours * 3600))
            if causes and attempt == 0 and chance.random() < 0.25:  # by chance at the same time as another
                start = causes[-1].start + timedelta(seconds=chance.uniform(5, 90))
            (cluster,) = chance.choices(company.clusters, (6, 3, 2))
            lasts = timedelta(minutes=chance.uniform(12, 50))
            teller = Teller(chance, company, cluster, number, tell.__name__, start, lasts, numbers)
            tell(teller)
            if not (apart and any(_collide(teller, one) for one in causes)):
                causes.append(teller)
                break
    told = [one for teller in causes for one in teller.told]
    return Scored(sorted(told, key=lambda one: one.at), company.known(chance))


def _collide(one: Teller, other: Teller) -> bool:
    if one.touched.isdisjoint(other.touched):
        return False
    first, second = sorted((one, other), key=lambda teller: teller.start)
    return second.start - max(told.at for told in first.told) < ALIKE_WITHIN
