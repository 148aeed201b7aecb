"""What is done about alerts though nothing arrives: quiet incidents resolve, kept deliveries are gone on with."""

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from aurora_rt.alerts import delivery_queries, silence_queries
from aurora_rt.alerts.patience import Patience
from aurora_rt.alerts.receiving import Receiving
from aurora_rt.alerts.waking import wake
from aurora_rt.clock import now
from aurora_rt.db.pool import AWAY, Database
from aurora_rt.events.change import Changes
from aurora_rt.incidents import lifecycle

LOOK_SECONDS: Final = 1.0
ABANDONED: Final = timedelta(seconds=20)
"""How long a delivery may be kept and not dealt with before somebody else goes on with it; twice does no harm."""
AT_ONCE: Final = 64
"""Deliveries that are gone on with at once; those of one organization are written together."""

log = structlog.get_logger(__name__)


class Upkeep:
    """Looks again and again; any number of processes may do it at once."""

    name = "upkeep of alerts"

    def __init__(
        self, database: Database, changes: Changes, receiving: Receiving, patience: Patience
    ) -> None:
        self._database = database
        self._changes = changes
        self._receiving = receiving
        self._patience = patience

    async def run(self) -> None:
        """Look, through every outage of the database, for as long as the process lives."""
        while True:
            more = False
            try:
                more = await self.look()
            except* AWAY as error:
                log.warning("alerts_not_kept_up", error=str(error.exceptions[0]))
            if not more:
                await asyncio.sleep(LOOK_SECONDS)

    async def look(self, abandoned: timedelta = ABANDONED) -> bool:
        """Resolve what has been quiet, go on with what was abandoned or silenced until now, and tidy up.

        Answers whether there may be more of what was abandoned.
        """
        async with self._database.connection() as connection:
            due = await lifecycle.with_quiet(connection)
            waiting = await delivery_queries.select_waiting(connection, now() - abandoned, AT_ONCE)
            await self._receiving.rules.correlating.forget(connection, now())
            silent = await silence_queries.with_due(connection, now(), AT_ONCE)
        for organization_id in due:
            async with self._changes.open(organization_id) as change:
                looked_at = await lifecycle.resolve_quiet(change, self._patience.quiet)
            log.info("quiet_incidents_resolved", incidents=looked_at)
        woken = [await wake(self._changes, one, now(), self._receiving.rules) for one in silent]
        async with asyncio.TaskGroup() as together:
            for organization_id, delivery_id in waiting:
                together.create_task(self._receiving.take_up(organization_id, delivery_id))
        return len(waiting) == AT_ONCE or any(woken)
