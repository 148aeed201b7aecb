"""Objects of the Kubernetes API, as JSON or YAML, into facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from aurora_rt.toolsets.facts import cluster as facts
from aurora_rt.toolsets.kubernetes.names import without_hash
from aurora_rt.toolsets.kubernetes.quantities import moment

Json = Mapping[str, Any]
_NOTHING: Final[Json] = MappingProxyType({})
WORKLOADS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def read(document: object, now: datetime) -> dict[str, list[Any]]:
    """Facts by field of `Cluster`, of one object or of a list. What is of no kind that is known is left out."""
    found: dict[str, list[Any]] = {}
    for one in _items(document):
        kind = str(one.get("kind", ""))
        made = _WORKLOAD if kind in WORKLOADS else _READERS.get(kind)
        if made is not None:
            field, reader = made
            found.setdefault(field, []).append(reader(one, now))
    return found


def _items(document: object) -> Iterable[Json]:
    if isinstance(document, list):
        for one in document:
            yield from _items(one)
    elif isinstance(document, Mapping):
        items = document.get("items")
        if isinstance(items, list):
            # The members of a typed list (`PodList`) need not tell their kind.
            kind = str(document.get("kind", "")).removesuffix("List")
            for one in items:
                if isinstance(one, Mapping):
                    yield {"kind": kind, **one}
        else:
            yield document


def _at(value: object, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(value: object, *path: str) -> str:
    found = _at(value, *path)
    return "" if found is None else str(found)


def _number(value: object, *path: str) -> int | None:
    found = _at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _list(value: object, *path: str) -> Sequence[Any]:
    found = _at(value, *path)
    return found if isinstance(found, list) else ()


def _labels(value: object, *path: str) -> dict[str, str]:
    found = _at(value, *path)
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, Mapping) else {}


def _name(one: Json) -> dict[str, str]:
    return {"namespace": _text(one, "metadata", "namespace"), "name": _text(one, "metadata", "name") or "?"}


def _age(one: Json, now: datetime) -> float | None:
    created = moment(_at(one, "metadata", "creationTimestamp"))
    return None if created is None else max(0.0, (now - created).total_seconds())


def _conditions(one: Json) -> tuple[facts.Condition, ...]:
    return tuple(
        facts.Condition(
            type=_text(c, "type"),
            status=_text(c, "status"),
            reason=_text(c, "reason"),
            message=_text(c, "message"),
        )
        for c in _list(one, "status", "conditions")
    )


def _pod(one: Json, now: datetime) -> facts.Pod:
    spec, status = _at(one, "spec") or {}, _at(one, "status") or {}
    containers = _containers(spec, status)
    own = [c for c in containers if not c.init]
    owner: Json = next(iter(_list(one, "metadata", "ownerReferences")), _NOTHING)
    owned = _text(owner, "name")
    return facts.Pod(
        **_name(one),
        status=_shown(one, containers),
        ready=sum(bool(c.ready) for c in own) if _list(status, "containerStatuses") else None,
        total=len(own),
        restarts=sum(c.restarts or 0 for c in containers) if _list(status, "containerStatuses") else None,
        age=_age(one, now),
        node=_text(spec, "nodeName"),
        ip=_text(status, "podIP"),
        owner=without_hash(owned) if _text(owner, "kind") == "ReplicaSet" else owned,
        labels=_labels(one, "metadata", "labels"),
        service_account=_text(spec, "serviceAccountName"),
        node_selector=_labels(spec, "nodeSelector"),
        message=_text(status, "message"),
        containers=containers,
        conditions=_conditions(one),
        references=_volumes(spec),
    )


def _shown(one: Json, containers: Iterable[facts.Container]) -> str:
    """The word that `kubectl get pods` would show."""
    if _at(one, "metadata", "deletionTimestamp"):
        return "Terminating"
    status = _text(one, "status", "reason") or _text(one, "status", "phase")
    for container in containers:
        if container.init and container.state == "terminated" and container.exit_code == 0:
            continue
        if container.reason and container.state in ("waiting", "terminated"):
            if container.init:
                return f"Init:{container.reason}"
            status = container.reason
    return status


def _containers(spec: Json, status: Json = _NOTHING) -> tuple[facts.Container, ...]:
    found = []
    for field, states, init in (
        ("initContainers", "initContainerStatuses", True),
        ("containers", "containerStatuses", False),
    ):
        by_name = {_text(state, "name"): state for state in _list(status, states)}
        found += [_container(c, by_name.get(_text(c, "name"), {}), init=init) for c in _list(spec, field)]
    return tuple(found)


def _container(one: Json, status: Json, *, init: bool) -> facts.Container:
    state = next((name for name in ("waiting", "terminated", "running") if _at(status, "state", name)), "")
    now, before = _at(status, "state", state) or {}, _at(status, "lastState", "terminated") or {}
    plain = [e for e in _list(one, "env") if isinstance(e, Mapping) and "value" in e]
    return facts.Container(
        name=_text(one, "name") or "?",
        image=_text(one, "image"),
        init=init,
        ready=_at(status, "ready"),
        restarts=_number(status, "restartCount"),
        state=state,
        reason=_text(now, "reason"),
        message=_text(now, "message"),
        exit_code=_number(now, "exitCode"),
        last_reason=_text(before, "reason"),
        last_message=_text(before, "message"),
        last_exit_code=_number(before, "exitCode"),
        last_ended_at=moment(_at(before, "finishedAt")),
        command=tuple(map(str, [*_list(one, "command"), *_list(one, "args")])),
        limits=_labels(one, "resources", "limits"),
        requests=_labels(one, "resources", "requests"),
        ports=tuple(
            (_text(p, "name"), number)
            for p in _list(one, "ports")
            if (number := _number(p, "containerPort")) is not None
        ),
        environment={_text(e, "name"): _text(e, "value") for e in plain},
        references=_needs(one),
        probes={
            name: shown
            for name in ("liveness", "readiness", "startup")
            if (shown := _probe(one.get(f"{name}Probe")))
        },
    )


def _needs(one: Json) -> tuple[facts.Reference, ...]:
    """The ConfigMaps and Secrets that a container's environment comes from."""
    found = []
    for entry in _list(one, "env"):
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            if ref := _at(entry, "valueFrom", field):
                found.append(_reference(kind, _text(ref, "name"), ref, _text(ref, "key")))
    for entry in _list(one, "envFrom"):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if ref := _at(entry, field):
                found.append(_reference(kind, _text(ref, "name"), ref))
    return tuple(found)


