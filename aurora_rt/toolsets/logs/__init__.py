"""Logs of services: Loki at `LOKI_URL`, Elasticsearch or OpenSearch at `ELASTICSEARCH_URL`, files of this host.

    asking          what every origin is asked for, and what it gives
    loki            asking Loki
    elasticsearch   asking Elasticsearch or OpenSearch
    files           reading files; `stamps` reads the times of their lines
    searching       asking all that are configured, and telling it as one answer
    patterns        lines that are alike, counted before and since the alert
    reading         lines of any origin into facts: when, whose, how bad

Without a text to look for, a search gives the lines that complain; all of them lie in the incident's window. An origin
that fails is said beside what the others gave.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets import origins
from aurora_rt.toolsets.logs import reading, searching
from aurora_rt.toolsets.logs.asking import PatternParameters, SearchParameters
from aurora_rt.toolsets.toolset import Health, Tool, Toolset

TIMEOUT: Final = 125.0
"""The client ends each request in the time of the settings (120 s at most)."""


def unusable(settings: Settings) -> str | None:
    """Why there are no logs to search, in a sentence; `None` when there are."""
    return origins.unusable(searching.configured(settings), settings, _nothing())


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    return await origins.health(searching.configured(settings), settings, http, _nothing())


def _nothing() -> str:
    *names, last = (one.setting for one in searching.ORIGINS)
    return f"No logs can be searched: none of {', '.join(names)} and {last} is set."


TOOLSET: Final = Toolset(
    name="logs",
    title="Logs",
    description="Lines of services' logs, searched in Loki, Elasticsearch or OpenSearch, and files of this host.",
    cost="moderate",
    tools=(
        Tool(
            "search",
            "Lines of a service's log, or of all, within the incident's window: those with a text, or that complain.",
            searching.search,
            SearchParameters,
            TIMEOUT,
            read=reading.read,
        ),
        Tool(
            "patterns",
            "What lines that complain have in common: how many there were before the alert, and since it began.",
            searching.patterns,
            PatternParameters,
            TIMEOUT,
        ),
    ),
    unusable=unusable,
    health=_health,
)
