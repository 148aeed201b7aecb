"""ConfigMaps, Secrets, service accounts and volumes that are missing or wrong."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.kubernetes.fault import Fault
from aurora_rt.investigation.builtin.kubernetes.state import Happened, State, place_of, same_namespace
from aurora_rt.investigation.builtin.wording import code
from aurora_rt.toolsets.facts.cluster import Pod, Reference, Service, Workload

_MISSING: Final = re.compile(
    r"""(?:configmaps?|secrets?) "?[\w.-]+"? not found|couldn't find key|non-existent (?:config|secret)""",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"^(?:[a-z][a-z0-9+]*://)?(?:[^\s/@]*@)?([a-z][a-z0-9-]*)((?:\.[a-z0-9-]+)*):(\d{2,5})(?:/\S*)?$"
)


def configuration_errors(state: State) -> Iterator[Fault]:
    """Pods whose containers cannot be made, or volumes not be mounted, for want of a ConfigMap or Secret."""
    told: set[str] = set()
    for pod in state.pods:
        for container in pod.containers:
            if container.reason == "CreateContainerConfigError":
                told.add(place_of(pod))
                message = container.message or _message(state, pod)
                kind: Kind = "missing_config" if _MISSING.search(message) or not message else "config_error"
                of = f"container {code(container.name)} of pod {code(pod.name)}"
                says = f"{of} cannot be made: {code(message or container.reason, 220)}"
                yield _of(state, pod, kind, says, 0.97)
        if not pod.containers and pod.status == "CreateContainerConfigError":
            told.add(place_of(pod))
            message = _message(state, pod) or pod.status
            yield _of(
                state,
                pod,
                "missing_config",
                f"pod {code(pod.name)} cannot be made: {code(message, 220)}",
                0.95,
            )
    for one in state.messages("FailedMount", "Failed", "FailedSync", "FailedCreate"):
        if _MISSING.search(one.event.message) and state.owner_of(one.event) not in told:
            told.add(state.owner_of(one.event))
            says = f"pod {code(one.event.name)} cannot start: {code(one.event.message, 220)}"
            yield _event(state, one, "missing_config", says, 0.97)


def references(state: State) -> Iterator[Fault]:
    """What workloads need and is not there, where all ConfigMaps or Secrets were listed."""
    for owner in _owners(state):
        needed = [*owner.references, *(ref for container in owner.containers for ref in container.references)]
        for reference in dict.fromkeys(needed):
            if missing := _missing(state, owner, reference):
                place = place_of(owner) if isinstance(owner, Pod) else owner.name
                kind: Kind = "volume_fault" if reference.kind == "PersistentVolumeClaim" else "missing_config"
                where = f" -n {owner.namespace}" if owner.namespace else ""
                yield Fault(
                    kind,
                    place,
                    f"{code(place)} needs {missing}",
                    state.cite(owner),
                    0.93,
                    owner.namespace,
                    f"kubectl get {reference.kind.lower()} {reference.name}{where}",
                )


def _owners(state: State) -> Sequence[Pod | Workload]:
    """Workloads, and pods of whose workload no more than its name is known."""
    return [*state.workloads, *(pod for pod in state.pods if not _workload_known(state, pod))]


def _workload_known(state: State, pod: Pod) -> bool:
    return any(one.name == place_of(pod) and one.containers for one in state.workloads)


def _missing(state: State, owner: Pod | Workload, reference: Reference) -> str:
    if reference.optional:
        return ""
    if reference.kind == "PersistentVolumeClaim":
        known = any(
            one.name == reference.name and same_namespace(one.namespace, owner.namespace)
            for one in state.claims
        )
        gone = "persistentvolumeclaims" in state.listed and not known
        return f"the claim {code(reference.name)}, which does not exist" if gone else ""
    listed = {"ConfigMap": "configmaps", "Secret": "secrets"}[reference.kind] in state.listed
    found = [
        one
        for one in state.holders
        if one.kind == reference.kind
        and one.name == reference.name
        and same_namespace(one.namespace, owner.namespace)
    ]
    if listed and not found:
        return f"the {reference.kind} {code(reference.name)}, which does not exist"
    keys = next((one.keys for one in found if one.keys is not None), None)
    if reference.key and keys is not None and reference.key not in keys:
        return f"the key {code(reference.key)} of the {reference.kind} {code(reference.name)}, which has no such key"
    return ""


