"""Containers that end, are killed, or do not come up."""

import re
from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.kubernetes.fault import Fault
from aurora_rt.investigation.builtin.kubernetes.logs import telling
from aurora_rt.investigation.builtin.kubernetes.state import Happened, State, is_well, place_of
from aurora_rt.investigation.builtin.wording import code, counted
from aurora_rt.toolsets.facts.cluster import Container, Pod, Workload
from aurora_rt.toolsets.kubernetes.quantities import quantity

_CRASHING: Final = frozenset({"CrashLoopBackOff", "Error"})
_BAD_COMMAND: Final = re.compile(
    r"executable file not found|no such file or directory|exec format error|permission denied|"
    r"StartError|ContainerCannotRun|RunContainerError|is a directory",
    re.IGNORECASE,
)
_OF_COMMANDS: Final = frozenset({126, 127, 128})
_KILLED: Final = 137
NEAR_LIMIT: Final = 0.9


def out_of_memory(state: State) -> Iterator[Fault]:
    """Containers that the kernel killed at their memory limit."""
    for pod in state.pods:
        for container in pod.containers:
            if "OOMKilled" in (container.reason, container.last_reason) and not long_ago(
                state, pod, container
            ):
                limit = container.limits.get("memory")
                at = f" at its limit of {limit}" if limit else ""
                often = f", {counted(container.restarts, 'restart')}" if container.restarts else ""
                says = f"container {code(container.name)} of pod {code(pod.name)} was OOMKilled{at}{often}"
                yield _fault(state, pod, "out_of_memory", says, 0.96)
        if pod.status == "OOMKilled" and not pod.containers:
            yield _fault(state, pod, "out_of_memory", f"pod {code(pod.name)} was OOMKilled", 0.95)


def long_ago(state: State, pod: Pod, container: Container) -> bool:
    """Whether a container ended long before the alert, and has run since."""
    if container.state != "running" or container.ready is False or not is_well(pod):
        return False
    return state.is_old(container.last_ended_at, pod.restarted)


def near_memory_limit(state: State) -> Iterator[Fault]:
    """Pods that are about to be killed: they use nearly all that their containers may."""
    for use in state.usage:
        pod = next((one for one in state.pods if use.kind == "Pod" and one.name == use.name), None)
        limits = [quantity(one.limits.get("memory", "")) for one in pod.containers] if pod else []
        whole = sum(one for one in limits if one)
        if pod and limits and all(limits) and use.memory >= NEAR_LIMIT * whole:
            says = f"pod {code(pod.name)} uses {use.memory / whole:.0%} of the memory that it may"
            yield _fault(state, pod, "memory_pressure", says, 0.7, state.cite(use, pod))


def commands(state: State) -> Iterator[Fault]:
    """Containers whose command cannot be started."""
    for pod in state.pods:
        for container in pod.containers:
            if _cannot_start(container):
                message = container.message or container.last_message
                code_ = container.last_exit_code if container.exit_code is None else container.exit_code
                said = (
                    f": {code(message, 220)}"
                    if message
                    else f" (exit code {code_})"
                    if code_ is not None
                    else ""
                )
                run = f" {code(' '.join(container.command), 120)}" if container.command else ""
                says = f"container {code(container.name)} of pod {code(pod.name)} cannot start its command{run}{said}"
                yield _fault(state, pod, "bad_command", says, 0.95)
    for one in state.messages("Failed"):
        starting = re.search(r"failed to (?:create|start) contain", one.event.message, re.IGNORECASE)
        if one.event.kind == "Pod" and starting and _BAD_COMMAND.search(one.event.message):
            says = f"a container of {code(one.event.name)} cannot start its command: {code(one.event.message, 220)}"
            yield _of_event(state, one, "bad_command", says, 0.95)


def crashes(state: State) -> Iterator[Fault]:
    """Containers that end again and again, for another reason than those above."""
    for pod in state.pods:
        crashing = [one for one in pod.containers if _is_crashing(one)]
        if not crashing and not (
            pod.status.removeprefix("Init:") in _CRASHING or pod.status.startswith("Init:Err")
        ):
            continue
        if any(_has_own_rule(one) for one in crashing):
            continue
        container = crashing[0] if crashing else None
        of = (
            f"container {code(container.name)} of pod {code(pod.name)}"
            if container
            else f"pod {code(pod.name)}"
        )
        status = (
            (container.last_exit_code if container.exit_code is None else container.exit_code)
            if container
            else None
        )
        ended = f" with exit code {status}" if status is not None else ""
        again = f" again and again ({counted(pod.restarts, 'restart')})" if pod.restarts else ""
        init = (
            " before it can begin" if pod.status.startswith("Init:") or (container and container.init) else ""
        )
        log = next((log for log in state.logs if log.pod == pod.name and telling(log)), None)
        told = telling(log) if log else None
        why = f"; its log: {code(told.line, 220)}" if told else ""
        quiet = " It ends without an error, as if it had nothing more to do" if status == 0 else ""
        says = f"{of} ends{ended}{again}{init}{why}{'.' + quiet if quiet else ''}"
        cite = " ".join(dict.fromkeys([*state.cite(pod).split(), *([log.seen.cite] if log else [])]))
        kind: Kind = "crash" if told is None else told.sign.kind
        blames = tuple(host for host in told.hosts if host != place_of(pod)) if told else ()
        yield _fault(state, pod, "crash" if kind == "dependency_down" else kind, says, 0.88, cite, blames)


