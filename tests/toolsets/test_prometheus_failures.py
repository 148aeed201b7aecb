"""A metrics server that is away, slow, or something else altogether: each time a sentence that names it."""

import gzip
import json
from base64 import b64encode
from collections.abc import Callable

import pytest
from faults import answering, response

from aurora_rt.settings import load
from aurora_rt.toolsets.facts.metrics import (
    Rules,
    SeriesSet,
    Targets,
)
from aurora_rt.toolsets.prometheus import TOOLSET
from aurora_rt.toolsets.servers import ANSWER_LIMIT
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Observation

Tools = Callable[..., Toolbox]


def answer(data: object) -> bytes:
    return response(json.dumps({"status": "success", "data": data}).encode())


ONE = {"resultType": "vector", "result": [{"metric": {"__name__": "up"}, "value": [1772373600, "1"]}]}
REFUSAL = {"status": "error", "errorType": "execution", "error": "query timed out"}


async def ask(tools: Tools, place: str, **settings: object) -> Observation:
    url = settings.pop("prometheus_url", f"http://{place}")
    return await tools(prometheus_url=url, **settings).look("prometheus.query", query="up")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (response(b"<html>Welcome</html>"), "does not speak JSON; is PROMETHEUS_URL the right address?"),
        (response(b""), "does not speak JSON"),
        (response(b"[1, 2]"), "is not what a metrics server gives"),
        (response(b'{"status": "success", "data": {"resultType": "vector", "result": 7}}'), "is not what"),
        (answer({"resultType": "pie", "result": []}), "is not what a metrics server gives"),
        (answer({"resultType": "vector", "result": [{"metric": {}, "value": [1, "many"]}]}), "is not what"),
        (response(json.dumps(REFUSAL).encode()), "refused: query timed out (execution)."),
        (response(json.dumps(REFUSAL).encode(), "503 Busy"), "(HTTP 503): query timed out (execution)."),
        (response(b"oops", "502 Bad Gateway"), "failed with HTTP 502."),
        (response(b"who are you?", "401 Unauthorized"), "needs the right user and password"),
        (response(b"404 page not found", "404 Not Found"), "or PROMETHEUS_URL its base path"),
        (response(b"", "302 Found", "Location: http://192.0.2.1/login"), "which is not followed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "does not speak HTTP as it should"),
        (b"", "does not speak HTTP as it should"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "does not speak HTTP as it should"),
        (response(b"not gzip", "200 OK", "Content-Encoding: gzip"), "does not speak HTTP as it should"),
    ],
)
async def test_nonsense_is_a_sentence_that_names_the_server(tools: Tools, said: bytes, error: str) -> None:
    async with answering(said) as (place, _):
        seen = await ask(tools, place)
    assert error in (seen.error or "")
    assert place in (seen.error or "")
    assert seen.error is not None
    assert seen.error.endswith((".", "?", ")"))
    assert seen.facts is None
    assert seen.command.startswith("promtool query instant")


async def test_a_server_that_is_away_cannot_be_reached(tools: Tools) -> None:
    seen = await ask(tools, "127.0.0.1:9")
    assert (seen.error or "").startswith("The metrics server at 127.0.0.1:9 cannot be reached: ")


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
async def test_a_server_that_is_slow_is_not_waited_for(tools: Tools, begun: bytes) -> None:
    async with answering(begun, then_wait=True) as (place, _):
        seen = await ask(tools, place, prometheus_timeout=0.2)
    assert seen.error == f"The metrics server at {place} did not answer within 0.2 s."


@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_that_is_huge_is_not_read_to_its_end(tools: Tools, packed: bool) -> None:
    body = b" " * (2 * ANSWER_LIMIT)
    said = response(gzip.compress(body), "200 OK", "Content-Encoding: gzip") if packed else response(body)
    async with answering(said) as (place, _):
        seen = await ask(tools, place)
    assert f"The answer of the metrics server at {place} is larger than 8 MiB" in (seen.error or "")


