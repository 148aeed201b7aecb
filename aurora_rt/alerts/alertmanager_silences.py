"""The silences of the operator's Alertmanager (`ALERTMANAGER_URL`), which hold back alerts of every source here, too.

Alertmanager itself does not send what is silenced there; but the same alert may come by another way.
"""

import asyncio
import re
from datetime import datetime
from typing import Final

import httpx
import structlog

from aurora_rt.alerts import silence_queries
from aurora_rt.alerts.silence import Matcher, Silence
from aurora_rt.alerts.silencing import Silencing, compiled
from aurora_rt.clock import now
from aurora_rt.db.pool import AWAY, Database
from aurora_rt.settings import Settings
from aurora_rt.toolsets.alertmanager.answers import MatcherShape, SilenceShape
from aurora_rt.toolsets.alertmanager.listings import every_silence
from aurora_rt.toolsets.toolset import ToolFailed

ASK_SECONDS: Final = 15.0
MOST: Final = 2000

log = structlog.get_logger(__name__)


class AlertmanagerSilences:
    """Keeps Alertmanager's silences at hand; without an Alertmanager it ends at once."""

    name = "silences of Alertmanager"

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, database: Database, silencing: Silencing
    ) -> None:
        self._settings = settings
        self._http = http
        self._database = database
        self._silencing = silencing

    async def run(self) -> None:
        """Ask again and again; while Alertmanager does not answer, what it said last holds until its time."""
        while self._settings.alertmanager_url:
            try:
                await self.look()
            except ToolFailed as failed:
                log.warning("silences_not_read", reason=failed.reason)
            except AWAY as error:
                log.warning("silences_not_read", reason=str(error))
            await asyncio.sleep(ASK_SECONDS)

    async def look(self) -> None:
        """Ask once; what is over before its time wakes the alerts that it held back."""
        at = now()
        told = await every_silence(self._settings, self._http)
        before = {one.id for one in self._silencing.elsewhere if one.until > at}
        self._silencing.elsewhere = _active(told, at)
        gone = before - {one.id for one in self._silencing.elsewhere}
        if gone:
            async with self._database.connection() as connection:
                await silence_queries.end_elsewhere(connection, sorted(gone), at)
            log.info("silences_ended_elsewhere", silences=len(gone))


def _active(told: tuple[SilenceShape, ...], at: datetime) -> tuple[Silence, ...]:
    """Those in force that can be understood: of one that cannot, nothing is silenced."""
    active = [one for one in told if one.status.state == "active" and one.starts_at <= at < one.ends_at]
    made = []
    for one in active[:MOST]:
        matchers = [_matcher(each) for each in one.matchers]
        if all(each is not None for each in matchers):
            made.append(Silence(one.id, tuple(each for each in matchers if each is not None), one.ends_at))
    return tuple(made)


def _matcher(told: MatcherShape) -> Matcher | None:
    if not told.is_regex:
        return Matcher(told.name, "", told.is_equal, compiled(re.escape(told.value)))
    pattern = compiled(told.value)
    return Matcher(told.name, "", told.is_equal, pattern) if pattern else None
