"""Nodes that are away or short of something, and networks between pods that cannot be made."""

from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.kubernetes.fault import Fault
from aurora_rt.investigation.builtin.kubernetes.state import State
from aurora_rt.investigation.builtin.wording import code

PRESSURES: Final = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
BUSY: Final = 90.0


def readiness(state: State) -> Iterator[Fault]:
    """Nodes that are not ready."""
    for node in state.nodes:
        if node.status in ("NotReady", "Unknown"):
            ready = next((one for one in node.conditions if one.type == "Ready"), None)
            why = (
                f": {code(ready.message or ready.reason, 200)}"
                if ready and (ready.message or ready.reason)
                else ""
            )
            says = f"node {code(node.name)} is {node.status}{why}"
            yield Fault(
                "node_fault",
                node.name,
                says,
                state.cite(node),
                0.93,
                command=f"kubectl describe node {node.name}",
            )


def pressure(state: State) -> Iterator[Fault]:
    """Nodes that are short of memory, disk or process ids, or say that they have no network."""
    for node in state.nodes:
        for one in node.conditions:
            if one.type in PRESSURES and one.status == "True":
                why = f": {code(one.message or one.reason, 200)}" if one.message or one.reason else ""
                says = f"node {code(node.name)} has {one.type}{why}"
                yield Fault(
                    "node_pressure",
                    node.name,
                    says,
                    state.cite(node),
                    0.88,
                    command=f"kubectl describe node {node.name}",
                )
        for what, percent in (("processor", node.cpu_percent), ("memory", node.memory_percent)):
            if percent is not None and percent >= BUSY:
                says = f"node {code(node.name)} uses {percent:.0f} % of its {what}"
                kind = "cpu_saturation" if what == "processor" else "memory_pressure"
                yield Fault(kind, node.name, says, state.cite(node), 0.7, command="kubectl top nodes")  # type: ignore[arg-type]


def sandboxes(state: State) -> Iterator[Fault]:
    """Pods for which the kubelet or the network plug-in cannot make a network."""
    for one in state.messages("FailedCreatePodSandBox", "NetworkNotReady", "CNIPluginNotReady"):
        says = f"no network can be made for pod {code(one.event.name)}: {code(one.event.message, 220)}"
        yield Fault("network_fault", state.owner_of(one.event), says, one.cite, 0.9, one.event.namespace)


def kubelets(state: State) -> Iterator[Fault]:
    """What kubelets complain of."""
    for one in state.messages(
        "NodeNotReady",
        "SystemOOM",
        "ContainerGCFailed",
        "ImageGCFailed",
        "FreeDiskSpaceFailed",
        "EvictionThresholdMet",
        "KubeletSetupFailed",
        "Rebooted",
        "InvalidDiskCapacity",
    ):
        if one.event.kind == "Node" and one.event.reason != "InvalidDiskCapacity":
            says = f"node {code(one.event.name)} tells of {one.event.reason}: {code(one.event.message, 200)}"
            yield Fault(
                "node_fault",
                one.event.name,
                says,
                one.cite,
                0.75,
                command=f"kubectl describe node {one.event.name}",
            )
