"""Looking at a Kubernetes cluster: everything at a glance, then closely at what is not well."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aurora_rt.investigation.builtin.evidence import evidence_of, first_of
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.kubernetes.judging import Near, judged
from aurora_rt.investigation.builtin.kubernetes.logs import telling
from aurora_rt.investigation.builtin.kubernetes.state import Log, Part, State, assembled, place_of
from aurora_rt.investigation.builtin.names import alike
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.cluster import Cluster, Pod
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.facts.places import (
    CallGraph,
)
from aurora_rt.toolsets.toolset import Looking, Observation

GLANCE: Final = (
    "pods",
    "deployments",
    "services",
    "statefulsets",
    "daemonsets",
    "endpoints",
    "persistentvolumeclaims",
    "configmaps",
    "secrets",
    "horizontalpodautoscalers",
    "resourcequotas",
    "networkpolicies",
    "ingresses",
    "jobs",
    "cronjobs",
    "replicasets",
)
"""Of a namespace; a cluster's nodes besides."""
IN_FULL: Final = frozenset(
    {"pods", "deployments", "services", "networkpolicies", "ingresses", "statefulsets"}
)
"""What a table tells too little of."""
CLOSELY: Final = 6
"""Pods that are looked at closely."""
WELL: Final = frozenset({"Running", "Completed", "Succeeded"})


def kubernetes_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """Everything that the cluster says of itself, weighed by all rules."""
    labels = reading.alert.labels
    namespace = labels.get("namespace", "")
    named = reading.alert.service or reading.case.service

    async def pursue(look: Look) -> Outcome:
        seen = await _glance(look, tools, namespace)
        state = assembled(_parts(seen))
        service = alike(named, _places(state)) or named
        seen += await _closely(look, tools, _suspects(state, service, labels.get("pod", "")))
        seen += await _besides(look, tools, state, service, namespace)
        graph = None
        if tools.has("topology.dependencies"):
            graph = first_of([await look("topology.dependencies")], CallGraph)
        near = Near(service, namespace, _below(service, graph.facts.calls if graph else ()))
        whole = assembled(_parts(seen), _logs(seen), tools.window.anchor)
        if further := _blamed(whole, seen):
            seen += await _closely(look, tools, further)
            whole = assembled(_parts(seen), _logs(seen), tools.window.anchor)
        found = await asyncio.to_thread(judged, whole, near)
        return outcome(found, _told(seen), reading.families)

    opening = (
        "In a cluster most faults leave a trace in the state of pods, in events and in the logs of containers. "
        "Going through them all, and closely through what is not well."
    )
    return Inquiry("kubernetes", opening, pursue)


async def _glance(look: Look, tools: Looking, namespace: str) -> list[Observation]:
    where = {"namespace": namespace} if namespace else {}
    wanted = []
    if tools.has("kubernetes.get"):
        for resource in GLANCE:
            form = {"output": "json"} if resource in IN_FULL else {}
            wanted.append(look("kubernetes.get", resource=resource, **where, **form))
        wanted.append(look("kubernetes.get", resource="nodes"))
    if tools.has("kubernetes.events"):
        wanted.append(look("kubernetes.events", **where))
    if tools.has("kubernetes.top"):
        wanted.append(look("kubernetes.top", resource="pods", **where))
        wanted.append(look("kubernetes.top", resource="nodes"))
    seen = list(await asyncio.gather(*wanted))
    # An answer that was too long to be kept whole cannot be read; a table is shorter.
    again = [
        look("kubernetes.get", resource=str(one.parameters["resource"]), **where)
        for one in seen
        if one.parameters.get("output") == "json" and one.error is None and one.facts is None
    ]
    return seen + list(await asyncio.gather(*again))


