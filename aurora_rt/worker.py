"""The table of jobs and who carries them out, and the loop that does.

A job is leased with a heartbeat: when this process dies, another takes the job over `AURORA_JOB_LEASE` seconds
later. On shutdown running jobs get some time to end and are then handed back, to be gone on with elsewhere. A job
that fails is tried again a few times and then given up visibly; one whose database is away waits for it.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job as QueuedJob

from aurora_rt import jobs
from aurora_rt.chat import answer
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import AWAY
from aurora_rt.incidents import queueing
from aurora_rt.investigation import carrying_out, run
from aurora_rt.investigation.bench import Workbench
from aurora_rt.knowledge import catching_up, documents, incidents
from aurora_rt.knowledge.embeddings import EmbeddingsAway
from aurora_rt.knowledge.store import StoreAway

ATTEMPTS = 5
MOST_WAIT_SECONDS = 300
"""Between two tries of a job that waits for somebody who is away."""
AWAY_SECONDS = 2.0
SEEN_SECONDS = 5.0
LOOK_SECONDS = 0.5
"""How often an idle worker looks by itself, in case that it was not told of a job."""

GRACE_SHARE = 0.5
"""Share of the shutdown time in which running jobs may still end by themselves."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Handler:
    """Who carries a kind of job out, and who says that it failed for good."""

    job: type[jobs.Job]
    carry_out: Callable[[Workbench, Any], Coroutine[Any, Any, None]]
    give_up: Callable[[Workbench, Any, str], Awaitable[None]]
    waits_for: tuple[type[Exception], ...] = ()
    """Outages of others, which end: it is tried again until they have, less and less often."""


async def _investigate(bench: Workbench, job: jobs.Investigate) -> None:
    await run.investigate(bench, job)
    await _leave(bench, job)


async def _give_up(bench: Workbench, job: jobs.Investigate, reason: str) -> None:
    await run.give_up(bench, job, reason)
    await _leave(bench, job)


async def _leave(bench: Workbench, job: jobs.Investigate) -> None:
    """Let the next investigation of the organization begin."""
    async with bench.database.transaction(job.organization_id) as scope:
        await queueing.leave(scope, job.investigation_id)


async def _catch_up(bench: Workbench, job: jobs.CatchUp) -> None:
    await catching_up.catch_up(bench.knowledge, job)


async def _left_behind(_: Workbench, job: jobs.CatchUp, reason: str) -> None:
    """Nothing is lost: `CatchingUp` enqueues it again when it looks next."""
    log.warning("knowledge_left_behind", organization_id=str(job.organization_id), reason=reason)


HANDLERS = (
    Handler(jobs.Investigate, _investigate, _give_up),
    Handler(jobs.AnswerQuestion, answer.answer, answer.give_up),
    Handler(jobs.CarryOut, carrying_out.carry_out, carrying_out.give_up),
    Handler(jobs.CatchUp, _catch_up, _left_behind, waits_for=(EmbeddingsAway, StoreAway)),
    Handler(
        jobs.ReadDocument,
        lambda bench, job: documents.read(bench.knowledge, job),
        lambda bench, job, reason: documents.give_up(bench.knowledge, job, reason),
    ),
    Handler(
        jobs.RememberIncident,
        lambda bench, job: incidents.remember(bench.knowledge, job),
        lambda bench, job, reason: incidents.give_up(bench.knowledge, job, reason),
    ),
)


class HandedBack(Exception):
    """The process stops; somebody else goes on with the job."""


class _PatientQueue(QueueManager):
    """A queue that asks whether it is told of new jobs only once it has had time to listen.

    The first question of pgqueuer 1.6 may come before it listens; unanswered, it ends the queue and every job in it.
    """

    async def _run_periodic_health_check(self, interval: timedelta = timedelta(seconds=10)) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.shutdown.wait(), interval.total_seconds())
        await super()._run_periodic_health_check(interval)


