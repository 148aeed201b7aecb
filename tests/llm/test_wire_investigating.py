"""A whole investigation over the wire, as OpenAI and Anthropic speak: it ends well whatever the provider does."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
from builtin_worlds import World, all_three, case
from provider import Provider
from script import OPENED, Asked, Call, Cut, Endless, Refuse, Say, Script, Turn, Until, in_order
from scripted_models import Told, told
from tokenizers import Tokenizer
from wired import NAMED, ready

from aurora_rt.db.pool import Database
from aurora_rt.investigation.agent.investigator import AgentInvestigator
from aurora_rt.investigation.agent.limits import Limits
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.investigator import Case, Forgetful, Step, Summary, Writing
from aurora_rt.investigation.waiting import Waiting

pytestmark = pytest.mark.usefixtures("bare")
both = pytest.mark.parametrize("name", ["openai", "anthropic"])

LOOKING = (Say("I look at the host again. "), Call("host__processes", {"seconds": 9}))
SUMMARY = (Say("**Likely cause:** perhaps a busy process [1]."),)


async def by_rules() -> Summary:
    return (await told(BuiltinInvestigator().investigate(case(), World(all_three()), Forgetful()))).summary


async def concluding() -> list[Call]:
    first = (await by_rules()).causes[0]
    cause = {"node": first.node, "kind": first.kind, "confidence": 0.9, "evidence": [1]}
    return [Call("conclude", {"causes": [cause]})]


class Investigated:
    """An investigation with models over the wire."""

    def __init__(self, here: Provider, agent: AgentInvestigator) -> None:
        self.here = here
        self.agent = agent
        self.world = World(all_three())

    async def told(self, of: Case | None = None, each: Callable[[Step], None] = lambda _: None) -> Told:
        """Everything that is said; `each` is called with it as it is said."""
        return await told(self.agent.investigate(of or case(), self.world, Forgetful()), until=each)

    @property
    def looked(self) -> int:
        """How often the tool was run that the model asks for."""
        return self.world.calls.count(("host.processes", {"seconds": 9}))


@pytest.fixture
def investigation(database: Database, acme: UUID) -> Callable[..., Any]:
    """Makes an investigation with the models at some providers, in order."""

    @asynccontextmanager
    async def made(script: Script, *names: str, **more: Any) -> AsyncIterator[Investigated]:
        waiting = Waiting()
        at = [NAMED[name] for name in names]
        async with ready(script, database, acme, *at, waiting=waiting.tell, **more) as (here, models):
            limits = Limits(seconds=60, steps=8)
            yield Investigated(here, AgentInvestigator(at[0], models, limits, waiting=waiting))

    return made


@both
async def test_slow_words_are_seen_as_they_come(investigation: Callable[..., Any], name: str) -> None:
    thinking, summing_up = Until(), Until()
    script = in_order(
        [Say("I look "), thinking, Say("at the host again. "), LOOKING[1]],
        await concluding(),
        [Say("**Likely cause:** "), summing_up, Say("perhaps a busy process [1].")],
    )

    def hear(step: Step) -> None:
        """The provider goes on only when what it said before was heard."""
        match step:
            case Writing(kind="thought", text=text) if "look" in text:
                thinking.go.set()
            case Writing(kind="summary", text=text) if "cause" in text:
                summing_up.go.set()

    async with investigation(script, name) as one:
        heard = await one.told(each=hear)
    assert heard.thoughts["model:1"] == heard.written("model:1").strip() == "I look at the host again."
    assert heard.summary.text == heard.written("summary") == SUMMARY[0].text
    assert heard.summary.ended == "complete"


@both
async def test_what_was_cut_is_gone_on_with_no_word_said_and_no_tool_run_twice(
    investigation: Callable[..., Any], name: str
) -> None:
    script = in_order(
        *([Say("I look at the ho"), Cut()], [Say("st now. "), LOOKING[1]]),
        *([OPENED, Cut()], await concluding()),
        *([Say("**Likely cause:** perhaps a busy pro"), Cut()], [Say("a busy process [1]. It may go on.")]),
    )
    async with investigation(script, name) as one:
        heard = await one.told()
    assert heard.thoughts["model:1"] == heard.written("model:1").strip() == "I look at the host now."
    assert heard.summary.text == heard.written("summary")
    assert heard.summary.text == "**Likely cause:** perhaps a busy process [1]. It may go on."
    assert heard.summary.ended == "complete"
    assert one.looked == 1
    assert one.here.asked[1].said[-1] == "I look at the ho"
    assert len(one.here.asked) == 6


@both
async def test_a_provider_that_is_busy_or_broken_is_waited_for_and_people_are_told(
    investigation: Callable[..., Any], name: str
) -> None:
    script = in_order(Refuse(429, 0.1), Refuse(500), LOOKING, await concluding(), SUMMARY)
    async with investigation(script, name) as one:
        heard = await one.told()
    assert "takes no more requests for now (429)." in heard.thoughts["wait:1"]
    assert heard.summary.ended == "complete"
    assert one.looked == 1
    assert len(one.here.asked) == 5


@both
async def test_calls_that_cannot_be_made_and_tools_that_are_refused_go_back_to_the_model(
    investigation: Callable[..., Any], name: str
) -> None:
    refused = "kubectl logs is not allowed: the organization's policy denies it."
    script = in_order(
        [Call("host__processes", '{"seconds": '), Call("nothing__such"), Call("logs__search")],
        [Call("conclude", {"causes": [{"node": "x", "kind": "no such kind", "confidence": 7}]})],
        await concluding(),
        SUMMARY,
    )
    async with investigation(script, name) as one:
        one.world.tools["logs.search"] = refused
        heard = await one.told()
    assert heard.summary.ended == "complete"
    _, second, third, last = one.here.asked
    malformed, unknown, denied = (text for _, text in second.results)
    assert "json" in malformed.lower()
    assert "Unknown tool name" in unknown
    assert refused in denied
    assert "confidence" in third.results[-1][1]
    assert [len(asked.results) for asked in (second, third, last)] == [3, 4, 5]


@pytest.mark.parametrize(("name", "minds"), [("openai", True), ("openai", False), ("anthropic", False)])
async def test_an_endless_answer_is_cut_at_its_limit_and_says_so(
    investigation: Callable[..., Any], name: str, minds: bool
) -> None:
    endless = [Say("**Likely cause:** perhaps [1]. "), Endless("And perhaps more. ", minds_the_limit=minds)]
    async with investigation(in_order(await concluding(), then=endless), name, model_output_limit=256) as one:
        heard = await one.told()
        await one.here.asked[1].done.wait()
    assert heard.summary.ended == "length"
    assert len(heard.written("summary")) < 256 * 13
    assert [asked.limit for asked in one.here.asked] == [256, 256]
    assert one.here.asked[1].gone.is_set() is not minds  # we go away from one that does not mind


@both
async def test_a_model_that_ignores_tools_is_asked_for_its_conclusion(
    investigation: Callable[..., Any], name: str
) -> None:
    async with investigation(in_order([Say("It is the processor, perhaps.")], then=SUMMARY), name) as one:
        heard = await one.told()
    assert heard.summary.text == heard.written("summary") == SUMMARY[0].text
    assert heard.summary.causes == (await by_rules()).causes
    assert heard.suggestions
    assert len(one.here.asked) == 2


async def test_when_a_provider_is_down_the_next_goes_on_and_when_all_are_the_rules_do(
    investigation: Callable[..., Any],
) -> None:
    conclude, down = await concluding(), {"openai": 1, "anthropic": 3}

    def script(asked: Asked) -> Turn:
        """Each is down from its first or third request on."""
        if sum(one.protocol == asked.protocol for one in one.here.asked) > down[asked.protocol]:
            return Refuse(503)
        return LOOKING if not asked.results else conclude if len(asked.results) == 1 else SUMMARY

    async with investigation(script, "openai", "anthropic") as one:
        heard = await one.told()
        assert heard.summary.text == SUMMARY[0].text
        assert heard.summary.ended == "complete"
        assert [asked.protocol for asked in one.here.asked] == ["openai"] * 4 + ["anthropic"] * 2
        assert one.here.asked[4].said[0].startswith("I look at the host")
        assert one.looked == 1
        heard = await one.told()
    rules = await by_rules()
    first, _, rest = heard.summary.text.partition("\n\n")
    assert first.startswith("**The language model could not finish this analysis.** anthropic/")
    assert "Anthropic answers with status 503" in heard.thoughts["model-away"]
    assert (rest, heard.summary.causes, heard.summary.ended) == (rules.text, rules.causes, "fallback")
    assert heard.suggestions


@cache
def llama() -> Tokenizer:
    """A real tokenizer, and a careful one: it takes digits singly, and is packaged with wordllama."""
    file = files("wordllama") / "tokenizers" / "l2_supercat_tokenizer_config.json"
    return Tokenizer.from_str(file.read_text())


@both
async def test_in_a_small_window_what_arrives_fits_and_what_does_not_was_cut_by_relevance(
    investigation: Callable[..., Any], name: str
) -> None:
    noise = [f"2026-03-01T13:{n // 60:02}:{n % 60:02}Z INFO served /home in {n} ms" for n in range(200)]
    telling = "2026-03-01T13:04:07Z ERROR cart-db:5432 refused the connection of checkout"
    lines = "\n".join([*noise[:150], telling, *noise[150:]])
    script = in_order(
        [Say("I look. "), *(Call("host__processes", {"seconds": n}) for n in range(2, 7))],
        [Say("I look on. "), Call("logs__search", {"text": "cart"})],
        await concluding(),
        SUMMARY,
    )
    async with investigation(script, name, window=4096, model_window=4096) as one:
        one.world.tools |= {f"many.tool_{n}": "nothing" for n in range(60)} | {"logs.search": lines}
        heard = await one.told(case(summary=f"checkout is slow\n{lines}", service="checkout"))
    assert heard.summary.ended == "complete"
    for asked in one.here.asked:
        assert asked.limit
        assert len(llama().encode(asked.text).ids) + asked.limit <= 4096
        assert telling in asked.text
        assert "title: HighCpuUsage" in asked.text
        assert "left out as less relevant" in asked.text
        assert f"1. {heard.summary.causes[0].kind} at {heard.summary.causes[0].node}" in asked.text
    first, second, third, _ = one.here.asked
    assert "host__processes" in first.tools
    assert len(first.tools) < 40
    assert len(second.results) == 5
    assert telling in third.results[-1][1]
