"""Specialists, who look side by side before somebody concludes: each at one thing, with little time and few tools.

Each is a conversation of its own with the first model, kept under its own name, so that another worker goes on with
each where it stopped. Their thoughts say whose they are; what they found goes to the model that concludes, as data.
One that fails, or goes beyond its budget, says so, and is missing from what is concluded: nobody waits for it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic_ai.messages import ModelMessage, ModelResponse

from aurora_rt.investigation.agent import briefing
from aurora_rt.investigation.agent.asking import Asking, NoModelLeft, Spent
from aurora_rt.investigation.agent.conversation import Conversation
from aurora_rt.investigation.agent.ground import Ground
from aurora_rt.investigation.agent.history import History, text_of
from aurora_rt.investigation.agent.limits import Limits, TimeIsUp, within
from aurora_rt.investigation.agent.offered import Tool
from aurora_rt.investigation.agent.pen import Pen
from aurora_rt.investigation.agent.prompts import FINDINGS_NOW, SPECIALISING
from aurora_rt.investigation.agent.quoting import RULE
from aurora_rt.investigation.agent.voice import Voice
from aurora_rt.investigation.investigator import Case, Citation, Memory, Thought, ThoughtType, Writing
from aurora_rt.llm.models import ReadyModel
from aurora_rt.toolsets.toolset import Offer

LEAST_WINDOW: Final = 16_000
"""Tokens of a window below which one model that looks by itself sees more than several with a part each."""
LEAST_SECONDS: Final = 30.0
LEAST_STEPS: Final = 6
"""Below these there is no time for several and for a conclusion."""
SHARE_OF_TIME: Final = 0.35
SHARE_OF_STEPS: Final = 0.25
TOKENS: Final = 60_000
"""That one of them may read and write."""
MOST_ENDINGS: Final = 2
"""Answers within which one that is to look no further has to come to its findings."""


@dataclass(frozen=True, slots=True)
class Specialist:
    """Somebody who looks at one thing."""

    name: str
    what: str
    """What it looks at, for the model."""
    tools: frozenset[str]
    """Toolsets, and single tools as `toolset.tool`."""

    def has(self, offer: Offer) -> bool:
        """Whether a tool is one of its own."""
        return offer.name in self.tools or offer.name.partition(".")[0] in self.tools


SPECIALISTS: Final = (
    Specialist(
        "metrics",
        "measurements: what departs from before, where first, and by how much",
        frozenset(
            {
                "prometheus",
                "telemetry",
                "alertmanager",
                "host.state",
                "host.processes",
                "docker.stats",
                "kubernetes.top",
                "aws.metrics",
                "azure.metrics",
                "gcp.metrics",
                "postgresql.activity",
                "mysql.activity",
                "redis.info",
            }
        ),
    ),
    Specialist(
        "logs",
        "log lines and traces: what began to be said when the incident began, and by whom first",
        frozenset(
            {
                "logs",
                "traces",
                "docker.logs",
                "kubernetes.logs",
                "host.journal",
                "systemd.journal",
                "aws.logs",
                "azure.logs",
                "gcp.logs",
            }
        ),
    ),
    Specialist(
        "changes",
        "what changed before the incident: deployments, configuration, restarts, starts of programs, scaling",
        frozenset(
            {
                "changes",
                "docker.events",
                "docker.containers",
                "kubernetes.events",
                "kubernetes.get",
                "kubernetes.describe",
                "host.recent_starts",
                "aws.changes",
                "azure.activity",
                "gcp.changes",
                "systemd.timers",
            }
        ),
    ),
    Specialist(
        "runbooks",
        "what is known already: runbooks and past incidents that fit, and what they say to check",
        frozenset({"knowledge"}),
    ),
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What one of them came to."""

    by: str
    text: str
    """Checked against the looks that it cites."""


