"""Workloads that are not what they should be: stuck, paused, scaled to nothing; autoscalers; jobs."""

import re
from collections.abc import Iterator
from dataclasses import replace

from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Remedy
from aurora_rt.investigation.builtin.kubernetes.fault import Fault
from aurora_rt.investigation.builtin.kubernetes.state import State
from aurora_rt.investigation.builtin.wording import code, foreign
from aurora_rt.toolsets.facts.cluster import Autoscaler, Workload


def scaled_to_nothing(state: State) -> Iterator[Fault]:
    """Workloads that should have no pods at all."""
    for one in state.workloads:
        if one.kind in ("Deployment", "StatefulSet") and one.desired == 0:
            says = f"{one.kind} {code(one.name)} is scaled to 0 pods"
            needed = any(service.name == one.name for service in state.services)
            yield _fault(state, one, "scaled_to_zero", says, 0.88 if needed else 0.7)


def unscheduled_daemons(state: State) -> Iterator[Fault]:
    """DaemonSets that no node fits."""
    for one in state.workloads:
        if one.kind == "DaemonSet" and one.desired == 0 and one.node_selector:
            says = f"no node fits what DaemonSet {code(one.name)} asks for"
            yield _fault(state, one, "unschedulable", says, 0.8)


def stuck(state: State) -> Iterator[Fault]:
    """Rollouts that do not come to an end."""
    for one in state.workloads:
        late = next((c for c in one.conditions if c.type == "Progressing" and c.status == "False"), None)
        if late:
            says = f"the rollout of {code(one.name)} is stuck: {code(late.message or late.reason, 200)}"
            yield replace(_fault(state, one, "stuck_rollout", says, 0.72), remedy=_taken_back(one))
        elif one.paused:
            paused = _fault(state, one, "stuck_rollout", f"the rollout of {code(one.name)} is paused", 0.75)
            yield replace(paused, remedy=_resumed(one))
        elif (
            one.desired
            and one.available is not None
            and one.available < one.desired
            and one.kind != "ReplicaSet"
        ):
            says = f"{one.kind} {code(one.name)} has {one.available} of {one.desired} pods available"
            yield _fault(state, one, "stuck_rollout", says, 0.5)


def autoscalers(state: State) -> Iterator[Fault]:
    """Autoscalers that cannot see what they scale by, or have reached their end."""
    for one in state.autoscalers:
        blind = next(
            (c for c in one.conditions if c.type in ("ScalingActive", "AbleToScale") and c.status == "False"),
            None,
        )
        told = next(
            (
                h
                for h in state.about("HorizontalPodAutoscaler", one.name)
                if h.event.reason
                in (
                    "FailedGetResourceMetric",
                    "FailedComputeMetricsReplicas",
                    "FailedGetScale",
                    "FailedUpdateStatus",
                )
            ),
            None,
        )
        message = (blind.message or blind.reason) if blind else told.event.message if told else ""
        place = one.target or one.name
        if blind or told or "<unknown>" in one.metrics:
            why = f": {code(message, 200)}" if message else f": {code(one.metrics)}"
            cite = " ".join(dict.fromkeys([*state.cite(one).split(), *([told.cite] if told else [])]))
            says = f"the autoscaler {code(one.name)} cannot tell how many pods {code(place)} needs{why}"
            yield Fault(
                "autoscaler_fault", place, says, cite, 0.82, one.namespace, f"kubectl describe hpa {one.name}"
            )
        elif _at_its_end(one):
            says = f"the autoscaler {code(one.name)} is at its most, {one.most} pods, wants more: {code(one.metrics)}"
            yield Fault(
                "autoscaler_fault",
                place,
                says,
                state.cite(one),
                0.7,
                one.namespace,
                f"kubectl describe hpa {one.name}",
            )


def _at_its_end(one: Autoscaler) -> bool:
    found = re.findall(r"(\d+)%/(\d+)%", one.metrics)
    over = any(int(now) > int(wanted) for now, wanted in found)
    limited = any(
        c.type == "ScalingLimited" and c.reason == "TooManyReplicas" and c.status == "True"
        for c in one.conditions
    )
    return one.most is not None and one.replicas == one.most and (over or limited)


def jobs(state: State) -> Iterator[Fault]:
    """Jobs that failed, and CronJobs that no longer run."""
    for job in state.jobs:
        failed = next((c for c in job.conditions if c.type == "Failed" and c.status == "True"), None)
        told = next(
            (
                h
                for h in state.about("Job", job.name)
                if h.event.reason in ("BackoffLimitExceeded", "DeadlineExceeded", "FailedCreate")
            ),
            None,
        )
        if failed or told or job.status == "Failed":
            message = (
                (failed.message or failed.reason) if failed else told.event.message if told else "it failed"
            )
            says = f"job {code(job.name)} has failed: {code(message, 200)}"
            cite = " ".join(dict.fromkeys([*state.cite(job).split(), *([told.cite] if told else [])]))
            yield Fault(
                "job_failed", job.name, says, cite, 0.85, job.namespace, f"kubectl describe job {job.name}"
            )
    for cron in state.cron_jobs:
        if cron.suspended:
            says = f"the CronJob {code(cron.name)} is suspended"
            yield Fault("job_failed", cron.name, says, state.cite(cron), 0.6, cron.namespace)


def _taken_back(one: Workload) -> Remedy:
    name, kind, where = _named(one)
    return Remedy(
        f"Take the last rollout of {name} back",
        f"kubectl rollout undo {kind}/{one.name}{where}",
        "medium",
        "The revision before runs again, which shows soonest whether the new one is at fault.",
        f"{one.kind} {name} goes back to the revision before; its pods are replaced one after another.",
        f"Roll it out again: kubectl rollout undo {kind}/{one.name}{where} once more goes back to the present one.",
    )


def _resumed(one: Workload) -> Remedy:
    name, kind, where = _named(one)
    return Remedy(
        f"Let the rollout of {name} go on",
        f"kubectl rollout resume {kind}/{one.name}{where}",
        "low",
        "Somebody paused it on purpose, perhaps: ask first.",
        f"The waiting change of {one.kind} {name} is rolled out.",
        f"Pause it again: kubectl rollout pause {kind}/{one.name}{where}.",
    )


def _named(one: Workload) -> tuple[str, str, str]:
    """A workload as a title names it, its kind as kubectl does, and the namespace as a flag."""
    return foreign(one.name, 80), one.kind.lower(), f" -n {one.namespace}" if one.namespace else ""


def _fault(state: State, one: Workload, kind: Kind, says: str, strength: float) -> Fault:
    where = f" -n {one.namespace}" if one.namespace else ""
    return Fault(
        kind,
        one.name,
        says,
        state.cite(one),
        strength,
        one.namespace,
        f"kubectl describe {one.kind.lower()} {one.name}{where}",
    )
