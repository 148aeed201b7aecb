"""Looking into an incident: by rules first, then with a model that goes on from what they found."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic_ai.messages import ModelResponse

from aurora_rt.investigation.agent import briefing, conclusion
from aurora_rt.investigation.agent.asking import Asking, NoModelLeft, Spent
from aurora_rt.investigation.agent.claims import is_planted
from aurora_rt.investigation.agent.conclusion import CONCLUDE, Conclusion
from aurora_rt.investigation.agent.conversation import Conversation
from aurora_rt.investigation.agent.falling_back import fall_back
from aurora_rt.investigation.agent.ground import Ground, words_of
from aurora_rt.investigation.agent.history import History, text_of
from aurora_rt.investigation.agent.limits import Clock, Limits, TimeIsUp
from aurora_rt.investigation.agent.offered import NotSo, Tool, of_model
from aurora_rt.investigation.agent.pen import Pen, opening_with
from aurora_rt.investigation.agent.progress import IDLE, Progress, progress
from aurora_rt.investigation.agent.prompts import (
    CONCLUDE_NOW,
    CONCLUDE_TOOL,
    CONCLUDED,
    CONCLUDED_ALREADY,
    INVESTIGATING,
    LIMIT_MARK,
    LIMIT_NEAR,
)
from aurora_rt.investigation.agent.quoting import RULE
from aurora_rt.investigation.agent.specialists import Specialists
from aurora_rt.investigation.agent.voice import Voice
from aurora_rt.investigation.builtin import BuiltinInvestigator, pieces
from aurora_rt.investigation.investigator import (
    Case,
    Cause,
    Citation,
    Ended,
    Memory,
    Suggestion,
    Summary,
    Thought,
    Writing,
)
from aurora_rt.llm.models import ReadyModel
from aurora_rt.toolsets.toolset import Looking

OBJECTIONS: Final = 2
"""Times that a conclusion is sent back; after that the causes by the rules stay first."""
MOST_ENDINGS: Final = 4
"""Answers within which a model that is to look no further has to come to its end."""
NEAR: Final = 2
"""Steps left at which a model is told that the limit is near."""
OPENINGS: Final = ("**", "#")
"""What a summary begins with."""


@dataclass(slots=True)
class Investigating:
    """One investigation of one case."""

    models: Sequence[ReadyModel]
    limits: Limits
    case: Case
    tools: Looking
    memory: Memory
    voice: Voice
    away: str = ""
    """Why no model can be asked at all, though one is wanted."""
    ground: Ground = field(init=False)
    _objections: int = field(default=0, repr=False)
    _waits: list[str] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.ground = Ground(self.tools, words_of(self.case))

    async def run(self) -> None:
        """Say everything, to the summary."""
        await self._by_rules()
        try:
            if not self.models:
                raise NoModelLeft(self.away, refused=False)
            clock = Clock(self.limits.within(self.models[0].window))
            async with clock.bound():
                await self._with_models(self._conversation(), clock)
        except (NoModelLeft, Spent) as end:
            fall_back(self.ground, self.voice, end)
        except TimeIsUp:
            fall_back(
                self.ground, self.voice, Spent(f"It took longer than {self.limits.seconds:.0f} seconds.")
            )

    def wait(self, reason: str) -> None:
        """Say that a model has to be waited for, and why; each reason once."""
        if reason not in self._waits:
            self._waits.append(reason)
            self.voice.say(Thought(f"wait:{len(self._waits)}", reason, "limitation"))

    async def _by_rules(self) -> None:
        """The built-in analysis: what it thinks and sees is said; what it comes to is for the model to judge."""
        async for step in BuiltinInvestigator().investigate(self.case, self.tools, self.memory):
            match step:
                case Summary():
                    self.ground.summary = step
                case Suggestion():
                    self.ground.suggestions.append(step)
                case Citation(observation):
                    self.ground.looks[observation.number] = observation
                    self.voice.say(step)
                case Writing(kind="summary"):
                    pass
                case _:
                    self.voice.say(step)

    def _conversation(self) -> Conversation:
        asking = Asking(self.models, INVESTIGATING.format(rule=RULE), briefing.about_case(self.case))
        return Conversation(asking, History(self.memory, "agent"), self.ground, self.voice)

    async def _with_models(self, talk: Conversation, clock: Clock) -> None:
        beside = Specialists(self.models, clock.limits, self.case, self.ground, self.memory, self.voice)
        if talk.history.messages:
            await beside.say_again()
        else:
            found = {one.by: one.text for one in await beside.look()}
            await talk.history.tell(await asyncio.to_thread(briefing.of_case, self.case, self.ground, found))
        await self._said_before(talk)
        while True:
            last, state = talk.history.messages[-1], progress(talk.history.messages)
            if not isinstance(last, ModelResponse):
                await self._next_answer(talk, state, clock)
            elif is_summary(last, progress(talk.history.messages[:-1])):
                self._sum_up(last, state)
                return
            elif last.tool_calls:
                await self._call(talk, state)
            else:
                # It ignores tools, or thinks that it is done: it is asked for its conclusion.
                await talk.history.tell(CONCLUDE_NOW.format(why="").strip())

    async def _said_before(self, talk: Conversation) -> None:
        """Say what an earlier run said, under the same keys, so that it is written once; see what it saw."""
        for number, message in enumerate(talk.history.messages):
            if isinstance(message, ModelResponse) and number < len(talk.history.messages) - 1:
                for seen in await talk.recalled(message):
                    self.voice.say(Citation(seen))
            if isinstance(message, ModelResponse):
                self._think(number, message, progress(talk.history.messages[:number]))
        if (given := progress(talk.history.messages).conclusion) is not None:
            self._suggest(given)

    async def _next_answer(self, talk: Conversation, state: Progress, clock: Clock) -> None:
        number = len(talk.history.messages)
        if state.phase == "looking":
            if told := self._told(state, clock):
                await talk.history.tell(told)
                return
            pen = Pen(lambda piece: self.voice.say(Writing("thought", f"model:{number}", piece)))
        else:
            if state.endings >= MOST_ENDINGS:
                raise NoModelLeft(f"{talk.asking.model.name} does not come to a conclusion.", refused=False)
            pen = Pen(self._write_summary)
            if state.phase == "concluding":
                pen = Pen(opening_with(OPENINGS, self._write_summary))
        response = await talk.answered(self._tools(talk, state), pen)
        self._think(number, response, state)

    def _told(self, state: Progress, clock: Clock) -> str:
        """What a model is to be told before it looks further."""
        if state.steps >= clock.limits.steps:
            return CONCLUDE_NOW.format(why=f"The number of steps {LIMIT_MARK}")
        if clock.left <= 0:
            return CONCLUDE_NOW.format(why=f"The time {LIMIT_MARK}")
        if state.idle >= IDLE:
            return CONCLUDE_NOW.format(why="None of the last calls could be made.")
        if state.warned:
            return ""
        left = clock.limits.steps - state.steps
        if left <= NEAR and state.steps:
            return LIMIT_NEAR.format(left=f"{left} steps")
        return LIMIT_NEAR.format(left=f"{clock.left:.0f} seconds") if clock.is_short else ""

    def _tools(self, talk: Conversation, state: Progress) -> list[Tool]:
        conclude = of_model(CONCLUDE, CONCLUDE_TOOL, Conclusion, lambda given: self._concluded(given, state))
        return [*talk.looks(), conclude] if state.phase == "looking" else [conclude]

    async def _concluded(self, given: Conclusion, state: Progress) -> str:
        if state.conclusion is not None:
            return CONCLUDED_ALREADY
        reason = conclusion.complaint(given, self._causes_by_rules, self.ground.looks)
        if reason and self._objections < OBJECTIONS:
            self._objections += 1
            raise NotSo(reason)
        return CONCLUDED

    async def _call(self, talk: Conversation, state: Progress) -> None:
        await talk.called(self._tools(talk, state))
        given = progress(talk.history.messages).conclusion
        if state.conclusion is None and given is not None:
            self._suggest(given)

    def _think(self, number: int, response: ModelResponse, state: Progress) -> None:
        """Say what a model said beside its calls, if that is a thought."""
        if state.phase == "looking" or not is_summary(response, state):
            text = self.ground.thinkable(text_of(response))
            if text:
                self.voice.say(Thought(f"model:{number}", text))

    def _suggest(self, given: Conclusion | None) -> None:
        """Say what the model suggests, or else what the rules do."""
        made = conclusion.suggestions(given, self.ground) if given else []
        for one in made or self.ground.suggestions:
            self.voice.say(one)

    def _write_summary(self, piece: str) -> None:
        self.voice.say(Writing("summary", "summary", piece))

    def _sum_up(self, response: ModelResponse, state: Progress) -> None:
        """End with the summary that a model wrote, and the causes that it gave."""
        written = text_of(response)
        text = self.ground.sound(written)
        if not text:
            raise NoModelLeft("No look bears what the language model wrote.", refused=False)
        ended: Ended = "limit" if state.limited else "complete"
        if response.finish_reason == "length":
            ended = "length"
        if state.phase == "concluding" and not written.lstrip().startswith(OPENINGS):
            for piece in pieces.written("summary", "summary", pieces.words(text)):
                self.voice.say(piece)
        given = state.conclusion or _conclusion_in(response)
        if state.conclusion is None:
            self._suggest(given)
        self.voice.say(Summary(text, self._causes(given), ended=ended))

    def _causes(self, given: Conclusion | None) -> tuple[Cause, ...]:
        """The model's causes, but for planted ones; after those by the rules where it has no evidence for its first."""
        rules = self._causes_by_rules
        if given is None:
            return tuple(rules)
        said = [
            one for one in given.said_causes if not is_planted(one.node, self.ground.looks, self.ground.known)
        ]
        if conclusion.complaint(given, rules, self.ground.looks) is None and len(said) == len(
            given.said_causes
        ):
            return tuple(said)
        places = {(one.node, one.kind) for one in rules}
        return (*rules, *(one for one in said if (one.node, one.kind) not in places))

    @property
    def _causes_by_rules(self) -> Sequence[Cause]:
        return self.ground.summary.causes if self.ground.summary else ()


def is_summary(response: ModelResponse, before: Progress) -> bool:
    """Whether what a model wrote is the summary, by how far it was `before`.

    A model that was told to conclude may say a word before it calls `conclude`; one that cannot call it writes the
    summary at once.
    """
    text = text_of(response).strip()
    if before.phase == "looking" or not text:
        return False
    return before.phase == "summing_up" or text.startswith(OPENINGS) or not response.tool_calls


def _conclusion_in(response: ModelResponse) -> Conclusion | None:
    """What a model concluded in the same answer as it wrote the summary."""
    for call in response.tool_calls:
        if call.tool_name == CONCLUDE:
            try:
                return conclusion.read(call.args_as_dict())
            except ValueError:
                return None
    return None
