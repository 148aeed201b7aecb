"""Scripted models: what a model answers, turn by turn, and what it was asked."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Self

import pytest
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import ModelMessage, ModelRequest
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel

from aurora_rt.investigation.investigator import Citation, Step, Suggestion, Summary, Thought, Writing
from aurora_rt.llm.models import ReadyModel, Spender
from aurora_rt.llm.ready import Models

Piece = str | dict[int, DeltaToolCall] | BaseException
Turn = Sequence[Piece] | Callable[[list[ModelMessage], AgentInfo], AsyncIterator[object]]


def call(name: str, at: int = 1, **arguments: object) -> dict[int, DeltaToolCall]:
    """A call of a tool."""
    return raw_call(name, json.dumps(arguments), at)


def raw_call(name: str, arguments: str, at: int = 1) -> dict[int, DeltaToolCall]:
    """A call with whatever for its parameters."""
    return {at: DeltaToolCall(name=name, json_args=arguments, tool_call_id=f"{name}-{at}")}


def cut() -> ModelAPIError:
    """The network breaks."""
    return ModelAPIError("scripted", "peer closed connection")


@dataclass
class Script:
    """A model that answers by a script, and keeps what it was asked. After the last turn, that one again."""

    turns: list[Turn]
    name: str = "scripted/one"
    window: int = 100_000
    output_limit: int = 4000
    asked: list[list[ModelMessage]] = field(default_factory=list)
    infos: list[AgentInfo] = field(default_factory=list)

    @property
    def ready(self) -> ReadyModel:
        """The model, ready to be asked."""
        model = FunctionModel(stream_function=self._answer, model_name=self.name)
        return ReadyModel(self.name, model, self.window, self.output_limit, None)

    def prompt(self, at: int) -> str:
        """All that a request said to the model, in one text."""
        texts = [self.infos[at].instructions or ""]
        for message in self.asked[at]:
            if isinstance(message, ModelRequest):
                texts += [str(getattr(part, "content", "")) for part in message.parts]
        return "\n".join(texts)

    def tools(self, at: int) -> set[str]:
        """The names of the tools that were offered."""
        return {one.name for one in self.infos[at].function_tools}

    async def _answer(self, messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[object]:
        turn = self.turns[min(len(self.asked), len(self.turns) - 1)]
        self.asked.append(list(messages))
        self.infos.append(info)
        if callable(turn):
            async for piece in turn(messages, info):
                yield piece
            return
        for piece in turn:
            if isinstance(piece, BaseException):
                raise piece
            yield piece


@dataclass
class Told:
    """What was said."""

    steps: list[Step] = field(default_factory=list)

    @property
    def summary(self) -> Summary:
        last = self.steps[-1]
        assert isinstance(last, Summary)
        return last

    @property
    def thoughts(self) -> dict[str, str]:
        return {one.key: one.content for one in self.steps if isinstance(one, Thought)}

    @property
    def suggestions(self) -> list[Suggestion]:
        return [one for one in self.steps if isinstance(one, Suggestion)]

    @property
    def citations(self) -> list[int]:
        return [one.observation.number for one in self.steps if isinstance(one, Citation)]

    def written(self, key: str) -> str:
        """The pieces of a text, joined."""
        return "".join(one.text for one in self.steps if isinstance(one, Writing) and one.key == key)


async def told(steps: object, until: Callable[[Step], bool] | None = None) -> Told:
    """Everything that is said; or until a step at which the listener goes."""
    heard = Told()
    async with aclosing(steps) as said:
        async for step in said:
            heard.steps.append(step)
            if until is not None and until(step):
                break
    return heard


@dataclass
class Cast:
    """The models that there are for a whole server, and who asked for them."""

    first: str
    """The one that answers when nobody wants another."""
    scripts: dict[str, Script] = field(default_factory=dict)
    spenders: list[Spender] = field(default_factory=list)

    def on_stage(self, monkeypatch: pytest.MonkeyPatch) -> Self:
        """Stand in for what the settings name."""

        async def ready(
            models: Models, spender: Spender, wanted: str | None = None, waiting: object = None
        ) -> tuple[ReadyModel, ...]:
            self.spenders.append(spender)
            names = dict.fromkeys(name for name in (wanted, self.first) if name in self.scripts)
            return tuple(self.scripts[name].ready for name in names if name)

        monkeypatch.setattr(Models, "ready", ready)
        return self
