"""The loopback provider speaks as the real ones do: their own SDKs understand what it says, and what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from built import model_at
from httpx2 import AsyncClient
from provider import Provider, provider
from pydantic_ai import Agent, ModelHTTPError, ModelSettings
from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from script import Breaks, Call, Cut, End, Endless, Refuse, Say, Script, Think, Until, in_order
from tongues import TONGUES

KEY = "sk-planted-key"
PROTOCOLS = [tongue.name for tongue in TONGUES]
every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)


@asynccontextmanager
async def speaking(protocol: str, script: Script, **more: Any) -> AsyncIterator[tuple[Provider, Agent]]:
    async with provider(script, **more) as here, AsyncClient(timeout=10, trust_env=False) as http:
        limits: ModelSettings = {"max_tokens": 300}
        agent = Agent(await model_at(here, protocol, http, KEY), model_settings=limits)

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
    assert second.said[0].endswith("I look at it. ")  # some want back what was thought, too
    assert run.usage.input_tokens == first.tokens + second.tokens
    assert run.usage.output_tokens > 10


async def _why_it_ended(agent: Agent) -> str | None:
    async with agent.iter("?") as run:
        async for node in run:
            if Agent.is_model_request_node(node):
                async with node.stream(run.ctx) as stream:
                    async for _ in stream:
                        pass
                return stream.response.finish_reason
    return None


@every_protocol
async def test_each_sdk_knows_the_refusal_the_limit_and_a_window_that_is_too_small(protocol: str) -> None:
    script = in_order([Say("No. "), End("refused")], [Endless("on and on ")])
    async with speaking(protocol, script) as (here, agent):
        why = [await _why_it_ended(agent), await _why_it_ended(agent)]
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