def _volumes(spec: Json) -> tuple[facts.Reference, ...]:
    found = []
    for volume in _list(spec, "volumes"):
        for field, named, kind in (
            ("configMap", "name", "ConfigMap"),
            ("secret", "secretName", "Secret"),
            ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
        ):
            if source := _at(volume, field):
                found.append(_reference(kind, _text(source, named), source))
    return tuple(found)


def _reference(kind: Any, name: str, source: object, key: str = "") -> facts.Reference:
    return facts.Reference(kind=kind, name=name, key=key, optional=_at(source, "optional") is True)


def _probe(probe: object) -> str:
    if not isinstance(probe, Mapping):
        return ""
    if get := probe.get("httpGet"):
        return f"http-get {_text(get, 'port')}{_text(get, 'path')}"
    if tcp := probe.get("tcpSocket"):
        return f"tcp-socket {_text(tcp, 'port')}"
    if grpc := probe.get("grpc"):
        return f"grpc {_text(grpc, 'port')}"
    return "exec " + " ".join(map(str, _list(probe, "exec", "command")))


def _workload(one: Json, now: datetime) -> facts.Workload:
    spec, status = _at(one, "spec") or {}, _at(one, "status") or {}
    pods = _at(spec, "template", "spec") or {}
    daemon = one.get("kind") == "DaemonSet"
    return facts.Workload(
        kind=_text(one, "kind"),
        **_name(one),
        desired=_number(status, "desiredNumberScheduled") if daemon else _number(spec, "replicas"),
        ready=_number(status, "numberReady" if daemon else "readyReplicas") or (0 if status else None),
        updated=_number(status, "updatedNumberScheduled" if daemon else "updatedReplicas"),
        available=_number(status, "numberAvailable" if daemon else "availableReplicas")
        or (0 if status else None),
        age=_age(one, now),
        paused=_at(spec, "paused") is True,
        selector=_labels(spec, "selector", "matchLabels"),
        labels=_labels(spec, "template", "metadata", "labels"),
        service_account=_text(pods, "serviceAccountName"),
        containers=_containers(pods),
        references=_volumes(pods),
        conditions=_conditions(one),
        node_selector=_labels(pods, "nodeSelector"),
    )


def _service(one: Json, _: datetime) -> facts.Service:
    return facts.Service(
        **_name(one),
        type=_text(one, "spec", "type"),
        cluster_ip=_text(one, "spec", "clusterIP"),
        selector=_labels(one, "spec", "selector"),
        ports=tuple(
            facts.ServicePort(
                name=_text(p, "name"), port=number, target=_text(p, "targetPort") or str(number)
            )
            for p in _list(one, "spec", "ports")
            if (number := _number(p, "port")) is not None
        ),
    )


def _endpoints(one: Json, _: datetime) -> facts.Service:
    ready = sum(len(_list(subset, "addresses")) for subset in _list(one, "subsets"))
    return facts.Service(**_name(one), endpoints=ready)


def _event(one: Json, now: datetime) -> facts.Event:
    about = one.get("involvedObject") or one.get("regarding") or {}
    at = next(
        (
            found
            for name in ("lastTimestamp", "eventTime", "deprecatedLastTimestamp", "firstTimestamp")
            if (found := moment(one.get(name)))
        ),
        None,
    )
    return facts.Event(
        namespace=_text(about, "namespace") or _text(one, "metadata", "namespace"),
        type=_text(one, "type"),
        reason=_text(one, "reason"),
        kind=_text(about, "kind"),
        name=_text(about, "name"),
        message=_text(one, "message") or _text(one, "note"),
        count=_number(one, "count") or 1,
        at=at,
        age=None if at is None else max(0.0, (now - at).total_seconds()),
    )


