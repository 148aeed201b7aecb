"""What tools tell of a Kubernetes cluster, typed: each look gives a part, and parts are put together by name.

`None` and `""` mean that a look did not tell, never that there is none: a table knows less than an object. Names
follow the Kubernetes API (https://kubernetes.io/docs/reference/kubernetes-api/).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from aurora_rt.toolsets.facts.fact import Fact

Labels = Mapping[str, str]


class Condition(Fact):
    """A condition of an object: `Available=False`, with why."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


class Reference(Fact):
    """Something that a container or pod needs: a ConfigMap, a Secret, a claim, and the key in it where one is named."""

    kind: Literal["ConfigMap", "Secret", "PersistentVolumeClaim"]
    name: str
    key: str = ""
    optional: bool = False


class Container(Fact):
    """A container of a pod or of a template."""

    name: str
    image: str = ""
    init: bool = False
    ready: bool | None = None
    restarts: int | None = None
    state: Literal["running", "waiting", "terminated", ""] = ""
    reason: str = ""
    """Why it waits or ended: `CrashLoopBackOff`, `OOMKilled`, `Error`."""
    message: str = ""
    exit_code: int | None = None
    last_reason: str = ""
    """Why it ended the time before."""
    last_message: str = ""
    last_exit_code: int | None = None
    last_ended_at: datetime | None = None
    """When it ended the time before."""
    command: tuple[str, ...] = ()
    """Command and arguments together."""
    limits: Labels = Field(default_factory=dict)
    requests: Labels = Field(default_factory=dict)
    ports: tuple[tuple[str, int], ...] = ()
    """(name, number)."""
    environment: Labels = Field(default_factory=dict)
    """Plain values alone."""
    references: tuple[Reference, ...] = ()
    probes: Labels = Field(default_factory=dict)
    """`liveness`, `readiness`, `startup` → what is asked, as a person reads it."""


class Pod(Fact):
    """A pod."""

    namespace: str = ""
    name: str
    status: str = ""
    """As `kubectl get pods` tells it: a phase, or the reason of the container that keeps it from running."""
    ready: int | None = None
    total: int | None = None
    restarts: int | None = None
    restarted: float | None = None
    """Seconds since the last restart."""
    age: float | None = None
    """Seconds."""
    node: str = ""
    ip: str = ""
    owner: str = ""
    """The Deployment, StatefulSet, DaemonSet or Job that it belongs to."""
    labels: Labels = Field(default_factory=dict)
    service_account: str = ""
    node_selector: Labels = Field(default_factory=dict)
    message: str = ""
    containers: tuple[Container, ...] = ()
    conditions: tuple[Condition, ...] = ()
    references: tuple[Reference, ...] = ()
    """What its volumes need."""


class Workload(Fact):
    """A Deployment, StatefulSet, DaemonSet or ReplicaSet."""

    kind: str
    namespace: str = ""
    name: str
    desired: int | None = None
    ready: int | None = None
    updated: int | None = None
    available: int | None = None
    age: float | None = None
    paused: bool = False
    selector: Labels = Field(default_factory=dict)
    labels: Labels = Field(default_factory=dict)
    """Of its template."""
    service_account: str = ""
    containers: tuple[Container, ...] = ()
    references: tuple[Reference, ...] = ()
    conditions: tuple[Condition, ...] = ()
    node_selector: Labels = Field(default_factory=dict)


class ServicePort(Fact):
    """A port of a Service."""

    name: str = ""
    port: int
    target: str = ""
    """Number or name of the container's port."""


class Service(Fact):
    """A Service."""

    namespace: str = ""
    name: str
    type: str = ""
    cluster_ip: str = ""
    selector: Labels | None = None
    ports: tuple[ServicePort, ...] = ()
    endpoints: int | None = None
    """Ready addresses behind it."""
    external_ip: str = ""


class Event(Fact):
    """Something that happened to an object."""

    namespace: str = ""
    type: str = ""
    reason: str
    kind: str
    name: str
    """The object that it is about."""
    message: str
    count: int = 1
    age: float | None = None
    """Seconds since it was last seen, when the look was made."""
    at: datetime | None = None


class Node(Fact):
    """A node."""

    name: str
    status: str = ""
    unschedulable: bool = False
    conditions: tuple[Condition, ...] = ()
    taints: tuple[str, ...] = ()
    cpu_percent: float | None = None
    memory_percent: float | None = None


class Claim(Fact):
    """A PersistentVolumeClaim."""

    namespace: str = ""
    name: str
    status: str = ""
    storage_class: str = ""
    volume: str = ""


class Autoscaler(Fact):
    """A HorizontalPodAutoscaler."""

    namespace: str = ""
    name: str
    target: str = ""
    metrics: str = ""
    """`<unknown>/80%`, as `kubectl get hpa` tells it."""
    least: int | None = None
    most: int | None = None
    replicas: int | None = None
    conditions: tuple[Condition, ...] = ()


class Job(Fact):
    """A Job."""

    namespace: str = ""
    name: str
    completions: str = ""
    status: str = ""
    failed: int = 0
    conditions: tuple[Condition, ...] = ()


class CronJob(Fact):
    """A CronJob."""

    namespace: str = ""
    name: str
    schedule: str = ""
    suspended: bool = False
    last_schedule: float | None = None
    """Seconds since it last ran."""


class Ingress(Fact):
    """An Ingress."""

    namespace: str = ""
    name: str
    class_name: str = ""
    hosts: tuple[str, ...] = ()
    backends: tuple[tuple[str, str], ...] = ()
    """(service, port)."""
    tls_secrets: tuple[str, ...] = ()


class NetworkPolicy(Fact):
    """A NetworkPolicy."""

    namespace: str = ""
    name: str
    selector: Labels = Field(default_factory=dict)
    """Of the pods that it is about; empty: all of the namespace."""
    closed: tuple[Literal["ingress", "egress"], ...] = ()
    """Directions in which it allows nothing at all."""
    limited: tuple[Literal["ingress", "egress"], ...] = ()
    """Directions in which it allows some."""


class Quota(Fact):
    """A ResourceQuota: resource → (used, hard), as they are written."""

    namespace: str = ""
    name: str
    resources: Mapping[str, tuple[str, str]]


class Holder(Fact):
    """A ConfigMap or Secret: that it is there, and its keys where a look told them. Never its values."""

    kind: Literal["ConfigMap", "Secret"]
    namespace: str = ""
    name: str
    keys: tuple[str, ...] | None = None


class Usage(Fact):
    """What a pod or node uses right now."""

    kind: Literal["Pod", "Node"]
    namespace: str = ""
    name: str
    cpu: float
    """Cores."""
    memory: float
    """Bytes."""


class Cluster(Fact):
    """A part of what is known of a cluster."""

    kind: Literal["cluster"] = "cluster"
    listed: tuple[str, ...] = ()
    """Resources of which a look gave all that there are."""
    pods: tuple[Pod, ...] = ()
    workloads: tuple[Workload, ...] = ()
    services: tuple[Service, ...] = ()
    events: tuple[Event, ...] = ()
    nodes: tuple[Node, ...] = ()
    claims: tuple[Claim, ...] = ()
    autoscalers: tuple[Autoscaler, ...] = ()
    jobs: tuple[Job, ...] = ()
    cron_jobs: tuple[CronJob, ...] = ()
    ingresses: tuple[Ingress, ...] = ()
    policies: tuple[NetworkPolicy, ...] = ()
    quotas: tuple[Quota, ...] = ()
    holders: tuple[Holder, ...] = ()
    usage: tuple[Usage, ...] = ()