async def _besides(
    look: Look, tools: Looking, state: State, service: str, namespace: str
) -> list[Observation]:
    """Descriptions of what is not well and no pod, and of the service that alerts where little is known of it."""
    if not tools.has("kubernetes.describe"):
        return []
    wanted = [("nodes", one.name, "") for one in state.nodes if one.status not in ("Ready", "")]
    wanted += [
        ("persistentvolumeclaims", one.name, one.namespace) for one in state.claims if one.status != "Bound"
    ]
    wanted += [
        ("horizontalpodautoscalers", one.name, one.namespace)
        for one in state.autoscalers
        if "<unknown>" in one.metrics
    ]
    short = [one for one in state.workloads if one.desired and (one.available or 0) < one.desired]
    wanted += [(f"{one.kind.lower()}s", one.name, one.namespace) for one in short if one.kind != "ReplicaSet"]
    if service and not any(one.name == service and one.containers for one in state.workloads):
        wanted.append(("deployments", service, namespace))
    if service and not any(one.name == service and one.selector is not None for one in state.services):
        wanted.append(("services", service, namespace))
    looks = [
        look("kubernetes.describe", resource=resource, name=name, **({"namespace": where} if where else {}))
        for resource, name, where in dict.fromkeys(wanted)
    ]
    return list(await asyncio.gather(*looks[: 2 * CLOSELY]))


def _blamed(state: State, seen: Sequence[Observation]) -> list[Pod]:
    """Pods of what failing containers say that they cannot reach, and that were not looked at closely yet."""
    looked = {str(one.parameters.get("name") or one.parameters.get("pod") or "") for one in seen}
    hosts = [host for log in state.logs if (told := telling(log)) for host in told.hosts]
    found: dict[str, Pod] = {}
    for host in dict.fromkeys(hosts):
        for pod in state.pods:
            if place_of(pod) == host and pod.name not in looked:
                found.setdefault(host, pod)
    return list(found.values())[: CLOSELY // 2]


def _suspects(state: State, service: str, named: str) -> list[Pod]:
    """The pods to look at closely: those that are not well, that of the alert, and those of its service."""

    def rank(pod: Pod) -> tuple[bool, bool, bool, int]:
        return (pod.name != named, _is_well(pod), place_of(pod) != service, -(pod.restarts or 0))

    chosen: dict[str, int] = {}
    found = []
    for pod in sorted(state.pods, key=rank):
        place = place_of(pod)
        if (_is_well(pod) and place != service and pod.name != named) or chosen.get(place, 0) >= 1:
            continue
        chosen[place] = chosen.get(place, 0) + 1
        found.append(pod)
    return found[:CLOSELY]


def _is_well(pod: Pod) -> bool:
    complete = (
        pod.ready is None
        or pod.total is None
        or pod.ready >= pod.total
        or pod.status in ("Completed", "Succeeded")
    )
    return pod.status in WELL and complete and not pod.restarts


async def _closely(look: Look, tools: Looking, pods: Sequence[Pod]) -> list[Observation]:
    wanted = []
    for pod in pods:
        where = {"namespace": pod.namespace} if pod.namespace else {}
        if tools.has("kubernetes.describe"):
            wanted.append(look("kubernetes.describe", resource="pods", name=pod.name, **where))
        if tools.has("kubernetes.logs"):
            wanted.append(look("kubernetes.logs", pod=pod.name, **where))
            if pod.restarts:
                wanted.append(look("kubernetes.logs", pod=pod.name, previous=True, **where))
    return list(await asyncio.gather(*wanted))


def _parts(seen: Sequence[Observation]) -> list[Part]:
    return [
        Part(evidence, str(one.parameters.get("namespace") or ""))
        for one in seen
        if (evidence := evidence_of(one, Cluster))
    ]


def _logs(seen: Sequence[Observation]) -> list[Log]:
    return [
        Log(str(one.parameters.get("pod", "")), bool(one.parameters.get("previous")), evidence)
        for one in seen
        if one.tool == "kubernetes.logs" and (evidence := evidence_of(one, LogLines))
    ]


def _told(seen: Sequence[Observation]) -> list[Observation]:
    """The looks that showed something, and of those that did not the first for each reason: one gap, not twenty."""
    failed: dict[tuple[str, str], Observation] = {}
    for one in seen:
        if one.error is not None:
            failed.setdefault((one.tool, one.error), one)
    return [one for one in seen if one.error is None] + list(failed.values())


def _places(state: State) -> set[str]:
    """What there is that an alert may call a service."""
    workloads = {one.name for one in state.workloads if one.kind != "ReplicaSet"}
    return workloads | {one.name for one in state.services} | {place_of(pod) for pod in state.pods}


def _below(service: str, calls: Sequence[tuple[str, str]]) -> frozenset[str]:
    found, waiting = set(), [service]
    while waiting:
        here = waiting.pop()
        for caller, callee in calls:
            if caller == here and callee not in found:
                found.add(callee)
                waiting.append(callee)
    return frozenset(found)
