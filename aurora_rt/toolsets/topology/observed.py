"""Calls that were observed: by Jaeger's own account of its traces, and by series of the metrics server."""

import asyncio
from typing import Final, NamedTuple

from aurora_rt.toolsets.envelope import Answer, Labels, Listed, Shape
from aurora_rt.toolsets.prometheus.client import configured
from aurora_rt.toolsets.prometheus.times import latest
from aurora_rt.toolsets.servers import Call, ask
from aurora_rt.toolsets.toolset import Access, Window
from aurora_rt.toolsets.topology.graph import Calls, labelled
from aurora_rt.toolsets.traces import jaeger

LEAST_SECONDS: Final = 3600.0
"""Calls are no news: what was called within the last hour before the window's end is called now."""


class Naming(NamedTuple):
    """A metric that counts calls, and its labels that name the two sides."""

    metric: str
    caller: str
    callee: str


COUNTED: Final = (
    Naming(
        "traces_service_graph_request_total", "client", "server"
    ),  # Tempo, Grafana Alloy, Beyla, OpenTelemetry
    Naming("istio_requests_total", "source_workload", "destination_workload"),
    Naming("istio_tcp_connections_opened_total", "source_workload", "destination_workload"),
    Naming("response_total", "deployment", "dst_deployment"),  # Linkerd
    Naming("hubble_flows_processed_total", "source", "destination"),  # Cilium
)


class Counted(Shape):
    """A series, of which the labels are all that matters."""

    metric: Labels


class Vector(Shape):
    """What the metrics server gives."""

    result: Listed[Counted] = ()


async def by_jaeger(access: Access) -> Calls:
    """The calls that Jaeger knows of. Raises `ToolFailed`."""
    end = int(access.window.end.timestamp() * 1000)
    asked = {"endTs": str(end), "lookback": str(int(_seconds(access.window) * 1000))}
    server = jaeger.configured(access.settings)
    answer = await ask(server, access.http, Call("/api/dependencies", asked), jaeger.Told[jaeger.Link])
    return tuple((link.parent, link.child) for link in answer.data)


async def by_metrics(access: Access) -> Calls:
    """The calls that meshes and tracing pipelines count in the metrics server. Raises `ToolFailed`."""
    every = await asyncio.gather(*(_counted(one, access) for one in COUNTED))
    return tuple(call for calls in every for call in calls)


async def _counted(one: Naming, access: Access) -> Calls:
    server = configured(access.settings)
    window = access.window
    query = f"group by ({one.caller}, {one.callee}) (last_over_time({one.metric}[{_seconds(window):.0f}s]))"
    asked = {"query": query, "time": f"{latest(window).timestamp():.3f}"}
    answer = await ask(server, access.http, Call("/api/v1/query", asked), Answer[Vector])
    return labelled((series.metric for series in answer.data.result), one.caller, one.callee)


def _seconds(window: Window) -> float:
    return max(LEAST_SECONDS, (window.end - window.start).total_seconds())
