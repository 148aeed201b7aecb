"""Calls that were observed: by Jaeger's own account of its traces, and by series of the metrics server."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from aurora_rt.toolsets.envelope import Answer, Labels, Listed, Shape
from aurora_rt.toolsets.prometheus.client import configured, unusable
from aurora_rt.toolsets.prometheus.texts import word
from aurora_rt.toolsets.prometheus.times import latest
from aurora_rt.toolsets.servers import Call, ask, complaint
from aurora_rt.toolsets.toolset import Access, Window
from aurora_rt.toolsets.topology.graph import Calls, labelled
from aurora_rt.toolsets.traces import jaeger
from aurora_rt.toolsets.traces.asking import curl

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
    server, asked = jaeger.configured(access.settings), _asked(access.window)
    answer = await ask(server, access.http, Call("/api/dependencies", asked), jaeger.Told[jaeger.Link])
    return tuple((link.parent, link.child) for link in answer.data)


async def by_metrics(access: Access) -> Calls:
    """The calls that meshes and tracing pipelines count in the metrics server. Raises `ToolFailed`."""
    server = configured(access.settings)
    asked = {"query": _query(access.window), "time": f"{latest(access.window).timestamp():.3f}"}
    answer = await ask(server, access.http, Call("/api/v1/query", asked), Answer[Vector])
    found: list[tuple[str, str]] = []
    for one in COUNTED:
        series = (each.metric for each in answer.data.result if each.metric.get("__name__") == one.metric)
        found += labelled(series, one.caller, one.callee)
    return tuple(found)


def commands(access: Access) -> Iterator[str]:
    """What a person would type to see the same."""
    settings = access.settings
    if settings.jaeger_url and not complaint(settings.jaeger_url, jaeger.WHAT, jaeger.SETTING):
        yield curl(jaeger.configured(settings), "/api/dependencies", _asked(access.window))
    if settings.prometheus_url and not unusable(settings):
        address = word(configured(settings).address)
        yield f"promtool query instant {address} {word(_query(access.window))}"


def _asked(window: Window) -> dict[str, str]:
    end = int(window.end.timestamp() * 1000)
    return {"endTs": str(end), "lookback": str(int(_seconds(window) * 1000))}


def _query(window: Window) -> str:
    names = "|".join(one.metric for one in COUNTED)
    labels = ", ".join(label for one in COUNTED for label in (one.caller, one.callee))
    series = f'{{__name__=~"{names}"}}[{_seconds(window):.0f}s]'
    return f"group by (__name__, {labels}) (last_over_time({series}))"


def _seconds(window: Window) -> float:
    return max(LEAST_SECONDS, (window.end - window.start).total_seconds())
