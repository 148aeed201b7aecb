"""Measurements of all places of a system, from the metrics server at `PROMETHEUS_URL`, beside what they were before.

    conventions   what to ask for, by how metrics are named
    compare       asking for it, and putting it together by place

Nothing is asked but what `prometheus` would be: the same server, with the same credentials.
"""

from typing import Final

from aurora_rt.toolsets.prometheus.client import health, unusable
from aurora_rt.toolsets.telemetry.compare import CompareParameters, compare
from aurora_rt.toolsets.toolset import Tool, Toolset

TIMEOUT: Final = 60.0


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
    health=health,
)
