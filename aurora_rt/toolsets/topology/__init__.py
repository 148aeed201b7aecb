"""Who calls whom: from a file that people wrote, and from what Jaeger and the metrics server have observed.

    graph       pairs of caller and callee from every form that they come in; several graphs as one
    file        the file at `AURORA_TOPOLOGY`
    observed    Jaeger's dependencies; calls that Tempo, Istio, Linkerd or Cilium count in the metrics server

All that is configured is asked at the same time and told as one graph. What fails is said beside what the others told.
"""

import asyncio
import shlex
from collections.abc import Awaitable
from typing import Annotated, Final

import httpx
from pydantic import Field

from aurora_rt.clock import now
from aurora_rt.settings import Settings
from aurora_rt.toolsets.origins import tried
from aurora_rt.toolsets.policy import NO_POLICY
from aurora_rt.toolsets.prometheus import client
from aurora_rt.toolsets.toolset import Access, Health, Parameters, Seen, Tool, ToolFailed, Toolset, Window
from aurora_rt.toolsets.topology import file, graph, observed
from aurora_rt.toolsets.topology.graph import Calls
from aurora_rt.toolsets.traces import jaeger

TIMEOUT: Final = 125.0


class ServiceParameters(Parameters):
    """Whose dependencies to list."""

    service: Annotated[
        str,
        Field(
            max_length=300,
            description="A place: what it calls and what calls it; empty: the whole call graph.",
        ),
    ] = ""


async def dependencies(parameters: ServiceParameters, access: Access) -> Seen:
    """Who calls whom, as far as anything that is configured knows."""
    written = access.settings.topology
    command = "\n".join(
        [*([f"cat {shlex.quote(str(written))}"] if written else []), *observed.commands(access)]
    )
    asked = _asked(access)
    answers = await asyncio.gather(*map(tried, asked.values()))
    failed = [one.reason for one in answers if isinstance(one, ToolFailed)]
    if failed and len(failed) == len(answers):
        raise ToolFailed(" ".join(failed), command=command)
    found = graph.merged((one for one in answers if not isinstance(one, ToolFailed)), parameters.service)
    about = f" of {parameters.service}" if parameters.service else ""
    text = graph.told(found) or f"No calls{about} are known to {' or '.join(asked)}."
    return Seen(command, "\n".join([text, *failed]), found)


async def known_calls(settings: Settings, http: httpx.AsyncClient) -> Calls:
    """All calls that anything knows now, outside of any incident. Raises `ToolFailed` when nothing answers."""
    at = now()
    access = Access(settings, http, Window(at, at, at), NO_POLICY)
    answers = await asyncio.gather(*map(tried, _asked(access).values()))
    told = [one for one in answers if not isinstance(one, ToolFailed)]
    if answers and not told:
        raise ToolFailed(" ".join(one.reason for one in answers if isinstance(one, ToolFailed)))
    return graph.merged(told).calls


def _asked(access: Access) -> dict[str, Awaitable[Calls]]:
    """What is configured, by its name in sentences."""
    settings = access.settings
    asked: dict[str, Awaitable[Calls]] = {}
    if settings.topology is not None:
        asked["the file"] = file.calls(settings.topology)
    if settings.jaeger_url is not None:
        asked["Jaeger"] = observed.by_jaeger(access)
    if settings.prometheus_url is not None:
        asked["the metrics server"] = observed.by_metrics(access)
    return asked


def unusable(settings: Settings) -> str | None:
    """Why nothing tells who calls whom, in a sentence; `None` when something does."""
    if settings.topology or settings.jaeger_url or settings.prometheus_url:
        return None
    return "Nothing tells who calls whom: none of AURORA_TOPOLOGY, JAEGER_URL and PROMETHEUS_URL is set."


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    try:
        if settings.topology is not None:
            known = await file.calls(settings.topology)
            return Health("healthy", f"{settings.topology} names {len(known)} calls.")
        if settings.jaeger_url is not None:
            return Health("healthy", await jaeger.answers(settings, http))
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return await client.health(settings, http)


TOOLSET: Final = Toolset(
    name="topology",
    title="Topology",
    description="Which service calls which.",
    cost="low",
    tools=(
        Tool(
            "dependencies",
            "Who calls whom: of one service, or of all.",
            dependencies,
            ServiceParameters,
            TIMEOUT,
            read=graph.recorded,
        ),
    ),
    unusable=unusable,
    health=_health,
)
