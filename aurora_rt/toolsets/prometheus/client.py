"""The metrics server that is to be asked.

The API is https://prometheus.io/docs/prometheus/latest/querying/api/, which VictoriaMetrics and Mimir serve too,
below a base path of their own.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.prometheus.answers import Answer, Result
from aurora_rt.toolsets.servers import Call, Server, ask, complaint, server_at
from aurora_rt.toolsets.toolset import Health, ToolFailed

WHAT: Final = "metrics server"
SETTING: Final = "PROMETHEUS_URL"


def unusable(settings: Settings) -> str | None:
    """Why there is no metrics server to ask, in a sentence; `None` when there is one."""
    return complaint(settings.prometheus_url, WHAT, SETTING)


def configured(settings: Settings) -> Server:
    """The metrics server of the settings. Raises `ToolFailed` when there is none."""
    return server_at(settings.prometheus_url, WHAT, SETTING, settings.prometheus_timeout)


async def health(settings: Settings, http: httpx.AsyncClient) -> Health:
    """Whether the metrics server answers a query."""
    try:
        server = configured(settings)
        await ask(server, http, Call("/api/v1/query", {"query": "1"}), Answer[Result])
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return Health("healthy", f"The metrics server at {server.place} answers.")
