"""Images that cannot be had."""

import re
from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.kubernetes.fault import Fault
from aurora_rt.investigation.builtin.kubernetes.state import State, place_of
from aurora_rt.investigation.builtin.wording import code
from aurora_rt.toolsets.facts.cluster import Container, Pod

WAITING: Final = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
    }
)
_WHY: Final = (
    (r"not found|manifest unknown|does not exist|no such image", "no such image or tag"),
    (
        r"unauthorized|denied|forbidden|authentication required|no basic auth",
        "access to the registry is denied",
    ),
    (r"no such host|lookup .*:|server misbehaving", "the registry's name is not known"),
    (r"x509|certificate", "the registry's certificate is not trusted"),
    (r"toomanyrequests|rate limit", "the registry's rate limit is used up"),
    (r"timeout|deadline|connection refused|unreachable", "the registry does not answer"),
    (r"invalid reference format|InvalidImageName|couldn't parse", "the image's name is malformed"),
)


def images(state: State) -> Iterator[Fault]:
    """Pods that wait for an image."""
    for pod in state.pods:
        for container in pod.containers or (Container(name=""),):
            reason = container.reason if container.name else pod.status.removeprefix("Init:")
            if reason in WAITING:
                yield _fault(state, pod, container, reason)
                break


def _fault(state: State, pod: Pod, container: Container, reason: str) -> Fault:
    told = [
        one
        for one in state.about("Pod", pod.name)
        if re.search(
            r"failed to pull|pull access|InvalidImageName|inspect image", one.event.message, re.IGNORECASE
        )
    ]
    message = told[0].event.message if told else container.message
    image = container.image or _image_in(message) or _image_of(state, pod)
    why = next((words for sign, words in _WHY if re.search(sign, f"{message} {reason}", re.IGNORECASE)), "")
    of = f" {code(image)}" if image else ""
    says = f"pod {code(pod.name)} cannot get its image{of} ({reason}){': ' + why if why else ''}"
    if message:
        says += f"; {code(message, 220)}"
    cite = " ".join(dict.fromkeys([*state.cite(pod).split(), *(one.cite for one in told[:1])]))
    where = f" -n {pod.namespace}" if pod.namespace else ""
    return Fault(
        "image_pull",
        place_of(pod),
        says,
        cite,
        0.97,
        pod.namespace,
        f"kubectl describe pod {pod.name}{where}",
    )


def _image_in(message: str) -> str:
    found = re.search(r'image "([^"]+)"', message)
    return found.group(1) if found else ""


def _image_of(state: State, pod: Pod) -> str:
    for workload in state.workloads:
        if workload.name == place_of(pod) and workload.containers:
            return workload.containers[0].image
    return ""
