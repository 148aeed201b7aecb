"""Google Cloud, asked over its own HTTP APIs as a service account that may only read.

    account     which service account and project: a value that is handed on
    tokens      tokens for it                     client     asking, page by page
    metrics     Cloud Monitoring                  logs       Cloud Logging, and changes from the audit log
    machines    Cloud Run, Cloud SQL and Compute Engine

No credentials are looked for anywhere but in the settings, and nothing is asked of an instance's metadata. Tokens
are only asked for at Google's own address, or at `AURORA_GCP_ENDPOINT`: never where a key file says.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.gcp import logs, machines, metrics
from aurora_rt.toolsets.gcp.account import account_of, unusable
from aurora_rt.toolsets.gcp.tokens import token_of
from aurora_rt.toolsets.logs.reading import read as read_lines
from aurora_rt.toolsets.toolset import Health, Parameters, Tool, ToolFailed, Toolset

TIMEOUT: Final = 18.0
"""An inquiry of the investigator is given 22 s; what a look is cut at is said in a sentence of its own."""


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    try:
        account = await account_of(settings)
        await token_of(account, http, settings.tool_timeout)
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return Health("healthy", f"Google Cloud gives tokens for the project {account.project}.")


TOOLSET: Final = Toolset(
    name="gcp",
    title="Google Cloud",
    description="Metrics, logs, Cloud Run, Cloud SQL, Compute Engine and changes in a Google Cloud project.",
    cost="moderate",
    tools=(
        Tool(
            "metrics",
            "Series of Cloud Monitoring over the incident's window.",
            metrics.metrics,
            metrics.MetricParameters,
            TIMEOUT,
        ),
        Tool(
            "logs",
            "Lines of Cloud Logging within the incident's window: those of a filter, or warnings and worse.",
            logs.logs,
            logs.LogParameters,
            TIMEOUT,
            read=read_lines,
        ),
        Tool(
            "run",
            "Cloud Run services, and whether their newest revision serves.",
            machines.run,
            Parameters,
            TIMEOUT,
        ),
        Tool("sql", "Cloud SQL databases and their state.", machines.sql, Parameters, TIMEOUT),
        Tool("compute", "Compute Engine instances and their state.", machines.compute, Parameters, TIMEOUT),
        Tool(
            "changes",
            "What was changed within the window, and by whom (the audit log).",
            logs.changes,
            Parameters,
            TIMEOUT,
        ),
    ),
    unusable=unusable,
    health=_health,
)
