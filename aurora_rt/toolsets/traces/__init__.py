"""Traces of requests: Jaeger at `JAEGER_URL`, Tempo at `TEMPO_URL`.

    asking      what every origin is asked for
    jaeger      asking Jaeger
    tempo       asking Tempo; `otlp` reads the requests that it gives
    spans       what a span is within its request: its own time, whether an error begins there
    summing     what the spans of many requests come to
    searching   asking all that are configured, and telling it as one answer

A search looks at as many requests from before the alert as from since, so that the two can be compared.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets import origins
from aurora_rt.toolsets.toolset import Health, Tool, Toolset
from aurora_rt.toolsets.traces import searching
from aurora_rt.toolsets.traces.asking import SearchParameters, ShowParameters

TIMEOUT: Final = 250.0


def unusable(settings: Settings) -> str | None:
    """Why there are no traces to look at, in a sentence; `None` when there are."""
    return origins.unusable(searching.configured(settings), settings, _nothing())


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    return await origins.health(searching.configured(settings), settings, http, _nothing())


def _nothing() -> str:
    names = " nor ".join(one.setting for one in searching.ORIGINS)
    return f"No traces can be looked at: neither {names} is set."


TOOLSET: Final = Toolset(
    name="traces",
    title="Traces",
    description="Where the time of requests goes and where they begin to fail, from Jaeger and Tempo.",
    cost="moderate",
    tools=(
        Tool(
            "search",
            "A sample of requests before the alert and since: own time and errors by service, the slowest and failed.",
            searching.search,
            SearchParameters,
            TIMEOUT,
        ),
        Tool("show", "One request, step by step.", searching.show, ShowParameters, TIMEOUT),
    ),
    unusable=unusable,
    health=_health,
)
