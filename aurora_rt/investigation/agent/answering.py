"""Answering a question with a model: it streams from its first word, and looks where it has to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic_ai.messages import ModelResponse

from aurora_rt.investigation.agent import briefing
from aurora_rt.investigation.agent.asking import Asking, NoModelLeft, Spent, kind_of
from aurora_rt.investigation.agent.conversation import Conversation
from aurora_rt.investigation.agent.ground import Ground, words_of
from aurora_rt.investigation.agent.history import History, text_of
from aurora_rt.investigation.agent.limits import Clock, Limits, TimeIsUp
from aurora_rt.investigation.agent.offered import Tool
from aurora_rt.investigation.agent.pen import Pen
from aurora_rt.investigation.agent.progress import IDLE, Progress, progress
from aurora_rt.investigation.agent.prompts import ANSWER_NOW, ANSWERING, LIMIT_MARK, PROPOSING
from aurora_rt.investigation.agent.proposing import proposing
from aurora_rt.investigation.agent.quoting import RULE
from aurora_rt.investigation.agent.voice import Voice
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.investigator import Answer, Citation, Ended, Memory, Question, Writing
from aurora_rt.llm.models import ReadyModel
from aurora_rt.toolsets.toolset import Looking

MOST_ENDINGS: Final = 2
BETWEEN: Final = "\n\n"
"""Between what is said before a look and what is said after it."""
FIRST_LINE: Final = "*No language model could answer this: {reason} This is the answer by rules.*\n\n"
NOTES: Final[dict[Ended, str]] = {
    "limit": "*It ends here because a limit was reached: {reason}*",
    "refused": "*It ends here because the model will not go on: {reason}*",
    "interrupted": "*It broke off here: {reason}*",
}


@dataclass(slots=True)
class Answering:
    """The answering of one question."""

    models: Sequence[ReadyModel]
    limits: Limits
    question: Question
    tools: Looking
    memory: Memory
    voice: Voice
    away: str = ""
    """Why no model can be asked at all, though one is wanted."""
    notice: str = ""
    """What is said first, in a line: that another model answers than the one that was wanted."""
    ground: Ground = field(init=False)
    _written: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        asked = self.question
        words = [
            asked.text,
            asked.summary,
            *asked.thoughts,
            *(text for _, text in asked.history),
            asked.notes,
        ]
        if asked.case is not None:
            words.append(words_of(asked.case))
        self.ground = Ground(self.tools, "\n".join(words))
        self.ground.looks = {one.number: one for one in asked.evidence}

    async def run(self) -> None:
        """Say everything, to the answer."""
        try:
            if not self.models:
                raise NoModelLeft(self.away, refused=False)
            clock = Clock(self.limits.within(self.models[0].window))
            if self.notice:
                self.voice.say(Writing("answer", "answer", f"*{self.notice}*{BETWEEN}"))
            async with clock.bound():
                await self._with_models(clock)
        except (NoModelLeft, Spent) as end:
            await self._broken_off(end)
        except TimeIsUp:
            await self._broken_off(Spent(f"it took longer than {self.limits.seconds:.0f} seconds."))

    def wait(self, reason: str) -> None:
        """Say that a model has to be waited for, and why; the finished answer does not have it."""
        self.voice.say(Writing("answer", "answer", f"*{reason}*{BETWEEN}"))

    async def _with_models(self, clock: Clock) -> None:
        is_agent = self.question.mode == "agent" and self.question.case is not None
        instructions = ANSWERING.format(mode=PROPOSING if is_agent else "", rule=RULE)
        asking = Asking(self.models, instructions, self.question.text)
        talk = Conversation(asking, History(self.memory, "agent"), self.ground, self.voice)
        actions = [proposing(self.ground, self.question.text, self.voice.say)] if is_agent else []
        if not talk.history.messages:
            await talk.history.tell(await asyncio.to_thread(briefing.of_question, self.question, self.ground))
        await self._said_before(talk)
        while True:
            last, state = talk.history.messages[-1], progress(talk.history.messages)
            tools = actions if state.told_to_end else [*talk.looks(), *actions]
            if not isinstance(last, ModelResponse):
                await self._next_answer(talk, tools, state, clock)
            elif last.tool_calls:
                await talk.called(tools)
            else:
                self._end(
                    "length" if last.finish_reason == "length" else "limit" if state.limited else "complete"
                )
                return

    async def _said_before(self, talk: Conversation) -> None:
        """Write what an earlier run wrote; see what it saw."""
        messages = talk.history.messages
        for number, message in enumerate(messages):
            if isinstance(message, ModelResponse):
                if text := text_of(message):
                    self._write_after(text)
                if number < len(messages) - 1:
                    for seen in await talk.recalled(message):
                        self.voice.say(Citation(seen))

    async def _next_answer(
        self, talk: Conversation, tools: Sequence[Tool], state: Progress, clock: Clock
    ) -> None:
        if not state.told_to_end and (why := _why_to_end(state, clock)):
            await talk.history.tell(ANSWER_NOW.format(why=why))
            return
        if state.endings >= MOST_ENDINGS:
            raise NoModelLeft(f"{talk.asking.model.name} does not come to an answer.", refused=False)
        is_first = True

        def write(piece: str) -> None:
            nonlocal is_first
            if is_first:
                self._write_after(piece)
            else:
                self._write(piece)
            is_first = False

        await talk.answered(tools, Pen(write))

    def _write_after(self, text: str) -> None:
        """Write after what was said before, if anything was."""
        self._write(f"{BETWEEN if self._written else ''}{text}")

    def _write(self, piece: str) -> None:
        self._written += piece
        self.voice.say(Writing("answer", "answer", piece))

    def _end(self, ended: Ended, reason: str = "") -> None:
        text = self.ground.sound(self._written)
        note = NOTES.get(ended, "").format(reason=reason) if reason else ""
        notice = f"*{self.notice}*" if self.notice else ""
        self.voice.say(Answer(BETWEEN.join(one for one in (notice, text, note) if one), ended=ended))

    async def _broken_off(self, end: NoModelLeft | Spent) -> None:
        """What was written stays, with the reason why it ends; else the question is answered by rules."""
        reason = f"{str(end).rstrip('.')}."
        if self.ground.sound(self._written):
            self._end(kind_of(end), reason)
            return
        first = FIRST_LINE.format(reason=reason)
        self._write(first)
        async for step in BuiltinInvestigator().answer(self.question, self.tools, self.memory):
            if isinstance(step, Answer):
                text = f"{first}{step.text}"
                self.voice.say(Answer(text, ended="limit" if isinstance(end, Spent) else "fallback"))
            else:
                self.voice.say(step)


def _why_to_end(state: Progress, clock: Clock) -> str:
    if state.steps >= clock.limits.steps:
        return f"The number of steps {LIMIT_MARK}"
    if clock.left <= 0:
        return f"The time {LIMIT_MARK}"
    return "None of the last calls could be made." if state.idle >= IDLE else ""
