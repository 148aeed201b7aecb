"""Logs of services: Loki, at `LOKI_URL`.

    loki        asking it: which streams are a service's, and their lines
    reading     lines of any origin into facts: when, whose, how bad

Without a text to look for, a search gives the lines that complain; all of them lie in the incident's window.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.logs import loki, reading
from aurora_rt.toolsets.toolset import Health, Tool, ToolFailed, Toolset

TIMEOUT: Final = 40.0


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    try:
        place = await loki.answers(settings, http)
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return Health("healthy", f"Loki at {place} answers.")


TOOLSET: Final = Toolset(
    name="logs",
    title="Logs",
    description="Lines of services' logs, searched in Loki.",
    cost="moderate",
    tools=(
        Tool(
            "search",
            "Lines of a service's log, or of all, within the incident's window: those with a text, or that complain.",
            loki.search,
            loki.SearchParameters,
            TIMEOUT,
            read=reading.read,
        ),
    ),
    unusable=loki.unusable,
    health=_health,
)