def probes(state: State) -> Iterator[Fault]:
    """Probes that fail."""
    told: dict[tuple[str, str], Happened] = {}
    for one in state.messages("Unhealthy", "ProbeError"):
        probe = one.event.message.partition(" ")[0].lower()
        if probe in ("liveness", "readiness", "startup"):
            told.setdefault((state.owner_of(one.event), probe), one)
    for (place, probe), one in told.items():
        pod = next((p for p in state.pods if p.name == one.event.name), None)
        # A pod that is ready had its trouble; one that crashes anyway answers no probe.
        if pod and (pod.ready == pod.total and pod.total and probe != "liveness"):
            continue
        wrong = _wrong_port(state, place, probe)
        times = f", {counted(one.event.count, 'time')}" if one.event.count > 1 else ""
        says = f"the {probe} probe of pod {code(one.event.name)} fails{times}: {code(one.event.message, 200)}{wrong[0]}"
        strength = 0.93 if wrong[0] else {"liveness": 0.82, "startup": 0.8, "readiness": 0.76}[probe]
        cite = " ".join(dict.fromkeys([one.cite, *wrong[1].split()]))
        yield _of_event(state, one, "probe_failure", says, strength, cite)


def _wrong_port(state: State, place: str, probe: str) -> tuple[str, str]:
    """What is wrong with the port that a probe asks, if that can be told, and where that is seen."""
    owners: list[Pod | Workload] = [w for w in state.workloads if w.name == place]
    owners += [p for p in state.pods if place_of(p) == place]
    for owner in owners:
        for container in owner.containers:
            asked = container.probes.get(probe, "")
            number = re.search(r"(?::|http-get |tcp-socket |grpc )(\d{2,5})", asked)
            ports = {port for _, port in container.ports}
            if number and ports and int(number.group(1)) not in ports:
                listens = " and ".join(map(str, sorted(ports)))
                return (
                    f"; it asks port {number.group(1)}, but the container listens on {listens}",
                    state.cite(owner),
                )
    return "", ""


def hooks(state: State) -> Iterator[Fault]:
    """Commands that are to run after the start or before the end of a container, and fail."""
    for one in state.messages("FailedPostStartHook", "FailedPreStopHook"):
        says = f"a lifecycle hook of pod {code(one.event.name)} fails: {code(one.event.message, 200)}"
        yield _of_event(state, one, "bad_command", says, 0.9)


def evicted(state: State) -> Iterator[Fault]:
    """Pods that their node threw out."""
    for pod in state.pods:
        if pod.status == "Evicted":
            why = f": {code(pod.message, 200)}" if pod.message else ""
            yield _fault(state, pod, "node_pressure", f"pod {code(pod.name)} was evicted{why}", 0.85)
    for one in state.messages("Evicted", "Preempted", "Preempting"):
        says = f"pod {code(one.event.name)} was evicted: {code(one.event.message, 200)}"
        yield _of_event(state, one, "node_pressure", says, 0.85)


def _is_crashing(container: Container) -> bool:
    if container.ready and container.state == "running":
        return False
    ended = container.state == "terminated" and not (container.init and container.exit_code == 0)
    again = container.reason == "CrashLoopBackOff" or (
        container.last_reason != "" and (container.restarts or 0) > 1
    )
    return again or (ended and container.reason == "Error")


def _has_own_rule(container: Container) -> bool:
    return "OOMKilled" in (container.reason, container.last_reason) or _cannot_start(container)


def _cannot_start(container: Container) -> bool:
    said = f"{container.reason} {container.message} {container.last_reason} {container.last_message}"
    ended = {container.exit_code, container.last_exit_code}
    return bool(_BAD_COMMAND.search(said)) or bool(_OF_COMMANDS & ended)


def _fault(
    state: State,
    pod: Pod,
    kind: Kind,
    says: str,
    strength: float,
    cite: str = "",
    blames: tuple[str, ...] = (),
) -> Fault:
    where = f" -n {pod.namespace}" if pod.namespace else ""
    return Fault(
        kind,
        place_of(pod),
        says,
        cite or state.cite(pod),
        strength,
        pod.namespace,
        f"kubectl describe pod {pod.name}{where}",
        blames=blames,
    )


def _of_event(state: State, one: Happened, kind: Kind, says: str, strength: float, cite: str = "") -> Fault:
    where = f" -n {one.event.namespace}" if one.event.namespace else ""
    return Fault(
        kind,
        state.owner_of(one.event),
        says,
        cite or one.cite,
        strength,
        one.event.namespace,
        f"kubectl describe {one.event.kind.lower() or 'pod'} {one.event.name}{where}",
    )
