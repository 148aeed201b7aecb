"""Bringing to the store what is not there with the present model: after a change of either, or an outage.

A job for each organization goes on batch by batch; each batch is noted, so another worker goes on where one stopped.
What is not there yet is found by full text meanwhile.
"""

import asyncio

import structlog

from aurora_rt.db.pool import AWAY
from aurora_rt.jobs import CatchUp, enqueue_once
from aurora_rt.knowledge import queries
from aurora_rt.knowledge.library import BATCH, Knowledge
from aurora_rt.knowledge.models import Source

ROUND_SECONDS = 300.0
"""Between looks for what was left behind: by a process that was killed, or by jobs that were given up."""

log = structlog.get_logger(__name__)


async def catch_up(knowledge: Knowledge, job: CatchUp) -> None:
    """Bring all that an organization knows to the store. Raises `EmbeddingsAway`, `StoreAway` and what `AWAY` lists."""
    here = job.organization_id
    if job.kind is not None and job.source_id is not None:
        await _forget_leftovers(knowledge, job, Source(job.kind, job.source_id))
    done = 0
    while True:
        async with knowledge.database.scope(here) as scope:
            behind = await queries.select_behind(scope, knowledge.indexed_by, BATCH)
        if not behind:
            break
        await knowledge.index(here, behind)
        done += len(behind)
        log.info("passages_indexed", organization_id=str(here), done=done)
    await knowledge.store.forget_others(here, knowledge.embedder.model)


async def _forget_leftovers(knowledge: Knowledge, job: CatchUp, source: Source) -> None:
    """Have the store forget a source, whose present passages, if any, are put in anew after that."""
    async with knowledge.database.scope(job.organization_id) as scope:
        present = await queries.select_source(scope, source)
        await queries.set_indexed(scope, [one.id for one in present], "")
    await knowledge.store.delete(job.organization_id, source)


class CatchingUp:
    """Sees to it, in a process with a worker, that no organization is left behind."""

    name = "catching up"

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            try:
                await self.look()
            except AWAY as error:
                log.warning("nothing_caught_up", error=str(error))
            await asyncio.sleep(ROUND_SECONDS)

    async def look(self) -> None:
        """Enqueue a job for each organization that is behind and has none waiting."""
        async with self._knowledge.database.connection() as connection:
            for one in await queries.organizations_behind(connection, self._knowledge.indexed_by):
                job = CatchUp(organization_id=one)
                await enqueue_once(connection, job, f"{job.entrypoint}:{one}")
