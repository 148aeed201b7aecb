"""The models of our settings over the wire: who is asked with which key, what is tried again, and when not."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest
from provider import provider
from pydantic_ai import Agent
from pydantic_ai.exceptions import AgentRunError
from script import OPENED, Asked, Breaks, Cut, Junk, Refuse, Say, Turn, Until, in_order
from wired import KEYS, NAMED, QUICK, everybody, ready

from aurora_rt.db.pool import Database
from aurora_rt.llm.errors import ModelAway
from aurora_rt.llm.models import ReadyModel, Spender
from aurora_rt.llm.ready import models
from aurora_rt.settings import load

pytestmark = pytest.mark.usefixtures("bare")
CARRIES = {
    "openai": ("authorization", "Bearer sk-openai-planted"),
    "openrouter": ("authorization", "Bearer sk-or-planted"),
    "anthropic": ("authorization", "Bearer sk-ant-planted"),
    "google": ("x-goog-api-key", "AIza-planted"),
    "mistral": ("authorization", "Bearer mistral-planted"),
}


async def heard(one: ReadyModel) -> str:
    """What a model says, or as much as it said before it failed, with what happened."""
    agent = Agent(one.model)
    text = ""
    try:
        async with agent.run_stream("Why is cart slow?") as run:
            async for piece in run.stream_text(delta=True, debounce_by=None):
                text += piece
    except (AgentRunError, ModelAway, ValueError, OSError) as error:
        return f"{text}! {type(error).__name__}"
    except Exception as error:  # noqa: BLE001 whatever an SDK lets through is told, so that a test can look at it
        return f"{text}! unexpected {type(error).__module__}.{type(error).__name__}"
    return text


async def test_each_provider_is_asked_with_its_own_key_alone_and_with_a_limit(
    database: Database, acme: UUID
) -> None:
    script = in_order(then=[Say("It waits for its database.")])
    async with ready(script, database, acme, *NAMED.values()) as (here, found):
        for one in found:
            assert await heard(one) == "It waits for its database."
    assert [one.protocol for one in here.asked] == list(NAMED)
    assert "POST /ollama/api/show" in here.others
    assert all("/ollama/" in other for other in here.others)
    for one in here.asked:
        whole = f"{one.path} {dict(one.query)} {one.text} {dict(one.headers)}"
        assert one.limit, one.protocol
        if one.protocol in CARRIES:
            name, value = CARRIES[one.protocol]
            assert one.headers[name] == value
            whole = whole.replace(value, "", 1)
        assert not [key for key in KEYS.values() if key in whole], (
            one.protocol
        )  # AWS's signs, and is not sent
    assert here.asked[5].headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIALOOPBACK/")


async def test_a_server_of_ones_own_gets_its_key_and_the_old_name_of_the_limit(
    database: Database, acme: UUID
) -> None:
    async with provider(in_order(then=[Say("Yes.")])) as here:
        others = {name: value for name, value in everybody(here).items() if "key" in name}
        others |= {"model_base_url": here.url("ollama"), "model_api_key": KEYS["compatible"]}
        settings = await asyncio.to_thread(load, **others)
        async with models(settings, database, QUICK) as known:
            (one,) = await known.ready(Spender(acme, "answer"), "my-model")
            assert await heard(one) == "Yes."
    (asked,) = here.asked
    assert (asked.model, asked.headers["authorization"]) == ("my-model", "Bearer own-planted")
    assert asked.body["max_tokens"] == asked.limit
    assert not [key for key in KEYS.values() if key in asked.text]


@pytest.mark.parametrize("name", list(NAMED))
async def test_before_its_first_word_a_provider_is_asked_again_and_after_it_never(
    database: Database, acme: UUID, name: str
) -> None:
    script = in_order(
        *([Cut()], Refuse(503), [Say("At last.")]),
        *([OPENED, Cut()], [OPENED, Breaks()], [Say("At last.")]),
        [Say("It is the "), Cut()],
        Refuse(401),
        then=Refuse(529),
    )
    async with ready(script, database, acme, NAMED[name]) as (here, (one,)):
        assert await heard(one) == "At last."
        assert len(here.asked) == 3
        assert await heard(one) == "At last."
        assert len(here.asked) == 6, "an answer that was opened and had no word in it is asked for again"
        begun = await heard(one)
        assert begun.startswith(("It is the! ", "It is the ! ")), begun
        assert "unexpected" not in begun, begun
        assert len(here.asked) == 7
        assert await heard(one) == "! ModelAway"
        assert len(here.asked) == 8, "a key that is refused is not tried again"
        assert await heard(one) == "! ModelAway"
        assert len(here.asked) == 11


async def test_a_provider_says_when_it_may_be_asked_again_and_people_are_told_that_it_takes_long(
    database: Database, acme: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aurora_rt.llm import retrying

    waits: Iterator[float] = iter([0.15, 0.12])
    came: list[float] = []
    told: list[str] = []

    def script(asked: Asked) -> Turn:
        came.append(asyncio.get_running_loop().time())
        pause = next(waits, None)
        return [Say("Now.")] if pause is None else Refuse(429, pause)

    async with ready(script, database, acme, NAMED["openai"], waiting=told.append) as (_, (one,)):
        assert await heard(one) == "Now."
    first, second, third = came
    assert second - first >= 0.15
    assert third - second >= 0.12
    assert told[0].startswith("OpenAI takes no more requests for now (429).")
    assert retrying.wanted_pause({"retry-after": "0.15"}) == 0.15


@pytest.mark.parametrize("name", [one for one in NAMED if one != "bedrock"])
async def test_bytes_that_are_no_frame_do_not_pass_for_words(
    database: Database, acme: UUID, name: str
) -> None:
    script = in_order([Say("It is "), Junk(), Cut()])
    async with ready(script, database, acme, NAMED[name]) as (here, (one,)):
        text = await heard(one)
    assert text.split("!")[0].strip() == "It is"
    assert "unexpected" not in text
    assert len(here.asked) == 1


@pytest.mark.parametrize("name", ["openai", "anthropic", "bedrock"])
async def test_a_provider_that_hangs_before_its_first_word_is_given_up(
    database: Database, acme: UUID, name: str
) -> None:
    script = in_order([Until()], then=[OPENED, Until()])
    async with ready(script, database, acme, NAMED[name], model_timeout=0.2) as (here, (one,)):
        assert await heard(one) == "! ModelAway"
    assert 1 <= len(here.asked) <= 3
