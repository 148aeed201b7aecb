"""The logs toolset, against a server on loopback that speaks Loki's API."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from faults import speaking

from aurora_rt.settings import load
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.logs import TOOLSET
from aurora_rt.toolsets.logs.reading import line_of, read
from aurora_rt.toolsets.toolset import Window

SETTINGS = load()
ANCHOR = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
WINDOW = Window(ANCHOR - timedelta(hours=2), ANCHOR + timedelta(minutes=10), ANCHOR)


@dataclass
class Loki:
    """Two services' logs."""

    labels: list[str] = field(default_factory=lambda: ["app", "pod"])
    status: int = 200
    body: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        if self.status != 200 or self.body is not None:
            return web.Response(status=self.status, text=self.body or "the test says so")
        if request.path == "/loki/api/v1/labels":
            return web.json_response({"status": "success", "data": self.labels})
        if request.path.endswith("/values"):
            return web.json_response({"status": "success", "data": ["cart", "web"]})
        self.asked.append(dict(request.query))
        nanoseconds = str(int(ANCHOR.timestamp() * 1e9))
        later = str(int((ANCHOR + timedelta(seconds=1)).timestamp() * 1e9))
        streams = [
            {"stream": {"app": "web", "pod": "web-1"}, "values": [[later, "ERROR upstream cart:80 refused"]]},
            {
                "stream": {"app": "cart", "pod": "cart-1"},
                "values": [[nanoseconds, "panic: password=hunter2"]],
            },
        ]
        return web.json_response({"status": "success", "data": {"resultType": "streams", "result": streams}})


@pytest.fixture
async def loki() -> AsyncIterator[Loki]:
    """A log server."""
    here = Loki()
    async with speaking(here.answer) as here.url:
        yield here


async def test_lines_are_told_in_order_with_their_service_and_without_secrets(tools, loki: Loki) -> None:
    seen = await tools(loki_url=loki.url, window=WINDOW).look("logs.search")
    assert seen.error is None, seen.error
    assert isinstance(seen.facts, LogLines)
    assert [(line.source, line.priority) for line in seen.facts.lines] == [
        ("cart", "critical"),
        ("web", "error"),
    ]
    assert seen.facts.lines[0].at == ANCHOR
    assert "hunter2" not in seen.output + seen.facts.model_dump_json()
    assert read(seen.output, {}).lines[1].source == "web"
    (asked,) = loki.asked
    assert asked["start"] == str(int(WINDOW.start.timestamp() * 1e9))
    assert asked["query"].startswith('{app=~".+"} |~ ')


async def test_a_service_is_found_by_the_label_that_names_it_and_a_text_is_no_pattern(
    tools, loki: Loki
) -> None:
    look = tools(loki_url=loki.url, window=WINDOW).look
    seen = await look("logs.search", service="cart", query='a"b.*')
    assert seen.error is None
    assert loki.asked[0]["query"] == '{app="cart"} |~ ' + json.dumps(r'(?i)a"b\.\*')
    seen = await look("logs.search", service="nobody")
    assert seen.error == "There is no log of nobody within the window."
    loki.labels = ["filename"]
    seen = await tools(loki_url=loki.url, window=WINDOW).look("logs.search")
    assert seen.error == "No label of the logs names services."


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_a_log_server_that_refuses_is_told_in_a_sentence(tools, loki: Loki, status: int) -> None:
    loki.status = status
    seen = await tools(loki_url=loki.url).look("logs.search")
    assert seen.error
    assert str(status) in seen.error
    assert "log server" in seen.error


@pytest.mark.parametrize("body", ["", "<html>", "{}", '{"status": "success", "data": 3}'])
async def test_nonsense_is_told_in_a_sentence(tools, loki: Loki, body: str) -> None:
    loki.body = body
    seen = await tools(loki_url=loki.url).look("logs.search")
    assert seen.error
    assert seen.facts is None


async def test_health_and_what_is_not_configured(loki: Loki, http) -> None:
    assert TOOLSET.unusable(SETTINGS) == (
        "No logs can be searched: none of LOKI_URL, ELASTICSEARCH_URL and AURORA_LOG_FILES is set."
    )
    assert (
        await TOOLSET.health(SETTINGS.model_copy(update={"loki_url": loki.url}), http)
    ).status == "healthy"
    away = SETTINGS.model_copy(update={"loki_url": "http://127.0.0.1:9"})
    health = await TOOLSET.health(away, http)
    assert (health.status, "cannot be reached" in health.message) == ("unhealthy", True)


@pytest.mark.parametrize(
    ("text", "source", "priority", "rest"),
    [
        ("2026-03-01T10:00:00Z [cart] ERROR no", "cart", "error", "ERROR no"),
        ("2026-03-01 10:00:00,123 WARN slow", "?", "warning", "WARN slow"),
        ("[2026-03-01T10:00:00.123456789+01:00] cart-api | fatal", "cart-api", "critical", "fatal"),
        ("error: no such host", "?", "error", "error: no such host"),
        ("plain words", "?", "unknown", "plain words"),
    ],
)
def test_a_line_tells_its_time_and_service(text: str, source: str, priority: str, rest: str) -> None:
    line = line_of(text)
    assert (line.source, line.priority, line.text) == (source, priority, rest)
    assert (line.at is None) == (not text.startswith(("2026", "[2026")))


def test_a_name_in_brackets_is_a_thread_where_the_service_is_known() -> None:
    assert line_of("[main] ERROR no", "cart").source == "main"
    line = line_of("[main] ERROR no", "cart", sure=True)
    assert (line.source, line.text, line.priority) == ("cart", "[main] ERROR no", "error")
