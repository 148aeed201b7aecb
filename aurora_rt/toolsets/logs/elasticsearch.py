"""Asking Elasticsearch 7 or later, or OpenSearch: the search API, which both have.

Fields are those of the Elastic Common Schema (https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html),
and what collectors that do not keep to it commonly use instead.
"""

import asyncio
import json
import shlex
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import httpx
from pydantic import Field

from aurora_rt.clock import rfc3339
from aurora_rt.settings import Settings
from aurora_rt.toolsets.envelope import Listed, Shape
from aurora_rt.toolsets.facts.logs import LogLine
from aurora_rt.toolsets.logs.asking import Found, Origin, SearchParameters
from aurora_rt.toolsets.logs.reading import field_of, line_of, moment_of, priority_of
from aurora_rt.toolsets.servers import Call, Server, ask, complaint, server_at
from aurora_rt.toolsets.toolset import Access

WHAT: Final = "Elasticsearch"
SETTING: Final = "ELASTICSEARCH_URL"
SERVICE: Final = (
    "service.name",
    "kubernetes.labels.app_kubernetes_io/name",
    "kubernetes.labels.app",
    "kubernetes.deployment.name",
    "kubernetes.container.name",
    "container.name",
    "resource.attributes.service.name",
    "service",
    "app",
    "fields.service",
)
"""What may name a service, the most telling first."""
LEVEL: Final = ("log.level", "level", "severity", "severity_text", "levelname")
MESSAGE: Final = (
    "message",
    "log.message",
    "error.message",
    "body.text",
    "body",
    "event.original",
    "log",
    "msg",
)
ALIKE: Final = {"ignore_unavailable": "true", "allow_no_indices": "true"}
_BAD: Final = (
    "error",
    "err",
    "critical",
    "fatal",
    "warn",
    "warning",
    "alert",
    "emergency",
    "panic",
    "severe",
)
_WORDS: Final = "error exception fatal panic failed failure refused timeout denied warn warning"
_KEPT: Final = ("@timestamp", "timestamp", *SERVICE, *LEVEL, *MESSAGE)


class Hit(Shape):
    """A document."""

    source: dict[str, Any] = Field(default_factory=dict, alias="_source")


class Hits(Shape):
    """Documents."""

    hits: Listed[Hit]


class Shards(Shape):
    """Parts of indices that were searched."""

    failed: int = 0


class Answer(Shape):
    """What a search gives."""

    hits: Hits
    timed_out: bool = Field(False, alias="timed_out")
    shards: Shards = Field(Shards(), alias="_shards")


async def answers(settings: Settings, http: httpx.AsyncClient) -> str:
    """A sentence when it can be searched. Raises `ToolFailed`."""
    server = _server(settings)
    await ask(server, http, Call(_path(settings), {"size": "0", **ALIKE}), Answer)
    return f"Elasticsearch or OpenSearch at {server.place} answers."


async def search(asked: SearchParameters, access: Access) -> Found:
    """Search lines of the window, the newest first until there are enough; told in the order of time."""
    settings, server, body = access.settings, _server(access.settings), _body(asked, access)
    path = _path(settings)
    command = f"curl -s {shlex.quote(str(server.url(path)))} --json {shlex.quote(json.dumps(body))}"
    answer = await ask(server, access.http, Call(path, ALIKE, command, body), Answer)
    lines = await asyncio.to_thread(_lines, answer.hits.hits, asked.service)
    cut = len(lines) >= asked.limit or answer.timed_out or answer.shards.failed > 0
    return Found(command, lines, truncated=cut)


ORIGIN: Final = Origin(
    title="Elasticsearch",
    setting=SETTING,
    configured=lambda settings: settings.elasticsearch_url is not None,
    complaint=lambda settings: complaint(settings.elasticsearch_url, WHAT, SETTING),
    search=search,
    answers=answers,
)


def _server(settings: Settings) -> Server:
    key = settings.elasticsearch_api_key
    headers = {"Authorization": f"ApiKey {key.get_secret_value()}"} if key else {}
    return server_at(settings.elasticsearch_url, WHAT, SETTING, settings.tool_timeout, headers=headers)


def _path(settings: Settings) -> str:
    return f"/{settings.elasticsearch_index}/_search"


def _body(asked: SearchParameters, access: Access) -> dict[str, Any]:
    window = access.window
    times = {"gte": rfc3339(window.start), "lte": rfc3339(window.end)}
    wanted: list[dict[str, Any]] = [{"range": {"@timestamp": times}}]
    if asked.service:
        wanted.append(_any(_terms(SERVICE, [asked.service])))
    wanted.append(_match(asked.query, "phrase") if asked.query else _any(_complaining()))
    return {
        "size": asked.limit,
        "track_total_hits": False,
        "timeout": f"{access.settings.tool_timeout * 1000:.0f}ms",
        "sort": [{"@timestamp": {"order": "desc", "unmapped_type": "date"}}],
        "_source": list(_KEPT),
        "query": {"bool": {"filter": wanted}},
    }


def _complaining() -> list[dict[str, Any]]:
    levels = [form for word in _BAD for form in (word, word.upper(), word.capitalize())]
    return [
        *_terms(LEVEL, levels),
        {"exists": {"field": "error.message"}},
        _match(_WORDS, "best_fields"),
    ]


def _terms(fields: Iterable[str], values: list[str]) -> list[dict[str, Any]]:
    """Documents with one of `values` in one of `fields`, which may be mapped as keywords or as text beside them."""
    return [{"terms": {name: values}} for field in fields for name in (field, f"{field}.keyword")]


def _match(text: str, how: str) -> dict[str, Any]:
    return {"multi_match": {"query": text, "type": how, "fields": list(MESSAGE), "lenient": True}}


def _any(clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _lines(hits: Iterable[Hit], service: str) -> tuple[LogLine, ...]:
    found = [_line(hit.source, service) for hit in hits]
    found.reverse()
    return tuple(found)


def _line(source: Mapping[str, Any], service: str) -> LogLine:
    text = str(field_of(source, MESSAGE) or json.dumps(source, default=str))
    at: datetime | None = moment_of(field_of(source, ("@timestamp", "timestamp")))
    named = service or str(field_of(source, SERVICE) or "")
    line = line_of(text, named, at, sure=bool(named))
    level = priority_of(str(field_of(source, LEVEL) or ""))
    return line if level == "unknown" else line.model_copy(update={"priority": level})
