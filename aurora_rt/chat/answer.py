"""Answering a question as a durable job: it streams, it can be called off, and it is written once."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

import structlog
from pydantic_core import to_json

from aurora_rt import jobs
from aurora_rt.chat import queries
from aurora_rt.chat.ask import MODEL, enqueue_answer, room_of
from aurora_rt.chat.footnotes import with_footnotes
from aurora_rt.chat.models import ChatSession, Message
from aurora_rt.chat.providers import chosen
from aurora_rt.chat.schemas import MessageSaid
from aurora_rt.clock import derived_id, now
from aurora_rt.events.bus import TextKind
from aurora_rt.events.change import Change
from aurora_rt.events.draft import Draft
from aurora_rt.investigation import evidence, kept_looks, record
from aurora_rt.investigation.bench import WATCH_SECONDS, Workbench
from aurora_rt.investigation.investigator import (
    Answer,
    Citation,
    Ended,
    Question,
    Suggestion,
    Writing,
)
from aurora_rt.investigation.memory import KeptMemory
from aurora_rt.knowledge import documents
from aurora_rt.redaction import redacted
from aurora_rt.toolsets.toolset import Observation

FAILED_TEXT = "The answer could not be finished because of an internal error. Please ask again."

LOOK_LIMIT = 200
"""Characters that are told of a look that begins."""

log = structlog.get_logger(__name__)


def look_line(tool: str, asked: Mapping[str, Any]) -> str:
    """What a reader is told of a look that begins: the tool, and what it is asked, on a line of its own."""
    given = [
        f"{name}={one if isinstance(one, str) else to_json(one).decode()}"
        for name, one in asked.items()
        if one not in (None, "", [], {})
    ]
    line = " ".join(" ".join([tool, *given]).split())
    return (line if len(line) <= LOOK_LIMIT else f"{line[:LOOK_LIMIT]} …") + "\n"


class CalledOff(Exception):
    """Nobody waits for the answer any more."""


async def answer(bench: Workbench, job: jobs.AnswerQuestion) -> None:
    """Carry out the job. A question that is already answered or called off is left alone."""
    async with bench.changes.open(job.organization_id) as change:
        session = await queries.lock_session(change, job.session_id)
        question = await queries.select_message(change, job.message_id)
        if session is None or question is None or question.status not in ("queued", "answering"):
            if question is not None and question.status == "cancelled":
                await _go_on_with_next(change, job.session_id)
            return
        await queries.set_status(change, question.id, "answering", ("queued",))
    answering = Answering(bench, job.organization_id, session, question)
    with structlog.contextvars.bound_contextvars(session_id=str(session.id)):
        await answering.run()


async def give_up(bench: Workbench, job: jobs.AnswerQuestion, reason: str) -> None:
    """Say that the question could not be answered, and go on with the next one."""
    async with bench.changes.open(job.organization_id) as change:
        session = await queries.lock_session(change, job.session_id)
        question = await queries.select_message(change, job.message_id)
    log.warning("answer_given_up", reason=reason)
    if session is not None and question is not None:
        await Answering(bench, job.organization_id, session, question).conclude(
            FAILED_TEXT, "error", "interrupted"
        )


@dataclass(slots=True)
class Answering:
    """The answering of one question."""

    bench: Workbench
    organization_id: UUID
    session: ChatSession
    question: Message

    @property
    def answer_id(self) -> UUID:
        """The id of the answer, the same in each run."""
        return derived_id(self.question.id, "answer")

    async def run(self) -> None:
        """Stream the answer and write it down; what was said before it was called off is kept."""
        draft, looks = (
            self._draft("answer", f"{self.answer_id}"),
            self._draft("looks", f"{self.answer_id}:looks"),
        )
        try:
            answered = await self._stream(draft, looks)
        except* CalledOff:
            await self.conclude(draft.stop(), "cancelled", "interrupted")
        else:
            draft.complete(answered.text)
            await self.conclude(answered.text, "complete", answered.ended)
        finally:
            draft.end()
            looks.end()

    def _draft(self, kind: TextKind, text_id: str) -> Draft:
        return Draft(self.bench.bus, room_of(self.session), kind, text_id, session_id=str(self.session.id))

    async def conclude(
        self, text: str, status: Literal["complete", "cancelled", "error"], ended: Ended
    ) -> None:
        """Write the answer as a message, and queue the next question of the session."""
        async with self.bench.changes.open(self.organization_id) as change:
            await queries.lock_session(change, self.session.id)
            if await queries.select_message(change, self.answer_id) is None:
                await queries.set_status(change, self.question.id, "complete", ("queued", "answering"))
                message = Message(
                    id=self.answer_id,
                    session_id=self.session.id,
                    number=0,
                    sender="assistant",
                    text=redacted(text),
                    status=status,
                    mode=self.question.mode,
                    client_id=None,
                    at=now(),
                    ended=ended,
                )
                change.say(
                    room_of(self.session), MessageSaid.of(await queries.insert_message(change, message))
                )
                await _go_on_with_next(change, self.session.id)

    async def _stream(self, draft: Draft, looks: Draft) -> Answer:
        async with asyncio.TaskGroup() as together:
            watch = together.create_task(self._watch(), name="watch")
            answered = await self._follow(draft, looks)
            watch.cancel()
        return answered

    async def _follow(self, draft: Draft, told: Draft) -> Answer:
        question = await self._question()
        memory = await KeptMemory.of(lambda: self.bench.changes.open(self.organization_id), self.answer_id)
        looks = {one.number: one for one in kept_looks.kept(memory)}
        window = self.bench.window_of(question.case)
        tools = await self.bench.toolbox(
            self.organization_id,
            self.session.incident_id,
            window,
            tuple(looks.values()),
            chosen(self.session.ui_state),
            lambda tool, asked: told.write(look_line(tool, asked)),
        )
        investigator = await self.bench.investigators.for_question(
            self.organization_id,
            self.session.ui_state.get(MODEL),
            answer_id=self.answer_id,
            session_id=self.session.id,
            incident_id=self.session.incident_id,
        )
        async with aclosing(investigator.answer(question, tools, memory)) as steps:
            async for step in steps:
                match step:
                    case Writing(text=piece):
                        draft.write(piece)
                    case Citation(observation):
                        looks[observation.number] = observation
                        await self._cite(memory, observation)
                    case Suggestion() if self.question.mode == "agent":
                        await self._propose(step)
                    case Answer(text=text):
                        loose = self.session.incident_id is None
                        return replace(step, text=with_footnotes(text, looks.values()) if loose else text)
                    case other:
                        raise TypeError(f"an answer does not say {type(other).__name__}")
        raise TypeError("an answer ends with an Answer")

    async def _cite(self, memory: KeptMemory, observation: Observation) -> None:
        await kept_looks.keep(memory, observation)
        if self.session.incident_id is not None:
            async with self.bench.changes.open(self.organization_id) as change:
                await record.citation(change, self.session.incident_id, self.answer_id, None, observation)

    async def _propose(self, suggestion: Suggestion) -> None:
        """Write down what an answer proposes, with the approval that it asks for."""
        if self.session.incident_id is not None:
            async with self.bench.changes.open(self.organization_id) as change:
                await record.suggestion(
                    change, self.bench.settings, self.session.incident_id, None, suggestion, self.answer_id
                )

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            async with self.bench.database.scope(self.organization_id) as scope:
                if await queries.status_of(scope, self.question.id) != "answering":
                    raise CalledOff

    async def _question(self) -> Question:
        async with self.bench.database.snapshot(self.organization_id) as scope:
            known = await evidence.of(scope, self.session.incident_id) if self.session.incident_id else None
            earlier = await queries.select_messages(scope, self.session.id, before=self.question.number)
        notes = await documents.notes(self.bench.database, self.organization_id)
        return Question(
            text=self.question.text,
            mode=self.question.mode,
            case=known.case if known else None,
            summary=known.summary if known else "",
            thoughts=known.thoughts if known else (),
            evidence=known.observations if known else (),
            suggestions=known.suggestions if known else (),
            history=tuple((message.sender, message.text) for message in earlier),
            notes=notes.content,
        )


async def _go_on_with_next(change: Change, session_id: UUID) -> None:
    following = await queries.next_question(change, session_id)
    if following is not None:
        await enqueue_answer(change, session_id, following)