async def test_credentials_of_the_address_are_sent_and_never_shown(tools: Tools) -> None:
    async with answering(answer(ONE)) as (place, requests):
        seen = await ask(tools, place, prometheus_url=f"http://bob:p%40ss-word@{place}/base/")
        refused = await ask(tools, place, prometheus_url=f"http://bob:p%40ss-word@{place}:1/")
    assert seen.error is None
    assert f"authorization: basic {b64encode(b'bob:p@ss-word').decode().lower()}" in requests[0].lower()
    assert requests[0].startswith("GET /base/api/v1/query?query=up&")
    assert "ss-word" not in f"{seen} {refused}"
    assert "bob" not in f"{seen} {refused}"


async def test_labels_and_samples_that_are_missing_are_none(tools: Tools) -> None:
    result = [{"metric": None, "histogram": [1, {}]}, {"metric": {"a": "b"}, "value": [1.5, "NaN"]}]
    async with answering(answer({"resultType": "vector", "result": result})) as (place, _):
        seen = await ask(tools, place)
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert [one.points for one in seen.facts.series] == [(), ()]
    async with answering(answer({"resultType": "vector", "result": None})) as (place, _):
        assert (await ask(tools, place)).output.startswith("No series")


async def test_more_series_than_are_kept_are_said_to_be_more(tools: Tools) -> None:
    many = [{"metric": {"n": str(n)}, "value": [1, "1"]} for n in range(500)]
    async with answering(answer({"resultType": "vector", "result": many})) as (place, _):
        seen = await ask(tools, place)
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert (len(seen.facts.series), seen.facts.truncated) == (200, True)
    assert seen.output.startswith("200 of 500 series")


async def test_a_server_that_cannot_filter_by_name_is_filtered_for(tools: Tools) -> None:
    rules = [{"type": "alerting", "name": name, "query": "up"} for name in ("A", "B")]
    rules.append({"type": "recording", "name": "A", "query": "sum(up)"})
    async with answering(answer({"groups": [{"rules": rules}]})) as (place, requests):
        seen = await tools(prometheus_url=f"http://{place}").look("prometheus.rules", name="A")
    assert isinstance(seen.facts, Rules), seen.error
    assert [(one.name, one.expression) for one in seen.facts.rules] == [("A", "up")]
    assert "rule_name%5B%5D=A" in requests[0]


async def test_a_target_that_was_never_scraped_is_not_said_to_be_down(tools: Tools) -> None:
    shape = {"labels": {"job": "new"}, "health": "unknown", "lastScrape": "0001-01-01T00:00:00Z"}
    async with answering(answer({"activeTargets": [shape]})) as (place, _):
        seen = await tools(prometheus_url=f"http://{place}").look("prometheus.targets")
    assert isinstance(seen.facts, Targets), seen.error
    assert (seen.facts.targets[0].up, seen.facts.targets[0].last_scrape_at) == (True, None)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (None, "PROMETHEUS_URL is not set."),
        ("prometheus:9090", "must be an address such as"),
        ("ftp://prometheus", "must be an address such as"),
        ("http://", "must be an address such as"),
        ("http://h:port", "is not an address that can be understood"),
    ],
)
def test_an_address_that_cannot_be_asked_is_said_beforehand(url: str | None, says: str) -> None:
    assert says in (TOOLSET.unusable(load().model_copy(update={"prometheus_url": url})) or "")


@pytest.mark.parametrize(
    "parameters",
    [
        {"query": ""},
        {"query": "up", "step": "soon"},
        {"query": "up", "step": 0},
        {"query": "up", "start": "yesterday"},
        {"query": "up", "end": "9999-12-31T23:59:59-12:00"},
        {"query": "up" * 10_000},
        {},
    ],
)
async def test_a_range_that_makes_no_sense_is_not_asked_for(
    tools: Tools, parameters: dict[str, object]
) -> None:
    async with answering(answer(ONE)) as (place, requests):
        seen = await tools(prometheus_url=f"http://{place}").look("prometheus.query_range", **parameters)
    assert (seen.error or "").startswith("prometheus.query_range cannot be called so: ")
    assert requests == []
