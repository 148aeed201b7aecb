"""Containers of an engine that speaks Docker's API, Docker and Podman, at `DOCKER_HOST`.

    tools       the tools: which calls each makes
    engine      asking: over a Unix socket, or by TCP
    shapes      what the API answers with
    reading     from that to facts

Only GET is ever asked. Values of environment variables are never shown, only their names.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.docker import engine, tools
from aurora_rt.toolsets.servers import Call
from aurora_rt.toolsets.toolset import Health, Tool, ToolFailed, Toolset

TIMEOUT: Final = 30.0


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    try:
        async with engine.reached(settings, http) as reached:
            said = await reached.ask(Call("/version", {}, "docker version"), dict[str, object])
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return Health("healthy", f"The container engine answers: version {said.get('Version', 'unknown')}.")


TOOLSET: Final = Toolset(
    name="docker",
    title="Docker",
    description="Containers of a Docker or Podman engine: state, logs, use, events.",
    cost="moderate",
    tools=(
        Tool(
            "containers",
            "All containers: state, health, restarts, exit code, whether killed for want of memory.",
            tools.containers,
            timeout=TIMEOUT,
            fresh_for=5.0,
        ),
        Tool(
            "inspect",
            "One container: state, limits, names of environment variables.",
            tools.inspect,
            tools.ContainerParameters,
            TIMEOUT,
            5.0,
        ),
        Tool(
            "logs",
            "The last lines of a container's log within the incident's window.",
            tools.logs,
            tools.ContainerParameters,
            TIMEOUT,
        ),
        Tool(
            "stats",
            "What containers use of processor and memory right now, and how much they are held back.",
            tools.stats,
            tools.StatsParameters,
            TIMEOUT,
            5.0,
        ),
        Tool(
            "events",
            "What happened to containers within the incident's window, the newest last.",
            tools.events,
            timeout=TIMEOUT,
        ),
    ),
    unusable=engine.unusable,
    health=_health,
)