def _node(one: Json, _: datetime) -> facts.Node:
    conditions = _conditions(one)
    ready = next((c.status for c in conditions if c.type == "Ready"), "")
    return facts.Node(
        name=_text(one, "metadata", "name") or "?",
        status={"True": "Ready", "": ""}.get(ready, "NotReady"),
        unschedulable=_at(one, "spec", "unschedulable") is True,
        conditions=conditions,
        taints=tuple(f"{_text(t, 'key')}:{_text(t, 'effect')}" for t in _list(one, "spec", "taints")),
    )


def _claim(one: Json, _: datetime) -> facts.Claim:
    return facts.Claim(
        **_name(one),
        status=_text(one, "status", "phase"),
        storage_class=_text(one, "spec", "storageClassName"),
        volume=_text(one, "spec", "volumeName"),
    )


def _autoscaler(one: Json, _: datetime) -> facts.Autoscaler:
    return facts.Autoscaler(
        **_name(one),
        target=_text(one, "spec", "scaleTargetRef", "name"),
        least=_number(one, "spec", "minReplicas"),
        most=_number(one, "spec", "maxReplicas"),
        replicas=_number(one, "status", "currentReplicas"),
        conditions=_conditions(one),
    )


def _job(one: Json, _: datetime) -> facts.Job:
    done, wanted = _number(one, "status", "succeeded") or 0, _number(one, "spec", "completions")
    conditions = _conditions(one)
    failed = any(c.type == "Failed" and c.status == "True" for c in conditions)
    return facts.Job(
        **_name(one),
        completions=f"{done}/{wanted if wanted is not None else 1}",
        status="Failed" if failed else "",
        failed=_number(one, "status", "failed") or 0,
        conditions=conditions,
    )


def _cron_job(one: Json, now: datetime) -> facts.CronJob:
    last = moment(_at(one, "status", "lastScheduleTime"))
    return facts.CronJob(
        **_name(one),
        schedule=_text(one, "spec", "schedule"),
        suspended=_at(one, "spec", "suspend") is True,
        last_schedule=None if last is None else (now - last).total_seconds(),
    )


def _ingress(one: Json, _: datetime) -> facts.Ingress:
    backends = [_at(one, "spec", "defaultBackend", "service")]
    for rule in _list(one, "spec", "rules"):
        backends += [_at(path, "backend", "service") for path in _list(rule, "http", "paths")]
    return facts.Ingress(
        **_name(one),
        class_name=_text(one, "spec", "ingressClassName"),
        hosts=tuple(_text(rule, "host") for rule in _list(one, "spec", "rules")),
        backends=tuple(
            (_text(b, "name"), _text(b, "port", "number") or _text(b, "port", "name")) for b in backends if b
        ),
        tls_secrets=tuple(filter(None, (_text(t, "secretName") for t in _list(one, "spec", "tls")))),
    )


def _policy(one: Json, _: datetime) -> facts.NetworkPolicy:
    spec = _at(one, "spec") or {}
    types = [str(t).lower() for t in _list(spec, "policyTypes")] or [
        "ingress",
        *(["egress"] if "egress" in spec else []),
    ]
    return facts.NetworkPolicy(
        **_name(one),
        selector=_labels(spec, "podSelector", "matchLabels"),
        closed=tuple(t for t in types if not _list(spec, t)),
        limited=tuple(t for t in types if _list(spec, t)),
    )


def _quota(one: Json, _: datetime) -> facts.Quota:
    hard, used = (
        _labels(one, "status", "hard") or _labels(one, "spec", "hard"),
        _labels(one, "status", "used"),
    )
    return facts.Quota(
        **_name(one), resources={name: (used.get(name, ""), most) for name, most in hard.items()}
    )


def _holder(one: Json, _: datetime) -> facts.Holder:
    keys = [*_labels(one, "data"), *_labels(one, "stringData"), *_labels(one, "binaryData")]
    return facts.Holder(kind=one["kind"], **_name(one), keys=tuple(keys))


Reader = Callable[[Json, datetime], Any]
_WORKLOAD: Final[tuple[str, Reader]] = ("workloads", _workload)
_READERS: Final[Mapping[str, tuple[str, Reader]]] = {
    "Pod": ("pods", _pod),
    "Service": ("services", _service),
    "Endpoints": ("services", _endpoints),
    "Event": ("events", _event),
    "Node": ("nodes", _node),
    "PersistentVolumeClaim": ("claims", _claim),
    "HorizontalPodAutoscaler": ("autoscalers", _autoscaler),
    "Job": ("jobs", _job),
    "CronJob": ("cron_jobs", _cron_job),
    "Ingress": ("ingresses", _ingress),
    "NetworkPolicy": ("policies", _policy),
    "ResourceQuota": ("quotas", _quota),
    "ConfigMap": ("holders", _holder),
    "Secret": ("holders", _holder),
}
