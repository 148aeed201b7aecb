"""A Kubernetes cluster, through `kubectl`: objects, descriptions, events, logs, use.

    tools           the tools: which `kubectl` command each is, and what goes wrong
    reading         from what a command printed to facts, by its form
    tables, objects, descriptions
                    the three forms: what `get` prints, JSON and YAML, what `describe` prints
    hiding          keeping secrets out of facts
    names, quantities
                    resources by their short names, owners of pods; ages, processor time, memory

`kubectl` finds the cluster as it always does: `KUBECONFIG`, `~/.kube/config`, or the service account of the pod that
we run in. It only reads: `commands` refuses what does not, and Secrets are never shown.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.kubernetes import reading, tools
from aurora_rt.toolsets.toolset import Health, Tool, ToolFailed, Toolset

TIMEOUT: Final = 25.0


async def _health(settings: Settings, _: httpx.AsyncClient) -> Health:
    reason = tools.unusable(settings)
    if reason is not None:
        return Health("unhealthy", reason)  # kubectl would ask localhost
    try:
        version = await tools.version(settings)
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return Health("healthy", f"The cluster answers: {version}.")


TOOLSET: Final = Toolset(
    name="kubernetes",
    title="Kubernetes",
    description="Objects, events, logs and use of a Kubernetes cluster.",
    cost="moderate",
    tools=(
        Tool(
            "get",
            "Objects of a resource, as `kubectl get` prints them.",
            tools.get,
            tools.GetParameters,
            TIMEOUT,
            5.0,
            reading.got,
        ),
        Tool(
            "describe",
            "All that is known of an object, its events too.",
            tools.describe,
            tools.DescribeParameters,
            TIMEOUT,
            5.0,
            reading.described,
        ),
        Tool(
            "logs",
            "The last lines of a container's log; of the container before its restart too.",
            tools.logs,
            tools.LogsParameters,
            TIMEOUT,
            read=reading.logged,
        ),
        Tool(
            "events",
            "What happened to objects, newest last.",
            tools.events,
            tools.EventsParameters,
            TIMEOUT,
            5.0,
            reading.happened,
        ),
        Tool(
            "top",
            "What pods or nodes use of processor and memory.",
            tools.top,
            tools.TopParameters,
            TIMEOUT,
            5.0,
            reading.used,
        ),
    ),
    unusable=tools.unusable,
    health=_health,
)
