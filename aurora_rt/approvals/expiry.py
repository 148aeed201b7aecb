"""Proposals that nobody decided in time."""

import asyncio

import structlog

from aurora_rt.approvals import queries
from aurora_rt.approvals.schemas import ApprovalMoved
from aurora_rt.clock import now
from aurora_rt.db.pool import AWAY, Database
from aurora_rt.events.change import Changes
from aurora_rt.events.envelope import incident_room

LOOK_SECONDS = 5.0
"""How often it is looked; whoever decides too late is refused by the time in the row, whenever that is."""

log = structlog.get_logger(__name__)


class Expiry:
    """Lets proposals expire, and says so; any number of processes may do it at once."""

    name = "expiry of approvals"

    def __init__(self, database: Database, changes: Changes) -> None:
        self._database = database
        self._changes = changes

    async def run(self) -> None:
        """Look again and again, through every outage of the database, for as long as the process lives."""
        while True:
            try:
                await self.look()
            except AWAY as error:
                log.warning("approvals_not_expired", error=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Let what is over expire."""
        async with self._database.connection() as connection:
            due = await queries.organizations_with_due(connection, now())
        for organization_id in due:
            async with self._changes.open(organization_id) as change:
                for over in await queries.expire_due(change, now()):
                    change.say(incident_room(over.incident_id), ApprovalMoved.of(over))
                    log.info("approval_expired", approval_id=str(over.id))
