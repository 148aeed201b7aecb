"""What several looks told of a cluster, put together: each object once, with the looks that showed it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.toolsets.facts import cluster as facts
from aurora_rt.toolsets.facts.cluster import Cluster
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.kubernetes.names import owner_of

CITED: Final = 3
"""Looks that a claim about an object cites, at most; those that tell most come first."""
_FIELDS: Final = (
    "pods", "workloads", "services", "nodes", "claims", "autoscalers", "jobs", "cron_jobs", "ingresses",
    "policies", "quotas", "holders", "usage",
)  # fmt: skip

OLD: Final = timedelta(hours=2)
"""What ended longer before the alert has nothing to do with it."""

Named = TypeVar("Named", bound=Any)


@dataclass(frozen=True, slots=True)
class Part:
    """What one look told."""

    seen: Evidence[Cluster]
    namespace: str = ""
    """The namespace that was asked for, if one was."""


@dataclass(frozen=True, slots=True)
class Log:
    """A container's log."""

    pod: str
    previous: bool
    seen: Evidence[LogLines]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, and where it was seen."""

    event: facts.Event
    cite: str


@dataclass(slots=True)
class State:
    """All that is known of a cluster."""

    pods: list[facts.Pod] = field(default_factory=list)
    workloads: list[facts.Workload] = field(default_factory=list)
    services: list[facts.Service] = field(default_factory=list)
    nodes: list[facts.Node] = field(default_factory=list)
    claims: list[facts.Claim] = field(default_factory=list)
    autoscalers: list[facts.Autoscaler] = field(default_factory=list)
    jobs: list[facts.Job] = field(default_factory=list)
    cron_jobs: list[facts.CronJob] = field(default_factory=list)
    ingresses: list[facts.Ingress] = field(default_factory=list)
    policies: list[facts.NetworkPolicy] = field(default_factory=list)
    quotas: list[facts.Quota] = field(default_factory=list)
    holders: list[facts.Holder] = field(default_factory=list)
    usage: list[facts.Usage] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)
    """Resources of which all that there are were seen."""
    cites: dict[int, str] = field(default_factory=dict)
    anchor: datetime | None = None
    """When the alert began, if there is one."""

    def cite(self, *objects: object) -> str:
        """The looks that showed these objects."""
        found = [cite for one in objects for cite in self.cites.get(id(one), "").split()]
        return " ".join(list(dict.fromkeys(found))[: CITED * max(1, len(objects))])

    def pods_of(self, workload: facts.Workload) -> list[facts.Pod]:
        """The pods of a workload."""
        return [
            pod
            for pod in self.pods
            if place_of(pod) == workload.name and same_namespace(pod.namespace, workload.namespace)
        ]

    def about(self, kind: str, name: str) -> Iterator[Happened]:
        """The events of an object."""
        return (one for one in self._new() if one.event.name == name and one.event.kind in (kind, ""))

    def messages(self, *reasons: str) -> Iterator[Happened]:
        """Events for a reason."""
        return (one for one in self._new() if one.event.reason in reasons)

    def _new(self) -> Iterator[Happened]:
        return (one for one in self.events if not self.is_over(one.event))

    def is_over(self, event: facts.Event) -> bool:
        """Whether an event is of long before the alert, and what it is about is well now."""
        if not self.is_old(event.at, event.age):
            return False
        owner = self.owner_of(event)
        own = [pod for pod in self.pods if pod.name == event.name or place_of(pod) == owner]
        return bool(own) and all(is_well(pod) for pod in own)

    def is_old(self, at: datetime | None, age: float | None) -> bool:
        """Whether something happened long before the alert. `age`, in seconds, is of when it was looked at."""
        if at is not None and self.anchor is not None:
            return self.anchor - at > OLD
        return at is None and age is not None and age > OLD.total_seconds()

    def owner_of(self, event: facts.Event) -> str:
        """The workload that an event is about: that of its pod or ReplicaSet, else the object itself."""
        if event.kind == "Pod":
            pod = next((one for one in self.pods if one.name == event.name), None)
            return place_of(pod) if pod else owner_of(event.name)
        if event.kind == "ReplicaSet":
            return owner_of(f"{event.name}-bcdfg")
        return event.name


def place_of(pod: facts.Pod) -> str:
    """How a pod's workload is named as a place."""
    return pod.owner or owner_of(pod.name)


