"""Logs of every origin: Elasticsearch and OpenSearch on loopback, files for real, and all of them side by side."""

import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from faults import FAULTS, Fault, answering, fails_well, response, speaking
from pydantic import SecretStr

from aurora_rt.settings import Settings, load
from aurora_rt.toolsets.facts.logs import LogLines, LogPatterns
from aurora_rt.toolsets.logs import TOOLSET, files
from aurora_rt.toolsets.logs.reading import field_of, moment_of, read
from aurora_rt.toolsets.logs.stamps import stamped
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Window

Tools = Callable[..., Toolbox]
SETTINGS = load()
ANCHOR = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
WINDOW = Window(ANCHOR - timedelta(hours=2), ANCHOR + timedelta(minutes=10), ANCHOR)

DOCUMENTS = [
    {
        "@timestamp": "2026-03-01T10:00:02.000Z",
        "message": "cannot reach cart, password=hunter2",
        "log": {"level": "error"},
        "service": {"name": "web"},
    },
    {
        "@timestamp": "2026-03-01T10:00:01Z",
        "log": "panic: out of carts",
        "kubernetes": {"labels": {"app": "cart"}, "namespace": "shop"},
    },
    {"@timestamp": 1772359200000, "message": "slow", "log.level": "WARN", "service.name": "db"},
]


@dataclass
class Elastic:
    """A log store that has `DOCUMENTS`, newest first."""

    opensearch: bool = False
    shards_failed: int = 0
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        if request.path.startswith("/missing"):
            reason = {"type": "index_not_found_exception", "reason": "no such index [missing]"}
            return web.json_response({"error": {"root_cause": [reason], **reason}, "status": 404}, status=404)
        if request.can_read_body:
            self.bodies.append(await request.json())
        hits = [{"_index": "logs-a", "_id": str(n), "_source": one} for n, one in enumerate(DOCUMENTS)]
        shards = {"total": 3, "successful": 3 - self.shards_failed, "failed": self.shards_failed}
        answer = {"took": 3, "timed_out": False, "_shards": shards, "hits": {"max_score": None, "hits": hits}}
        return web.json_response(answer if self.opensearch else {**answer, "took": 4})


@pytest.fixture(params=[False, True], ids=["elasticsearch", "opensearch"])
async def elastic(request: pytest.FixtureRequest) -> AsyncIterator[Elastic]:
    """A log store."""
    here = Elastic(opensearch=request.param)
    async with speaking(here.answer) as here.url:
        yield here


async def test_documents_of_many_shapes_are_lines_in_the_order_of_time(
    tools: Tools, elastic: Elastic
) -> None:
    seen = await tools(elasticsearch_url=elastic.url, window=WINDOW).look("logs.search")
    assert isinstance(seen.facts, LogLines), seen.error
    assert [(line.source, line.priority) for line in seen.facts.lines] == [
        ("db", "warning"),
        ("cart", "critical"),
        ("web", "error"),
    ]
    assert seen.facts.lines[0].at == ANCHOR
    assert not seen.facts.truncated
    assert "hunter2" not in seen.output + seen.facts.model_dump_json()
    assert [line.source for line in read(seen.output, {}).lines] == ["db", "cart", "web"]
    (body,) = elastic.bodies
    assert elastic.asked[0].path == "/logs-*,filebeat-*,logstash-*/_search"
    assert body["query"]["bool"]["filter"][0] == {
        "range": {"@timestamp": {"gte": "2026-03-01T08:00:00.000Z", "lte": "2026-03-01T10:10:00.000Z"}}
    }


async def test_a_service_and_a_text_narrow_the_search_and_credentials_stay_hidden(
    tools: Tools, elastic: Elastic, http: httpx.AsyncClient
) -> None:
    url = elastic.url.replace("//", "//bob:secret-word@")
    look = tools(elasticsearch_url=url, elasticsearch_index="app", window=WINDOW).look
    elastic.shards_failed = 1
    seen = await look("logs.search", service="web", query='no "cart"', limit=7)
    assert isinstance(seen.facts, LogLines), seen.error
    assert seen.facts.truncated
    (body,) = elastic.bodies
    assert body["size"] == 7
    _, service, text = body["query"]["bool"]["filter"]
    assert {"terms": {"service.name": ["web"]}} in service["bool"]["should"]
    assert {"terms": {"service.name.keyword": ["web"]}} in service["bool"]["should"]
    assert text["multi_match"]["query"] == 'no "cart"'
    assert elastic.asked[0].headers["Authorization"].startswith("Basic ")
    key = SecretStr("very-secret-key")
    with_key = tools(elasticsearch_url=elastic.url, elasticsearch_api_key=key, elasticsearch_index="missing")
    missing = await with_key.look("logs.search")
    assert "no such index [missing] (index_not_found_exception)" in (missing.error or "")
    assert elastic.asked[1].headers["Authorization"] == "ApiKey very-secret-key"
    assert "secret" not in f"{seen} {missing}"
    health = await TOOLSET.health(SETTINGS.model_copy(update={"elasticsearch_url": url}), http)
    assert (health.status, "secret" in health.message) == ("healthy", False)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_log_store_that_fails_is_told_in_a_sentence(tools: Tools, fault: Fault) -> None:
    for setting in ("elasticsearch_url", "loki_url"):
        await fails_well(
            fault,
            lambda place, setting=setting: tools(
                **{setting: f"http://{place}"}, tool_timeout=fault.patience
            ).look("logs.search"),
        )


