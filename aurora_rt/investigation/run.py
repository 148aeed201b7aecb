"""One investigation as a durable job: what an investigator says becomes what is written.

A run may die at any point and be run again, by any process. It is fenced by its name in the investigation's row:
whoever finds another name there has been taken over and stops; and it gives the investigator back what earlier
runs saw, so that the second run says the same under the same ids.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import assert_never
from uuid import UUID

import structlog

from aurora_rt import jobs
from aurora_rt.clock import new_id, now
from aurora_rt.events.bus import TextKind
from aurora_rt.events.change import Change
from aurora_rt.events.draft import Draft
from aurora_rt.events.envelope import incident_room
from aurora_rt.incidents import lifecycle
from aurora_rt.investigation import queries, record
from aurora_rt.investigation.bench import WATCH_SECONDS, Workbench
from aurora_rt.investigation.investigator import (
    Answer,
    Citation,
    Investigator,
    Step,
    Suggestion,
    Summary,
    Thought,
    Writing,
)
from aurora_rt.investigation.memory import KeptMemory
from aurora_rt.investigation.models import Begun, Said
from aurora_rt.redaction import redacted

log = structlog.get_logger(__name__)


class Stopped(Exception):
    """The investigation was cancelled, taken over or ended: this run has nothing more to say."""


async def investigate(bench: Workbench, job: jobs.Investigate) -> None:
    """Carry out the job, from its beginning or from where an earlier run stopped."""
    with structlog.contextvars.bound_contextvars(incident_id=str(job.incident_id)):
        try:
            async with Run.begun(bench, job) as run, asyncio.TaskGroup() as together:
                watch = together.create_task(run.watch(), name="watch")
                await run.follow()
                watch.cancel()
        except* Stopped as stopped:
            log.info("investigation_stopped", reason=str(stopped.exceptions[0]))


async def give_up(bench: Workbench, job: jobs.Investigate, reason: str) -> None:
    """End an investigation that failed for good: it must never look like a finished analysis."""
    async with bench.changes.open(job.organization_id) as change:
        await lifecycle.lock(change, job.incident_id)
        # It may have failed before its first line was kept, or be in the hands of a run that hangs.
        await queries.take_over(change, job.investigation_id, job.incident_id, new_id(), "", now())
        if await queries.finish(change, job.investigation_id, now(), status="error", error=redacted(reason)):
            await lifecycle.end_analysis(change, job.incident_id, summary=None, failed=True)


@dataclass(slots=True)
class Run:
    """One process's work on one investigation."""

    bench: Workbench
    job: jobs.Investigate
    runner: UUID
    begin: Begun
    investigator: Investigator
    drafts: dict[tuple[TextKind, str], Draft] = field(default_factory=dict)
    held: dict[tuple[TextKind, str], str] = field(default_factory=dict)
    """Texts that so far repeat a thought of an earlier investigation, which is not written down twice."""

    @classmethod
    @asynccontextmanager
    async def begun(cls, bench: Workbench, job: jobs.Investigate) -> "AsyncIterator[Run]":
        """Take the investigation over. Raises `Stopped` when there is nothing to do any more."""
        runner = new_id()
        investigator = await bench.investigators.for_incident(
            job.organization_id, job.incident_id, job.investigation_id
        )
        async with bench.changes.open(job.organization_id) as change:
            await lifecycle.lock(change, job.incident_id)
            state = await queries.take_over(
                change, job.investigation_id, job.incident_id, runner, investigator.name, now()
            )
            if state != "running":
                raise Stopped(f"It is {state}.")
            await lifecycle.begin_analysis(change, job.incident_id)
            case = await queries.select_case(change, job.incident_id)
            said = Said(
                ids=await queries.select_said_ids(change, job.investigation_id),
                observations=await queries.select_observations(change, job.incident_id, job.investigation_id),
                before=await queries.select_earlier_thoughts(change, job.incident_id, job.investigation_id),
            )
        if case is None:
            raise Stopped("The incident is gone.")
        if said.ids or said.observations:
            log.info("investigation_resumed", said=len(said.ids), looks=len(said.observations))
        run = cls(bench, job, runner, Begun(case, said), investigator)
        try:
            yield run
        finally:
            for draft in run.drafts.values():
                draft.end()

    async def follow(self) -> None:
        """Listen to the investigator to the end, and write down what it says."""
        case = self.begin.case
        tools = await self.bench.toolbox(
            self.job.organization_id,
            self.job.incident_id,
            self.bench.window_of(case),
            self.begin.said.observations,
        )
        memory = await KeptMemory.of(self._change, self.job.investigation_id)
        async with aclosing(self.investigator.investigate(case, tools, memory)) as steps:
            async for step in steps:
                await self._write(step)
        log.info("investigation_finished")

    async def watch(self) -> None:
        """Raise `Stopped` soon after the investigation was cancelled or taken over."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            async with self.bench.database.scope(self.job.organization_id) as scope:
                if not await queries.is_running(scope, self.job.investigation_id, self.runner):
                    raise Stopped("It was cancelled or taken over.")

    async def _write(self, step: Step) -> None:
        match step:
            case Writing(kind=kind, key=key, text=text):
                self._draft(kind, key, text)
            case Thought(key=key, content=content):
                self._complete("thought", key, content)
                async with self._change() as change:
                    await record.thought(change, self.job.incident_id, self.job.investigation_id, step)
                self._end("thought", key)
            case Citation(observation):
                async with self._change() as change:
                    await record.citation(
                        change,
                        self.job.incident_id,
                        self.job.investigation_id,
                        self.job.investigation_id,
                        observation,
                    )
            case Suggestion():
                async with self._change() as change:
                    await record.suggestion(
                        change,
                        self.bench.settings,
                        self.job.incident_id,
                        self.job.investigation_id,
                        step,
                    )
            case Summary():
                await self._conclude(step)
            case Answer():
                raise TypeError("an investigation does not end with an answer")
            case never:
                assert_never(never)

    async def _conclude(self, summary: Summary) -> None:
        text = redacted(summary.text)
        self._complete("summary", summary.key, text)
        async with self._change(of_incident=True) as change:
            await queries.finish(
                change,
                self.job.investigation_id,
                now(),
                status="complete",
                causes=summary.causes,
                ended=summary.ended,
            )
            await lifecycle.end_analysis(
                change, self.job.incident_id, summary=text, failed=False, ended=summary.ended
            )
        self._end("summary", summary.key)

    @asynccontextmanager
    async def _change(self, *, of_incident: bool = False) -> AsyncIterator[Change]:
        """A change while this run is not stopped; `of_incident`: of the incident itself, which is locked first."""
        async with self.bench.changes.open(self.job.organization_id) as change:
            if of_incident:
                await lifecycle.lock(change, self.job.incident_id)
            if not await queries.is_running(change, self.job.investigation_id, self.runner):
                raise Stopped("It was cancelled or taken over.")
            yield change

    def _draft(self, kind: TextKind, key: str, text: str) -> None:
        text_id = record.thought_id(self.job.investigation_id, f"{kind}:{key}" if kind != "thought" else key)
        if text_id in self.begin.said.ids:
            return
        if (kind, key) not in self.drafts:
            text = self.held.pop((kind, key), "") + text
            if kind == "thought" and any(one.startswith(text) for one in self.begin.said.before):
                self.held[kind, key] = text
                return
            room = incident_room(self.job.incident_id)
            self.drafts[kind, key] = Draft(self.bench.bus, room, kind, str(text_id))
        self.drafts[kind, key].write(text)

    def _complete(self, kind: TextKind, key: str, text: str) -> None:
        if draft := self.drafts.get((kind, key)):
            draft.complete(text)

    def _end(self, kind: TextKind, key: str) -> None:
        if draft := self.drafts.pop((kind, key), None):
            draft.end()
