"""Which investigations are looked into now, and which wait: so many of one organization at once, the worst first.

A storm of one organization neither takes all workers from the others nor the processor from those who read. The bound
is the organization's own (`organizations.investigations_at_once`), whatever number of workers there is. What waits is
a row; what is admitted is a job in the queue as well, until its worker says that it is over. A worker that dies leaves
the job to another one, and with it the place.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from aurora_rt import jobs
from aurora_rt.clock import now
from aurora_rt.db.pool import Database, Scope
from aurora_rt.incidents import queueing_queries
from aurora_rt.incidents.models import Incident
from aurora_rt.incidents.schemas import InvestigationLine

SHOWN: Final = 1000
"""Of those that wait."""


async def line_up(scope: Scope, investigations: Sequence[tuple[Incident, UUID]]) -> None:
    """Have incidents looked into under these ids of investigations: at once where there is room, else in their turn."""
    if investigations:
        await queueing_queries.insert_turns(
            scope,
            [
                (investigation_id, incident.id, jobs.SEVERITY_PRIORITY.get(incident.severity, 0))
                for incident, investigation_id in investigations
            ],
            now(),
        )
        await _admit(scope)


async def leave(scope: Scope, investigation_id: UUID) -> None:
    """Note that nobody works on an investigation any more, and let the next one begin. Twice does no harm."""
    await queueing_queries.delete_turn(scope, investigation_id)
    await _admit(scope)


async def line(database: Database, organization_id: UUID) -> InvestigationLine:
    """Which investigations of an organization run, and which wait."""
    async with database.scope(organization_id) as scope:
        row = await queueing_queries.select_line(scope, SHOWN)
    return InvestigationLine(**row) if row else InvestigationLine(at_once=0, running=0, waiting=0, line=())


async def _admit(scope: Scope) -> None:
    admitted = await queueing_queries.admit(scope, now())
    await jobs.enqueue(
        scope.connection,
        [
            jobs.Investigate(
                organization_id=scope.organization_id,
                incident_id=incident_id,
                investigation_id=investigation_id,
            )
            for investigation_id, incident_id, _ in admitted
        ],
        [priority for _, _, priority in admitted],
    )
