"""Pods that are not made or not placed: quotas, limits, webhooks, and the scheduler's reasons."""

import re
from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.kubernetes.fault import Fault
from aurora_rt.investigation.builtin.kubernetes.state import State, place_of, same_namespace
from aurora_rt.investigation.builtin.wording import code, joined
from aurora_rt.toolsets.kubernetes.quantities import quantity

_REFUSED: Final[tuple[tuple[str, Kind, str], ...]] = (
    (r"exceeded quota|failed quota", "quota_exceeded", "the namespace's quota does not allow it"),
    (
        r"(?:maximum|minimum) (?:cpu|memory|ephemeral-storage) (?:usage|limit)|must be less than or equal to|"
        r"limits? to requests? ratio",
        "quota_exceeded",
        "limits and requests do not fit what the namespace allows",
    ),
    (r"admission webhook .*denied|denied the request", "admission_denied", "an admission webhook refuses it"),
    (
        r"failed calling webhook|failed to call webhook",
        "admission_denied",
        "an admission webhook does not answer",
    ),
    (
        r"violates PodSecurity|PodSecurityPolicy|forbidden: violates",
        "admission_denied",
        "the namespace's security level forbids it",
    ),
    (r"is invalid|Invalid value|Required value", "config_error", "its specification is invalid"),
)
_UNPLACED: Final = (
    (r"Insufficient ([\w/-]+(?:\.[\w/-]+)*)", "no node has enough {} left"),
    (r"untolerated taint|had taint|didn't tolerate", "nodes have taints that it does not tolerate"),
    (r"node affinity/selector|didn't match node selector", "no node has the labels that it asks for"),
    (r"didn't match pod (?:anti-affinity|affinity)|anti-affinity rules", "other pods keep it away (affinity)"),
    (r"didn't have free ports|free ports", "the host port is taken"),
    (r"volume node affinity conflict|no available volume zone", "its volume is bound to another place"),
    (r"persistentvolumeclaim \"?([\w.-]+)\"? not found", "the claim {} does not exist"),
    (r"unbound immediate|didn't find available persistent volumes", "its claim is not bound to a volume"),
    (r"Too many pods", "nodes are full of pods"),
    (r"were unschedulable|node\(s\) were unschedulable", "nodes are cordoned"),
    (r"topology spread", "its topology spread cannot be kept"),
    (r"not found.*priority|no PriorityClass", "its priority class does not exist"),
)  # fmt: skip


def refused(state: State) -> Iterator[Fault]:
    """Pods that the API server refuses to make."""
    for one in state.messages("FailedCreate", "ReplicaSetCreateError", "FailedUpdate"):
        for pattern, kind, why in _REFUSED:
            if re.search(pattern, one.event.message, re.IGNORECASE):
                place = state.owner_of(one.event)
                says = f"pods of {code(place)} are not made, because {why}: {code(one.event.message, 240)}"
                where = f" -n {one.event.namespace}" if one.event.namespace else ""
                command = f"kubectl describe {one.event.kind.lower() or 'replicaset'} {one.event.name}{where}"
                yield Fault(kind, place, says, one.cite, 0.96, one.event.namespace, command)
                break
    for workload in state.workloads:
        failed = next(
            (c for c in workload.conditions if c.type == "ReplicaFailure" and c.status == "True"), None
        )
        if failed:
            kind = next(
                (kind for pattern, kind, _ in _REFUSED if re.search(pattern, failed.message, re.IGNORECASE)),
                "admission_denied",
            )
            says = f"pods of {code(workload.name)} are not made: {code(failed.message or failed.reason, 240)}"
            yield Fault(kind, workload.name, says, state.cite(workload), 0.95, workload.namespace)


def quotas(state: State) -> Iterator[Fault]:
    """Quotas that are used up while a workload lacks pods."""
    for quota in state.quotas:
        full = [
            name
            for name, (used, hard) in quota.resources.items()
            if (most := quantity(hard)) is not None and most > 0 and (quantity(used) or 0) >= most
        ]
        short = [
            one
            for one in state.workloads
            if same_namespace(one.namespace, quota.namespace)
            and one.desired
            and len(state.pods_of(one)) < one.desired
            and (one.available or 0) < one.desired
        ]
        if full and short:
            says = (
                f"the quota {code(quota.name)} is used up ({joined([code(name) for name in full])}), and "
                f"{code(short[0].name)} has fewer pods than it should"
            )
            yield Fault(
                "quota_exceeded", short[0].name, says, state.cite(quota, short[0]), 0.85, quota.namespace
            )


def unplaced(state: State) -> Iterator[Fault]:
    """Pods that no node takes."""
    told: set[str] = set()
    for one in state.messages("FailedScheduling"):
        pod = next((p for p in state.pods if p.name == one.event.name), None)
        place = state.owner_of(one.event)
        if place in told or (pod is not None and pod.status not in ("Pending", "")):
            continue
        told.add(place)
        message = one.event.message.partition("preemption:")[0]
        whys = []
        for pattern, words in _UNPLACED:
            if found := re.search(pattern, message, re.IGNORECASE):
                whys.append(words.format(*found.groups()))
        kind: Kind = (
            "volume_fault" if "volumeclaim" in message.lower() and len(whys) == 1 else "unschedulable"
        )
        asked = f" (it asks for {_selector(pod.node_selector)})" if pod and pod.node_selector else ""
        because = f", because {joined(whys)}{asked}" if whys else asked
        says = f"no node takes pod {code(one.event.name)}{because}: {code(message.strip(), 240)}"
        where = f" -n {one.event.namespace}" if one.event.namespace else ""
        yield Fault(
            kind,
            place,
            says,
            one.cite,
            0.95,
            one.event.namespace,
            f"kubectl describe pod {one.event.name}{where}",
        )
    for pod in state.pods:
        if pod.status == "Pending" and place_of(pod) not in told and not pod.node and (pod.age or 60) >= 60:
            told.add(place_of(pod))
            says = f"pod {code(pod.name)} is Pending and has no node"
            yield Fault("unschedulable", place_of(pod), says, state.cite(pod), 0.6, pod.namespace)


def _selector(labels: object) -> str:
    pairs = dict(labels) if isinstance(labels, dict) else {}
    return joined([f"{name}={value}" for name, value in pairs.items()])
