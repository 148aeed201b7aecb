"""The loopback provider speaks as the real ones do: their own SDKs understand what it says, and what goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from provider import Provider, provider
from pydantic_ai import Agent, ModelAPIError, ModelHTTPError
from pydantic_ai.messages import FinalResultEvent, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models import Model
from script import Breaks, Call, Cut, End, Endless, Refuse, Say, Script, Think, Until, in_order
from tongues import TONGUES

KEY = "sk-planted-key"
PROTOCOLS = [tongue.name for tongue in TONGUES]
every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)


def _openai(here: Provider, protocol: str) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    known = OpenAIProvider(base_url=here.url(protocol), api_key=KEY)
    return (OpenAIResponsesModel if protocol == "responses" else OpenAIChatModel)("loopback-1", provider=known)


def _anthropic(here: Provider, protocol: str) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    return AnthropicModel("claude-loopback", provider=AnthropicProvider(base_url=here.url(protocol), api_key=KEY))


def _google(here: Provider, protocol: str) -> Model:
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    return GoogleModel("gemini-loopback", provider=GoogleProvider(base_url=here.url(protocol), api_key=KEY))


def _mistral(here: Provider, protocol: str) -> Model:
    from pydantic_ai.models.mistral import MistralModel
    from pydantic_ai.providers.mistral import MistralProvider

    return MistralModel("mistral-loopback", provider=MistralProvider(base_url=here.url(protocol), api_key=KEY))


def _bedrock(here: Provider, protocol: str) -> Model:
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    known = BedrockProvider(base_url=here.url(protocol), region_name="us-east-1", aws_access_key_id="AKIALOOPBACK",
                            aws_secret_access_key=KEY)  # fmt: skip
    return BedrockConverseModel("anthropic.claude-loopback-v1:0", provider=known)


SDKS: dict[str, Callable[[Provider, str], Model]] = {
    "anthropic": _anthropic,
    "google": _google,
    "mistral": _mistral,
    "bedrock": _bedrock,
}


@asynccontextmanager
async def speaking(protocol: str, script: Script, **more: Any) -> AsyncIterator[tuple[Provider, Agent]]:
    async with provider(script, **more) as here:
        agent = Agent(SDKS.get(protocol, _openai)(here, protocol), model_settings={"max_tokens": 300, "max_retries": 0})

        @agent.tool_plain
        def load(host: str, minutes: int = 5) -> str:
            return f"{host} was at 7.5 for {minutes} minutes"

        yield here, agent


async def heard(agent: Agent, question: str = "What is it?") -> tuple[str, Any]:
    """What the model says, put together from what was streamed, and the run."""
    text = ""
    async with agent.iter(question) as run:
        async for node in run:
            if Agent.is_model_request_node(node):
                async with node.stream(run.ctx) as stream:
                    async for event in stream:
                        match event:
                            case PartStartEvent(part=TextPart(content=piece)):
                                text += piece
                            case PartDeltaEvent(delta=TextPartDelta(content_delta=piece)):
                                text += piece
                            case FinalResultEvent():
                                pass
    return text, run


@every_protocol
async def test_each_sdk_hears_the_words_calls_the_tool_and_counts_the_tokens(protocol: str) -> None:
    script = in_order(
        [Think("Hm, the host. "), Say("I look at it. "), Call("load", {"host": "db-1", "minutes": 15})],
        [Say("It is the disk of db-1.")],
    )
    async with speaking(protocol, script) as (here, agent):
        text, run = await heard(agent)
    assert text == "I look at it. It is the disk of db-1."
    assert run.result is not None
    assert run.result.output == "It is the disk of db-1."
    first, second = here.asked
    assert (first.protocol, first.limit, first.tools, first.results) == (protocol, 300, ("load",), ())
    assert [given for _, given in second.results if "db-1 was at 7.5 for 15 minutes" in given] != []
    assert len(second.results) == 1
    assert second.said == ("I look at it. ",)
    usage = run.usage() if callable(run.usage) else run.usage
    assert usage.input_tokens == first.tokens + second.tokens
    assert usage.output_tokens > 10


@every_protocol
async def test_each_sdk_knows_the_refusal_the_limit_and_a_window_that_is_too_small(protocol: str) -> None:
    script = in_order([Say("No. "), End("refused")], [Endless("on and on ")])
    async with speaking(protocol, script) as (here, agent):
        why = []
        for _ in range(2):
            async with agent.iter("?") as run:
                async for node in run:
                    if Agent.is_model_request_node(node):
                        async with node.stream(run.ctx) as stream:
                            async for _event in stream:
                                pass
                        why.append(stream.get().finish_reason if hasattr(stream, "get") else stream.response.finish_reason)
                        break
        expected = "error" if protocol == "mistral" else "content_filter"
        assert why == [expected, "length"]
        here.window = 200
        with pytest.raises(ModelHTTPError) as refused:
            await heard(agent)
        assert refused.value.status_code == 400
        assert any(word in str(refused.value) for word in ("200", "too long"))


@every_protocol
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_each_sdk_knows_the_status_of_a_provider_that_refuses(protocol: str, status: int) -> None:
    async with speaking(protocol, in_order(then=Refuse(status, 0.01))) as (_, agent):
        with pytest.raises(ModelHTTPError) as refused:
            await heard(agent)
    assert refused.value.status_code == status


@every_protocol
@pytest.mark.parametrize("fault", [Cut(), Breaks()])
async def test_no_sdk_takes_half_an_answer_for_a_whole_one(protocol: str, fault: Any) -> None:
    async with speaking(protocol, in_order([Say("It is "), fault])) as (_, agent):
        with pytest.raises(Exception):  # noqa: B017, PT011 each SDK has its own; test_wire_faults.py says what we make of them
            await heard(agent)


@pytest.mark.parametrize("protocol", [name for name in PROTOCOLS if name != "bedrock"])
async def test_a_request_ends_when_whoever_asked_goes_away(protocol: str) -> None:
    """Bedrock's SDK reads in a thread, which nobody can stop before the next frame."""
    waiting = Until()
    async with speaking(protocol, in_order([Say("It is "), waiting])) as (here, agent):
        asking = asyncio.create_task(heard(agent))
        await waiting.reached.wait()
        asking.cancel()
        async with asyncio.timeout(5):
            await here.asked[0].gone.wait()
        with pytest.raises(asyncio.CancelledError):
            await asking
