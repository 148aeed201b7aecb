"""Ways to pods that lead nowhere: Services, Ingresses, network policies, names."""

from collections.abc import Iterator, Mapping
from typing import Final

from aurora_rt.investigation.builtin.kubernetes.fault import Fault
from aurora_rt.investigation.builtin.kubernetes.state import State, place_of, same_namespace
from aurora_rt.investigation.builtin.wording import code, joined
from aurora_rt.toolsets.facts.cluster import NetworkPolicy, Pod, Service, Workload

_DNS: Final = frozenset({"coredns", "kube-dns", "node-local-dns"})


def selectors(state: State) -> Iterator[Fault]:
    """Services whose selector fits no pod."""
    for service in state.services:
        if not service.selector or ("pods" not in state.listed and not state.pods):
            continue
        near = [pod for pod in state.pods if same_namespace(pod.namespace, service.namespace) and pod.labels]
        templates = [
            w for w in state.workloads if same_namespace(w.namespace, service.namespace) and w.labels
        ]
        labelled: list[Pod | Workload] = [*near, *templates]
        if not labelled or any(_fits(service.selector, one.labels) for one in labelled):
            continue
        like = next((one for one in labelled if service.name == _place(one)), None)
        if like is None:
            like = max(labelled, key=lambda one: _shared(service.selector or {}, one.labels))
            if not _shared(service.selector, like.labels):
                like = None
        has = f"; {code(like.name)} has {_labels(like.labels, service.selector)}" if like else ""
        says = (
            f"the Service {code(service.name)} selects {_labels(service.selector)}, and no pod has that{has}"
        )
        yield _fault(state, service, says, 0.95, state.cite(service, *([like] if like else [])))


def ports(state: State) -> Iterator[Fault]:
    """Services that send to a port on which no container listens."""
    for service in state.services:
        pods = _behind(state, service)
        known = {port for pod in pods for container in pod.containers for port in container.ports}
        if not known:
            templates = [w for w in state.workloads if service.selector and _fits(service.selector, w.labels)]
            pods = templates  # type: ignore[assignment]  # both have containers
            known = {port for one in templates for container in one.containers for port in container.ports}
        for port in service.ports:
            names, numbers = {name for name, _ in known}, {number for _, number in known}
            if not known or not port.target:
                continue
            right = (
                int(port.target) in numbers if port.target.isdigit() else port.target in names or "" in names
            )
            if not right:
                listens = joined(
                    [f"{number}{f' ({name})' if name else ''}" for name, number in sorted(known)]
                )
                says = (
                    f"the Service {code(service.name)} sends port {port.port} to port {code(port.target)} of its pods, "
                    f"but their containers listen on {listens}"
                )
                yield _fault(state, service, says, 0.94, state.cite(service, pods[0]))


def endpoints(state: State) -> Iterator[Fault]:
    """Services with nothing behind them, though their pods are well or there are none."""
    for service in state.services:
        if service.endpoints != 0 or service.type == "ExternalName" or service.selector == {}:
            continue
        pods = (
            _behind(state, service)
            if service.selector
            else [p for p in state.pods if place_of(p) == service.name]
        )
        if any((pod.ready or 0) < (pod.total or 1) for pod in pods):
            continue  # what is wrong with the pods is told by their own rules
        scaled = [w for w in state.workloads if w.name == service.name and w.desired == 0]
        if scaled:
            continue
        why = "though its pods are ready" if pods else "and no pod is behind it"
        says = f"the Service {code(service.name)} has no endpoints, {why}"
        yield _fault(state, service, says, 0.82 if pods else 0.75, state.cite(service, *pods[:1]))