@dataclass(frozen=True, slots=True)
class Specialists:
    """Those who look into one case."""

    models: Sequence[ReadyModel]
    limits: Limits
    """Of the whole investigation; they get a part of them."""
    case: Case
    ground: Ground
    memory: Memory
    voice: Voice

    @property
    def wanted(self) -> bool:
        """Whether there is room for several, in the model's window and in the limits."""
        return (
            self.limits.specialists
            and self.models[0].window >= LEAST_WINDOW
            and self.limits.seconds >= LEAST_SECONDS
            and self.limits.steps >= LEAST_STEPS
        )

    @property
    def present(self) -> list[Specialist]:
        """Those that have a tool to look with; nobody, where that is one only."""
        offers = self.ground.tools.offers
        found = [one for one in SPECIALISTS if any(one.has(offer) for offer in offers)]
        return found if self.wanted and len(found) > 1 else []

    async def look(self) -> list[Findings]:
        """Let all look at the same time. What those found who came to an end, in a steady order."""
        # Before any has looked: the same for all.
        briefed = await asyncio.to_thread(briefing.of_case, self.case, self.ground)
        async with asyncio.TaskGroup() as group:
            looking = [group.create_task(self._found(one, briefed)) for one in self.present]
        return [found for one in looking if (found := one.result()) is not None]

    async def say_again(self) -> None:
        """Say what they said in an earlier run, under the same keys; see what they saw."""
        for one in self.present:
            await self._said_before(one, self._conversation(one))

    async def _found(self, one: Specialist, briefed: str) -> Findings | None:
        seconds = self.limits.seconds * SHARE_OF_TIME
        try:
            async with within(seconds):
                text = await self._looked(one, briefed)
        except TimeIsUp:
            why = f"It took longer than {seconds:.0f} seconds."
        except (NoModelLeft, Spent) as end:
            why = f"{str(end).rstrip('.')}."
        else:
            if text:
                return Findings(one.name, text)
            why = "No look bears what it wrote."
        self.voice.say(
            Thought(f"{one.name}:away", f"I came to no findings. {why}", "limitation", by=one.name)
        )
        return None

    async def _looked(self, one: Specialist, briefed: str) -> str:
        talk = self._conversation(one)
        if not talk.history.messages:
            await talk.history.tell(briefed)
        await self._said_before(one, talk)
        while True:
            last = talk.history.messages[-1]
            tools = [] if self._is_to_end(talk) else talk.looks()
            if isinstance(last, ModelResponse) and not last.tool_calls:
                return self.ground.sound(text_of(last))
            if isinstance(last, ModelResponse):
                await talk.called(tools)
            else:
                await self._next_answer(one, talk, tools)

    async def _next_answer(self, one: Specialist, talk: Conversation, tools: Sequence[Tool]) -> None:
        messages = talk.history.messages
        if _answers(messages) >= self._steps + MOST_ENDINGS:
            raise NoModelLeft(f"{talk.asking.model.name} does not come to its findings.", refused=False)
        if not tools and FINDINGS_NOW not in str(messages[-1]):
            await talk.history.tell(FINDINGS_NOW)
        number = len(talk.history.messages)
        pen = Pen(
            lambda piece: self.voice.say(Writing("thought", f"{one.name}:{number}", piece, by=one.name))
        )
        self._think(one, number, await talk.answered(tools, pen))

    def _think(self, one: Specialist, number: int, response: ModelResponse) -> None:
        if text := self.ground.thinkable(text_of(response)):
            kind: ThoughtType = "analysis" if response.tool_calls else "observation"
            self.voice.say(Thought(f"{one.name}:{number}", text, kind, by=one.name))

    async def _said_before(self, one: Specialist, talk: Conversation) -> None:
        messages = talk.history.messages
        for number, message in enumerate(messages):
            if not isinstance(message, ModelResponse):
                continue
            if number < len(messages) - 1:
                for seen in await talk.recalled(message):
                    self.voice.say(Citation(seen))
            self._think(one, number, message)

    def _conversation(self, one: Specialist) -> Conversation:
        instructions = SPECIALISING.format(what=one.what, steps=self._steps, rule=RULE)
        asking = Asking(self.models, instructions, f"{briefing.about_case(self.case)} {one.what}")
        history = History(self.memory, f"agent-{one.name}")
        return Conversation(asking, history, self.ground, self.voice, fits=one.has)

    @property
    def _steps(self) -> int:
        return max(2, int(self.limits.steps * SHARE_OF_STEPS))

    def _is_to_end(self, talk: Conversation) -> bool:
        messages = talk.history.messages
        spent = sum(one.usage.total_tokens for one in messages if isinstance(one, ModelResponse))
        return _answers(messages) >= self._steps or spent >= TOKENS


def _answers(messages: Sequence[ModelMessage]) -> int:
    return sum(isinstance(one, ModelResponse) for one in messages)
