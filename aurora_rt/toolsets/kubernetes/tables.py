"""Tables that `kubectl get`, `kubectl top` and `kubectl events` print, into facts."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from aurora_rt.toolsets.facts import cluster as facts
from aurora_rt.toolsets.kubernetes.names import kind_of, owner_of, resource
from aurora_rt.toolsets.kubernetes.quantities import age, count, quantity

Row = Mapping[str, str]
NONE: Final = frozenset({"", "<none>", "<unset>", "<unknown>", "None"})
_GAP: Final = re.compile(r"\s{2,}")
_HEADER: Final = re.compile(r"[A-Z][A-Z0-9%()/_:.-]*(?: [A-Z0-9][A-Z0-9()-]*)*")


def rows(text: str) -> Iterator[Row]:
    """The rows of all tables in `text`, by the names of their columns in lower case."""
    header: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        cells = _GAP.split(line.strip())
        if _is_header(cells, line):
            header = [name for cell in cells for name in ([cell] if len(cells) > 1 else cell.split())]
        elif header:
            fitting = cells if len(cells) == len(header) else _split(line, len(header))
            yield {name.lower(): cell for name, cell in zip(header, fitting, strict=False)}


def _is_header(cells: list[str], line: str) -> bool:
    return (
        line == line.upper() and all(_HEADER.fullmatch(cell) for cell in cells) and line.split()[0] in _FIRST
    )


_FIRST: Final = frozenset({"NAME", "NAMESPACE", "LAST", "TYPE"})


def _split(line: str, width: int) -> list[str]:
    """Cells that a single space parts; what stands in brackets, as in `4 (2m ago)`, belongs to the cell before."""
    joined = re.sub(r"\s+\(([^)]*)\)", lambda found: f"\0({found.group(1)})".replace(" ", "\1"), line.strip())
    cells = joined.split(None, width - 1)
    return [cell.replace("\0", " ").replace("\1", " ") for cell in cells]


def read(named: str, text: str) -> dict[str, list[Any]]:
    """Facts by field of `Cluster`, of what `kubectl get` prints of a resource."""
    found: dict[str, list[Any]] = {}
    for row in rows(text):
        kind, _, name = row.get("name", "").rpartition("/")  # `kubectl get all` writes `pod/cart-1`
        made = _READERS.get(resource(kind.partition(".")[0]) if kind else resource(named))
        if made is not None:
            field, reader = made
            found.setdefault(field, []).append(reader({**row, "name": name} if kind else row))
    return found


def usage(named: str, text: str) -> list[facts.Usage]:
    """What `kubectl top` tells."""
    is_node = resource(named) == "nodes"
    return [
        facts.Usage(
            kind="Node" if is_node else "Pod",
            namespace="" if is_node else row.get("namespace", ""),
            name=row.get("name", ""),
            cpu=quantity(row.get("cpu(cores)", "")) or 0.0,
            memory=quantity(row.get("memory(bytes)", "")) or 0.0,
        )
        for row in rows(text)
    ]


def busy_nodes(text: str) -> list[facts.Node]:
    """How busy `kubectl top nodes` says that nodes are."""
    return [
        facts.Node(
            name=row.get("name", ""),
            cpu_percent=_percent(row.get("cpu%", row.get("cpu(%)", ""))),
            memory_percent=_percent(row.get("memory%", row.get("memory(%)", ""))),
        )
        for row in rows(text)
    ]


def _percent(text: str) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", text)
    return float(found.group(1)) if found else None


def labels(text: str) -> dict[str, str]:
    """`app=cart,tier=back` as labels."""
    if text in NONE:
        return {}
    pairs = (pair.partition("=") for pair in re.split(r"[,\s]+", text) if "=" in pair)
    return {name: value for name, _, value in pairs}


def _named(row: Row) -> dict[str, Any]:
    return {"namespace": row.get("namespace", ""), "name": row.get("name") or "?"}


def _pair(text: str) -> tuple[int | None, int | None]:
    ready, _, total = text.partition("/")
    return count(ready), count(total)


def _pod(row: Row) -> facts.Pod:
    ready, total = _pair(row.get("ready", ""))
    name = row.get("name") or "?"
    node, ip = row.get("node", ""), row.get("ip", "")
    return facts.Pod(
        **_named(row),
        status=row.get("status", ""),
        ready=ready,
        total=total,
        restarts=count(row.get("restarts", "")),
        restarted=age(row.get("restarts", "").partition("(")[2]),
        age=age(row.get("age", "")),
        node="" if node in NONE else node,
        ip="" if ip in NONE else ip,
        owner=owner_of(name),
        labels=labels(row.get("labels", "")),
    )


def _workload(kind: str) -> Callable[[Row], facts.Workload]:
    def read(row: Row) -> facts.Workload:
        ready, desired = _pair(row.get("ready", ""))
        if "desired" in row:
            ready, desired = count(row.get("ready", "")), count(row["desired"])
        images, names = row.get("images", ""), row.get("containers", "")
        return facts.Workload(
            kind=kind,
            **_named(row),
            desired=desired,
            ready=ready,
            updated=count(row.get("up-to-date", "")),
            available=count(row.get("available", "")),
            age=age(row.get("age", "")),
            selector=labels(row.get("selector", "")),
            containers=tuple(
                facts.Container(name=name, image=image)
                for name, image in zip(names.split(","), images.split(","), strict=False)
                if name and image
            ),
        )

    return read


def _service(row: Row) -> facts.Service:
    ports = []
    for one in row.get("port(s)", "").split(","):
        number = count(one)
        if number is not None:
            ports.append(facts.ServicePort(port=number))
    selector, external = row.get("selector"), row.get("external-ip", "")
    return facts.Service(
        **_named(row),
        type=row.get("type", ""),
        cluster_ip=row.get("cluster-ip", ""),
        selector=None if selector is None else labels(selector),
        ports=tuple(ports),
        external_ip="" if external in NONE else external,
    )


def _endpoints(row: Row) -> facts.Service:
    told = row.get("endpoints", "")
    more = re.search(r"\+ (\d+) more", told)
    addresses = [] if told in NONE else re.findall(r"[\w.:\[\]]+:\d+", told)
    return facts.Service(**_named(row), endpoints=len(addresses) + (int(more.group(1)) if more else 0))


def _event(row: Row) -> facts.Event:
    kind, _, name = row.get("object", "").partition("/")
    seen = row.get("last seen", row.get("age", ""))
    times = re.search(r"\(x(\d+)", seen)
    return facts.Event(
        namespace=row.get("namespace", ""),
        type=row.get("type", ""),
        reason=row.get("reason", ""),
        kind=kind_of(kind),
        name=name,
        message=row.get("message", ""),
        count=int(times.group(1)) if times else count(row.get("count", "")) or 1,
        age=age(seen),
    )


def _node(row: Row) -> facts.Node:
    status = row.get("status", "")
    return facts.Node(
        name=row.get("name") or "?",
        status=status.split(",")[0],
        unschedulable="SchedulingDisabled" in status,
    )


def _claim(row: Row) -> facts.Claim:
    # A claim that is not bound has empty cells in the middle, which shift those behind them.
    bound = row.get("status") == "Bound"
    return facts.Claim(
        **_named(row),
        status=row.get("status", ""),
        storage_class=row.get("storageclass", "") if bound else "",
        volume=row.get("volume", "") if bound else "",
    )


def _autoscaler(row: Row) -> facts.Autoscaler:
    return facts.Autoscaler(
        **_named(row),
        target=row.get("reference", "").rpartition("/")[2],
        metrics=row.get("targets", ""),
        least=count(row.get("minpods", "")),
        most=count(row.get("maxpods", "")),
        replicas=count(row.get("replicas", "")),
    )


def _job(row: Row) -> facts.Job:
    return facts.Job(**_named(row), completions=row.get("completions", ""), status=row.get("status", ""))


def _cron_job(row: Row) -> facts.CronJob:
    return facts.CronJob(
        **_named(row),
        schedule=row.get("schedule", ""),
        suspended=row.get("suspend") == "True",
        last_schedule=age(row.get("last schedule", "")),
    )


def _ingress(row: Row) -> facts.Ingress:
    name = row.get("class", "")
    return facts.Ingress(
        **_named(row),
        class_name="" if name in NONE else name,
        hosts=tuple(filter(None, row.get("hosts", "").split(","))),
    )


def _policy(row: Row) -> facts.NetworkPolicy:
    return facts.NetworkPolicy(**_named(row), selector=labels(row.get("pod-selector", "")))


def _quota(row: Row) -> facts.Quota:
    told = re.findall(r"([\w./-]+): (\S+?)/([^\s,]+)", f"{row.get('request', '')} {row.get('limit', '')}")
    return facts.Quota(**_named(row), resources={name: (used, hard) for name, used, hard in told})


def _holder(kind: Any) -> Callable[[Row], facts.Holder]:
    return lambda row: facts.Holder(kind=kind, **_named(row))


_READERS: Final[Mapping[str, tuple[str, Callable[[Row], Any]]]] = {
    "pods": ("pods", _pod),
    "deployments": ("workloads", _workload("Deployment")),
    "statefulsets": ("workloads", _workload("StatefulSet")),
    "daemonsets": ("workloads", _workload("DaemonSet")),
    "replicasets": ("workloads", _workload("ReplicaSet")),
    "services": ("services", _service),
    "endpoints": ("services", _endpoints),
    "events": ("events", _event),
    "nodes": ("nodes", _node),
    "persistentvolumeclaims": ("claims", _claim),
    "horizontalpodautoscalers": ("autoscalers", _autoscaler),
    "jobs": ("jobs", _job),
    "cronjobs": ("cron_jobs", _cron_job),
    "ingresses": ("ingresses", _ingress),
    "networkpolicies": ("policies", _policy),
    "resourcequotas": ("quotas", _quota),
    "configmaps": ("holders", _holder("ConfigMap")),
    "secrets": ("holders", _holder("Secret")),
}