def ingresses(state: State) -> Iterator[Fault]:
    """Ingresses that lead to a Service or port that is not there, or use a Secret that is not there."""
    for ingress in state.ingresses:
        for name, port in ingress.backends:
            services = [
                s for s in state.services if s.name == name and same_namespace(s.namespace, ingress.namespace)
            ]
            missing = not services and "services" in state.listed
            numbers = {str(p.port) for s in services for p in s.ports} | {
                p.name for s in services for p in s.ports
            }
            if missing or (services and port and numbers and port not in numbers):
                what = (
                    f"the Service {code(name)}, which does not exist"
                    if missing
                    else (
                        f"port {code(port)} of the Service {code(name)}, which has {joined(sorted(numbers - {''}))}"
                    )
                )
                yield Fault(
                    "service_misrouted",
                    ingress.name,
                    f"the Ingress {code(ingress.name)} leads to {what}",
                    state.cite(ingress, *services[:1]),
                    0.93,
                    ingress.namespace,
                    f"kubectl describe ingress {ingress.name}",
                )
        for secret in ingress.tls_secrets:
            known = any(h.kind == "Secret" and h.name == secret for h in state.holders)
            if "secrets" in state.listed and not known:
                says = (
                    f"the Ingress {code(ingress.name)} uses the Secret {code(secret)}, which does not exist"
                )
                yield Fault("certificate", ingress.name, says, state.cite(ingress), 0.85, ingress.namespace)


def policies(state: State) -> Iterator[Fault]:
    """Network policies that cut pods off."""
    for policy in state.policies:
        if not policy.closed:
            continue
        cut = sorted({place_of(pod) for pod in state.pods if _selected(policy, pod)})
        ways = joined([f"{way} traffic" for way in policy.closed])
        whom = (
            f"of {joined([code(place) for place in cut[:5]])}"
            if cut and policy.selector
            else "of every pod of its namespace"
        )
        says = f"the network policy {code(policy.name)} allows no {ways} {whom}"
        place = cut[0] if len(cut) == 1 or (cut and policy.selector) else policy.name
        command = f"kubectl describe networkpolicy {policy.name}{' -n ' + policy.namespace if policy.namespace else ''}"
        strength = 0.9 if policy.selector else 0.7
        yield Fault("network_policy", place, says, state.cite(policy), strength, policy.namespace, command)


def names(state: State) -> Iterator[Fault]:
    """The cluster's own name server, when it does not run."""
    for workload in state.workloads:
        if workload.name in _DNS and (workload.available == 0 or workload.desired == 0):
            has = "is scaled to nothing" if workload.desired == 0 else "has no pod that is available"
            says = f"the cluster's name server {code(workload.name)} {has}, so names cannot be resolved"
            yield Fault("dns_failure", workload.name, says, state.cite(workload), 0.97, workload.namespace)


def _place(one: Pod | Workload) -> str:
    return place_of(one) if isinstance(one, Pod) else one.name


def _behind(state: State, service: Service) -> list[Pod]:
    return [
        pod
        for pod in state.pods
        if service.selector
        and same_namespace(pod.namespace, service.namespace)
        and _fits(service.selector, pod.labels)
    ]


def _selected(policy: NetworkPolicy, pod: Pod) -> bool:
    return same_namespace(policy.namespace, pod.namespace) and _fits(policy.selector, pod.labels)


def _fits(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    return all(labels.get(name) == value for name, value in selector.items())


def _shared(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    return sum(other.get(name) == value for name, value in one.items())


def _labels(labels: Mapping[str, str], only: Mapping[str, str] | None = None) -> str:
    chosen = {n: v for n, v in labels.items() if only is None or n in only} or dict(list(labels.items())[:3])
    return joined([f"{name}={value}" for name, value in chosen.items()])


def _fault(state: State, service: Service, says: str, strength: float, cite: str = "") -> Fault:
    where = f" -n {service.namespace}" if service.namespace else ""
    return Fault(
        "service_misrouted",
        service.name,
        says,
        cite or state.cite(service),
        strength,
        service.namespace,
        f"kubectl describe service {service.name}{where}",
    )
