"""What `kubectl describe` prints, into facts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final

from aurora_rt.toolsets.facts import cluster as facts
from aurora_rt.toolsets.kubernetes.names import kind_of, owner_of, without_hash
from aurora_rt.toolsets.kubernetes.objects import WORKLOADS
from aurora_rt.toolsets.kubernetes.quantities import age, count
from aurora_rt.toolsets.kubernetes.tables import NONE, labels

_ENTRY: Final = re.compile(r"(\s*)([^\s:][^:]*):(?:\s+(.*))?$")
_GAP: Final = re.compile(r"\s{2,}")
_KEY_OF: Final = re.compile(
    r"<set to the key '([^']+)' (?:in|of) (config map|secret) '([^']+)'>\s*(?:Optional: (\w+))?"
)
_DESIRED: Final = re.compile(r"(\d+) desired \| (\d+) updated \| (\d+) total \| (\d+) available")


@dataclass(slots=True)
class Block:
    """A line with what is indented below it."""

    value: str = ""
    lines: list[str] = field(default_factory=list)
    """What stands below, as it is."""

    @property
    def entries(self) -> dict[str, "Block"]:
        """What stands below, as names and their blocks."""
        return _blocks(self.lines)

    def get(self, *path: str) -> str:
        """The value of an entry below, or of one below that; `""` when there is none."""
        here = self
        for name in path:
            here = here.entries.get(name, _EMPTY)
        return "" if here.value in NONE else here.value

    def at(self, name: str) -> "Block":
        """An entry below; an empty one when there is none."""
        return self.entries.get(name, _EMPTY)


_EMPTY: Final = Block()


def read(resource: str, text: str) -> dict[str, list[Any]]:
    """Facts by field of `Cluster`, of what `kubectl describe` prints of one or more objects of a resource."""
    kind = kind_of(resource)
    found: dict[str, list[Any]] = {"events": []}
    for block in _objects(text):
        name, namespace = block.get("Name"), block.get("Namespace")
        found["events"].extend(_events(block.at("Events"), kind, name, namespace))
        if name and kind in _READERS:
            field, reader = _READERS[kind]
            found.setdefault(field, []).append(reader(block, {"namespace": namespace, "name": name}))
    return found


def _objects(text: str) -> Iterator[Block]:
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("Name:") and lines:
            yield Block(lines=lines)
            lines = []
        lines.append(line)
    if lines:
        yield Block(lines=lines)


def _blocks(lines: Sequence[str]) -> dict[str, Block]:
    """Entries at the least indent, each with what is indented below it."""
    found: dict[str, Block] = {}
    present = [line for line in lines if line.strip()]
    least = min((len(line) - len(line.lstrip()) for line in present), default=0)
    here: Block | None = None
    for line in lines:
        entry = _ENTRY.match(line)
        if entry and len(entry.group(1)) == least:
            here = Block((entry.group(3) or "").strip())
            found.setdefault(entry.group(2).strip(), here)
        elif here is not None:
            here.lines.append(line)
    return found


def _columns(block: Block) -> Iterator[list[str]]:
    """The rows of a table below an entry, without its header and rule."""
    for line in block.lines:
        cells = _GAP.split(line.strip())
        if (
            len(cells) > 1
            and not set(line) <= {" ", "-"}
            and cells[0] not in ("Type", "Resource", "LastSeen")
        ):
            yield cells


def _events(block: Block, kind: str, name: str, namespace: str) -> Iterator[facts.Event]:
    for cells in _columns(block):
        if len(cells) < 4:
            continue
        of, reason, seen, *rest = cells
        times = re.search(r"\(x(\d+)", seen)
        yield facts.Event(
            namespace=namespace,
            type=of,
            reason=reason,
            kind=kind,
            name=name,
            message="  ".join(rest[1:] if len(rest) > 1 else rest),
            count=int(times.group(1)) if times else 1,
            age=age(seen),
        )


def _several(block: Block) -> str:
    """A value that goes on in the lines below it, as labels do."""
    return ",".join([block.value, *(line.strip() for line in block.lines if line.strip())])


def _containers(block: Block) -> tuple[facts.Container, ...]:
    return (
        *(_container(name, one, init=True) for name, one in block.at("Init Containers").entries.items()),
        *(_container(name, one, init=False) for name, one in block.at("Containers").entries.items()),
    )


def _container(name: str, one: Block, *, init: bool) -> facts.Container:
    state, last = one.at("State"), one.at("Last State")
    ready = one.get("Ready")
    port = re.match(r"(\d+)/", one.get("Port"))
    ports = re.findall(r"(\d+)/\w+", one.get("Ports") or one.get("Port")) if port or one.get("Ports") else []
    words = [line.strip() for part in ("Command", "Args") for line in one.at(part).lines if line.strip()]
    return facts.Container(
        name=name,
        image=one.get("Image"),
        init=init,
        ready=None if not ready else ready == "True",
        restarts=count(one.get("Restart Count")),
        state=state.value.lower() if state.value in ("Running", "Waiting", "Terminated") else "",
        reason=state.get("Reason"),
        message=_message(state),
        exit_code=count(state.get("Exit Code")),
        last_reason=last.get("Reason"),
        last_message=_message(last),
        last_exit_code=count(last.get("Exit Code")),
        last_ended_at=_moment(last.get("Finished")),
        command=tuple(words),
        limits=_plain(one.at("Limits")),
        requests=_plain(one.at("Requests")),
        ports=tuple(("", int(number)) for number in ports),
        environment={
            key: part.value
            for key, part in one.at("Environment").entries.items()
            if not part.value.startswith("<set to")
        },
        references=(*_environment(one.at("Environment")), *_all_of(one.at("Environment Variables from"))),
        probes={
            probe.lower(): told for probe in ("Liveness", "Readiness", "Startup") if (told := one.get(probe))
        },
    )


def _moment(text: str) -> datetime | None:
    """A time as descriptions write it: `Mon, 02 Mar 2026 10:00:00 +0000`."""
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None


def _message(state: Block) -> str:
    return " ".join(_several(state.at("Message")).split()).strip(", ") if "Message" in state.entries else ""


def _plain(block: Block) -> dict[str, str]:
    return {name: part.value for name, part in block.entries.items()}


def _environment(block: Block) -> Iterator[facts.Reference]:
    for part in block.entries.values():
        if found := _KEY_OF.match(part.value):
            kind: Any = "Secret" if found.group(2) == "secret" else "ConfigMap"
            yield facts.Reference(
                kind=kind, name=found.group(3), key=found.group(1), optional=found.group(4) == "true"
            )


def _all_of(block: Block) -> Iterator[facts.Reference]:
    for line in block.lines:
        if found := re.match(r"\s*(\S+)\s+(ConfigMap|Secret)\b(?:.*Optional: (\w+))?", line):
            kind: Any = found.group(2)
            yield facts.Reference(kind=kind, name=found.group(1), optional=found.group(3) == "true")


def _volumes(block: Block) -> Iterator[facts.Reference]:
    for volume in block.at("Volumes").entries.values():
        of = volume.get("Type").partition(" ")[0]
        optional = volume.get("Optional") == "true"
        named = {"ConfigMap": "Name", "Secret": "SecretName", "PersistentVolumeClaim": "ClaimName"}.get(of)
        if named and (name := volume.get(named)):
            kind: Any = of
            yield facts.Reference(kind=kind, name=name, optional=optional)


def _conditions(block: Block) -> tuple[facts.Condition, ...]:
    found = []
    for cells in _columns(block.at("Conditions")):
        kind, status, *rest = cells
        # Nodes tell two times between status and reason.
        rest = [one for one in rest if not re.match(r"[A-Z][a-z]{2}, \d\d ", one)]
        found.append(
            facts.Condition(
                type=kind, status=status, reason=rest[0] if rest else "", message="  ".join(rest[1:])
            )
        )
    return tuple(found)


def _pod(block: Block, where: Mapping[str, str]) -> facts.Pod:
    containers = _containers(block)
    own = [one for one in containers if not one.init]
    kind, _, owner = block.get("Controlled By").partition("/")
    waiting = next((one.reason for one in own if one.reason and one.state != "running"), "")
    known = [one for one in own if one.ready is not None]
    return facts.Pod(
        **where,
        status=waiting or block.get("Reason") or block.get("Status").partition(" ")[0],
        ready=sum(bool(one.ready) for one in known) if known else None,
        total=len(own) if own else None,
        restarts=sum(one.restarts or 0 for one in containers) if known else None,
        node=block.get("Node").partition("/")[0],
        ip=block.get("IP"),
        owner=without_hash(owner) if kind == "ReplicaSet" else owner or owner_of(where["name"]),
        labels=labels(_several(block.at("Labels"))),
        service_account=block.get("Service Account"),
        node_selector=labels(_several(block.at("Node-Selectors"))),
        message=block.get("Message"),
        containers=containers,
        conditions=_conditions(block),
        references=tuple(_volumes(block)),
    )


def _workload_of(kind: str, block: Block, where: Mapping[str, str]) -> facts.Workload:
    template = block.at("Pod Template")
    numbers = _DESIRED.search(block.get("Replicas"))
    status = re.search(r"(\d+) Running", block.get("Pods Status"))
    desired = (
        int(numbers.group(1))
        if numbers
        else count(block.get("Replicas") or block.get("Desired Number of Nodes Scheduled"))
    )
    return facts.Workload(
        kind=kind,
        **where,
        desired=desired,
        updated=int(numbers.group(2)) if numbers else None,
        available=int(numbers.group(4)) if numbers else None,
        ready=int(numbers.group(4)) if numbers else int(status.group(1)) if status else None,
        selector=labels(_several(block.at("Selector"))),
        labels=labels(_several(template.at("Labels"))),
        service_account=template.get("Service Account"),
        containers=_containers(template),
        references=tuple(_volumes(template)),
        conditions=_conditions(block),
        node_selector=labels(_several(template.at("Node-Selectors"))),
    )


def _service(block: Block, where: Mapping[str, str]) -> facts.Service:
    entries = block.entries
    ports, endpoints = [], None
    for line in block.lines:
        name, _, value = (part.strip() for part in line.partition(":"))
        if name == "Port" and (found := re.search(r"(?:(\S+)\s+)?(\d+)/\w+", value)):
            ports.append(
                facts.ServicePort(
                    name="" if found.group(1) in (None, *NONE) else found.group(1), port=int(found.group(2))
                )
            )
        elif name == "TargetPort" and ports and value:
            ports[-1] = ports[-1].model_copy(update={"target": value.partition("/")[0]})
        elif name == "Endpoints":
            addresses = 0 if value in NONE else value.count(",") + 1
            more = re.search(r"\+ (\d+) more", value)
            endpoints = max(endpoints or 0, addresses + (int(more.group(1)) if more else 0))
    return facts.Service(
        **where,
        type=block.get("Type"),
        cluster_ip=block.get("IP"),
        selector=labels(_several(block.at("Selector"))) if "Selector" in entries else None,
        ports=tuple(ports),
        endpoints=endpoints,
    )


def _claim(block: Block, where: Mapping[str, str]) -> facts.Claim:
    return facts.Claim(
        **where,
        status=block.get("Status"),
        storage_class=block.get("StorageClass"),
        volume=block.get("Volume"),
    )


def _job(block: Block, where: Mapping[str, str]) -> facts.Job:
    failed = re.search(r"(\d+) Failed", block.get("Pods Statuses"))
    return facts.Job(**where, failed=int(failed.group(1)) if failed else 0)


def _node(block: Block, where: Mapping[str, str]) -> facts.Node:
    conditions = _conditions(block)
    ready = next((one.status for one in conditions if one.type == "Ready"), "")
    taints = [one for one in _several(block.at("Taints")).split(",") if one not in NONE]
    return facts.Node(
        name=where["name"],
        status={"True": "Ready", "": ""}.get(ready, "NotReady"),
        unschedulable=block.get("Unschedulable") == "true",
        conditions=conditions,
        taints=tuple(taints),
    )


def _autoscaler(block: Block, where: Mapping[str, str]) -> facts.Autoscaler:
    metrics = [line.strip() for line in block.at("Metrics").lines if "/" in line]
    return facts.Autoscaler(
        **where,
        target=block.get("Reference").rpartition("/")[2],
        metrics="; ".join(metrics),
        least=count(block.get("Min replicas")),
        most=count(block.get("Max replicas")),
        conditions=_conditions(block),
    )


def _holder_of(kind: Any, block: Block, where: Mapping[str, str]) -> facts.Holder:
    # A ConfigMap's keys stand alone on a line above a rule; a Secret's have their size behind them.
    lines = block.lines
    keys = [
        line.rstrip(":").partition(":")[0].strip()
        for n, line in enumerate(lines)
        if re.match(r"\S+:(\s+\d+ bytes)?$", line)
        and (kind == "Secret" or (n + 1 < len(lines) and set(lines[n + 1]) == {"-"}))
    ]
    return facts.Holder(kind=kind, **where, keys=tuple(keys))


def _policy(block: Block, where: Mapping[str, str]) -> facts.NetworkPolicy:
    spec = "\n".join(block.lines)
    selector = re.search(r"PodSelector:\s+(\S+=\S+)", spec)
    closed: Any = tuple(
        way
        for way in ("ingress", "egress")
        if re.search(rf"selected pods are isolated for {way}", spec, re.IGNORECASE)
    )
    limited: Any = tuple(
        way
        for way in ("ingress", "egress")
        if way not in closed and re.search(rf"Allowing {way} traffic:", spec, re.IGNORECASE)
    )
    return facts.NetworkPolicy(
        **where, selector=labels(selector.group(1)) if selector else {}, closed=closed, limited=limited
    )


def _quota(block: Block, where: Mapping[str, str]) -> facts.Quota:
    found = {}
    for line in block.lines:
        cells = line.split()
        if len(cells) == 3 and cells[0] not in ("Resource", "--------") and cells[1][:1].isdigit():
            found[cells[0]] = (cells[1], cells[2])
    return facts.Quota(**where, resources=found)


def _ingress(block: Block, where: Mapping[str, str]) -> facts.Ingress:
    text = "\n".join(block.lines)
    backends = re.findall(r"\s([a-z0-9][a-z0-9.-]*):([\w-]+) \(", text)
    return facts.Ingress(
        **where,
        class_name=block.get("Ingress Class"),
        backends=tuple(dict.fromkeys(backends)),
        tls_secrets=tuple(re.findall(r"^\s+(\S+) terminates ", text, re.MULTILINE)),
    )


Reader = Callable[[Block, Mapping[str, str]], Any]
_READERS: Final[Mapping[str, tuple[str, Reader]]] = {
    "Pod": ("pods", _pod),
    "Service": ("services", _service),
    "Node": ("nodes", _node),
    "PersistentVolumeClaim": ("claims", _claim),
    "HorizontalPodAutoscaler": ("autoscalers", _autoscaler),
    "Job": ("jobs", _job),
    "networkpolicies": ("policies", _policy),
    "resourcequotas": ("quotas", _quota),
    "Ingress": ("ingresses", _ingress),
    **{kind: ("holders", partial(_holder_of, kind)) for kind in ("ConfigMap", "Secret")},
    **{kind: ("workloads", partial(_workload_of, kind)) for kind in sorted(WORKLOADS)},
}