def is_well(pod: facts.Pod) -> bool:
    """Whether a pod runs with all of its containers, or has done its work."""
    if pod.status in ("Completed", "Succeeded"):
        return True
    return pod.status == "Running" and (pod.ready is None or pod.total is None or pod.ready >= pod.total)


def same_namespace(one: str, other: str) -> bool:
    """Whether two objects may be in the same namespace; a look need not have told."""
    return not one or not other or one == other


def assembled(parts: Sequence[Part], logs: Iterable[Log] = (), anchor: datetime | None = None) -> State:
    """Everything that `parts` told; `anchor` is when the alert began."""
    state = State(logs=list(logs), anchor=anchor)
    for part in parts:
        state.listed.update(part.seen.facts.listed)
    for name in _FIELDS:
        told = [
            (_placed(one, part.namespace), part.seen.cite)
            for part in parts
            for one in getattr(part.seen.facts, name)
        ]
        getattr(state, name).extend(_merged(told, state))
    _find_owners(state)
    known: dict[tuple[str, str, str], Happened] = {}
    for part in parts:
        for event in part.seen.facts.events:
            known.setdefault((event.name, event.reason, event.message), Happened(event, part.seen.cite))
    state.events.extend(known.values())
    return state


def _find_owners(state: State) -> None:
    """Give pods whose owner is only known from their name the workload that there really is."""
    names = sorted({one.name for one in state.workloads if one.kind != "ReplicaSet"}, key=len, reverse=True)
    for n, pod in enumerate(state.pods):
        owner = next((name for name in names if pod.name.startswith(f"{name}-")), "")
        if owner and pod.owner not in names:
            state.pods[n] = owned = pod.model_copy(update={"owner": owner})
            state.cites[id(owned)] = state.cites.get(id(pod), "")


def _placed(one: Named, namespace: str) -> Named:
    if namespace and getattr(one, "namespace", None) == "":
        placed: Named = one.model_copy(update={"namespace": namespace})
        return placed
    return one


def _merged(told: Sequence[tuple[Any, str]], state: State) -> list[Any]:
    homes: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one, _ in told:
        homes[_key(one)].add(getattr(one, "namespace", ""))
    found: dict[tuple[str, str, str], tuple[Any, list[tuple[int, str]]]] = {}
    for one, cite in told:
        kind, name = _key(one)
        named = sorted(homes[kind, name] - {""})
        namespace = getattr(one, "namespace", "") or (named[0] if len(named) == 1 else "")
        key = (kind, namespace, name)
        whole, cites = found.get(key, (one, []))
        found[key] = (_united(whole, one), [*cites, (_detail(one), cite)])
    for whole, cites in found.values():
        ordered = sorted(cites, key=lambda pair: -pair[0])
        state.cites[id(whole)] = " ".join(dict.fromkeys(cite for _, cite in ordered))
    return [whole for whole, _ in found.values()]


def _key(one: Any) -> tuple[str, str]:
    return (str(getattr(one, "kind", "")), one.name)


def _detail(one: Any) -> int:
    """How much a look told of an object."""
    return len(one.model_dump_json(exclude_defaults=True))


def _united(one: Any, other: Any) -> Any:
    """One object with what another look told besides; where both tell, what was told first holds."""
    if one is other:
        return one
    new = {}
    for name, info in type(one).model_fields.items():
        mine, theirs = getattr(one, name), getattr(other, name)
        if name == "containers" and mine and theirs:
            named = {container.name: container for container in theirs}
            mixed = tuple(_united(c, named.pop(c.name)) if c.name in named else c for c in mine)
            new[name] = (*mixed, *named.values())
        elif mine == info.get_default(call_default_factory=True) or mine in ("", None, (), {}):
            new[name] = theirs
    return one.model_copy(update=new)
