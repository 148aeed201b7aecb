"""The tools: which `kubectl` command each is, and a sentence for what goes wrong with it."""

import asyncio
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from aurora_rt.settings import Settings
from aurora_rt.toolsets.commands import CommandDenied, CommandMissing, run
from aurora_rt.toolsets.facts import (
    AnyFacts,
)
from aurora_rt.toolsets.kubernetes import reading
from aurora_rt.toolsets.kubernetes.names import resource
from aurora_rt.toolsets.policy import NO_POLICY, Policy
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

SECONDS: Final = 20.0
REQUEST_SECONDS: Final = 15
OUTPUT_LIMIT: Final = 8 * 1024 * 1024
LINES: Final = 300
DEFAULT: Final = Path("~/.kube/config").expanduser()
HAS_DEFAULT: Final = DEFAULT.is_file()
IN_CLUSTER: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount/token").is_file()
KUBECTL: Final = shutil.which("kubectl") is not None
"""Looked for once, when the process starts: not on the path of an incident."""

Name = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?$", max_length=253)
]
Resource = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9.-]*$", max_length=253), AfterValidator(resource)
]


class _Namespaced(Parameters):
    namespace: Name | None = None
    """Without one: all namespaces."""


class GetParameters(_Namespaced):
    """What to list."""

    resource: Resource
    name: Name | None = None
    output: Literal["wide", "yaml", "json"] | None = None

    @field_validator("output")
    @classmethod
    def _no_secrets(cls, output: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("resource") == "secrets" and output in ("yaml", "json"):
            raise ValueError("the values of Secrets are not for showing")
        return output


class DescribeParameters(_Namespaced):
    """What to describe."""

    resource: Resource
    name: Name


class LogsParameters(_Namespaced):
    """Whose log."""

    pod: Name
    container: Name | None = None
    previous: bool = False
    """Of the container that ran before the last restart."""


class EventsParameters(_Namespaced):
    """Where."""


class TopParameters(_Namespaced):
    """Of what."""

    resource: Annotated[Literal["pods", "nodes"], Field()] = "pods"

    @field_validator("resource", mode="before")
    @classmethod
    def _full(cls, named: object) -> object:
        return resource(named) if isinstance(named, str) else named


def unusable(settings: Settings) -> str | None:
    """Why no cluster can be looked at, in a sentence; `None` when one may be."""
    if not KUBECTL:
        return "The program kubectl is not installed here."
    if not (settings.kubeconfig or HAS_DEFAULT or IN_CLUSTER):
        return (
            "No Kubernetes cluster is configured: KUBECONFIG is not set, and there is neither ~/.kube/config nor a "
            "pod's service account."
        )
    return None


async def get(parameters: GetParameters, access: Access) -> Seen:
    """List objects of a resource, or show one."""
    form = [] if parameters.output is None else [f"--output={parameters.output}"]
    named = [] if parameters.name is None else [parameters.name]
    return await _seen(
        ["get", parameters.resource, *named, *_where(parameters, one=bool(named)), *form],
        reading.got,
        parameters,
        access,
    )


async def describe(parameters: DescribeParameters, access: Access) -> Seen:
    """Tell all about an object."""
    words = ["describe", parameters.resource, parameters.name, *_where(parameters, one=True)]
    return await _seen(words, reading.described, parameters, access)


async def logs(parameters: LogsParameters, access: Access) -> Seen:
    """Show the end of a container's log."""
    words = ["logs", parameters.pod, *_where(parameters, one=True), f"--tail={LINES}"]
    if parameters.container:
        words.append(f"--container={parameters.container}")
    if parameters.previous:
        words.append("--previous")
    else:
        words.append(f"--since-time={access.window.start:%Y-%m-%dT%H:%M:%SZ}")
    return await _seen(words, reading.logged, parameters, access)


async def events(parameters: EventsParameters, access: Access) -> Seen:
    """Show what happened."""
    words = ["get", "events", *_where(parameters, one=False), "--sort-by=.lastTimestamp"]
    return await _seen(words, reading.happened, parameters, access)


async def top(parameters: TopParameters, access: Access) -> Seen:
    """Show what is used."""
    where = [] if parameters.resource == "nodes" else _where(parameters, one=False)
    return await _seen(["top", parameters.resource, *where], reading.used, parameters, access)


async def version(settings: Settings) -> str:
    """What the cluster says of itself. Raises `ToolFailed`."""
    said = await _run(["version"], settings, NO_POLICY)
    return next(
        (line.strip() for line in said.splitlines() if line.startswith("Server")), "it told no version"
    )


def _where(parameters: _Namespaced, *, one: bool) -> list[str]:
    if parameters.namespace:
        return [f"--namespace={parameters.namespace}"]
    return [] if one else ["--all-namespaces"]


Read = Callable[[str, Mapping[str, Any]], AnyFacts | None]


async def _seen(words: Sequence[str], read: Read, parameters: Parameters, access: Access) -> Seen:
    output = await _run(words, access.settings, access.policy)
    facts = await asyncio.to_thread(read, output, parameters.model_dump(mode="json"))
    return Seen(shlex.join(["kubectl", *words]), output, facts)


def environment(settings: Settings) -> dict[str, str]:
    """Where kubectl finds its cluster."""
    file = settings.kubeconfig or (str(DEFAULT) if HAS_DEFAULT else "")
    return {"KUBECONFIG": file} if file else {}


async def _run(words: Sequence[str], settings: Settings, policy: Policy) -> str:
    argv = ["kubectl", *words, f"--request-timeout={REQUEST_SECONDS}s"]
    command = shlex.join(["kubectl", *words])
    try:
        finished = await run(
            argv,
            policy=policy,
            timeout=SECONDS,
            output_limit=OUTPUT_LIMIT,
            environment=environment(settings),
        )
    except (CommandMissing, CommandDenied) as error:
        raise ToolFailed(f"The cluster cannot be looked at: {error}", command=command) from error
    if finished.exit_status is None:
        raise ToolFailed(
            f"kubectl did not end within {SECONDS:.0f} s.", command=command, output=finished.stdout
        )
    if finished.exit_status != 0:
        raise ToolFailed(_reason(finished.stderr), command=command, output=finished.stdout or finished.stderr)
    return finished.stdout or finished.stderr  # that there are none stands on stderr


def _reason(said: str) -> str:
    """What kubectl complains of, as a sentence."""
    last = said.strip().splitlines()[-1:] or ["it failed and did not say why"]
    text = last[0].strip()[:500].rstrip(".")
    return f"kubectl says: {text}" + ("" if text.endswith(("?", "!")) else ".")
