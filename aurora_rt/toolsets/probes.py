"""The places that people want looked at from outside: `AURORA_PROBES`, all side by side.

Only these are looked at unasked: what an alert names may come from anybody.
"""

import asyncio
from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.probes import (
    ProbeResult,
    Probes,
)
from aurora_rt.toolsets.network.configured import SETTING, configured
from aurora_rt.toolsets.network.probing import Place, probed, told, typed
from aurora_rt.toolsets.toolset import Access, Health, Parameters, Seen, Tool, ToolFailed, Toolset

AT_ONCE: Final = 50
PATIENCE: Final = 8.0
"""Seconds for one place, so that all of them are told in time."""
TIMEOUT: Final = 20.0


def unusable(settings: Settings) -> str | None:
    """Why there is nothing to look at, in a sentence; `None` when there is something."""
    if not settings.probes:
        return f"No probe is configured: {SETTING} is not set."
    try:
        configured(settings)
    except ToolFailed as failed:
        return failed.reason
    return None


async def check(_: Parameters, access: Access) -> Seen:
    """Look at all of them."""
    at_once = asyncio.Semaphore(AT_ONCE)
    limit = min(access.settings.tool_timeout, PATIENCE)
    settings = access.settings.model_copy(update={"tool_timeout": limit})

    async def one(place: Place) -> ProbeResult | str:
        async with at_once:
            try:
                return await probed(place, settings)
            except ToolFailed as failed:
                return f"{place.name}: {failed.reason}"

    places = configured(access.settings)
    seen = await asyncio.gather(*map(one, places))
    results = tuple(result for result in seen if isinstance(result, ProbeResult))
    lines = [result if isinstance(result, str) else f"{result.name}: {told(result)}" for result in seen]
    return Seen("; ".join(map(typed, places)), "\n".join(lines), Probes(results=results))


async def _health(settings: Settings, _: httpx.AsyncClient) -> Health:
    reason = unusable(settings)
    if reason is not None:
        return Health("unhealthy", reason)
    count = len(configured(settings))
    return Health("healthy", f"{count} {'place is' if count == 1 else 'places are'} looked at from outside.")


TOOLSET: Final = Toolset(
    name="probes",
    title="Probes",
    description="Places of the settings, looked at from outside as their users see them.",
    cost="low",
    tools=(Tool("check", "All configured probes, side by side.", check, timeout=TIMEOUT, fresh_for=10.0),),
    unusable=unusable,
    health=_health,
)
