"""One step of a conversation with pydantic-ai's agent: asking a model, or carrying out what it asked for.

Each is a run of the agent of its own on the messages so far, so that between any two steps everything may change:
the model, the tools, what is left of the window; and so that a step can be repeated by another process.
"""

from collections.abc import Sequence
from functools import cache

from pydantic_ai import Agent
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from aurora_rt.investigation.agent.offered import TRIES, Offered
from aurora_rt.investigation.agent.pen import Pen

MOST_CHARACTERS_A_TOKEN = 12
"""An answer that is longer than this has lost its way, or its provider does not heed the limit."""


@cache
def _agent() -> Agent[None, str]:
    return Agent(output_type=str, retries=TRIES, name="investigator")


async def requested(
    model: Model,
    messages: Sequence[ModelMessage],
    instructions: str,
    offered: Offered,
    max_tokens: int,
    pen: Pen,
) -> ModelResponse:
    """What a model answers to `messages`, written as it comes."""
    left = max_tokens * MOST_CHARACTERS_A_TOKEN
    async with _agent().iter(
        message_history=list(messages),
        model=model,
        instructions=instructions,
        toolsets=[offered],
        model_settings=ModelSettings(max_tokens=max_tokens),
        usage_limits=UsageLimits(request_limit=None),
    ) as run:
        async for node in run:
            if Agent.is_model_request_node(node):
                async with node.stream(run.ctx) as stream:
                    async for event in stream:
                        text, size = _text(event)
                        if text:
                            pen.put(text)
                        left -= size
                        if left < 0:
                            break
            elif Agent.is_call_tools_node(node):
                if left < 0:
                    node.model_response.finish_reason = "length"
                return node.model_response
    raise TypeError("the last message is not one that a model answers")


async def carried_out(model: Model, messages: Sequence[ModelMessage], offered: Offered) -> ModelRequest:
    """What the calls in the last message came to, as it is sent back to the model."""
    async with _agent().iter(
        message_history=list(messages),
        model=model,
        toolsets=[offered],
        usage_limits=UsageLimits(request_limit=None),
    ) as run:
        async for node in run:
            if Agent.is_model_request_node(node):
                return node.request
    raise TypeError("the last message has no calls")


def _text(event: object) -> tuple[str, int]:
    """The text in an event, and how much the event adds to the answer."""
    match event:
        case (
            PartStartEvent(part=TextPart(content=text))
            | PartDeltaEvent(delta=TextPartDelta(content_delta=text))
        ):
            return text, len(text)
        case PartStartEvent(part=ThinkingPart(content=text)):
            return "", len(text)
        case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=text)):
            return "", len(text or "")
        case (
            PartStartEvent(part=ToolCallPart(args=args))
            | PartDeltaEvent(delta=ToolCallPartDelta(args_delta=args))
        ):
            return "", len(args) if isinstance(args, str) else 0
        case _:
            return "", 0
