"""Several specialists look side by side; what they find goes to the one that concludes, and none holds it up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from builtin_worlds import World, all_three, case
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models.function import AgentInfo
from scripted_models import Script, Told, call, cut, told

from aurora_rt.investigation.agent import specialists
from aurora_rt.investigation.agent.investigator import AgentInvestigator
from aurora_rt.investigation.agent.limits import Limits
from aurora_rt.investigation.investigator import Forgetful, Memory, Thought, Writing

LIMITS = Limits(seconds=60, steps=8, specialists=True)
WHATS = {
    "metrics": "measurements:",
    "logs": "log lines",
    "changes": "what changed",
    "runbooks": "known already",
}


@dataclass
class Cast:
    """Answers as whoever it is asked to be: by turn, the last one again."""

    parts: dict[str, list[list[object]]]
    asked: dict[str, list[AgentInfo]] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    together: set[str] = field(default_factory=set)
    most_together: int = 0

    async def __call__(self, messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[object]:
        instructions = str(info.instructions)
        name = next((one for one, what in WHATS.items() if what in instructions), "")
        self.asked.setdefault(name, []).append(info)
        self.read[name] = str(messages)
        self.together.add(name)
        self.most_together = max(self.most_together, len(self.together))
        await asyncio.sleep(0.005)
        turn = sum(isinstance(one, ModelResponse) for one in messages)
        for piece in self.parts[name][min(turn, len(self.parts[name]) - 1)]:
            if isinstance(piece, BaseException):
                raise piece
            if isinstance(piece, asyncio.Event):
                await piece.wait()
            yield piece
        self.together.discard(name)

    def tools(self, name: str, at: int = 0) -> set[str]:
        return {one.name for one in self.asked[name][at].function_tools}


def cast(**changes: list[list[object]]) -> Cast:
    usual: dict[str, list[list[object]]] = {
        "": [["I conclude.", call("conclude", causes=[])], ["**Likely cause:** perhaps [1]."]],
        "metrics": [["I look.", call("host__processes", seconds=7)], ["- The host is perhaps busy [1]"]],
        "logs": [["- Nothing is said, perhaps [1]"]],
        "changes": [["- Perhaps `ghost-db` was deployed [99]\n- Something may have started [1]"]],
    }
    return Cast(usual | changes)


async def investigated(
    who: Cast,
    world: World | None = None,
    memory: Memory | None = None,
    *,
    limits: Limits = LIMITS,
    **more: int,
) -> Told:
    model = Script([who], **more).ready
    return await told(
        AgentInvestigator("scripted/one", [model], limits).investigate(
            case(), world or World(all_three()), memory or Forgetful()
        )
    )


def by(heard: Told) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in heard.steps:
        if isinstance(one, Thought) and one.by:
            found.setdefault(one.by, []).append(one.content)
    return found


async def test_specialists_look_at_the_same_time_each_with_its_own_tools_and_say_who_they_are() -> None:
    who = cast()
    heard = await investigated(who)
    assert by(heard)["metrics"] == ["I look.", "- The host is perhaps busy [1]"]
    assert set(by(heard)) == {"metrics", "logs", "changes"}
    assert all(one.by for one in heard.steps if isinstance(one, Writing) and one.key.startswith("metrics"))
    assert who.most_together > 1
    assert who.tools("metrics") != who.tools("logs")
    assert "host__processes" in who.tools("metrics")
    assert "conclude" not in who.tools("metrics")
    assert heard.summary.ended == "complete"


async def test_findings_go_to_whoever_concludes_checked_and_quoted() -> None:
    who = cast()
    heard = await investigated(who)
    assert "findings of the specialist for metrics" in who.read[""]
    assert "The host is perhaps busy (look 1)" in who.read[""]
    assert "ghost-db" not in who.read[""]
    assert "ghost-db" not in " ".join(by(heard)["changes"])
    assert "Something may have started (look 1)" in who.read[""]


async def test_one_that_fails_or_never_ends_says_so_and_the_others_go_on() -> None:
    endless = [[f"I look {n}.", call("host__processes", seconds=float(n))] for n in range(20)]
    who = cast(metrics=endless, logs=[[cut()]])
    heard = await investigated(who)
    assert "I came to no findings. scripted/one does not come to its findings." in by(heard)["metrics"]
    assert by(heard)["logs"] == ["I came to no findings. scripted/one: its answers were cut off."]
    assert len(who.asked["metrics"]) == 4
    assert who.tools("metrics", 2) == set()
    assert "findings of the specialist for changes" in who.read[""]
    assert "specialist for logs" not in who.read[""]
    assert heard.summary.ended == "complete"


async def test_one_that_is_too_slow_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specialists, "SHARE_OF_TIME", 0.005)
    who = cast(logs=[[asyncio.Event()]])
    heard = await investigated(who)
    assert by(heard)["logs"][-1].startswith("I came to no findings. It took longer than")
    assert heard.summary.ended == "complete"


async def test_one_that_has_read_enough_is_asked_for_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specialists, "TOKENS", 1)
    who = cast()
    heard = await investigated(who)
    assert who.tools("metrics", 0)
    assert who.tools("metrics", 1) == set()
    assert by(heard)["metrics"] == ["I look.", "- The host is perhaps busy [1]"]


async def test_in_a_small_window_or_with_little_budget_one_looks_alone() -> None:
    for limits, more in (
        (LIMITS, {"window": 8000, "output_limit": 1000}),
        (Limits(seconds=60, steps=3, specialists=True), {}),
        (Limits(seconds=10, steps=8, specialists=True), {}),
        (Limits(seconds=60, steps=8), {}),
    ):
        who = cast()
        heard = await investigated(who, limits=limits, **more)
        assert set(who.asked) == {""}
        assert not by(heard)
        assert heard.summary.ended == "complete"


async def test_another_worker_asks_no_specialist_again_and_says_the_same() -> None:
    memory, world = Forgetful(), World(all_three())
    whole = await investigated(cast(), world, memory)
    calls = list(world.calls)
    who = cast()
    again = await investigated(who, world, memory)
    assert who.asked == {}
    assert world.calls == calls
    assert by(again) == by(whole)
    assert again.summary == whole.summary
