"""Asking models, in order, until one has answered: across cuts of the network, refusals, and outages.

A cut in the middle of an answer is mended by asking to go on, with what was written; no tool runs meanwhile, so none
runs twice. A model that cannot answer, or will not, is followed by the next, with the same messages and what was
written so far.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import httpx2
import structlog
from pydantic_ai.exceptions import (
    AgentRunError,
    ContentFilterError,
    ModelAPIError,
    ModelContextWindowExceededError,
    UserError,
)
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart

from aurora_rt.investigation.agent.fitting import tokens_again
from aurora_rt.investigation.agent.offered import Offered, Tool
from aurora_rt.investigation.agent.pen import Pen
from aurora_rt.investigation.agent.prompts import GO_ON
from aurora_rt.investigation.agent.turn import requested
from aurora_rt.investigation.agent.window import room_in, within
from aurora_rt.llm.errors import ModelAway, Refused
from aurora_rt.llm.models import ReadyModel

CUTS: Final = 2
"""Times that one answer of one model may be cut and gone on with."""
SHARE_OF_ANSWER: Final = 0.25
"""Of a window, that an answer may take at most."""

MISHAPS: Final = (AgentRunError, UserError, ModelAway, httpx2.HTTPError, json.JSONDecodeError)
"""What may end an answer before it is whole. A database that is away is none of it: the work waits for that."""

log = structlog.get_logger(__name__)


class Spent(Exception):
    """Nothing more may be spent; says why. No other model helps."""


class NoModelLeft(Exception):
    """Every model was tried; says what the last one met."""

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(reason)
        self.refused = refused
        """Whether the last one would not answer, rather than could not."""


class Empty(ModelAPIError):
    """An answer with nothing in it."""


class Unwilling(ContentFilterError):
    """The provider, or the model, will not answer this."""


@dataclass(slots=True)
class Asking:
    """The models of one conversation, best first."""

    models: Sequence[ReadyModel]
    instructions: str
    about: str
    """What matters, where something has to be cut."""
    at: int = 0
    """Which of the models is asked."""
    _cuts: int = field(default=0, repr=False)

    @property
    def model(self) -> ReadyModel:
        """The one that is asked."""
        return self.models[min(self.at, len(self.models) - 1)]

    def max_tokens(self, model: ReadyModel) -> int:
        """Tokens of one answer."""
        return min(model.output_limit, max(256, int(model.window * SHARE_OF_ANSWER)))

    async def answer(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], pen: Pen
    ) -> ModelResponse:
        """The answer to `messages`, written as it comes. Raises `Spent`, `NoModelLeft`."""
        self._cuts = 0
        last: tuple[str, bool] = ("There is no model to ask.", False)
        while self.at < len(self.models):
            try:
                return await self._asked(messages, tools, pen)
            except Refused as refused:
                raise Spent(refused.message) from refused
            except MISHAPS as mishap:
                last = (
                    f"{self.model.name}: {_sentence(mishap)}",
                    isinstance(mishap, ContentFilterError),
                )
                self._go_on_after(mishap)
        raise NoModelLeft(last[0], refused=last[1])

    async def _asked(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], pen: Pen
    ) -> ModelResponse:
        model = self.model
        limit = self.max_tokens(model)
        before = pen.text
        sent = [*messages, *_cut_off(before)] if before else list(messages)
        # Measuring and cutting long texts takes tens of milliseconds: not in the loop.
        sent = await asyncio.to_thread(self._fitting, sent, tools, model.window, limit)
        pen.begin()
        try:
            response = await requested(model.model, sent, self.instructions, Offered(tools), limit, pen)
        finally:
            pen.end()
        if response.finish_reason == "content_filter":
            raise Unwilling("it will not answer this")
        if not pen.text.strip() and not response.tool_calls:
            raise Empty(model.name, "an empty answer")
        return _whole(response, pen.text) if before else response

    def _fitting(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], window: int, max_tokens: int
    ) -> list[ModelMessage]:
        besides = tokens_again(self.instructions) + sum(_size(one) for one in tools)
        return within(messages, room_in(window, max_tokens, besides), self.about)

    def _go_on_after(self, mishap: BaseException) -> None:
        """Ask the same model again, or the next one."""
        self._cuts += 1
        final = isinstance(
            mishap, ModelAway | ContentFilterError | UserError | ModelContextWindowExceededError
        )
        if final or self._cuts > CUTS:
            log.warning("model_left", model=self.model.name, reason=_sentence(mishap))
            self.at, self._cuts = self.at + 1, 0
        else:
            log.info("answer_gone_on_with", model=self.model.name, error=type(mishap).__name__)


def kind_of(mishap: NoModelLeft | Spent) -> Literal["refused", "limit", "interrupted"]:
    """Why a text that was begun does not go on."""
    if isinstance(mishap, Spent):
        return "limit"
    return "refused" if mishap.refused else "interrupted"


def _size(tool: Tool) -> int:
    return 12 + tokens_again(f"{tool.name} {tool.description} {json.dumps(dict(tool.schema))}")


def _cut_off(written: str) -> list[ModelMessage]:
    """What was written before a cut, and the wish to go on."""
    return [
        ModelResponse(parts=[TextPart(written)]),
        ModelRequest(parts=[UserPromptPart(GO_ON.format(end=written[-60:]))]),
    ]


def _whole(response: ModelResponse, text: str) -> ModelResponse:
    """An answer of which the beginning came earlier, as one."""
    others = [part for part in response.parts if not isinstance(part, TextPart)]
    return replace(response, parts=[TextPart(text), *others] if text else others)


def _sentence(mishap: BaseException) -> str:
    """What happened, for a person, with nothing that a provider sent."""
    match mishap:
        case ModelAway():
            return mishap.message
        case ContentFilterError():
            return "it will not answer this."
        case Empty():
            return "its answers are empty."
        case ModelContextWindowExceededError():
            return "the question is too long for it."
        case ModelAPIError() | httpx2.HTTPError():
            return "its answers were cut off."
        case _:
            return f"what it answers cannot be read ({type(mishap).__name__})."
