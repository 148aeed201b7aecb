"""A model that is paced, tried again, metered and held to its limits.

Imports pydantic-ai: imported when the first model is made.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from aurora_rt.llm.begun import begun
from aurora_rt.llm.budgets import Budget, Noted
from aurora_rt.llm.models import Price, Used
from aurora_rt.llm.pacing import Pace, Patience, Waiting
from aurora_rt.llm.retrying import tried

CHARACTERS: Final = 3
"""Of a token, at least, in what we send: so that an estimate is rather too high."""
OVERHEAD: Final = 8
"""Tokens around each part of a prompt."""

Cost = Callable[[RequestUsage], Decimal | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """On which a model is asked."""

    name: str
    provider: str
    title: str
    output_limit: int
    price: Price | None
    cost: Cost
    """What some usage costs, as the provider's price list has it."""


class AskedModel(WrapperModel):
    """A model of a provider on our terms."""

    def __init__(
        self,
        wrapped: Model,
        terms: Terms,
        budget: Budget,
        pace: Pace,
        patience: Patience,
        waiting: Waiting | None,
    ) -> None:
        super().__init__(wrapped)
        self._terms = terms
        self._budget = budget
        self._pace = pace
        self._patience = patience
        self._waiting = waiting

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One answer, whole."""
        limited = self._limited(model_settings)

        async def ask() -> ModelResponse:
            await self._pace.go(self._waiting)
            return await self.wrapped.request(messages, limited, model_request_parameters)

        async with self._noted(messages, limited, model_request_parameters) as (noted, _):
            response = await tried(ask, self._terms.title, self._patience, self._waiting)
            noted.used = self._used(response.usage)
            return response

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """One answer as it is written. Asked again only until the first piece of it is there."""
        limited = self._limited(model_settings)
        async with (
            self._noted(messages, limited, model_request_parameters) as (noted, most),
            AsyncExitStack() as closing,
        ):

            async def ask() -> StreamedResponse:
                await self._pace.go(self._waiting)
                async with AsyncExitStack() as attempt:
                    stream = await attempt.enter_async_context(
                        self.wrapped.request_stream(messages, limited, model_request_parameters, run_context)
                    )
                    answer = await begun(stream)
                    closing.push_async_exit(attempt.pop_all())
                    return answer

            stream = await tried(ask, self._terms.title, self._patience, self._waiting)
            try:
                yield stream
            finally:
                noted.used = self._used_so_far(stream, most)

    @asynccontextmanager
    async def _noted(
        self, messages: list[ModelMessage], limited: ModelSettings, parameters: ModelRequestParameters
    ) -> AsyncIterator[tuple[Noted, Used]]:
        read = estimated_tokens(messages, parameters)
        written = limited["max_tokens"]
        most = Used(read, 0, written, cost_at(self._terms.price, read, written), estimated=True)
        async with (
            self._pace.turn(self._waiting),
            self._budget.request(self._terms.provider, self._terms.name, most) as noted,
        ):
            yield noted, most

    def _limited(self, settings: ModelSettings | None) -> ModelSettings:
        """With a limit, which never is above the model's, and without any other retries than ours."""
        given: ModelSettings = {**settings} if settings else {}
        limit = min(given.get("max_tokens") or self._terms.output_limit, self._terms.output_limit)
        given["max_tokens"] = limit
        if (
            "max_retries" not in self.wrapped.unsupported_settings
        ):  # Bedrock's client is built without retries
            given["max_retries"] = 0
        return given

    def _used(self, usage: RequestUsage) -> Used:
        cost = usage.cost if usage.cost is not None else self._terms.cost(usage)
        if cost is None:
            cost = cost_at(self._terms.price, usage.input_tokens, usage.output_tokens)
        return Used(usage.input_tokens, usage.cache_read_tokens, usage.output_tokens, cost)

    def _used_so_far(self, stream: StreamedResponse, most: Used) -> Used:
        """What is known of an answer, which may have been cut: providers tell at its end, some never."""
        usage = stream.usage
        if usage.input_tokens and usage.output_tokens and not usage.unmeasured_requests:
            return self._used(usage)
        read = usage.input_tokens or most.input_tokens
        written = max(usage.output_tokens, _length(stream.get().parts) // CHARACTERS)
        return Used(
            read, usage.cache_read_tokens, written, cost_at(self._terms.price, read, written), estimated=True
        )


async def ask_for_a_word(model: Model, tokens: int) -> None:
    """Ask for one word."""
    prompt = ModelRequest(parts=[UserPromptPart("Answer with the word yes.")])
    await model.request([prompt], ModelSettings(max_tokens=tokens), ModelRequestParameters())


def cost_at(price: Price | None, read: int, written: int) -> Decimal | None:
    """US dollars for so many tokens; `None` where nobody knows the price."""
    return None if price is None else (price.input * read + price.output * written) / 1_000_000


def estimated_tokens(messages: Iterable[ModelMessage], parameters: ModelRequestParameters) -> int:
    """Tokens of a prompt, rather too many than too few."""
    tokens = 0
    for message in messages:
        tokens += OVERHEAD + _length(message.parts) // CHARACTERS + OVERHEAD * len(message.parts)
        tokens += len(getattr(message, "instructions", None) or "") // CHARACTERS
    for tool in (*parameters.function_tools, *parameters.output_tools):
        described = len(tool.name) + len(tool.description or "") + len(str(tool.parameters_json_schema))
        tokens += OVERHEAD + described // CHARACTERS
    return tokens


def _length(parts: Iterable[object]) -> int:
    return sum(
        len(str(getattr(part, "content", None) or "")) + len(str(getattr(part, "args", None) or ""))
        for part in parts
    )
