"""Measurements of all places of a system, from the metrics server at `PROMETHEUS_URL`, beside what they were before.

conventions   what to ask for, by how metrics are named
compare       asking for it, and putting it together by place
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.prometheus.answers import Answer, Result
from aurora_rt.toolsets.prometheus.client import configured, unusable
from aurora_rt.toolsets.servers import Call, ask
from aurora_rt.toolsets.telemetry.compare import CompareParameters, compare
from aurora_rt.toolsets.toolset import Health, Tool, ToolFailed, Toolset

TIMEOUT: Final = 60.0


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    try:
        server = configured(settings)
        await ask(server, http, Call("/api/v1/query", {"query": "1"}), Answer[Result])
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return Health("healthy", f"The metrics server at {server.place} answers.")


TOOLSET: Final = Toolset(
    name="telemetry",
    title="Telemetry",
    description="Traffic, errors, slowness and use of every place, beside what they were before the alert.",
    cost="moderate",
    tools=(
        Tool(
            "compare",
            "Measurements of places beside what is usual.",
            compare,
            CompareParameters,
            TIMEOUT,
        ),
    ),
    unusable=unusable,
    health=_health,
)