class Worker:
    """Works on the queue until it is told to stop."""

    name = "worker"

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._stopping = asyncio.Event()
        self._hand_back = asyncio.Event()
        self._queue: QueueManager | None = None

    def stop(self) -> None:
        """Take no new job; let the running ones end, for a while."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()
        grace = self._bench.settings.shutdown_seconds * GRACE_SHARE
        asyncio.get_running_loop().call_later(grace, self._hand_back.set)

    async def run(self) -> None:
        """Work, through every outage of the database, until `stop`."""
        while not self._stopping.is_set():
            try:
                await self._work()
            except (*AWAY, FailingListenerError) as error:
                log.warning("queue_lost", error=str(error))
                await asyncio.sleep(AWAY_SECONDS)

    async def be_seen(self) -> None:
        """Leave a sign of life in the database every few seconds, which the health check believes."""
        worker_id, name = new_id(), f"{socket.gethostname()}:{os.getpid()}"
        while True:
            try:
                async with self._bench.database.connection() as connection:
                    await connection.execute(
                        """
                        INSERT INTO workers (id, name, started_at, seen_at) VALUES ($1, $2, $3, $3)
                        ON CONFLICT (id) DO UPDATE SET seen_at = $3
                        """,
                        worker_id,
                        name,
                        now(),
                    )
                    await connection.execute(
                        "DELETE FROM workers WHERE seen_at < $1", now() - timedelta(hours=1)
                    )
            except AWAY as error:
                log.warning("worker_unseen", error=str(error))
            await asyncio.sleep(SEEN_SECONDS)

    async def _work(self) -> None:
        settings = self._bench.settings
        queries = Queries(AsyncpgPoolDriver(self._bench.database.pool))
        await _requeue_parked(queries)
        self._queue = _PatientQueue(queries)
        for handler in HANDLERS:
            register = self._queue.entrypoint(
                handler.job.entrypoint, accepts_context=False, on_failure="hold"
            )
            register(self._carrying_out(handler))
        if self._stopping.is_set():
            return
        await self._queue.run(
            dequeue_timeout=timedelta(seconds=min(LOOK_SECONDS, settings.job_lease / 4)),
            batch_size=max(1, settings.investigations // 2),
            max_concurrent_tasks=settings.investigations,
            shutdown_on_listener_failure=True,
            heartbeat_timeout=timedelta(seconds=settings.job_lease),
        )

    def _carrying_out(self, handler: Handler) -> Callable[[QueuedJob], Awaitable[None]]:
        async def carry_out(queued: QueuedJob) -> None:
            job = handler.job.model_validate_json(queued.payload or b"{}")
            with structlog.contextvars.bound_contextvars(job_id=queued.id):
                try:
                    await self._until_stopped(self._through_outages(handler, job))
                except* (HandedBack, asyncio.CancelledError):
                    # A cancelled job would be deleted: hand it back instead.
                    log.info("job_handed_back")
                    raise RetryRequested(timedelta(0), "the worker stopped") from None
                except* Exception as error:  # noqa: BLE001 - the outermost edge of a job
                    await self._failed(handler, job, queued, error)

        return carry_out

    async def _through_outages(self, handler: Handler, job: jobs.Job) -> None:
        """Carry a job out; begin again each time that the database went away meanwhile.

        Asking the queue to try again would not do: it could not be told while the database is away. What looks like
        an outage while the database answers is a failure of the job's own.
        """
        answered = 0
        while True:
            try:
                await handler.carry_out(self._bench, job)
            except* AWAY as error:
                log.warning("job_waits_for_database", error=str(_first(error)))
                answered += await self._database_answers()
                if answered >= ATTEMPTS:
                    raise
            else:
                return
            await asyncio.sleep(AWAY_SECONDS)

    async def _database_answers(self) -> bool:
        try:
            async with self._bench.database.connection() as connection:
                await connection.fetchval("SELECT 1")
        except AWAY:
            return False
        return True

    async def _until_stopped(self, work: Coroutine[Any, Any, None]) -> None:
        async with asyncio.TaskGroup() as together:
            watch = together.create_task(self._raise_when_stopped(), name="hand back")
            await work
            watch.cancel()

    async def _raise_when_stopped(self) -> None:
        await self._hand_back.wait()
        raise HandedBack

    async def _failed(
        self, handler: Handler, job: jobs.Job, queued: QueuedJob, error: BaseExceptionGroup[Exception]
    ) -> None:
        reason = str(_first(error)) or type(_first(error)).__name__
        if isinstance(_first(error), handler.waits_for):
            log.warning("job_waits", attempt=queued.attempts, reason=reason)
            raise RetryRequested(timedelta(seconds=min(2**queued.attempts, MOST_WAIT_SECONDS)), reason)
        log.error("job_failed", attempt=queued.attempts, exc_info=error)
        if queued.attempts + 1 < ATTEMPTS:
            raise RetryRequested(timedelta(seconds=2**queued.attempts), reason)
        await handler.give_up(self._bench, job, f"It failed {ATTEMPTS} times: {reason}")


async def _requeue_parked(queries: Queries) -> None:
    """Put back what the queue parked as failed: our handlers say themselves when a job is given up."""
    parked = await queries.list_failed_jobs()
    if parked:
        log.warning("parked_jobs_requeued", jobs=len(parked))
        await queries.requeue_jobs([job.id for job in parked])


def _first(error: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first cause within nested groups."""
    found: BaseException = error
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
