"""Who calls whom, as the toolsets know it: asked again and again, beside the taking in of alerts."""

import asyncio
from typing import Final

import httpx
import structlog

from aurora_rt.alerts.correlating import Correlating
from aurora_rt.alerts.correlation.service_map import ServiceMap
from aurora_rt.settings import Settings
from aurora_rt.toolsets import topology
from aurora_rt.toolsets.toolset import ToolFailed

ASK_SECONDS: Final = 300.0

log = structlog.get_logger(__name__)


class ServiceMaps:
    """Keeps the service map of correlation up to date; without anything that knows one it ends at once."""

    name = "service map"

    def __init__(self, settings: Settings, http: httpx.AsyncClient, correlating: Correlating) -> None:
        self._settings = settings
        self._http = http
        self._correlating = correlating

    async def run(self) -> None:
        """Ask every few minutes; while nobody answers, the map stays as it was."""
        while self._correlating.window and not topology.unusable(self._settings):
            await self.look()
            await asyncio.sleep(ASK_SECONDS)

    async def look(self) -> None:
        """Ask once."""
        try:
            calls = await topology.known_calls(self._settings, self._http)
        except ToolFailed as failed:
            log.warning("service_map_not_read", reason=failed.reason)
            return
        self._correlating.service_map = ServiceMap(calls)
        log.info("service_map_read", calls=len(calls))
