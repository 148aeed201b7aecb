"""The traces toolset, against servers on loopback that speak as Jaeger and Tempo do; and what the rules make of it."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiohttp import web
from faults import FAULTS, Fault, answering, fails_well, response, speaking
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.traces import traced
from aurora_rt.settings import load
from aurora_rt.toolsets.facts.traces import Trace, Traces
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Window
from aurora_rt.toolsets.traces import TOOLSET
from aurora_rt.toolsets.traces.spans import Span, steps
from aurora_rt.toolsets.traces.summing import summed

Tools = Callable[..., Toolbox]
SETTINGS = load()
ANCHOR = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
WINDOW = Window(ANCHOR - timedelta(hours=2), ANCHOR + timedelta(minutes=10), ANCHOR)
A, B, C, D = (name * 16 for name in "abcd")
TRACES = 8
"""As many before the alert as since."""


@dataclass(frozen=True)
class Story:
    """One request: web asks cart, which asks a database that sends no spans. Since the alert that takes long."""

    number: int
    since: bool
    fails: bool = False

    @property
    def id(self) -> str:
        return f"{self.number + 1 + (1000 if self.since else 0):032x}"

    @property
    def start(self) -> float:
        return ANCHOR.timestamp() + (self.number + 1) * (1 if self.since else -1)

    def spans(self) -> list[tuple[str, str, str, str, float, float, str, dict[str, object]]]:
        """(id, parent, service, operation, offset, seconds, kind, attributes)."""
        query = 0.4 if self.since else 0.02
        failed = {"error": True, "error.message": "deadlock"} if self.fails else {}
        return [
            (
                A,
                "",
                "web",
                "GET /",
                0.0,
                query + 0.03,
                "server",
                {"http.status_code": 500} if self.fails else {},
            ),
            (B, A, "web", "GET /cart", 0.005, query + 0.02, "client", {"server.address": "cart"}),
            (C, B, "cart", "GET /cart", 0.01, query + 0.01, "server", failed),
            (D, C, "cart", "SELECT carts", 0.015, query, "client", {"db.system": "postgresql", **failed}),
        ]


def stories(start: float, end: float, *, failing: bool) -> list[Story]:
    every = [Story(n, since, failing and since) for since in (False, True) for n in range(TRACES)]
    return [one for one in every if start <= one.start < end]


@dataclass
class Tracing:
    """A Jaeger and a Tempo that know the same requests."""

    failing: bool = False
    asked: list[web.Request] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        if request.path == "/api/services":
            services = {"data": ["jaeger-query", "web", "cart"], "total": 3, "errors": None}
            return web.json_response(services)
        if request.path == "/api/search":
            times = [float(request.query.get(name, "0")) for name in ("start", "end")]
            found = [
                {
                    "traceID": one.id.lstrip("0"),
                    "rootServiceName": "web",
                    "startTimeUnixNano": "1",
                    "durationMs": 9,
                }
                for one in stories(*times, failing=self.failing)
            ]
            return web.json_response({"traces": found, "metrics": {"inspectedBytes": "1"}})
        if request.path == "/api/traces":
            times = [float(request.query[name]) / 1e6 for name in ("start", "end")]
            told = [self.jaeger(one) for one in stories(*times, failing=self.failing)]
            return web.json_response({"data": told, "total": 0, "limit": 0, "offset": 0, "errors": None})
        wanted = request.path.rpartition("/")[2].rjust(32, "0")
        one = next((one for one in stories(0, 1e12, failing=self.failing) if one.id == wanted), None)
        if one is None:
            said = {"data": None, "errors": [{"code": 404, "msg": "trace not found"}]}
            return web.json_response(said, status=404)
        return web.json_response({"data": [self.jaeger(one)], **self.tempo(one)})

    @staticmethod
    def jaeger(one: Story) -> dict[str, object]:
        spans = [
            {
                "traceID": one.id,
                "spanID": span,
                "operationName": operation,
                "references": [{"refType": "CHILD_OF", "traceID": one.id, "spanID": parent}]
                if parent
                else [],
                "startTime": int((one.start + offset) * 1e6),
                "duration": int(seconds * 1e6),
                "tags": [{"key": key, "type": "string", "value": value} for key, value in attributes.items()]
                + [{"key": "span.kind", "type": "string", "value": kind}],
                "logs": [],
                "processID": f"p-{service}",
                "warnings": None,
            }
            for span, parent, service, operation, offset, seconds, kind, attributes in one.spans()
        ]
        processes = {f"p-{name}": {"serviceName": name, "tags": []} for name in ("web", "cart")}
        return {"traceID": one.id, "spans": spans, "processes": processes, "warnings": None}

    @staticmethod
    def tempo(one: Story) -> dict[str, object]:
        def value(given: object) -> Mapping[str, object]:
            return (
                {"boolValue": given}
                if isinstance(given, bool)
                else {"intValue" if isinstance(given, int) else "stringValue": str(given)}
            )

        def coded(text: str) -> str:
            return base64.b64encode(bytes.fromhex(text)).decode()

        batches = []
        for span, parent, service, operation, offset, seconds, kind, attributes in one.spans():
            shape = {
                "traceId": coded(one.id),
                "spanId": coded(span),
                **({"parentSpanId": coded(parent)} if parent else {}),
                "name": operation,
                "kind": f"SPAN_KIND_{kind.upper()}",
                "startTimeUnixNano": str(int((one.start + offset) * 1e9)),
                "endTimeUnixNano": str(int((one.start + offset + seconds) * 1e9)),
                "attributes": [{"key": key, "value": value(given)} for key, given in attributes.items()],
                "status": {"code": "STATUS_CODE_ERROR", "message": "deadlock"}
                if "error" in attributes
                else {},
            }
            resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
            batches.append({"resource": resource, "scopeSpans": [{"scope": {}, "spans": [shape]}]})
        return {"batches": batches}


@pytest.fixture
async def tracing() -> AsyncIterator[Tracing]:
    """Servers that know of requests."""
    here = Tracing()
    async with speaking(here.answer) as here.url:
        yield here


@pytest.mark.parametrize("setting", ["jaeger_url", "tempo_url"])
async def test_where_requests_lose_time_is_told_and_blamed_on_the_database_that_sends_no_spans(
    tools: Tools, tracing: Tracing, setting: str
) -> None:
    seen = await tools(**{setting: tracing.url}, window=WINDOW).look("traces.search", service="web")
    assert isinstance(seen.facts, Traces), seen.error
    assert (seen.facts.before, seen.facts.since, seen.facts.filtered) == (TRACES, TRACES, False)
    database = seen.facts.groups[0]
    assert (database.service, database.operation) == ("postgresql", "")
    assert database.since is not None
    assert database.before is not None
    assert (database.since.spans, database.since.errors) == (TRACES, 0)
    assert database.since.self_p50 == pytest.approx(0.4, abs=1e-4)
    assert database.before.self_p95 == pytest.approx(0.02, abs=1e-4)
    finding, *others = traced(Evidence(seen.facts, "[4]")).findings
    assert others == []
    assert (finding.node, finding.kind) == ("postgresql", "latency")
    assert "400 ms in `postgresql` itself since the alert, 20 ms before" in finding.claim
    assert finding.claim.endswith("[4].")
    assert "postgresql" in seen.output


@pytest.mark.parametrize("setting", ["jaeger_url", "tempo_url"])
async def test_errors_are_blamed_on_whoever_failed_first_and_a_request_is_shown(
    tools: Tools, tracing: Tracing, setting: str
) -> None:
    tracing.failing = True
    look = tools(**{setting: tracing.url}, window=WINDOW).look
    seen = await look("traces.search")
    assert isinstance(seen.facts, Traces), seen.error
    findings = traced(Evidence(seen.facts, "[1]")).findings
    assert {(one.node, one.kind) for one in findings} == {
        ("postgresql", "error_rate"),
        ("postgresql", "latency"),
    }
    shown = await look("traces.show", trace_id=seen.facts.traces[0].trace_id)
    assert isinstance(shown.facts, Trace), shown.error
    assert [(one.service, one.depth) for one in shown.facts.spans] == [
        ("web", 0),
        ("web", 1),
        ("cart", 2),
        ("postgresql", 3),
    ]
    assert "postgresql SELECT carts: 400.0 ms, own 400.0 ms  FAILED: deadlock" in shown.output
    missing = await look("traces.show", trace_id="ffff")
    assert missing.error == "There is no trace ffff."
    assert "cannot be called so" in ((await look("traces.show", trace_id="../admin")).error or "")


async def test_only_slow_or_failed_requests_can_be_asked_for_and_are_not_compared(
    tools: Tools, tracing: Tracing
) -> None:
    look = tools(jaeger_url=tracing.url, tempo_url=tracing.url, window=WINDOW).look
    seen = await look("traces.search", service='a"b', errors=True, min_duration_ms=250)
    assert isinstance(seen.facts, Traces), seen.error
    assert seen.facts.filtered
    assert traced(Evidence(seen.facts, "[1]")).findings == ()
    jaeger = next(one for one in tracing.asked if one.path == "/api/traces")
    assert (jaeger.query["service"], jaeger.query["minDuration"]) == ('a"b', "250000us")
    assert json.loads(jaeger.query["tags"]) == {"error": "true"}
    tempo = next(one for one in tracing.asked if one.path == "/api/search")
    assert (
        tempo.query["q"] == '{ resource.service.name = "a\\"b" && status = error && traceDuration > 250ms }'
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_tracing_server_that_fails_is_told_in_a_sentence(tools: Tools, fault: Fault) -> None:
    for setting in ("jaeger_url", "tempo_url"):
        await fails_well(
            fault,
            lambda place, setting=setting: tools(
                **{setting: f"http://{place}"}, tool_timeout=fault.patience
            ).look("traces.search"),
        )


async def test_what_one_origin_gives_is_told_when_the_other_fails(
    tools: Tools, tracing: Tracing, http: httpx.AsyncClient
) -> None:
    async with answering(response(b"oops", "502 Bad Gateway")) as (place, _):
        settings = {"jaeger_url": tracing.url, "tempo_url": f"http://bob:secret-word@{place}"}
        seen = await tools(**settings, window=WINDOW).look("traces.search", service="web")
        health = await TOOLSET.health(SETTINGS.model_copy(update=settings), http)
    assert isinstance(seen.facts, Traces), seen.error
    assert seen.facts.since == TRACES
    (failed,) = seen.facts.failed
    assert place in failed
    assert failed in seen.output
    assert (health.status, "Jaeger at" in health.message) == ("unhealthy", True)
    assert "secret-word" not in f"{seen} {health}"
    assert (
        TOOLSET.unusable(SETTINGS) == "No traces can be looked at: neither JAEGER_URL nor TEMPO_URL is set."
    )


async def test_a_request_that_two_origins_know_is_counted_once(tools: Tools, tracing: Tracing) -> None:
    both = tools(jaeger_url=tracing.url, tempo_url=tracing.url, window=WINDOW)
    seen = await both.look("traces.search", service="web")
    assert isinstance(seen.facts, Traces), seen.error
    assert (seen.facts.before, seen.facts.since) == (TRACES, TRACES)
    assert {one.spans for one in seen.facts.traces} == {4}


def _span(number: int, parent: int, start: float, seconds: float, failed: bool) -> Span:
    return Span("t", str(number), str(parent), f"s{number % 3}", "op", start, seconds, failed)


@given(
    st.lists(
        st.builds(
            _span,
            st.integers(0, 9),
            st.integers(-1, 9),
            st.floats(0, 100),
            st.floats(0, 100),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_any_spans_come_to_something_even_in_a_circle(spans: list[Span]) -> None:
    found = steps(spans)
    assert sorted(one.span.id for one in found) == sorted({span.id for span in spans})
    assert all(0 <= one.self_seconds <= one.span.seconds + 1e-9 for one in found)
    facts = summed(spans, ANCHOR, filtered=False)
    assert facts.before + facts.since == bool(found)
    assert traced(Evidence(facts, "[1]")) is not None


def test_own_times_of_a_request_add_up_to_what_it_took_also_side_by_side() -> None:
    spans = [
        _span(1, -1, 0, 10, False),
        _span(2, 1, 1, 4, False),
        _span(3, 1, 3, 4, True),
        _span(4, 3, 4, 100, True),
    ]
    own = {one.span.id: (one.self_seconds, one.origin) for one in steps(spans)}
    assert own == {"1": (4, False), "2": (4, False), "3": (1, False), "4": (100, True)}