def at(minutes: float) -> datetime:
    return ANCHOR + timedelta(minutes=minutes)


def write(file: Path, *lines: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines))
    os.utime(file, (ANCHOR.timestamp() + 300, ANCHOR.timestamp() + 300))
    return file


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A directory of log files, written as many programs write them."""
    local = at(1).astimezone().strftime("%Y/%m/%d %H:%M:%S")
    write(
        tmp_path / "cart.log",
        f"{at(-300).isoformat()} ERROR too early",
        f"{at(-5).isoformat()} INFO all is well",
        f"{at(2).isoformat()} ERROR no carts left",
        "java.lang.IllegalStateException: no carts",
        "\tat shop.Cart.take(Cart.java:7)",
        f"{at(500).isoformat()} ERROR too late",
    )
    write(tmp_path / "cart.log.1", f"{at(-90).isoformat()} WARN few carts left")
    write(tmp_path / "nginx/error.log", f"{local} [error] 7#7: upstream timed out")
    write(
        tmp_path / "all.json",
        json.dumps({"time": at(3).timestamp(), "level": "error", "msg": "boom", "service": "pay"}),
        json.dumps({"ts": at(4).isoformat(), "level": "info", "msg": "nothing failed", "service": "pay"}),
        json.dumps({"@timestamp": at(4).isoformat(), "log.level": "info", "message": "fine"}),
        "{not json at all, an error",
    )
    write(tmp_path / "cart.log.2.gz", "error")
    return tmp_path


async def test_files_are_searched_within_the_window_whatever_their_form(tools: Tools, logs: Path) -> None:
    patterns = (f"{logs}/cart.log*", f"{logs}/**/error.log", f"{logs}/*.json", f"{logs}/none*")
    seen = await tools(log_files=patterns, window=WINDOW).look("logs.search")
    assert isinstance(seen.facts, LogLines), seen.error
    told = [(line.source, line.at, line.text) for line in seen.facts.lines]
    assert told[:4] == [
        ("cart", at(-90), "WARN few carts left"),
        ("nginx", at(1), "[error] 7#7: upstream timed out"),
        ("cart", at(2), "ERROR no carts left"),
        ("cart", at(2), "java.lang.IllegalStateException: no carts"),
    ]
    assert ("pay", at(3), "boom") in told
    assert not any("too early" in text or "too late" in text or "fine" in text for _, _, text in told)
    assert not seen.facts.truncated


async def test_a_service_is_its_files_or_its_lines_and_nobody_elses(tools: Tools, logs: Path) -> None:
    look = tools(log_files=(f"{logs}/cart.log*", f"{logs}/*.json"), window=WINDOW).look
    pay = await look("logs.search", service="pay")
    assert isinstance(pay.facts, LogLines), pay.error
    assert {line.source for line in pay.facts.lines} == {"pay"}
    cart = await look("logs.search", service="cart", query="CARTS LEFT", limit=1)
    assert isinstance(cart.facts, LogLines), cart.error
    assert [line.text for line in cart.facts.lines] == ["ERROR no carts left"]
    assert cart.facts.truncated
    nobody = await look("logs.search", service="nobody")
    assert nobody.error == "There is no log of nobody within the window."


async def test_only_the_end_of_a_large_file_is_read(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "OF_A_FILE", 10_000)
    lines = [f"{at(n / 1000).isoformat()} ERROR number {n}" for n in range(1000)]
    big = write(tmp_path / "big.log", *lines)
    seen = await tools(log_files=(str(big),), window=WINDOW).look("logs.search")
    assert isinstance(seen.facts, LogLines), seen.error
    assert seen.facts.truncated
    assert seen.facts.lines[-1].text == "ERROR number 999"
    assert 100 < len(seen.facts.lines) < 300


async def test_files_that_are_not_there_are_told_in_a_sentence(
    tools: Tools, tmp_path: Path, http: httpx.AsyncClient
) -> None:
    settings = {"log_files": (f"{tmp_path}/*.log",)}
    seen = await tools(**settings).look("logs.search")
    assert seen.error == "AURORA_LOG_FILES matches no file that can be read."
    health = await TOOLSET.health(SETTINGS.model_copy(update=settings), http)
    assert health.status == "unhealthy"
    write(tmp_path / "a.log", "x")
    health = await TOOLSET.health(SETTINGS.model_copy(update=settings), http)
    assert (health.status, health.message) == ("healthy", "AURORA_LOG_FILES matches 1 file.")


async def test_what_one_origin_gives_is_told_when_another_fails(
    tools: Tools, logs: Path, elastic: Elastic
) -> None:
    async with answering(response(b"later", "429 Too Many Requests")) as (place, _):
        settings = {
            "loki_url": f"http://{place}",
            "elasticsearch_url": elastic.url,
            "log_files": (f"{logs}/cart.log",),
        }
        seen = await tools(**settings, window=WINDOW).look("logs.search")
    assert isinstance(seen.facts, LogLines), seen.error
    assert {line.source for line in seen.facts.lines} == {"cart", "web", "db"}
    assert seen.facts.origin == "Elasticsearch and Log files"
    (failed,) = seen.facts.failed
    assert place in failed
    assert f"-- {failed}" in seen.output
    assert all(place not in line.text for line in read(seen.output, {}).lines)


async def test_lines_alike_are_counted_before_the_alert_and_since(tools: Tools, tmp_path: Path) -> None:
    usual = [f"{at(n / 2).isoformat()} WARN took {abs(n)} ms" for n in range(-200, 20)]
    new = [f"{at(n / 10).isoformat()} ERROR order {n * 7919} was lost" for n in range(30)]
    write(tmp_path / "cart.log", *usual)
    write(tmp_path / "pay.log", *new)
    seen = await tools(log_files=(f"{tmp_path}/*.log",), window=WINDOW).look("logs.patterns")
    assert isinstance(seen.facts, LogPatterns), seen.error
    counts = {one.source: (one.before, one.since, one.priority) for one in seen.facts.patterns}
    assert counts["pay"] == (0, 30, "error")
    assert counts["cart"][0] == 180
    assert "pay" in seen.output
    assert "was lost" in seen.output


def test_without_any_origin_the_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ELASTICSEARCH_URL" in (TOOLSET.unusable(SETTINGS) or "")
    monkeypatch.setenv("AURORA_LOG_FILES", "/var/log/a.log, /var/log/b/*.log")
    monkeypatch.setenv("AURORA_ELASTICSEARCH_API_KEY", "")
    settings: Settings = load()
    assert settings.log_files == ("/var/log/a.log", "/var/log/b/*.log")
    assert settings.elasticsearch_api_key is None
    assert TOOLSET.unusable(settings) is None


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("2026-03-01T10:00:00.5Z ERROR x", "ERROR x"),
        ("[2026-03-01 11:00:00,500 +0100] ERROR x", "ERROR x"),
        (
            '1.2.3.4 - - [01/Mar/2026:10:00:00 +0000] "GET /" 500',
            '1.2.3.4 - - [01/Mar/2026:10:00:00 +0000] "GET /" 500',
        ),
        (f"{ANCHOR.astimezone():%b %e %H:%M:%S} host app: x", "host app: x"),
        (f"7:M {ANCHOR.astimezone():%d %b %Y %H:%M:%S}.123 # x", "# x"),
    ],
)
def test_the_time_of_a_line_is_found_in_many_forms(line: str, rest: str) -> None:
    found = stamped(line, ANCHOR)
    assert found is not None
    assert found[0].replace(microsecond=0) == ANCHOR
    assert found[1] == rest


@pytest.mark.parametrize("line", ["", "no time", "Feb 30 10:00:00 x", "9999-99-99T99:99:99Z", "\x00" * 9])
def test_what_is_no_time_is_none(line: str) -> None:
    assert stamped(line, ANCHOR) is None


def test_fields_are_found_nested_or_with_dots_and_times_in_any_unit() -> None:
    assert field_of({"a": {"b.c": 1}}, ["x.y", "a.b.c"]) == 1
    assert field_of({"a.b": {"c": 1}}, ["a.b.c"]) == 1
    assert field_of({"a": {"b": {}}}, ["a.b", "a"]) is None
    seconds = ANCHOR.timestamp()
    for value in (seconds, str(seconds), seconds * 1000, int(seconds * 1e9), ANCHOR.isoformat()):
        assert moment_of(value) == ANCHOR
    for value in (None, "", "soon", 7, [], 1e300, float("nan")):
        assert moment_of(value) is None
