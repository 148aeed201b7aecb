"""Azure, asked over its own HTTP APIs as an application that may only read.

    account     which application and subscription: a value that is handed on
    tokens      tokens for it                     client     asking, page by page
    metrics     Azure Monitor                     logs       Log Analytics
    resources   health of resources, alerts that fire, and changes from the activity log

No credentials are looked for anywhere but in the settings, and nothing is asked of an instance's metadata.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.azure import logs, metrics, resources
from aurora_rt.toolsets.azure.account import account_of, unusable
from aurora_rt.toolsets.azure.client import MANAGEMENT
from aurora_rt.toolsets.azure.tokens import token_of
from aurora_rt.toolsets.toolset import Health, Parameters, Tool, ToolFailed, Toolset

TIMEOUT: Final = 18.0
"""An inquiry of the investigator is given 22 s; what a look is cut at is said in a sentence of its own."""


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    try:
        account = account_of(settings)
        await token_of(account, http, settings.tool_timeout, f"{MANAGEMENT}/.default")
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return Health("healthy", "Azure lets us sign in.")


TOOLSET: Final = Toolset(
    name="azure",
    title="Azure",
    description="Metrics, logs, health of resources, alerts and changes in an Azure subscription.",
    cost="moderate",
    tools=(
        Tool(
            "metrics",
            "A metric of a resource over the incident's window.",
            metrics.metrics,
            metrics.MetricParameters,
            TIMEOUT,
        ),
        Tool(
            "logs",
            "Rows of a Log Analytics query within the incident's window.",
            logs.logs,
            logs.LogParameters,
            TIMEOUT,
        ),
        Tool(
            "resources",
            "Resources and their health, as Azure sees it.",
            resources.resources,
            Parameters,
            TIMEOUT,
        ),
        Tool("alerts", "Alerts of Azure Monitor that fire.", resources.alerts, Parameters, TIMEOUT),
        Tool(
            "activity",
            "What was changed within the window, and by whom (the activity log).",
            resources.activity,
            Parameters,
            TIMEOUT,
        ),
    ),
    unusable=unusable,
    health=_health,
)
