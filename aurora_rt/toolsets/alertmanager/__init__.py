"""Alertmanager, at `ALERTMANAGER_URL`: what else fires, and what people have silenced.

    client      which server to ask
    answers     the shapes of what comes back
    listings    the tools

Alerts are as they are now; silences those that were in force within the incident's window. Nothing is ever changed.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.alertmanager import listings
from aurora_rt.toolsets.alertmanager.answers import ServerStatus
from aurora_rt.toolsets.alertmanager.client import configured, unusable
from aurora_rt.toolsets.servers import Call, ask
from aurora_rt.toolsets.toolset import Health, Tool, ToolFailed, Toolset

TIMEOUT: Final = 125.0
"""The client ends each request in the time of the settings (120 s at most)."""


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    try:
        server = configured(settings)
        status = await ask(server, http, Call("/api/v2/status"), ServerStatus)
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    version = f" {status.version_info['version']}" if status.version_info.get("version") else ""
    return Health("healthy", f"Alertmanager{version} at {server.place} answers.")


TOOLSET: Final = Toolset(
    name="alertmanager",
    title="Alertmanager",
    description="Alerts that fire, are silenced or inhibited, and who silenced what until when.",
    cost="low",
    tools=(
        Tool(
            "alerts",
            "Alerts that fire now, those that are silenced or inhibited included.",
            listings.alerts,
            timeout=TIMEOUT,
        ),
        Tool(
            "silences",
            "Silences within the incident's window: which alerts, who, why, until when.",
            listings.silences,
            timeout=TIMEOUT,
        ),
    ),
    unusable=unusable,
    health=_health,
)