def addresses(state: State) -> Iterator[Fault]:
    """Addresses in the environment of workloads that lead nowhere: to no Service, or to no port of it."""
    if "services" not in state.listed:
        return
    for owner in _owners(state):
        for container in owner.containers:
            for name, value in container.environment.items():
                found = _ADDRESS.match(value.strip())
                if found is None or found.group(1) == "localhost":
                    continue
                host, rest, port = found.groups()
                if rest and not re.match(r"\.[a-z0-9-]+(\.svc(\.cluster\.local)?)?$", rest):
                    continue  # a name of the world outside
                place = place_of(owner) if isinstance(owner, Pod) else owner.name
                services = [one for one in state.services if one.name == host]
                wrong = _wrong(host, int(port), services)
                if wrong:
                    yield Fault(
                        "config_error",
                        place,
                        f"the variable {code(name)} of {code(place)} is {code(value, 120)}, {wrong}",
                        state.cite(owner, *services[:1]),
                        0.9 if services else 0.8,
                        owner.namespace,
                        f"kubectl set env deployment/{place} --list",
                    )


def _wrong(host: str, port: int, services: Sequence[Service]) -> str:
    if not services:
        return f"but there is no Service {host}"
    ports = {one.port for service in services for one in service.ports}
    if ports and port not in ports:
        return f"but the Service {host} has port {' and '.join(map(str, sorted(ports)))}"
    return ""


def service_accounts(state: State) -> Iterator[Fault]:
    """Pods that are not made because their service account is missing, or not allowed to."""
    for one in state.messages("FailedCreate", "FailedMount"):
        message = one.event.message
        if re.search(
            r"serviceaccount \"?[\w.:/-]+\"? not found|error looking up service account",
            message,
            re.IGNORECASE,
        ):
            says = f"pods of {code(one.event.name)} cannot be made: {code(message, 220)}"
            yield _event(state, one, "permission_denied", says, 0.96)


def security_context(state: State) -> Iterator[Fault]:
    """Containers that may not run as they are."""
    for one in state.messages("Failed"):
        if re.search(
            r"runAsNonRoot|run as root|non-numeric user|seccomp|apparmor", one.event.message, re.IGNORECASE
        ):
            says = f"pod {code(one.event.name)} may not run as it is: {code(one.event.message, 220)}"
            yield _event(state, one, "config_error", says, 0.93)


def volumes(state: State) -> Iterator[Fault]:
    """Claims that are not bound, and volumes that cannot be attached or mounted."""
    for claim in state.claims:
        if claim.status in ("Pending", "Lost"):
            told = next((one for one in state.about("PersistentVolumeClaim", claim.name)), None)
            why = f": {code(told.event.message, 220)}" if told else ""
            users = [
                place_of(pod)
                for pod in state.pods
                if any(
                    ref.kind == "PersistentVolumeClaim" and ref.name == claim.name for ref in pod.references
                )
            ]
            place = users[0] if users else claim.name
            cite = " ".join(dict.fromkeys([*state.cite(claim).split(), *([told.cite] if told else [])]))
            calm = 0.5 if told and told.event.reason == "WaitForFirstConsumer" else 1.0
            yield Fault(
                "volume_fault",
                place,
                f"the claim {code(claim.name)} is {claim.status}{why}",
                cite,
                0.93 * calm,
                claim.namespace,
                f"kubectl describe pvc {claim.name}",
            )
    for one in state.messages(
        "FailedAttachVolume",
        "FailedMount",
        "ProvisioningFailed",
        "FailedBinding",
        "VolumeFailedDelete",
        "FailedMapVolume",
    ):
        if not _MISSING.search(one.event.message):
            says = f"a volume of {code(one.event.name)} cannot be used: {code(one.event.message, 220)}"
            yield _event(state, one, "volume_fault", says, 0.9)


def _message(state: State, pod: Pod) -> str:
    found = [one.event.message for one in state.about("Pod", pod.name) if one.event.reason == "Failed"]
    return next((one for one in found if _MISSING.search(one)), found[0] if found else "")


def _of(state: State, pod: Pod, kind: Kind, says: str, strength: float) -> Fault:
    where = f" -n {pod.namespace}" if pod.namespace else ""
    cites = [
        *state.cite(pod).split(),
        *(one.cite for one in state.about("Pod", pod.name) if one.event.reason == "Failed"),
    ]
    return Fault(
        kind,
        place_of(pod),
        says,
        " ".join(dict.fromkeys(cites)),
        strength,
        pod.namespace,
        f"kubectl describe pod {pod.name}{where}",
    )


def _event(state: State, one: Happened, kind: Kind, says: str, strength: float) -> Fault:
    where = f" -n {one.event.namespace}" if one.event.namespace else ""
    return Fault(
        kind,
        state.owner_of(one.event),
        says,
        one.cite,
        strength,
        one.event.namespace,
        f"kubectl describe {one.event.kind.lower() or 'pod'} {one.event.name}{where}",
    )
