"""Who calls whom: from a file, from Jaeger, from a real Prometheus, from a recording, and from all together."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from faults import FAULTS, Fault, answering, fails_well, response, speaking
from servers import prometheus_server, target, until

from aurora_rt.clock import now
from aurora_rt.investigation.evaluation.recording import RecordedCall, Recording
from aurora_rt.investigation.evaluation.replay import replay
from aurora_rt.settings import load
from aurora_rt.toolsets.facts.places import CallGraph
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Window
from aurora_rt.toolsets.topology import TOOLSET
from aurora_rt.toolsets.topology.graph import declared, merged, recorded

Tools = Callable[..., Toolbox]
SETTINGS = load()

METRICS = """\
# TYPE traces_service_graph_request_total counter
traces_service_graph_request_total{client="web",server="cart"} 3
traces_service_graph_request_total{client="user",server="web"} 9
# TYPE istio_requests_total counter
istio_requests_total{source_workload="cart",destination_workload="db",response_code="200"} 3
istio_requests_total{source_workload="cart",destination_workload="db",response_code="500"} 3
istio_requests_total{source_workload="unknown",destination_workload="web"} 3
"""


@pytest.fixture
async def prometheus(tmp_path: Path) -> AsyncIterator[str]:
    """A real Prometheus that has scraped what a mesh and a tracing pipeline count."""

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(text=METRICS)

    async with (
        speaking(metrics) as counted,
        prometheus_server(tmp_path, scrape={"mesh": [target(counted)]}) as url,
    ):
        await until(url, "istio_requests_total")
        yield url


async def jaeger(request: web.Request) -> web.Response:
    if request.path == "/api/services":
        return web.json_response({"data": ["web"], "errors": None})
    assert int(request.query["lookback"]) >= 3_600_000
    links = [
        {"parent": "web", "child": "cart", "callCount": 7},
        {"parent": "cart", "child": "cache", "callCount": 7},
        {"parent": "cart", "child": "cart", "callCount": 7},
    ]
    return web.json_response({"data": links, "total": 0, "errors": None})


async def test_a_file_jaeger_and_metrics_make_one_graph(
    tools: Tools, prometheus: str, tmp_path: Path, http: httpx.AsyncClient
) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text("calls:\n  - [web, cart]\nservices:\n  pay: [bank, db]\n  mail: smtp\n  idle:\n")
    around = Window(now() - timedelta(hours=2), now() + timedelta(minutes=10), now())
    async with speaking(jaeger) as traced:
        settings = {"topology": file, "jaeger_url": traced, "prometheus_url": prometheus}
        look = tools(**settings, window=around).look
        seen, cart = await look("topology.dependencies"), await look("topology.dependencies", service="cart")
        health = await TOOLSET.health(
            SETTINGS.model_copy(update={"jaeger_url": traced, "topology": None}), http
        )
    assert isinstance(seen.facts, CallGraph), seen.error
    assert set(seen.facts.calls) == {
        ("web", "cart"),
        ("pay", "bank"),
        ("pay", "db"),
        ("mail", "smtp"),
        ("cart", "cache"),
        ("cart", "db"),
    }
    assert len(seen.facts.calls) == 6
    assert recorded(seen.output, {}) == seen.facts
    assert isinstance(cart.facts, CallGraph), cart.error
    assert set(cart.facts.calls) == {("web", "cart"), ("cart", "cache"), ("cart", "db")}
    assert (health.status, "Jaeger at" in health.message) == ("healthy", True)
    health = await TOOLSET.health(SETTINGS.model_copy(update={"topology": file}), http)
    assert health.message == f"{file} names 4 calls."


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_server_that_fails_is_told_in_a_sentence(tools: Tools, fault: Fault) -> None:
    for settings in (
        {"jaeger_url": "http://{}"},
        {"prometheus_url": "http://{}", "prometheus_timeout": fault.patience},
    ):
        await fails_well(
            fault,
            lambda place, settings=settings: tools(
                **{
                    name: one.format(place) if isinstance(one, str) else one for name, one in settings.items()
                },
                tool_timeout=fault.patience,
            ).look("topology.dependencies"),
        )


async def test_what_fails_is_said_beside_what_is_known(tools: Tools, tmp_path: Path) -> None:
    file = tmp_path / "graph.json"
    file.write_text(json.dumps([["web", "cart"]]))
    async with answering(response(b"no", "403 Forbidden")) as (place, _):
        seen = await tools(topology=file, jaeger_url=f"http://{place}").look("topology.dependencies")
        nobody = await tools(topology=file).look("topology.dependencies", service="nobody")
    assert isinstance(seen.facts, CallGraph), seen.error
    assert seen.facts.calls == (("web", "cart"),)
    assert place in seen.output
    assert isinstance(nobody.facts, CallGraph), nobody.error
    assert nobody.output == "No calls of nobody are known to the file."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("calls: [[web]]", 'tells no calls: ["web"] is no pair [caller, callee].'),
        ("calls: web", "must be a list of pairs"),
        ("services: [web]", "`services` must say for each caller what it calls"),
        ("services: {web: {cart: 1}}", "what web calls must be a list of names"),
        ("hello", "has neither `calls` nor `services`"),
        ("", "has neither `calls` nor `services`"),
        ("a: [", "is neither YAML nor JSON"),
        ("!!python/object/apply:os.system [ls]", "is neither YAML nor JSON"),
        ("\x00", "is neither YAML nor JSON"),
        ("x" * (5 * 1024 * 1024), "is larger than 4 MiB"),
        (None, "cannot be read: No such file or directory."),
    ],
)
async def test_a_wrong_file_is_a_sentence(
    tools: Tools, tmp_path: Path, text: str | None, says: str, http: httpx.AsyncClient
) -> None:
    file = tmp_path / "topology.yaml"
    if text is not None:
        file.write_text(text)
    seen = await tools(topology=file).look("topology.dependencies")
    assert says in (seen.error or "")
    assert (seen.error or "").startswith(f"AURORA_TOPOLOGY: {file} ")
    assert (seen.error or "").endswith(".")
    health = await TOOLSET.health(SETTINGS.model_copy(update={"topology": file}), http)
    assert health.status == "unhealthy"


def test_without_any_origin_the_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TOOLSET.unusable(SETTINGS) == (
        "Nothing tells who calls whom: none of AURORA_TOPOLOGY, JAEGER_URL and PROMETHEUS_URL is set."
    )
    monkeypatch.setenv("AURORA_TOPOLOGY", "")
    assert load().topology is None


@pytest.mark.parametrize(
    ("output", "calls"),
    [
        ("web -> cart\n- cart → db", (("web", "cart"), ("cart", "db"))),
        ('[["web", "cart"]]', (("web", "cart"),)),
        ('{"web": ["cart", "db"]}', (("web", "cart"), ("web", "db"))),
        ("nothing", None),
        ('{"web": 7}', None),
    ],
)
def test_recorded_answers_are_read(output: str, calls: tuple[tuple[str, str], ...] | None) -> None:
    found = recorded(output, {})
    assert (found.calls if found else None) == calls


async def test_a_recordings_graph_is_told_in_place_of_ours(tools: Tools) -> None:
    look = tools(replay(Recording({}, calls=(("a", "b"), ("b", "c"))), discover())).look
    whole, one = await look("topology.dependencies"), await look("topology.dependencies", service="a")
    assert isinstance(whole.facts, CallGraph), whole.error
    assert whole.facts.calls == (("a", "b"), ("b", "c"))
    assert one.output == "a -> b"
    assert (await look("topology.dependencies", service="z")).error == "not recorded"
    told = RecordedCall(tool="topology.dependencies", params={"service": "a"}, output="a -> b")
    recorded_call = await tools(replay(Recording({}, answers=(told,)), discover())).look(
        "topology.dependencies", service="a"
    )
    assert isinstance(recorded_call.facts, CallGraph), recorded_call.error


def test_graphs_are_bounded_and_each_call_is_told_once() -> None:
    graph = merged([declared([["a", f"b{n}"] for n in range(6000)]), (("a", "b1"), ("a", "a"))])
    assert (len(graph.calls), graph.truncated) == (5000, True)
    assert merged([(("a", "b"),), (("a", "b"),)]).calls == (("a", "b"),)
